//! Builds the views of cases from rows of the record, for pages, the REST API and the desk.

use crate::file_view::file;
use crate::representation::claims::claims_seen;
use crate::stored::{actor_role, answers, author, body, status};
use time::Date;

use complaint::{
    Actor, Answers, QuestionRef, Status, StepId,
    case::{
        actions::CaseActionKind,
        case_state::CaseState,
        event::{ActorRole, EventBody},
        person_number::PersonNumber,
        representation::{PeopleWithDocument, Scope, next_step},
        state::{CaseProjection, OrderOnCase, Participant, Request},
    },
    fields::{form::Choice, iso_date},
    questionnaire::{questions::risks, steps},
};
use contract::{
    CaseLine, CaseView, DecisionView, FileView, Issue, NeedView, Next, OrderView, Person, RequestView, TimelineEntry,
    contact::WaitingContact, desk::DeskPerson,
};
use record::{RecordError, cases::Model as Case, events::Model as Event, uploads::Model as Upload};

use crate::{Services, access::viewer::Viewer, london::moment, representation::people_with_documents};

/// Returns the next step as one reader sees it: the person with this number, or the organisation for `None`.
pub(crate) fn present_next_step(file: &CaseProjection, papers: &PeopleWithDocument, reader: Option<PersonNumber>, today: Date) -> Next {
    Next {
        status: file.state.status,
        who_acts: next_step(file, papers, today).read_by(file, reader),
        due: file.state.due,
    }
}

pub(crate) fn case_line(case: &Case, person: &Participant, who_acts: Actor, late: bool) -> Result<CaseLine, RecordError> {
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
        ..
    } = viewer;
    let answers = answers(&case.answers)?;
    let standing = told.state;
    // An internal note is no change for the participant.
    let moved = events.iter().rev().find(|e| body(e).is_ok_and(|b| b.new_status().is_some()));
    let moved = moment(moved.map_or(case.submitted_at, |e| e.at));
    let years = i32::try_from(services.settings().case_years).unwrap_or(i32::MAX);
    let closed = (standing.status == Status::Closed).then_some(moved.date);
    let can = CaseActionKind::open_to(person, told, *today);
    let offered = |kind| can.contains(&kind);
    let papers = people_with_documents(told, &files);
    let next = present_next_step(told, &papers, Some(person.number), *today);
    let sees_all = person.sees_all(*today);
    let sent = issues(&told.answers_in_force(&answers, person, *today));
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
        request: told.open_request().filter(|_| offered(CaseActionKind::Answer)).map(request),
        orders: orders(told).into_iter().map(|order| without_answer(order, sees_all)).collect(),
        decision: decision(told).filter(|_| {
            let scopes = [Scope::See, Scope::Letters, Scope::Decide];
            scopes.iter().any(|scope| person.has_scope(*scope, *today))
        }),
        review_until: told
            .decision
            .as_ref()
            .map(|decision| decision.review_until)
            .filter(|_| offered(CaseActionKind::Review)),
        undo_until: told
            .withdrawn
            .map(|(_, until)| until)
            .filter(|_| offered(CaseActionKind::UndoWithdrawal)),
        can,
        can_answer: told
            .questions_to_add(&answers, person, *today)
            .into_iter()
            .map(QuestionRef::code)
            .collect(),
        landlord: answers.text(StepId::Landlord, "name").to_owned(),
        issues: sent.into_iter().chain(later).collect(),
        needs: if sees_all { needs(told) } else { Vec::new() },
        people: people(told, person, *today),
        answers: person.visible_answers(&answers, *today),
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
        contact_change: person.requested_contact.as_ref().map(|wanted| wanted.confirm),
    })
}

pub(crate) fn request((place, request): (u16, &Request)) -> RequestView {
    RequestView {
        n: place,
        questions: request.questions.clone(),
        due: request.due,
    }
}

pub(crate) fn decision(file: &CaseProjection) -> Option<DecisionView> {
    file.decision.as_ref().map(|decision| DecisionView {
        message: decision.message.clone(),
        findings: decision.findings.clone(),
        review_until: decision.review_until,
    })
}

pub(crate) fn orders(file: &CaseProjection) -> Vec<OrderView> {
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
pub(crate) fn needs(file: &CaseProjection) -> Vec<NeedView> {
    let view = |need: &String| NeedView {
        need: need.clone(),
        acted_on: file
            .needs_acted_on
            .iter()
            .filter(|(n, _)| n == need)
            .map(|(_, what)| what.clone())
            .collect(),
    };
    file.reported_needs.iter().map(view).collect()
}

/// Returns all issues: first those that were sent, then those that were added.
pub(crate) fn all_issues(answers: &Answers, file: &CaseProjection) -> Vec<Issue> {
    let mut answers = answers.clone();
    answers.replace_with(&file.newest_added_answers(None));
    issues(&answers)
        .into_iter()
        .chain(file.added_issues.iter().filter_map(added))
        .collect()
}

fn issues(answers: &Answers) -> Vec<Issue> {
    let text = |step, issue, field| answers.text(QuestionRef::for_issue(step, issue), field).to_owned();
    let one = |issue| {
        let subcategory = text(StepId::Subcategory, issue, "subcategory");
        Some(Issue {
            category: answers.category_kind(issue)?,
            subcategory: (!subcategory.is_empty()).then_some(subcategory),
            what_happened: text(StepId::WhatHappened, issue, "what_happened"),
            put_right: answers.text(StepId::PutRight, "put_right").to_owned(),
        })
    };
    (1..=steps::issue_count(answers)).filter_map(one).collect()
}

/// Returns the tenant, with access or not, and everyone else with access. A viewer without the scope `see` gets only the
/// tenant and themselves.
fn people(file: &CaseProjection, viewer: &Participant, today: Date) -> Vec<Person> {
    let sees_all = viewer.sees_all(today);
    let shown = |person: &Participant| person.number == viewer.number || sees_all && person.has_access(today);
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
    let moved = CaseState::after(standing_before(&body), &body).filter(|_| body.new_status().is_some());
    let message = event_text(&body);
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
    let answers = match &body {
        EventBody::AnswerAdded { answers, .. } => Some(answers.clone()),
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
        answers,
    })
}

/// Returns whether a person on the case may see an event of it.
pub(crate) fn is_shown_to(event: &Event, file: &CaseProjection, person: &Participant, today: Date) -> Result<bool, RecordError> {
    Ok(person.sees_event(&body(event)?, author(file, event)?, today))
}

/// Returns the events that a viewer may see, oldest first: the entries of their timeline.
pub(crate) fn shown_events(viewer: &Viewer) -> Result<Vec<&Event>, RecordError> {
    let mut shown = Vec::new();
    for event in &viewer.events {
        if is_shown_to(event, &viewer.file, &viewer.person, viewer.today)? {
            shown.push(event);
        }
    }
    Ok(shown)
}

/// Returns the text of an event that participants read, one line for each part.
fn event_text(body: &EventBody) -> Option<String> {
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
fn standing_before(body: &EventBody) -> Option<CaseState> {
    (!matches!(body, EventBody::Submitted { .. })).then_some(CaseState {
        status: Status::Received,
        due: None,
        reason: None,
    })
}

/// Returns the risks that the participant reported. A person who is at risk but did not say from what has the risk `other`, so
/// that the desk sees it.
pub(crate) fn reported_risks(answers: &Answers) -> Vec<String> {
    let told = risks().iter().filter(|risk| answers.has_choice_once(StepId::Risk, "risks", risk));
    let mut told: Vec<String> = told.map(|risk| (*risk).to_owned()).collect();
    if told.is_empty() && answers.has_choice_once(StepId::Risk, "at_risk", "yes") {
        told.push("other".to_owned());
    }
    told
}

pub(crate) fn desk_person(person: &Participant, today: Date) -> DeskPerson {
    DeskPerson {
        person: person.number,
        role: person.role,
        name: person.name.clone(),
        is_here: person.has_joined,
        may: Scope::ALL.iter().copied().filter(|scope| person.has_scope(*scope, today)).collect(),
        contact: person.contact.clone(),
        waiting: person.requested_contact.as_ref().map(WaitingContact::from),
    }
}
