//! `onrecord case show`: prints a complete case as lines of text.

use anyhow::{Result, bail};
use complaint::StepId;
use complaint::case::contact_plan::{ContactPlan, change::ConfirmBy};
use complaint::case::event::EventBody;
use complaint::fields::form::Choice;
use complaint::fields::iso_date;
use contract::desk::DeskCase;
use service::Services;
use service::cases::desk::{self, Caller};
use service::representation::desk as authority;
use text::Language;

pub(super) async fn show(services: &Services, caller: &Caller, reference: &str) -> Result<()> {
    let Some(case) = desk::case(services, caller, reference).await? else {
        bail!("no such case");
    };
    println!("{}  sent {}", case.reference, case.submitted.at);
    for need in &case.needs {
        let done = if need.acted_on.is_empty() {
            "nothing yet".to_owned()
        } else {
            need.acted_on.join("; ")
        };
        println!("need        {}: {done}", need.need);
    }
    for risk in &case.risks {
        println!("risk        {risk}");
    }
    for (field, what) in [("details", "risk: "), ("keep_from", "keep from: ")] {
        let text = case.answers.text(StepId::Risk, field);
        if !text.is_empty() {
            println!("{what:<11} {text:?}");
        }
    }
    for person in &case.people {
        println!(
            "person {}    {} ({}), {}",
            person.person,
            person.name,
            person.role.code(),
            reached(&person.contact)
        );
        if let Some(waiting) = &person.waiting {
            let how = match waiting.confirm {
                ConfirmBy::Code => "a code was sent",
                ConfirmBy::Organisation => "the organisation has to confirm",
            };
            println!("  change {}  waits, {how}: {}", waiting.change, details(&waiting.contact));
        }
    }
    let may_become: Vec<&str> = case.may_become.iter().map(|status| status.code()).collect();
    println!("status      {}", case.status.code());
    let due = case.due.map_or_else(|| "-".to_owned(), iso_date::format);
    println!("due         {due}{}", if case.late { "  LATE" } else { "" });
    if let Some(request) = &case.request {
        println!(
            "asked       {} questions, reply by {}",
            request.questions.len(),
            iso_date::format(request.due)
        );
        for question in &request.questions {
            println!("  question  {question:?}");
        }
    }
    for order in &case.orders {
        let done = order.done.map_or("no answer", |done| done.code());
        println!(
            "order {}     by {}, done: {done}: {:?}",
            order.order,
            iso_date::format(order.due),
            order.what
        );
    }
    println!("may become  {}", may_become.join(", "));
    print_decision_and_answers(&case);
    for claim in &case.claims {
        let by = claim.by.map_or_else(|| "-".to_owned(), iso_date::format);
        let says = Language::default().say(&claim.wait.desk_key());
        let document = claim.document.map_or("none", |document| document.code());
        println!(
            "claim       person {}, {}, by {by}, document {document}: {says}",
            claim.person,
            claim.wait.code()
        );
    }
    for task in &case.tasks {
        let person = task.person.map_or("-".to_owned(), |person| person.to_string());
        let due = task.due.map_or_else(String::new, |due| format!(", due {}", iso_date::format(due)));
        println!("task        {}, person {person}, {} files{due}", task.task.code(), task.files.len());
    }
    println!("undelivered {}", case.undelivered.len());
    for message in case.undelivered {
        let way = message.way.as_deref().unwrap_or("-");
        println!(
            "  person {}  by {way}  {}  given up {}",
            message.person, message.reason, message.given_up_at
        );
    }
    for event in case.events {
        let what = written_event(&event.body);
        let who = event.actor_name.as_deref().unwrap_or(event.actor_role.code());
        println!("{:>3}  {}  {what}  ({who})", event.n, event.at);
    }
    Ok(())
}

/// Returns the kind of an event and what it says, on one line.
fn written_event(body: &EventBody) -> String {
    match body {
        EventBody::StatusChanged { status, message, .. } => {
            let message = message.as_ref().map_or_else(String::new, |message| format!(" {message:?}"));
            format!("status_changed {}{message}", status.code())
        }
        // As JSON, so that control characters in answers cannot affect the terminal.
        EventBody::AnswerAdded { answers, .. } => {
            let bodies = answers
                .bodies()
                .into_iter()
                .map(|(place, answer)| format!(" {}: {answer}", place.code()));
            format!("{}{}", body.kind(), bodies.collect::<String>())
        }
        body => authority::line(body).unwrap_or_else(|| format!("{}{}", body.kind(), words(body))),
    }
}

/// Prints the decision, the issues, all answers and the files.
fn print_decision_and_answers(case: &DeskCase) {
    if let Some(decision) = &case.decision {
        println!(
            "decision    {:?}, review until {}",
            decision.message,
            iso_date::format(decision.review_until)
        );
        for finding in &decision.findings {
            println!("finding     issue {}: {}", finding.issue, finding.finding.code());
        }
    }
    for (number, issue) in (1..).zip(&case.issues) {
        let narrower = issue.subcategory.as_deref().map_or_else(String::new, |code| format!(", {code}"));
        println!("issue {number}     {}{narrower}: {:?}", issue.category.code(), issue.what_happened);
        if !issue.put_right.is_empty() {
            println!("  wants     {:?}", issue.put_right);
        }
    }
    // As JSON on one line each, so that control characters in answers cannot affect the terminal.
    for (place, answer) in case.answers.bodies() {
        println!("answer      {}: {answer}", place.code());
    }
    println!("files       {}", case.files.len());
    for file in &case.files {
        println!("  {}  {}  {} bytes  {:?}", file.id, file.state.code(), file.bytes, file.filename);
    }
}

/// The texts of an event, quoted, so that line breaks and control characters in them cannot affect the terminal.
fn words(body: &EventBody) -> String {
    let written: Vec<&str> = match body {
        EventBody::Note { note: text }
        | EventBody::MessageSent { message: text }
        | EventBody::MessageReceived { message: text, .. }
        | EventBody::DiaryEntry { what: text, .. }
        | EventBody::DecisionMade { message: text, .. }
        | EventBody::DueChanged { message: text, .. }
        | EventBody::ReviewRequested { why: text, .. }
        | EventBody::NeedActedOn { what: text, .. }
        | EventBody::IssueAdded { what_happened: text, .. }
        | EventBody::ContactChangeRefused { message: text, .. }
        | EventBody::Withdrawn { reason: Some(text), .. }
        | EventBody::OrderAnswered { note: Some(text), .. }
        | EventBody::InformedOtherwise { note: Some(text), .. }
        | EventBody::AuthorityEnded { reason: Some(text), .. } => vec![text],
        EventBody::Handover { to, note } => vec![to, note],
        EventBody::InformationRequested { questions, .. } => questions.iter().map(String::as_str).collect(),
        EventBody::InformationGiven { answers, .. } => answers.iter().map(String::as_str).collect(),
        EventBody::OrdersMade { orders } => orders.iter().map(|order| order.what.as_str()).collect(),
        EventBody::FileReceived { filename, .. }
        | EventBody::FileRefused { filename, .. }
        | EventBody::FileNotReceived { filename, .. } => {
            vec![filename]
        }
        _ => Vec::new(),
    };
    written.iter().fold(String::new(), |line, text| format!("{line} {text:?}"))
}

/// Lists the safe contact methods.
fn reached(contact: &ContactPlan) -> String {
    let ways = [
        (contact.safe_email().is_some(), "email"),
        (contact.safe_phone().is_some(), "phone"),
        (contact.voicemail_safe, "voicemail"),
        (contact.post_safe, "post"),
    ];
    let safe: Vec<&str> = ways.into_iter().filter(|(is_safe, _)| *is_safe).map(|(_, way)| way).collect();
    if safe.is_empty() {
        "safe: only the portal".to_owned()
    } else {
        format!("safe: {}", safe.join(", "))
    }
}

/// Lists the contact details in full: the desk needs them to ask the person.
fn details(contact: &ContactPlan) -> String {
    let ways = [("email", &contact.email), ("phone", &contact.phone), ("letters", &contact.post_to)];
    let given = ways
        .into_iter()
        .filter_map(|(way, to)| to.as_ref().map(|to| format!("{way} {}", to.replace('\n', ", "))));
    let given: Vec<String> = given.collect();
    format!(
        "{}; {}",
        if given.is_empty() {
            "no address".to_owned()
        } else {
            given.join("; ")
        },
        reached(contact)
    )
}
