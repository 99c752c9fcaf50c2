//! Changes to a person's own contact plan.

use crate::mail::delivered;
use crate::people::{BY_MAIL, ContactAnswers, MOBILE, sent, signed_in};
use crate::representatives::representative;
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, find_viewer, viewer,
};
use complaint::case::contact_plan::change::{ConfirmBy, RequestedContactPlan, Stop};
use complaint::case::contact_plan::{ContactMethod, ContactPlan};
use complaint::case::person_number::SENDER;
use complaint::case::recordable_event::RecordableEvent;
use complaint::case::representation::Rights;
use contract::contact::{ContactView, Saved};
use contract::desk::DeskCase;
use record::entropy::SeededEntropy;
use record::outbox::{self, case_messages::CONFIRMATION};
use rstest::rstest;
use service::access::email_codes;
use service::access::sessions::{self, Device, Session};
use service::access::viewer::Viewer;
use service::cases::actions::CaseActionError;
use service::cases::desk::{self, Caller, DeskError};
use service::{
    Settings,
    cases::{self, contact},
};
use std::sync::Arc;
use text::Language;
use time::Duration;

const NEW: &str = "wren.new@example.net";

/// A signed-in person on a case of their own.
struct SignedInPerson<'a> {
    world: &'a World,
    reference: String,
    session: Session,
}

impl<'a> SignedInPerson<'a> {
    async fn on(world: &'a World, how: ContactAnswers<'_>) -> Self {
        let receipt = sent(&world.services, how).await;
        let (_, session) = signed_in(&world.services, &receipt).await;
        let reference = receipt.reference;
        Self { world, reference, session }
    }

    async fn viewer(&self) -> Viewer {
        viewer(&self.world.services, &self.session, &self.reference).await
    }

    async fn sees(&self) -> ContactView {
        contact::view(&self.viewer().await)
    }

    /// Saves the present contact plan with the changes that `edit` makes.
    async fn save_plan(&self, stop: &[Stop], edit: impl FnOnce(&mut ContactPlan)) -> Saved {
        // Messages are listed in order of time, so two must not share one instant.
        self.world.clock.advance(Duration::milliseconds(1));
        let mut contact = self.sees().await.contact;
        edit(&mut contact);
        let wanted = RequestedContactPlan {
            contact,
            stop: stop.to_vec(),
        };
        let services = &self.world.services;
        contact::save(services, &self.viewer().await, &wanted, None, Language::default())
            .await
            .unwrap()
    }

    async fn confirm_with_code(&self, code: &str) -> Result<(), CaseActionError> {
        contact::confirm(&self.world.services, &self.viewer().await, code).await
    }

    async fn resend_code(&self) -> Result<Saved, CaseActionError> {
        self.world.clock.advance(Duration::milliseconds(1));
        contact::send_again(&self.world.services, &self.viewer().await, Language::default()).await
    }

    async fn at_the_desk(&self) -> DeskCase {
        let case = desk::case(&self.world.services, &Caller::at_command_line("ash"), &self.reference).await;
        case.unwrap().unwrap()
    }

    async fn desk_says(&self, event: RecordableEvent) -> Result<(), DeskError> {
        let (services, caller) = (&self.world.services, Caller::at_command_line("ash"));
        desk::add_event(services, &caller, &self.reference, event, None).await.map(|_| ())
    }

    /// Returns whether a code sent to this address signs in to the case.
    async fn signs_in_by(&self, email: &str) -> bool {
        let before = letters(self.world).await.len();
        let asked = asked_for(self.world, Some(&self.reference), email).await;
        let letters = letters(self.world).await;
        let Some(letter) = letters.get(before) else { return false };
        assert!(letter.contains(&format!("To: {email}\r\n")), "{letter}");
        let opened = email_codes::sign_in(&self.world.services, &asked, &code(letter), &Device::default()).await;
        opened.unwrap().is_some()
    }
}

async fn letters(world: &World) -> Vec<String> {
    delivered(&world.services, world.folder.path()).await
}

fn code(letter: &str) -> String {
    let is_code = |line: &&str| line.len() == 9 && line.as_bytes()[4] == b' ';
    letter.lines().find(is_code).expect("a code").to_owned()
}

/// Returns a code that differs from `code`.
fn wrong(code: &str) -> String {
    let first = if code.starts_with('1') { '2' } else { '1' };
    format!("{first}{}", &code[1..])
}

fn kinds(case: &DeskCase) -> Vec<&'static str> {
    case.events.iter().map(|event| event.body.kind()).collect()
}

/// Requests a sign-in code. The clock advances so that messages have distinct times.
async fn asked_for(world: &World, reference: Option<&str>, email: &str) -> email_codes::CodeRequest {
    world.clock.advance(Duration::milliseconds(1));
    let (reference, email) = (reference.map(ToOwned::to_owned), email.to_owned());
    email_codes::ask(&world.services, reference, email, &[1], Language::default())
        .await
        .unwrap()
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_new_address_holds_after_a_code_that_went_to_the_old_one(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let wren = SignedInPerson::on(&world, BY_MAIL).await;
    assert_eq!(wren.save_plan(&[], |plan| plan.email = Some(NEW.into())).await, Saved::Code);
    let [letter] = &letters(&world).await[..] else {
        panic!("expected one letter")
    };
    assert!(letter.contains("To: wren@example.org\r\n"), "{letter}");
    for telling in ["complain", "landlord", "housing", "contact", &wren.reference, NEW] {
        assert!(!letter.to_lowercase().contains(&telling.to_lowercase()), "{telling} in {letter}");
    }
    let waits = wren.sees().await;
    assert_eq!(
        waits.contact.email.as_deref(),
        Some("wren@example.org"),
        "until the confirmation the old address is valid"
    );
    assert_eq!(waits.waiting.as_ref().unwrap().confirm, ConfirmBy::Code);
    assert!(
        !wren.signs_in_by(NEW).await,
        "the new address does not sign in before the confirmation"
    );

    let code = code(letter);
    assert!(matches!(
        wren.confirm_with_code(&wrong(&code)).await,
        Err(CaseActionError::Invalid(_))
    ));
    assert!(matches!(wren.confirm_with_code("").await, Err(CaseActionError::Invalid(_))));
    wren.confirm_with_code(&code.replace(' ', "-")).await.unwrap();
    let now = wren.sees().await;
    assert_eq!((now.contact.email.as_deref(), now.waiting), (Some(NEW), None));
    assert!(
        matches!(wren.confirm_with_code(&code).await, Err(CaseActionError::NotNow)),
        "a code works only once"
    );
    assert_eq!(
        kinds(&wren.at_the_desk().await),
        ["submitted", "contact_change_asked", "contact_change_confirmed"]
    );
    assert!(
        !wren.signs_in_by("wren@example.org").await,
        "the old mailbox does not sign in any more"
    );
    assert!(wren.signs_in_by(NEW).await, "the new mailbox signs in");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_is_quieter_holds_at_once_and_ends_what_the_mailbox_opened(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let wren = SignedInPerson::on(&world, BY_MAIL).await;
    assert!(wren.signs_in_by("wren@example.org").await);
    let asked = asked_for(&world, None, "wren@example.org").await;
    let code = code(letters(&world).await.last().unwrap());
    let opened = email_codes::sign_in(&world.services, &asked, &code, &Device::default()).await;
    let theirs = opened.unwrap().expect("the mailbox is known").token.to_string();
    assert!(sessions::session(&world.services, &theirs).await.unwrap().is_some());
    // The reference works too, with another code sent to the same address.
    let asked = asked_for(&world, Some(&wren.reference), "wren@example.org").await;
    let another = self::code(letters(&world).await.last().unwrap());
    let opened = email_codes::sign_in(&world.services, &asked, &another, &Device::default()).await;
    let by_reference = opened.unwrap().expect("a code for the case").token.to_string();

    assert_eq!(wren.save_plan(&[], |plan| plan.email_safe = false).await, Saved::Changed);
    assert!(!wren.signs_in_by("wren@example.org").await);
    let session = sessions::session(&world.services, &theirs).await.unwrap();
    let sees = match session {
        Some(session) => find_viewer(&world.services, &session, &wren.reference).await.is_some(),
        None => false,
    };
    assert!(!sees, "sessions of the unsafe mailbox lose access");
    let by_reference = sessions::session(&world.services, &by_reference).await.unwrap();
    assert!(by_reference.is_none(), "sessions opened with the reference lose access too");
    assert!(!wren.sees().await.contact.email_safe, "the address is not safe any more");
    assert_eq!(wren.save_plan(&[], |_| {}).await, Saved::Same);
    // Calling the address safe again needs a confirmation, and no safe contact method is left for the code.
    assert_eq!(wren.save_plan(&[], |plan| plan.email_safe = true).await, Saved::Organisation);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn without_a_safe_way_the_organisation_confirms_or_refuses(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let wren = SignedInPerson::on(&world, BY_MAIL).await;
    let saved = wren.save_plan(&[Stop::Email], |plan| plan.email = Some(NEW.into())).await;
    assert_eq!(saved, Saved::Organisation);
    assert_eq!(wren.sees().await.contact.email, None, "a contact method is stopped at once");
    assert!(letters(&world).await.is_empty());
    let case = wren.at_the_desk().await;
    assert_eq!(kinds(&case), ["submitted", "contact_changed", "contact_change_asked"]);
    let waiting = case.people[0].waiting.clone().expect("a task");
    assert_eq!(
        (waiting.confirm, waiting.contact.email.as_deref()),
        (ConfirmBy::Organisation, Some(NEW))
    );
    assert!(matches!(wren.confirm_with_code("12345678").await, Err(CaseActionError::NotNow)));

    let (person, change) = (SENDER, waiting.change);
    let stale = wren
        .desk_says(RecordableEvent::ContactChangeConfirmed {
            person,
            change: change - 1,
        })
        .await;
    assert!(matches!(stale, Err(DeskError::Invalid(_))));
    let message = "Please ring us.".to_owned();
    let refuse = RecordableEvent::ContactChangeRefused { person, change, message };
    wren.desk_says(refuse.clone()).await.unwrap();
    let view = wren.sees().await;
    assert_eq!((view.waiting, view.not_confirmed.as_deref()), (None, Some("Please ring us.")));
    assert!(
        matches!(wren.desk_says(refuse).await, Err(DeskError::Invalid(_))),
        "no change waits any more"
    );

    wren.save_plan(&[], |plan| (plan.email, plan.email_safe) = (Some(NEW.into()), true))
        .await;
    let change = wren.at_the_desk().await.people[0].waiting.as_ref().unwrap().change;
    wren.desk_says(RecordableEvent::ContactChangeConfirmed { person, change })
        .await
        .unwrap();
    let view = wren.sees().await;
    assert_eq!((view.contact.email.as_deref(), view.not_confirmed), (Some(NEW), None));
    let letters = letters(&world).await;
    assert!(
        letters.iter().all(|letter| letter.contains(&format!("To: {NEW}\r\n"))),
        "{letters:?}"
    );
    assert_eq!(letters.len(), 1, "one notification is sent");
    assert!(wren.signs_in_by(NEW).await);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn codes_end_with_time_with_tries_and_with_the_change(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let wren = SignedInPerson::on(&world, BY_MAIL).await;
    wren.save_plan(&[], |plan| plan.email = Some(NEW.into())).await;
    let first = code(letters(&world).await.last().unwrap());
    for _ in 0..contact::TRIES {
        assert!(wren.confirm_with_code(&wrong(&first)).await.is_err());
    }
    assert!(wren.confirm_with_code(&first).await.is_err(), "a code has five tries");
    assert_eq!(wren.resend_code().await.unwrap(), Saved::Code);
    let second = code(letters(&world).await.last().unwrap());
    world.clock.advance(Duration::minutes(10));
    assert!(wren.confirm_with_code(&second).await.is_err(), "a code is valid for ten minutes");
    wren.resend_code().await.unwrap();
    let third = code(letters(&world).await.last().unwrap());
    // The code belongs to the change the person saw then; it does not confirm a later change.
    wren.save_plan(&[], |plan| plan.email = Some("wren.third@example.net".into())).await;
    assert!(wren.confirm_with_code(&third).await.is_err());
    contact::cancel(&world.services, &wren.viewer().await).await.unwrap();
    assert!(matches!(wren.resend_code().await, Err(CaseActionError::NotNow)));
    assert_eq!(wren.sees().await.contact.email.as_deref(), Some("wren@example.org"));

    wren.save_plan(&[], |plan| plan.email = Some(NEW.into())).await;
    for _ in 0..contact::PER_PERSON {
        wren.resend_code().await.unwrap();
    }
    assert_eq!(
        wren.resend_code().await.unwrap(),
        Saved::NoMoreCodes,
        "the response says that no more codes are sent"
    );
    assert_eq!(letters(&world).await.len() as u64, contact::PER_PERSON, "no more codes are sent");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_code_is_not_sent_to_what_became_unsafe_meanwhile(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let wren = SignedInPerson::on(&world, BY_MAIL).await;
    wren.save_plan(&[], |plan| plan.email = Some(NEW.into())).await;
    // The message is still in the outbox.
    wren.save_plan(&[], |plan| plan.email_safe = false).await;
    assert!(letters(&world).await.is_empty());
    let rows = outbox::list(&world.services.store().read).await.unwrap();
    let code = rows.iter().find(|row| row.channel != CONFIRMATION).unwrap();
    assert_eq!(code.last_error.as_deref(), Some("no_right"));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_safe_mobile_does_where_texts_can_be_sent(#[case] on: TestDatabase) {
    let by_text = ContactAnswers {
        email: "",
        email_safe: "no",
        phone: MOBILE,
        phone_safe: "yes",
        way: "text",
        language: "en",
    };
    for (texts, expected) in [(true, Saved::Code), (false, Saved::Organisation)] {
        let settings = Settings {
            texts,
            ..Settings::default()
        };
        let entropy = Arc::new(SeededEntropy::new(9));
        let Some(world) = World::with(on, settings, entropy).await else {
            return;
        };
        let wren = SignedInPerson::on(&world, by_text).await;
        let saved = wren
            .save_plan(&[], |plan| (plan.email, plan.email_safe) = (Some(NEW.into()), true))
            .await;
        assert_eq!(saved, expected);
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn each_speaks_for_themselves_and_others_see_nothing_of_it(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let made = representative(&world, "Wren Example", Some(Rights::full()), false).await;
    let session = async |token: &str| sessions::session(services, token).await.unwrap().unwrap();
    let (robin, tenant) = (
        session(&made.representative_session).await,
        session(made.tenant.as_ref().unwrap()).await,
    );
    let theirs = async |who: &Session| contact::view(&viewer(services, who, &made.reference).await);
    let before = theirs(&robin).await;
    let seen = async |who: &Session| {
        let viewer = viewer(services, who, &made.reference).await;
        cases::details(services, &viewer).await.unwrap().timeline.entries.len()
    };
    // Entries that are hidden from a person leave no gap in the numbering.
    let numbers = async |who: &Session, limit| {
        let all = cases::timeline(services, &viewer(services, who, &made.reference).await, None, Some(limit))
            .await
            .unwrap();
        all.entries.iter().map(|entry| entry.n).collect::<Vec<_>>()
    };
    let (robins, tenants) = (seen(&robin).await, seen(&tenant).await);
    let contact = ContactPlan {
        email: Some(NEW.into()),
        email_safe: true,
        way: Some(ContactMethod::Email),
        ..ContactPlan::default()
    };
    let wanted = RequestedContactPlan {
        contact,
        stop: vec![Stop::Email],
    };
    let saved = contact::save(
        services,
        &viewer(services, &tenant, &made.reference).await,
        &wanted,
        None,
        Language::default(),
    )
    .await;
    assert_eq!(
        saved.unwrap(),
        Saved::Organisation,
        "a new address is confirmed by the organisation if no safe address is known"
    );
    assert_eq!(theirs(&robin).await, before, "the representative's own plan does not change");
    assert_eq!(
        seen(&robin).await,
        robins,
        "the representative does not see that the tenant's plan changed"
    );
    assert!(seen(&tenant).await > tenants);
    let word = RecordableEvent::MessageSent {
        message: "We are looking at it.".into(),
    };
    desk::add_event(services, &Caller::at_command_line("ash"), &made.reference, word, None)
        .await
        .unwrap();
    let all: Vec<u32> = (1..=u32::try_from(robins + 1).unwrap()).collect();
    assert_eq!(numbers(&robin, 50).await, all);
    assert_eq!(numbers(&robin, 2).await, [1, 2]);
    let case = cases::view(services, &viewer(services, &robin, &made.reference).await)
        .await
        .unwrap();
    assert_eq!(case.contact_change, None);
    assert!(!serde_json::to_string(&case).unwrap().contains(NEW));
    let lists = cases::list(services, &robin).await.unwrap();
    let moved = cases::list(services, &tenant).await.unwrap();
    assert!(lists[0].updated_at <= moved[0].updated_at);

    // The tenant came onto the case by consenting, and has no mailbox. The confirmed address becomes theirs.
    let case = desk::case(services, &Caller::at_command_line("ash"), &made.reference)
        .await
        .unwrap()
        .unwrap();
    let waiting = case
        .people
        .iter()
        .find_map(|person| person.waiting.as_ref().map(|w| (person.person, w.change)));
    let (person, change) = waiting.expect("a task");
    let event = RecordableEvent::ContactChangeConfirmed { person, change };
    desk::add_event(services, &Caller::at_command_line("ash"), &made.reference, event, None)
        .await
        .unwrap();
    let wren = SignedInPerson {
        world: &world,
        reference: made.reference.clone(),
        session: tenant,
    };
    assert!(wren.signs_in_by(NEW).await);
}
