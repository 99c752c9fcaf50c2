//! The desk's tasks on a case. They are computed from the events and files, and a task disappears when it is done.

use crate::stored;
use time::Date;

use crate::{notifications, representation};
use complaint::{
    Status,
    case::{
        contact_plan::change::ConfirmBy,
        desk_task::DeskTaskKind,
        event::EventBody,
        person_number::{PersonNumber, SENDER},
        representation::{nobody_can_act, waiting},
        state::{Authority, CaseProjection},
    },
};
use contract::desk::DeskTask;
use record::{RecordError, events::Model as Event, uploads::Model as Upload};

/// Returns all open tasks of a case.
pub(crate) fn of(told: &CaseProjection, events: &[Event], files: &[Upload], today: Date) -> Result<Vec<DeskTask>, RecordError> {
    let bodies: Vec<EventBody> = events.iter().map(stored::body).collect::<Result<_, RecordError>>()?;
    let about = |task, person| DeskTask {
        task,
        person: Some(person),
        files: Vec::new(),
        due: None,
    };
    let mut tasks = papers(told, files);
    let here = representation::people_with_documents(told, files);
    for claim in waiting(told, &here).into_iter().filter(|_| told.state.status != Status::Closed) {
        // Authority documents and bounced emails have tasks of their own, with the files or the person they are about.
        let task = claim.wait.rule().task;
        let task = task.filter(|task| !matches!(task, DeskTaskKind::AuthorityPaper | DeskTaskKind::TenantNotReached));
        tasks.extend(task.map(|task| DeskTask {
            due: claim.by,
            ..about(task, claim.person)
        }));
    }
    if nobody_can_act(told, &here, today) {
        tasks.push(DeskTask {
            person: told.tenant().map(|tenant| tenant.number),
            due: told.state.due,
            ..about(DeskTaskKind::NobodyActs, SENDER)
        });
    }
    for held in files.iter().filter(|file| file.is_held()) {
        let id = held.id.to_string();
        let person = told.file_sender(&id);
        match tasks
            .iter_mut()
            .find(|task| task.task == DeskTaskKind::FileHeld && task.person == person)
        {
            Some(task) => task.files.push(id),
            None => tasks.push(DeskTask {
                task: DeskTaskKind::FileHeld,
                person,
                files: vec![id],
                due: None,
            }),
        }
    }
    for person in &told.people {
        let number = person.number;
        let waits = person
            .requested_contact
            .as_ref()
            .is_some_and(|wanted| wanted.confirm == ConfirmBy::Organisation);
        if waits {
            tasks.push(about(DeskTaskKind::ContactChange, number));
        }
        if let Authority::Given(rights) = &person.authority {
            if rights.until.is_some_and(|until| until < today) {
                tasks.push(about(DeskTaskKind::AuthorityExpired, number));
            }
            if came_from_their_own(&bodies, number) {
                tasks.push(about(DeskTaskKind::OwnDevice, number));
            }
        }
        if person.consent_email_bounced {
            tasks.push(about(DeskTaskKind::TenantNotReached, number));
        }
        if notifications::uninformed::is_uninformed(told, events, number)? {
            tasks.push(about(DeskTaskKind::NotTold, number));
        }
    }
    Ok(tasks)
}

/// Returns a task for each person with authority documents to inspect, while the case or that person waits for authority.
fn papers(told: &CaseProjection, files: &[Upload]) -> Vec<DeskTask> {
    let case_waits = told.state.status == Status::AwaitingAuthority;
    let mut tasks: Vec<DeskTask> = Vec::new();
    for paper in representation::authority_documents(files) {
        let id = paper.id.to_string();
        let person = told.file_sender(&id);
        let on_case = told.person(person.unwrap_or(SENDER));
        let waits = on_case.is_some_and(|person| matches!(person.authority, Authority::Claimed(_)));
        if told.state.status == Status::Closed || !case_waits && !waits {
            continue;
        }
        match tasks.iter_mut().find(|task| task.person == person) {
            Some(task) => task.files.push(id),
            None => tasks.push(DeskTask {
                task: DeskTaskKind::AuthorityPaper,
                person,
                files: vec![id],
                due: on_case.filter(|_| waits).and_then(|person| person.claim.until),
            }),
        }
    }
    tasks
}

/// Returns whether the newest consent about a person seems to come from that person's own device.
///
/// Giving the authority again, by a document or on the phone, settles that.
fn came_from_their_own(bodies: &[EventBody], number: PersonNumber) -> bool {
    let newest = bodies.iter().rev().find_map(|body| match body {
        EventBody::AuthorityGiven { person, own_device, .. } if *person == number => Some(*own_device),
        _ => None,
    });
    newest.unwrap_or(false)
}
