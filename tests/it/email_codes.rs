mod many_cases;

use crate::mail::delivered;
use crate::people::{BY_MAIL, ContactAnswers, sent, signed_in};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, find_viewer,
};
use complaint::case::person_number::{SENDER, TENANT_BEHIND};
use contract::Receipt;
use record::{people, sign_in_codes};
use rstest::rstest;
use service::{
    access::{
        email_codes::{self, CodeRequest, MAX_MAILED, MAX_MAILED_PER_ADDRESS, TRIES},
        sessions::{self, Device, NewSession, devices},
    },
    cases::{
        self,
        desk::{self, Caller},
    },
    record::housekeeping,
};
use text::Language;
use time::Duration;

const HERE: &[u8] = &[192, 0, 2, 1];
const ELSEWHERE: &[u8] = &[198, 51, 100, 7];

async fn ask(world: &World, reference: Option<&str>, email: &str) -> CodeRequest {
    ask_from(world, HERE, reference, email).await
}

async fn ask_from(world: &World, from: &[u8], reference: Option<&str>, email: &str) -> CodeRequest {
    // Messages are listed in order of time, so two must not share one instant.
    world.clock.advance(Duration::milliseconds(1));
    let (reference, email) = (reference.map(ToOwned::to_owned), email.to_owned());
    email_codes::ask(&world.services, reference, email, from, Language::default())
        .await
        .unwrap()
}

/// Returns the codes in all messages so far, the oldest first.
async fn codes(world: &World) -> Vec<String> {
    let mail = delivered(&world.services, world.folder.path()).await;
    let code = |letter: &String| {
        letter
            .lines()
            .find(|line| line.len() == 9 && line.as_bytes()[4] == b' ')
            .map(ToOwned::to_owned)
    };
    mail.iter().filter_map(code).collect()
}

async fn try_code(world: &World, asked: &CodeRequest, code: &str) -> Option<NewSession> {
    email_codes::sign_in(&world.services, asked, code, &Device::default())
        .await
        .unwrap()
}

/// Returns a code that differs from `code`.
fn wrong(code: &str) -> String {
    let first = if code.starts_with('1') { '2' } else { '1' };
    format!("{first}{}", &code[1..])
}

async fn confirmed(world: &World, receipt: &Receipt) -> NewSession {
    let asked = ask(world, Some(&receipt.reference), "wren@example.org").await;
    let code = codes(world).await.pop().expect("a code");
    try_code(world, &asked, &code).await.expect("the code of the case")
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_code_opens_its_case_once_and_not_too_late(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let receipt = sent(&world.services, BY_MAIL).await;
    let reference = receipt.reference.as_str();
    let asked = ask(&world, Some(&reference.to_lowercase()), " Wren@Example.org ").await;
    let [code] = &codes(&world).await[..] else {
        panic!("expected one letter")
    };
    let letter = &delivered(&world.services, world.folder.path()).await[0];
    assert!(
        letter.contains("Subject: You have a message\r\n") && letter.contains("10 minutes"),
        "{letter}"
    );
    assert!(
        !letter.contains(reference) && !letter.to_lowercase().contains("complain"),
        "{letter}"
    );
    let row = &sign_in_codes_of(&world).await[0];
    assert!(!String::from_utf8_lossy(&row.code_hash).contains(&code.replace(' ', "")));

    let elsewhere = ask(&world, Some("RC-0000-0000"), "wren@example.org").await;
    let mailbox = ask(&world, None, "wren@example.org").await;
    let stranger = ask(&world, Some(reference), "else@example.org").await;
    for (asked, typed) in [
        (&asked, wrong(code)),
        (&asked, String::new()),
        (&elsewhere, code.clone()),
        (&mailbox, code.clone()),
        (&stranger, code.clone()),
    ] {
        assert!(try_code(&world, asked, &typed).await.is_none());
    }
    let session = try_code(&world, &asked, &code.replace(' ', "-")).await.unwrap();
    assert_eq!((session.reference.as_str(), session.opens_all), (reference, false));
    let token = session.token.to_string();
    let session = sessions::session(&world.services, &token).await.unwrap().unwrap();
    assert!(find_viewer(&world.services, &session, reference).await.is_some());
    assert!(try_code(&world, &asked, code).await.is_none(), "a code works only once");

    let asked = ask(&world, Some(reference), "wren@example.org").await;
    let late = codes(&world).await.pop().unwrap();
    world.clock.advance(Duration::minutes(10));
    assert!(try_code(&world, &asked, &late).await.is_none());
    world.clock.advance(Duration::hours(3));
    housekeeping::clean_up(&world.services).await.unwrap();
    assert_eq!(world.count("sign_in_codes").await, 0);
}

async fn sign_in_codes_of(world: &World) -> Vec<sign_in_codes::Model> {
    use sea_orm::EntityTrait;
    sign_in_codes::Entity::find().all(&world.services.store().read).await.unwrap()
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn five_wrong_codes_are_enough_and_spoil_nothing_for_others(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let receipt = sent(&world.services, BY_MAIL).await;
    let asked = ask(&world, Some(&receipt.reference), "wren@example.org").await;
    let code = codes(&world).await.pop().unwrap();
    let asked_elsewhere = ask_from(&world, ELSEWHERE, Some(&receipt.reference), "wren@example.org").await;
    for _ in 0..TRIES {
        assert!(try_code(&world, &asked_elsewhere, &wrong(&code)).await.is_none());
    }
    let elsewhere = codes(&world).await.pop().unwrap();
    assert!(
        try_code(&world, &asked_elsewhere, &elsewhere).await.is_none(),
        "all tries are used up"
    );
    assert!(
        try_code(&world, &asked, &elsewhere).await.is_none(),
        "a code requested from another address does not work"
    );
    // The person asked from another address, so all their tries are left.
    assert!(try_code(&world, &asked, &code).await.is_some());
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn five_tries_at_once_are_five(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let receipt = sent(&world.services, BY_MAIL).await;
    let asked = ask(&world, Some(&receipt.reference), "wren@example.org").await;
    let code = codes(&world).await.pop().unwrap();
    for _ in 0..TRIES - 1 {
        assert!(try_code(&world, &asked, &wrong(&code)).await.is_none());
    }
    // One try is left. Of many parallel tries one counts: a wrong code, or the right code, after which none is left.
    let (asked, world, right) = (&asked, &world, &code);
    let tries = (0..20).map(|n| async move {
        let typed = if n == 19 { right.clone() } else { wrong(right) };
        try_code(world, asked, &typed).await.is_some()
    });
    let opened = futures::future::join_all(tries).await.into_iter().filter(|opened| *opened).count();
    let row = &sign_in_codes_of(world).await[0];
    assert_eq!(opened, usize::from(row.used_at.is_some()));
    assert!(opened == 0 || row.tries < TRIES, "{row:?}");
    assert!(try_code(world, asked, right).await.is_none(), "all tries are used up");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn many_who_ask_at_once_get_no_more_mail_than_one_after_the_other(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let receipt = sent(&world.services, BY_MAIL).await;
    let (world, reference) = (&world, receipt.reference.as_str());
    let asks = (0..20_u8).map(|n| async move {
        let (reference, email) = (Some(reference.to_owned()), "wren@example.org".to_owned());
        let from = [10, 0, 0, n / 10];
        email_codes::ask(&world.services, reference, email, &from, Language::default()).await
    });
    for asked in futures::future::join_all(asks).await {
        asked.unwrap();
    }
    assert_eq!(codes(world).await.len() as u64, 2 * MAX_MAILED_PER_ADDRESS);
    let asks = (20..60_u8).map(|n| async move {
        let (reference, email) = (Some(reference.to_owned()), "wren@example.org".to_owned());
        email_codes::ask(&world.services, reference, email, &[10, 0, 0, n], Language::default()).await
    });
    for asked in futures::future::join_all(asks).await {
        asked.unwrap();
    }
    assert_eq!(codes(world).await.len() as u64, MAX_MAILED);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_code_goes_to_nobody_but_a_safe_address_of_the_case_and_leaves_the_same_traces(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let mine = sent(services, BY_MAIL).await;
    let unsure = ContactAnswers {
        email_safe: "not_sure",
        ..BY_MAIL
    };
    let unsure = sent(services, unsure).await;
    let online = ContactAnswers { way: "online", ..BY_MAIL };
    let online = sent(services, online).await;
    for (reference, email) in [
        (Some(mine.reference.as_str()), "else@example.org"),
        (Some(&unsure.reference), "wren@example.org"),
        (Some(&online.reference), "wren@example.org"),
        (Some("RC-0000-0000"), "wren@example.org"),
        (Some("nothing like it"), "wren@example.org"),
        // The address was never confirmed: with a mistyped address, its owner could open another person's case.
        (None, "wren@example.org"),
    ] {
        let before = (world.count("sign_in_codes").await, world.count("outbox").await);
        ask(&world, reference, email).await;
        assert_eq!(codes(&world).await, Vec::<String>::new(), "{reference:?} {email}");
        let after = (world.count("sign_in_codes").await, world.count("outbox").await);
        assert_eq!(after, (before.0 + 1, before.1 + 1), "an unknown address leaves the same rows");
    }
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_mailbox_that_was_shown_opens_all_its_cases_and_no_others(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (first, second, third) = (
        sent(services, BY_MAIL).await,
        sent(services, BY_MAIL).await,
        sent(services, BY_MAIL).await,
    );
    confirmed(&world, &first).await;
    confirmed(&world, &second).await;
    world.clock.advance(Duration::hours(1));
    let asked = ask(&world, None, "WREN@example.org").await;
    let code = codes(&world).await.pop().unwrap();
    let opened = try_code(&world, &asked, &code).await.unwrap();
    assert!(opened.opens_all);
    let session = sessions::session(services, &opened.token.to_string()).await.unwrap().unwrap();
    let mut seen: Vec<String> = cases::list(services, &session)
        .await
        .unwrap()
        .into_iter()
        .map(|c| c.reference)
        .collect();
    seen.sort();
    let mut shown = [first.reference.clone(), second.reference.clone()];
    shown.sort();
    assert_eq!(seen, shown);
    assert!(find_viewer(services, &session, &third.reference).await.is_none());
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn one_mailbox_gets_few_codes_and_nobody_is_kept_from_one(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let receipt = sent(&world.services, BY_MAIL).await;
    let reference = Some(receipt.reference.as_str());
    let mut last = None;
    for _ in 0..=MAX_MAILED_PER_ADDRESS {
        last = Some(ask(&world, reference, "wren@example.org").await);
    }
    let mine = codes(&world).await;
    assert_eq!(mine.len() as u64, MAX_MAILED_PER_ADDRESS);
    for n in 0..20 {
        ask_from(&world, &[10, 0, 0, n], reference, "wren@example.org").await;
    }
    let all = codes(&world).await;
    assert_eq!(all.len() as u64, MAX_MAILED, "no more messages are sent");
    // A person who got no new message uses a code already sent: the newest, or one requested earlier from the same address.
    let mine_again = ask(&world, reference, "wren@example.org").await;
    assert!(
        try_code(&world, &mine_again, &all[3]).await.is_none(),
        "a code of another address that is not the newest does not work"
    );
    assert!(try_code(&world, &mine_again, all.last().unwrap()).await.is_some());
    assert!(try_code(&world, &last.unwrap(), &mine[0]).await.is_some());
    let elsewhere = ask_from(&world, ELSEWHERE, reference, "wren@example.org").await;
    let all = codes(&world).await;
    world.clock.advance(Duration::minutes(11));
    assert!(
        try_code(&world, &elsewhere, all.last().unwrap()).await.is_none(),
        "the code has expired"
    );
    ask(&world, reference, "wren@example.org").await;
    assert_eq!(
        codes(&world).await.len() as u64,
        MAX_MAILED + 1 + 1,
        "expired codes count no more, so a new code is sent"
    );
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn tries_without_mail_of_their_own_have_an_end_together_and_stop_nobody_who_has_some(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let receipt = sent(&world.services, BY_MAIL).await;
    let reference = Some(receipt.reference.as_str());
    let mine = ask(&world, reference, "wren@example.org").await;
    let code = codes(&world).await.pop().unwrap();
    let mut asked = Vec::new();
    for n in 0..20 {
        asked.push(ask_from(&world, &[10, 0, 0, n], reference, "wren@example.org").await);
    }
    let newest = codes(&world).await.pop().unwrap();
    let without_mail = &asked[usize::try_from(MAX_MAILED).unwrap() - 1..];
    for (n, asked) in without_mail.iter().take(6).enumerate() {
        for _ in 0..TRIES {
            assert!(try_code(&world, asked, &wrong(&newest)).await.is_none(), "{n}");
        }
    }
    assert!(
        try_code(&world, &without_mail[7], &newest).await.is_none(),
        "the tries of all requests without a message are used up"
    );
    assert!(try_code(&world, &mine, &code).await.is_some());
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn sessions_are_listed_and_ended_by_their_person_only(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (mine, theirs) = (sent(services, BY_MAIL).await, sent(services, BY_MAIL).await);
    let (_, other) = signed_in(services, &theirs).await;
    let phone = Device {
        name: Some("Chrome, Android".into()),
        remember: true,
        language: Language::of_tag("cy"),
    };
    let on_phone = sessions::sign_in_on(services, &mine.reference, &mine.access_code, &phone).await;
    let sessions::SignIn::Opened(on_phone) = on_phone.unwrap() else {
        panic!("expected a session")
    };
    let on_phone = on_phone.token.to_string();
    world.clock.advance(Duration::minutes(50));
    let (_, here) = signed_in(services, &mine).await;
    let list = devices::list(services, &here).await.unwrap();
    assert_eq!(list.len(), 2);
    assert!(list[0].here && !list[0].remembered && list[0].device.is_none());
    assert!(!list[1].here && list[1].remembered && list[1].device.as_deref() == Some("Chrome, Android"));

    // A remembered sign-in lasts 30 days, and its last use is recorded to a quarter of an hour.
    world.clock.advance(Duration::days(29));
    let phone_session = sessions::session(services, &on_phone).await.unwrap().unwrap();
    let list = devices::list(services, &phone_session).await.unwrap();
    assert_eq!(list.len(), 1, "the session that was not remembered has ended");
    assert_eq!(list[0].used.date, services.today());
    world.clock.advance(Duration::days(1));
    assert!(sessions::session(services, &on_phone).await.unwrap().is_none());

    let (token, here) = signed_in(services, &mine).await;
    let (second, _) = signed_in(services, &mine).await;
    let id = devices::list(services, &here)
        .await
        .unwrap()
        .iter()
        .find(|s| !s.here)
        .unwrap()
        .id
        .parse()
        .unwrap();
    assert!(
        !devices::end(services, &other, id).await.unwrap(),
        "a session of another person cannot be ended"
    );
    assert!(devices::end(services, &here, id).await.unwrap());
    assert!(sessions::session(services, &second).await.unwrap().is_none());
    let (third, _) = signed_in(services, &mine).await;
    assert_eq!(devices::end_others(services, &here).await.unwrap(), 1);
    assert!(sessions::session(services, &third).await.unwrap().is_none());
    assert!(sessions::session(services, &token).await.unwrap().is_some());
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_new_access_code_ends_the_old_one_and_what_it_opened(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let receipt = sent(services, BY_MAIL).await;
    let (token, _) = signed_in(services, &receipt).await;
    let desk = Caller::at_command_line("ash");
    let made = desk::new_code(services, &desk, &receipt.reference, SENDER).await.unwrap();
    assert_ne!(made.access_code, receipt.access_code);
    assert!(!format!("{made:?}").contains(&made.access_code));
    assert!(sessions::session(services, &token).await.unwrap().is_none());
    let old = sessions::sign_in(services, &receipt.reference, &receipt.access_code).await.unwrap();
    assert!(old.is_none());
    let new = sessions::sign_in(services, &receipt.reference, &made.access_code).await.unwrap();
    assert!(new.is_some());
    let case = desk::case(services, &desk, &receipt.reference).await.unwrap().unwrap();
    assert_eq!(case.events.last().unwrap().body.kind(), "access_code_replaced");
    assert!(!serde_json::to_string(&case).unwrap().contains(&made.access_code));
    for (reference, person) in [(receipt.reference.as_str(), TENANT_BEHIND), ("RC-0000-0000", SENDER)] {
        let none = desk::new_code(services, &desk, reference, person).await;
        assert!(matches!(none, Err(desk::DeskError::NotFound)), "{none:?}");
    }
    let people = people::list(&services.store().read, people_case(&world, &receipt).await)
        .await
        .unwrap();
    assert_eq!(people.len(), 1);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_new_access_code_ends_what_the_mailbox_opened_until_it_is_shown_again(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let (first, second) = (sent(services, BY_MAIL).await, sent(services, BY_MAIL).await);
    confirmed(&world, &first).await;
    confirmed(&world, &second).await;
    let asked = ask(&world, None, "wren@example.org").await;
    let code = codes(&world).await.pop().unwrap();
    let by_mail = try_code(&world, &asked, &code).await.unwrap().token.to_string();
    assert!(sessions::session(services, &by_mail).await.unwrap().is_some());
    desk::new_code(services, &Caller::at_command_line("ash"), &first.reference, SENDER)
        .await
        .unwrap();
    assert!(sessions::session(services, &by_mail).await.unwrap().is_none());
    // By the address alone only the other case still opens.
    let asked = ask(&world, None, "wren@example.org").await;
    let code = codes(&world).await.pop().unwrap();
    let by_mail = try_code(&world, &asked, &code).await.unwrap().token.to_string();
    let session = sessions::session(services, &by_mail).await.unwrap().unwrap();
    assert!(find_viewer(services, &session, &second.reference).await.is_some());
    assert!(find_viewer(services, &session, &first.reference).await.is_none());
}

async fn people_case(world: &World, receipt: &Receipt) -> uuid::Uuid {
    let case = record::cases::find_by_reference(&world.services.store().read, &receipt.reference).await;
    case.unwrap().unwrap().id
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_code_that_is_not_sent_is_said_so_with_when_the_next_one_is_and_alike_for_everybody(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let receipt = sent(&world.services, BY_MAIL).await;
    let reference = receipt.reference.as_str();
    // The person's address, an address on no case, and a reference that does not exist.
    let callers = [
        (Some(reference), "wren@example.org"),
        (Some(reference), "else@example.org"),
        (Some("RC-0000-0000"), "wren@example.org"),
        (None, "else@example.org"),
    ];
    let began = world.clock_now();
    let mut said = Vec::new();
    for (reference, email) in callers {
        let mut times = Vec::new();
        for n in 0..4 {
            let asked = ask(&world, reference, email).await;
            times.push((n, asked.next_code_at().is_some()));
        }
        said.push(times);
    }
    let expected = vec![(0, false), (1, false), (2, true), (3, true)];
    assert!(said.iter().all(|times| *times == expected), "{said:?}");
    assert_eq!(codes(&world).await.len(), 2, "only the person on the case got codes");
    // The time given is when the first code expires; after that another is sent.
    let next = ask(&world, Some(reference), "wren@example.org")
        .await
        .next_code_at()
        .expect("a time");
    let minutes = |moment: &str| moment[11..16].to_owned();
    let expires = record::Instant::from(began.time() + Duration::minutes(10));
    assert_eq!(minutes(&next.at), minutes(&expires.rfc3339()));
    world.clock.advance(Duration::minutes(10));
    assert!(ask(&world, Some(reference), "wren@example.org").await.next_code_at().is_none());
    assert_eq!(codes(&world).await.len(), 3);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn what_is_no_whole_code_uses_up_no_try_and_a_pasted_one_is_found(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let receipt = sent(&world.services, BY_MAIL).await;
    let asked = ask(&world, Some(&receipt.reference), "<mailto:Wren@example.org\u{200B}>").await;
    let code = codes(&world).await.pop().expect("the address is the same");
    for _ in 0..=TRIES {
        for typed in ["", "1234", "1234 567", "my code", "RC-7K3M-92QF", &code[..6]] {
            assert!(try_code(&world, &asked, typed).await.is_none(), "{typed}");
        }
    }
    let pasted = format!("This is the code you asked for:\n\n{}\u{200B}.", code.replace(' ', "\u{2009}"));
    assert!(try_code(&world, &asked, &pasted).await.is_some(), "{pasted}");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn a_person_whose_address_was_stored_as_it_was_pasted_signs_in_by_the_clean_one(#[case] on: TestDatabase) {
    use sea_orm::{ConnectionTrait, EntityTrait};
    let Some(world) = World::new(on).await else { return };
    let receipt = sent(&world.services, BY_MAIL).await;
    // A row as an older server wrote it, with the fingerprint of another spelling of the address.
    let db = &world.services.store().read;
    let before = people::Entity::find().all(db).await.unwrap()[0].clone();
    let write = world.services.store().begin().await.unwrap();
    people::set_mailbox(&write, before.id, Some(b"of another spelling".to_vec()))
        .await
        .unwrap();
    write
        .tx()
        .execute_unprepared("UPDATE people SET mailbox_as_typed = TRUE")
        .await
        .unwrap();
    write.commit().await.unwrap();
    ask(&world, Some(&receipt.reference), "wren@example.org").await;
    assert!(
        codes(&world).await.is_empty(),
        "the fingerprint of the typed spelling does not match"
    );
    housekeeping::clean_up(&world.services).await.unwrap();
    assert_eq!(people::Entity::find().all(db).await.unwrap()[0].mailbox, before.mailbox);
    ask(&world, Some(&receipt.reference), "wren@example.org").await;
    assert_eq!(codes(&world).await.len(), 1);
    housekeeping::clean_up(&world.services).await.unwrap();
}
