//! Conversion of rows of the record into views.

use time::Date;

use complaint::{
    Actor, Answers, Place, Status, StepId,
    act::ActKind,
    authority::{Papers, Scope, Waiting, next_step, waiting},
    case_file::{CaseFile, OrderOnCase, PersonOnCase, Request, SENDER},
    event::{ActorRole, EventBody, Standing},
    fields::iso_date,
    form::Choice,
    journey,
    question::Purpose,
    questions::risks,
};
use contract::{
    CaseLine, CaseView, DecisionView, FileState, FileView, Issue, NeedView, Next, OrderView, Person, RequestView, TimelineEntry,
    contact::WaitingContact,
    desk::{DeskEvent, DeskPerson},
    people::ClaimView,
};
use record::{
    RecordError,
    cases::{Model as Case, Projection},
    events::{Model as Event, hex},
    uploads::{Model as Upload, State},
};

use crate::{
    Services,
    consent::papers_of,
    london::moment,
    people::Viewer,
    reading::{is_readable, preview},
};

pub(crate) fn answers(json: &str) -> Result<Answers, RecordError> {
    serde_json::from_str(json).map_err(RecordError::corrupt)
}

pub(crate) fn body(event: &Event) -> Result<EventBody, RecordError> {
    serde_json::from_str(&event.body).map_err(RecordError::corrupt)
}

pub(crate) fn status(code: &str) -> Result<Status, RecordError> {
    Status::parse(code).ok_or_else(|| RecordError::corrupt(format_args!("no status {code:?}")))
}

pub(crate) fn actor_role(event: &Event) -> Result<ActorRole, RecordError> {
    ActorRole::parse(&event.actor_role).ok_or_else(|| RecordError::corrupt(format_args!("no role {:?}", event.actor_role)))
}

/// Returns the number of the participant who caused an event, if the record shows it.
pub(crate) fn author(file: &CaseFile, event: &Event) -> Result<Option<u8>, RecordError> {
    Ok(file.author(actor_role(event)?, event.actor_name.as_deref()))
}

pub(crate) fn projection(standing: Standing) -> Projection {
    Projection {
        status: standing.status.code().to_owned(),
        due: standing.due.map(iso_date::format),
    }
}

/// Returns the state that the answers and events of a case add up to.
pub(crate) fn case_file(case: &Case, events: &[Event]) -> Result<CaseFile, RecordError> {
    let bodies = events.iter().map(body).collect::<Result<Vec<_>, _>>()?;
    let numbered = events.iter().map(|event| event.n).zip(&bodies);
    CaseFile::replay(&answers(&case.answers)?, numbered)
        .ok_or_else(|| RecordError::corrupt("a case whose first event is not its submission"))
}

/// Returns the case state after these events. Fails if the first is not a submission.
pub(crate) fn standing(events: &[Event]) -> Result<Standing, RecordError> {
    let bodies = events.iter().map(body).collect::<Result<Vec<_>, _>>()?;
    Standing::replay(&bodies).ok_or_else(|| RecordError::corrupt("a case whose first event is not its submission"))
}

/// Returns the next step as one reader sees it: the person with this number, or the organisation for `None`.
pub(crate) fn next(file: &CaseFile, papers: &Papers, reader: Option<u8>, today: Date) -> Next {
    Next {
        status: file.standing.status,
        who_acts: next_step(file, papers, today).read_by(file, reader),
        due: file.standing.due,
    }
}

/// Returns the waiting claims as one reader sees them: the person with this number, or the organisation for `None`.
pub(crate) fn claims(file: &CaseFile, papers: &Papers, reader: Option<u8>) -> Vec<ClaimView> {
    let view = |waiting: Waiting| {
        let person = file.person(waiting.person)?;
        Some(ClaimView {
            person: person.number,
            name: person.name.clone(),
            wait: waiting.wait,
            who_acts: waiting.next_step(file).read_by(file, reader),
            by: waiting.by,
            document: file.rule_for(person).map(|rule| rule.document),
        })
    };
    waiting(file, papers).into_iter().filter_map(view).collect()
}

/// Returns the claims that a participant may see: all with the scope `see`, otherwise only their own.
pub(crate) fn claims_seen(file: &CaseFile, person: &PersonOnCase, papers: &Papers, today: Date) -> Vec<ClaimView> {
    let mut seen = claims(file, papers, Some(person.number));
    seen.retain(|claim| person.sees_all(today) || claim.person == person.number);
    seen
}

pub(crate) fn file(services: &Services, upload: Upload) -> FileView {
    FileView {
        has_preview: preview::shown(services.scanner(), &upload).is_some(),
        held: upload.is_held() && !services.scanner().is_off(),
        scanned: matches!(upload.state, State::Clean | State::Refused),
        readable: is_readable(services.scanner(), upload.state),
        received: moment(upload.received_at),
        id: upload.id.to_string(),
        filename: upload.filename,
        media_type: upload.media_type,
        bytes: upload.bytes.unsigned_abs(),
        sha256: upload.sha256.unwrap_or_default(),
        state: match upload.state {
            State::Receiving => FileState::Receiving,
            State::Scanning => FileState::Scanning,
            State::Clean => FileState::Clean,
            State::Refused => FileState::Refused,
        },
        reason: upload.reason,
        purpose: Purpose::parse(&upload.purpose).unwrap_or(Purpose::Evidence),
        taken_at: upload.taken_at,
        has_place: upload.has_place,
        caption: upload.caption,
        shows: upload.shows,
        original_sha256: upload.original_sha256,
    }
}

pub(crate) fn case_line(case: &Case, person: &PersonOnCase, who_acts: Actor, late: bool) -> Result<CaseLine, RecordError> {
    let status = status(&case.status)?;
    Ok(CaseLine {
        reference: case.reference.clone(),
        resident: answers(&case.answers)?.text(StepId::ResidentName, "full_name").to_owned(),
        own_reference: person.own_reference.clone(),
        my_role: person.role,
        status,
        who_acts,
        due: case.due.as_deref().and_then(iso_date::parse),
        late,
        submitted_at: case.submitted_at.rfc3339(),
        updated_at: case.updated_at.rfc3339(),
    })
}

pub(crate) fn case(services: &Services, viewer: &Viewer, files: Vec<Upload>) -> Result<CaseView, RecordError> {
    let Viewer {
        case,
        file: told,
        person,
        today,
        events,
    } = viewer;
    let answers = answers(&case.answers)?;
    let standing = told.standing;
    // An internal note is no change for the participant.
    let moved = events.iter().rev().find(|e| body(e).is_ok_and(|b| b.moves_to().is_some()));
    let moved = moment(moved.map_or(case.submitted_at, |e| e.at));
    let years = i32::try_from(services.settings().case_years).unwrap_or(i32::MAX);
    let closed = (standing.status == Status::Closed).then_some(moved.date);
    let can = ActKind::open_to(person, told, *today);
    let offered = |kind| can.contains(&kind);
    let papers = papers_of(told, &files);
    let next = next(told, &papers, Some(person.number), *today);
    let (sees_all, sent_it) = (person.sees_all(*today), person.number == SENDER);
    let sent = if sees_all || sent_it { issues(&answers) } else { Vec::new() };
    let later = told.added_issues.iter().filter(|_| sees_all).filter_map(added);
    Ok(CaseView {
        reference: case.reference.clone(),
        status: standing.status,
        who_acts: next.who_acts,
        next,
        claims: claims_seen(told, person, &papers, *today),
        due: standing.due,
        late: told.is_late(*today),
        closed_reason: standing.reason,
        me: person.number,
        my_role: person.role,
        request: told.open_request().filter(|_| offered(ActKind::Answer)).map(request),
        orders: orders(told).into_iter().map(|order| without_answer(order, sees_all)).collect(),
        decision: decision(told).filter(|_| {
            let scopes = [Scope::See, Scope::Letters, Scope::Decide];
            scopes.iter().any(|scope| person.may(*scope, *today))
        }),
        review_until: told
            .decision
            .as_ref()
            .map(|decision| decision.review_until)
            .filter(|_| offered(ActKind::Review)),
        undo_until: told.withdrawn.map(|(_, until)| until).filter(|_| offered(ActKind::UndoWithdrawal)),
        can,
        landlord: answers.text(StepId::Landlord, "name").to_owned(),
        issues: sent.into_iter().chain(later).collect(),
        needs: if sees_all { needs(told) } else { Vec::new() },
        people: people(told, person, *today),
        answers: match (sent_it, sees_all) {
            (true, _) => answers,
            (false, true) => answers.without_private(),
            (false, false) => Answers::default(),
        },
        partial: !sees_all,
        files: files
            .into_iter()
            .filter(|upload| viewer.sees_file(upload.id))
            .map(|upload| file(services, upload))
            .collect(),
        kept_until: closed.map(|day| years_after(day, years)),
        submitted_at: case.submitted_at.rfc3339(),
        submitted: moment(case.submitted_at),
        updated: moved,
        unreached: Vec::new(),
        contact_change: person.wanted.as_ref().map(|wanted| wanted.confirm),
    })
}

pub(crate) fn request((place, request): (u16, &Request)) -> RequestView {
    RequestView {
        n: place,
        questions: request.questions.clone(),
        due: request.due,
    }
}

pub(crate) fn decision(file: &CaseFile) -> Option<DecisionView> {
    file.decision.as_ref().map(|decision| DecisionView {
        message: decision.message.clone(),
        findings: decision.findings.clone(),
        review_until: decision.review_until,
    })
}

pub(crate) fn orders(file: &CaseFile) -> Vec<OrderView> {
    let view = |(place, order): (usize, &OrderOnCase)| OrderView {
        order: u8::try_from(place + 1).unwrap_or(u8::MAX),
        what: order.order.what.clone(),
        due: order.order.due,
        done: order.done,
        note: order.note.clone(),
    };
    file.orders.iter().enumerate().map(view).collect()
}

/// Removes the participants' response to an order for a viewer who does not see everything.
fn without_answer(order: OrderView, sees_all: bool) -> OrderView {
    if sees_all {
        return order;
    }
    OrderView {
        done: None,
        note: None,
        ..order
    }
}

fn added(event: &EventBody) -> Option<Issue> {
    let EventBody::IssueAdded {
        category,
        subcategory,
        what_happened,
        put_right,
    } = event
    else {
        return None;
    };
    Some(Issue {
        category: *category,
        subcategory: subcategory.clone(),
        what_happened: what_happened.clone(),
        put_right: put_right.clone().unwrap_or_default(),
    })
}

/// Returns the needs that participants reported, each with what was done about it.
pub(crate) fn needs(file: &CaseFile) -> Vec<NeedView> {
    let view = |need: &String| NeedView {
        need: need.clone(),
        acted_on: file
            .needs_acted_on
            .iter()
            .filter(|(n, _)| n == need)
            .map(|(_, what)| what.clone())
            .collect(),
    };
    file.needs_told.iter().map(view).collect()
}

/// Returns all issues: first those that were sent, then those that were added.
pub(crate) fn all_issues(answers: &Answers, file: &CaseFile) -> Vec<Issue> {
    issues(answers)
        .into_iter()
        .chain(file.added_issues.iter().filter_map(added))
        .collect()
}

fn issues(answers: &Answers) -> Vec<Issue> {
    let text = |step, issue, field| answers.text(Place::of_issue(step, issue), field).to_owned();
    let one = |issue| {
        let subcategory = text(StepId::Subcategory, issue, "subcategory");
        Some(Issue {
            category: answers.category_kind(issue)?,
            subcategory: (!subcategory.is_empty()).then_some(subcategory),
            what_happened: text(StepId::WhatHappened, issue, "what_happened"),
            put_right: answers.text(StepId::PutRight, "put_right").to_owned(),
        })
    };
    (1..=journey::issues(answers)).filter_map(one).collect()
}

/// Returns the tenant, with access or not, and everyone else with access. A viewer without the scope `see` gets only the
/// tenant and themselves.
fn people(file: &CaseFile, viewer: &PersonOnCase, today: Date) -> Vec<Person> {
    let sees_all = viewer.sees_all(today);
    let shown = |person: &PersonOnCase| person.number == viewer.number || sees_all && person.has_access(today);
    let there = file
        .people
        .iter()
        .filter(|person| person.role == ActorRole::Resident || shown(person));
    let mut people: Vec<Person> = there
        .map(|person| Person {
            role: person.role,
            name: person.name.clone(),
        })
        .collect();
    people.sort_by_key(|person| person.role != ActorRole::Resident);
    people
}

/// Returns the same day `years` later; 1 March for a leap day.
fn years_after(day: Date, years: i32) -> Date {
    let year = day.year().saturating_add(years);
    let then = day.replace_year(year);
    then.or_else(|_| Date::from_calendar_date(year, time::Month::March, 1))
        .unwrap_or(Date::MAX)
}

/// Builds the timeline entry of an event. Of the case's `files`, it contains those that the event names.
pub(crate) fn timeline_entry(n: u32, event: &Event, files: &[FileView]) -> Result<TimelineEntry, RecordError> {
    let body = body(event)?;
    let filename = match &body {
        EventBody::FileRefused { filename, .. }
        | EventBody::FileReceived { filename, .. }
        | EventBody::FileNotReceived { filename, .. } => Some(filename.clone()),
        _ => None,
    };
    let named = body.files();
    let files = files.iter().filter(|file| named.contains(&file.id.as_str())).cloned().collect();
    let moved = Standing::after(standing_before(&body), &body).filter(|_| body.moves_to().is_some());
    let message = told(&body);
    let (order, done) = match &body {
        EventBody::OrderAnswered { order, done, .. } => (Some(*order), Some(*done)),
        EventBody::DueChanged { order, .. } => (*order, None),
        _ => (None, None),
    };
    let findings = match &body {
        EventBody::DecisionMade { findings, .. } => findings.clone(),
        _ => Vec::new(),
    };
    let due = match &body {
        EventBody::DueChanged { due, .. } => Some(*due),
        _ => moved.and_then(|to| to.due),
    };
    let on = match &body {
        EventBody::DiaryEntry { on, .. } => Some(*on),
        _ => None,
    };
    Ok(TimelineEntry {
        n,
        kind: event.kind.clone(),
        when: moment(event.at),
        actor_role: actor_role(event)?,
        status: moved.map(|to| to.status),
        due,
        closed_reason: moved.and_then(|to| to.reason),
        message,
        on,
        filename,
        files,
        order,
        done,
        findings,
    })
}

/// Returns whether a person on the case may see an event of it.
pub(crate) fn is_shown_to(event: &Event, file: &CaseFile, person: &PersonOnCase, today: Date) -> Result<bool, RecordError> {
    Ok(person.sees_event(&body(event)?, author(file, event)?, today))
}

/// Returns the text of an event that participants read, one line for each part.
fn told(body: &EventBody) -> Option<String> {
    match body {
        EventBody::StatusChanged { message, .. } => message.clone(),
        EventBody::DueChanged { message, .. }
        | EventBody::MessageSent { message }
        | EventBody::MessageReceived { message, .. }
        | EventBody::DecisionMade { message, .. } => Some(message.clone()),
        EventBody::DiaryEntry { what, .. } | EventBody::NeedActedOn { what, .. } => Some(what.clone()),
        EventBody::InformationRequested { questions, .. } => Some(questions.join("\n")),
        EventBody::InformationGiven { answers, .. } => Some(answers.join("\n")),
        EventBody::IssueAdded { what_happened, .. } => Some(what_happened.clone()),
        EventBody::Withdrawn { reason, .. } => reason.clone(),
        EventBody::ReviewRequested { why, .. } => Some(why.clone()),
        EventBody::OrdersMade { orders } => {
            let whats: Vec<&str> = orders.iter().map(|order| order.what.as_str()).collect();
            Some(whats.join("\n"))
        }
        EventBody::OrderAnswered { note, .. } => note.clone(),
        _ => None,
    }
}

/// Returns a stand-in for the case state before an event. Apart from a submission, which needs none, events do not depend on
/// it.
fn standing_before(body: &EventBody) -> Option<Standing> {
    (!matches!(body, EventBody::Submitted { .. })).then_some(Standing {
        status: Status::Received,
        due: None,
        reason: None,
    })
}

/// Returns the risks that the participant reported.
pub(crate) fn risks_told(answers: &Answers) -> Vec<String> {
    let told = risks().iter().filter(|risk| answers.chose(StepId::Risk, "risks", risk));
    told.map(|risk| (*risk).to_owned()).collect()
}

pub(crate) fn desk_person(person: &PersonOnCase, today: Date) -> DeskPerson {
    DeskPerson {
        person: person.number,
        role: person.role,
        name: person.name.clone(),
        is_here: person.is_here,
        may: Scope::ALL.iter().copied().filter(|scope| person.may(*scope, today)).collect(),
        contact: person.contact.clone(),
        waiting: person.wanted.as_ref().map(WaitingContact::from),
    }
}

pub(crate) fn desk_event(event: &Event) -> Result<DeskEvent, RecordError> {
    Ok(DeskEvent {
        n: event.n,
        at: event.at.rfc3339(),
        actor_role: actor_role(event)?,
        actor_name: event.actor_name.clone(),
        body: body(event)?,
        hash: hex(&event.hash),
    })
}
