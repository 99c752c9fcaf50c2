//! A representative with several cases: how messages tell them apart, and how one list shows them.

use complaint::StepId;
use complaint::case::recordable_event::RecordableEvent;
use contract::Receipt;
use service::cases::desk::{self, Caller};
use service::{
    Services,
    access::sessions,
    cases::{self, submission},
    drafts,
};

use super::{ask, codes, try_code};
use crate::answers::{RESIDENT, key, representative_answers, save};
use crate::mail::delivered;
use crate::world::{TestDatabase::Sqlite, World, find_viewer};

const ROBINS: &str = "robin@example.org";

/// Sends a complaint by Robin for this tenant, with Robin's own reference.
async fn sent_as(services: &Services, tenant: &str, own_reference: &str) -> Receipt {
    let token = drafts::create(services).await.unwrap().token;
    let about = format!(r#"{{"full_name":"Robin Example","connection":"adviser","own_reference":"{own_reference}"}}"#);
    let mut special = representative_answers("later", "Robin Example", tenant);
    special.retain(|(step, _)| *step != StepId::Representative);
    special.insert(2, (StepId::Representative, about));
    special.push((StepId::EmailSafety, r#"{"safe":"yes"}"#.to_owned()));
    special.push((StepId::ContactChoice, r#"{"way":"email"}"#.to_owned()));
    for (step, json) in &special {
        save(services, &token, *step, json).await;
    }
    for (step, json) in RESIDENT {
        if special.iter().all(|(there, _)| *there != step) {
            save(services, &token, step, json).await;
        }
    }
    submission::submit(services, &token, &key("first")).await.unwrap()
}

#[tokio::test]
async fn one_code_by_email_opens_every_case_that_was_shown_to_be_theirs() {
    let world = World::new(Sqlite).await.unwrap();
    let services = &world.services;
    let first = sent_as(services, "Wren Example", "AB/123").await;
    let second = sent_as(services, "Sam Example", "AB/124").await;
    let mut opened = None;
    for receipt in [&first, &second] {
        let asked = ask(&world, Some(&receipt.reference), ROBINS).await;
        let code = codes(&world).await.pop().unwrap();
        opened = try_code(&world, &asked, &code).await;
    }
    let opened = opened.unwrap();
    assert_eq!(
        (opened.reference.as_str(), opened.opens_all),
        (&*second.reference, false),
        "the session opens the requested case first"
    );
    let session = sessions::session(services, &opened.token.to_string()).await.unwrap().unwrap();
    assert_eq!(cases::count(services, &session).await.unwrap(), 2);
    let mut own: Vec<_> = cases::list(services, &session)
        .await
        .unwrap()
        .into_iter()
        .map(|line| line.own_reference)
        .collect();
    own.sort();
    assert_eq!(own, [Some("AB/123".to_owned()), Some("AB/124".to_owned())]);

    // An access code may be in other hands than the mailbox, so it opens only its own case.
    let by_code = sessions::sign_in(services, &first.reference, &first.access_code)
        .await
        .unwrap()
        .unwrap();
    let by_code = sessions::session(services, &by_code.token.to_string()).await.unwrap().unwrap();
    assert_eq!(cases::count(services, &by_code).await.unwrap(), 1);
    assert!(find_viewer(services, &by_code, &second.reference).await.is_none());
}

#[tokio::test]
async fn a_message_carries_the_own_reference_and_nothing_of_the_tenant() {
    let world = World::new(Sqlite).await.unwrap();
    let services = &world.services;
    for (tenant, own_reference, carried) in [
        ("Wren Example", "AB/123", true),
        ("Sam Tester", "Tester 2026", false),
        ("Alex Example", "", false),
    ] {
        let receipt = sent_as(services, tenant, own_reference).await;
        let before = delivered(services, world.folder.path()).await;
        let news = RecordableEvent::MessageSent {
            message: "Please look.".into(),
        };
        desk::add_event(services, &Caller::at_command_line("ash"), &receipt.reference, news, None)
            .await
            .unwrap();
        world.clock.advance(time::Duration::minutes(20));
        let new = delivered(services, world.folder.path()).await.into_iter();
        let [letter] = &new.filter(|letter| !before.contains(letter)).collect::<Vec<_>>()[..] else {
            panic!("expected one letter about {own_reference:?}")
        };
        assert!(letter.contains(&format!("To: {ROBINS}")), "{letter}");
        assert_eq!(letter.contains("Your own reference: AB/123"), carried, "{letter}");
        for telling in ["Wren", "Tester", "Alex", &receipt.reference] {
            assert!(!letter.contains(telling), "{telling} in {letter}");
        }
    }
}
