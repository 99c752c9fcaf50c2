//! Text that is typed and not submitted yet, on both databases.

use crate::answers::{create_full_draft, key, save, send_complaint};
use crate::world::{
    TestDatabase::{self, Postgres, Sqlite},
    World, viewer,
};
use bytes::Bytes;
use complaint::questionnaire::file_description::Description;
use complaint::questionnaire::question::Purpose;
use complaint::{QuestionRef, StepId};
use futures::future::join_all;
use futures::stream;
use rstest::rstest;
use service::access::sessions;
use service::access::token::DraftToken;
use service::files::{self, Incoming};
use service::typed_text::{self, ALL_BYTES, DraftPage, TypedFields, TypedText, TypedTextError};
use service::{Services, cases::submission, drafts, record::housekeeping};
use std::io;
use time::Duration;

fn typed(fields: &[(&str, &str)]) -> TypedFields {
    let one = |(name, value): &(&str, &str)| ((*name).to_owned(), vec![(*value).to_owned()]);
    fields.iter().map(one).collect()
}

async fn put(services: &Services, token: &DraftToken, place: impl Into<QuestionRef>, fields: &[(&str, &str)], ago: i64) {
    let ago = Duration::seconds(ago);
    typed_text::store_for_draft(services, token, DraftPage::Question(place.into()), typed(fields), ago)
        .await
        .unwrap();
}

async fn list(services: &Services, token: &DraftToken) -> TypedText {
    typed_text::list_of_draft(services, token).await.unwrap()
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_later_text_of_each_field_is_kept_until_the_page_is_submitted(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let name = "Anna \u{0}Müller </textarea>";
    put(services, &token, StepId::ResidentName, &[("full_name", name)], 0).await;
    put(services, &token, StepId::WhatHappened, &[("what_happened", "From the laptop.")], 5).await;
    put(
        services,
        &token,
        StepId::WhatHappened,
        &[("what_happened", "From the phone, later.")],
        2,
    )
    .await;
    put(
        services,
        &token,
        StepId::WhatHappened,
        &[("what_happened", "Sent late, typed first.")],
        60,
    )
    .await;
    put(services, &token, StepId::WhatHappened, &[("not_a_field", "x")], 0).await;
    let all = list(services, &token).await;
    assert_eq!(all["resident_name"], typed(&[("full_name", name)]));
    assert_eq!(all["what_happened"], typed(&[("what_happened", "From the phone, later.")]));
    assert!(drafts::open_for_page(services, &token).await.unwrap().unwrap().has_typed_text);

    save(
        services,
        &token,
        StepId::WhatHappened,
        r#"{"what_happened":"From the phone, later."}"#,
    )
    .await;
    assert!(
        !list(services, &token).await.contains_key("what_happened"),
        "the text became an answer"
    );
    // The same text arrives after the answer that it became, from a slow connection.
    put(
        services,
        &token,
        StepId::WhatHappened,
        &[("what_happened", "From the phone, later. ")],
        1,
    )
    .await;
    assert!(!list(services, &token).await.contains_key("what_happened"));
    put(
        services,
        &token,
        StepId::WhatHappened,
        &[("what_happened", "From the phone, and more.")],
        0,
    )
    .await;
    assert!(list(services, &token).await.contains_key("what_happened"));

    put(services, &token, StepId::Landlord, &[("name", " ")], 0).await;
    assert!(!list(services, &token).await.contains_key("landlord"), "nothing was typed");

    drafts::forget(services, &token).await.unwrap();
    assert_eq!(world.count("typed_text").await, 0, "the text goes with its draft");
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_text_of_later_issues_moves_up_when_one_is_removed(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    save(services, &token, StepId::WhatHappened, r#"{"what_happened":"One."}"#).await;
    for issue in 1..=4 {
        let place = QuestionRef::for_issue(StepId::WhatHappened, issue);
        put(services, &token, place, &[("what_happened", &format!("Issue {issue}"))], 0).await;
    }
    drafts::remove_issue(services, &token, 2).await.unwrap();
    let all = list(services, &token).await;
    let text = |page: &str| all.get(page).map(|fields| fields["what_happened"][0].as_str());
    assert_eq!(text("what_happened"), Some("Issue 1"));
    assert_eq!(text("what_happened_2"), Some("Issue 3"));
    assert_eq!(text("what_happened_3"), Some("Issue 4"));
    assert_eq!(text("what_happened_4"), None);
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn text_has_limits_and_ends_with_sending_and_with_time(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = create_full_draft(services).await;
    let long = "x".repeat(100_000);
    let long = [("what_happened", long.as_str())];
    let mut stored = 0;
    let refused = loop {
        let place = DraftPage::Question(QuestionRef::for_issue(StepId::WhatHappened, stored + 1));
        match typed_text::store_for_draft(services, &token, place, typed(&long), Duration::ZERO).await {
            Ok(()) => stored += 1,
            Err(refused) => break refused,
        }
    };
    assert!(matches!(refused, TypedTextError::TooLong));
    assert_eq!(usize::from(stored), ALL_BYTES / 100_000, "pages of 100,000 characters");
    let wrong = DraftToken {
        secret: drafts::create(services).await.unwrap().token.secret,
        ..token.clone()
    };
    let role = DraftPage::Question(StepId::Role.into());
    let stranger = typed_text::store_for_draft(services, &wrong, role, typed(&[]), Duration::ZERO).await;
    assert!(matches!(stranger, Err(TypedTextError::NotFound)));
    assert!(list(services, &wrong).await.is_empty());

    submission::submit(services, &token, &key("send")).await.unwrap();
    assert_eq!(world.count("typed_text").await, 0);
    let after = typed_text::store_for_draft(services, &token, role, typed(&[]), Duration::ZERO).await;
    assert!(matches!(after, Err(TypedTextError::AlreadySent)));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn the_text_about_a_file_is_kept_until_it_is_saved_or_the_file_removed(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let token = drafts::create(services).await.unwrap().token;
    let other = drafts::create(services).await.unwrap().token;
    let letter = Incoming {
        filename: "letter.txt".into(),
        purpose: Purpose::Evidence,
        declared_len: None,
    };
    let bytes = stream::iter([Ok::<_, io::Error>(Bytes::from_static(b"The wall is dry, they wrote."))]);
    let file = files::add_file(services, &token, letter, bytes).await.unwrap();
    let id = file.id.parse().unwrap();
    let page = DraftPage::File(id);
    assert_eq!(DraftPage::parse(&page.name()), Some(page));
    let put = async |token, page, fields| typed_text::store_for_draft(services, token, page, typed(fields), Duration::ZERO).await;

    let text = [("caption", "The land"), ("not_a_field", "x")];
    put(&token, page, &text).await.unwrap();
    assert_eq!(list(services, &token).await[&page.name()], typed(&text[..1]));
    for (token, page) in [(&other, page), (&token, DraftPage::File(token.id))] {
        let refused = put(token, page, &text).await;
        assert!(matches!(refused, Err(TypedTextError::NotFound)), "{page:?}");
    }

    let said = Description {
        caption: "The landlord's letter".into(),
        shows: String::new(),
    };
    files::describe(services, &token, id, &said).await.unwrap();
    assert!(list(services, &token).await.is_empty(), "the text became the description");
    // The same text arrives late.
    put(&token, page, &[("caption", "The landlord's letter "), ("shows", "")])
        .await
        .unwrap();
    assert!(list(services, &token).await.is_empty());
    // A cleared caption is a change.
    put(&token, page, &[("caption", "")]).await.unwrap();
    assert_eq!(list(services, &token).await[&page.name()], typed(&[("caption", "")]));

    files::remove_file(services, &token, id).await.unwrap();
    assert_eq!(world.count("typed_text").await, 0, "the text goes with its file");
    assert!(matches!(put(&token, page, &text).await, Err(TypedTextError::NotFound)));
}

#[rstest]
#[case::sqlite(Sqlite)]
#[case::postgres(Postgres)]
#[tokio::test]
async fn text_on_a_case_is_only_for_the_person_who_typed_it(#[case] on: TestDatabase) {
    let Some(world) = World::new(on).await else { return };
    let services = &world.services;
    let mut people = Vec::new();
    for _ in 0..2 {
        let (_, receipt) = send_complaint(services).await;
        let opened = sessions::sign_in(services, &receipt.reference, &receipt.access_code).await;
        let token = opened.unwrap().unwrap().token.to_string();
        let session = sessions::session(services, &token).await.unwrap().unwrap();
        people.push(viewer(services, &session, &receipt.reference).await);
    }
    let text = typed(&[("message", "Is anything happening?")]);
    typed_text::store_for_person(services, &people[0], "message", text.clone(), Duration::ZERO)
        .await
        .unwrap();
    let refused = typed_text::store_for_person(services, &people[0], "no-such-page", text.clone(), Duration::ZERO).await;
    assert!(matches!(refused, Err(TypedTextError::NotFound)));
    let own = typed_text::list_of_person(services, &people[0]).await.unwrap();
    assert_eq!(own, TypedText::from([("message".to_owned(), text)]));
    assert!(typed_text::list_of_person(services, &people[1]).await.unwrap().is_empty());

    // Several devices type at once, each in a field of its own. Nothing stored is nothing to list.
    let one = async |n: u8| {
        let text = typed(&[(&format!("field-{n}"), "typed")]);
        typed_text::store_for_person(services, &people[0], "diary", text, Duration::ZERO)
            .await
            .unwrap();
    };
    join_all((0..8).map(one)).await;
    typed_text::store_for_person(services, &people[0], "withdraw", TypedFields::new(), Duration::ZERO)
        .await
        .unwrap();
    let own = typed_text::list_of_person(services, &people[0]).await.unwrap();
    assert_eq!(own["diary"].len(), 8, "no field was lost");
    assert!(!own.contains_key("withdraw"));
    world.clock.advance(Duration::days(29));
    housekeeping::clean_up(services).await.unwrap();
    assert!(typed_text::list_of_person(services, &people[0]).await.unwrap().is_empty());
}
