//! Typed and pasted input, at every form that takes an address or a code.

use axum::http::StatusCode;
use complaint::fields::return_code::ResumeCode;
use onrecord::http::limits::Quota;

use super::phone::{Portal, RESIDENT};
use crate::answers::send_as_representative;
use crate::mail::delivered;
use crate::people::{BY_MAIL, ContactAnswers, sent};

/// One address in the ways people paste it.
const SPELLINGS: [&str; 8] = [
    "wren@example.org\u{200B}",
    "mailto:wren@example.org",
    "Wren Example <wren@example.org>",
    "\u{202A}wren@example.org\u{202C}.",
    "ｗｒｅｎ＠ｅｘａｍｐｌｅ．ｏｒｇ",
    "\u{A0}Wren@Example.org,",
    "\u{201C}wren@example.org\u{201D}",
    "wren@exam\u{AD}ple.org",
];

/// Counts the messages sent to the address.
async fn letters(portal: &Portal) -> usize {
    let all = delivered(&portal.world.services, portal.world.folder.path()).await;
    all.iter()
        .filter(|letter| letter.to_lowercase().contains("to: wren@example.org\r\n"))
        .count()
}

#[tokio::test]
async fn an_address_is_read_alike_when_resuming_signing_in_and_asking_a_tenant() {
    let portal = Portal::new().await;
    for typed in SPELLINGS {
        let mut phone = portal.phone();
        phone.answer(&RESIDENT[..5]).await;
        let before = letters(&portal).await;
        let sent = phone.post("/save-and-return", &[("email", typed), ("action", "email")]).await;
        assert_eq!(sent.leads_to(), "/save-and-return?done=email", "{typed}");
        assert_eq!(letters(&portal).await, before + 1, "{typed}");
        portal.world.clock.advance(time::Duration::days(1));
    }
    for typed in SPELLINGS {
        // One case has the address as pasted and is signed in to with the clean address; another the other way round.
        for (stored, asked) in [(typed, "wren@example.org"), ("wren@example.org", typed)] {
            let receipt = sent(&portal.world.services, ContactAnswers { email: stored, ..BY_MAIL }).await;
            let before = letters(&portal).await;
            let fields = [("email", asked), ("reference", receipt.reference.as_str())];
            portal.phone().post("/sign-in/email", &fields).await.leads_to();
            assert_eq!(letters(&portal).await, before + 1, "{stored:?} {asked:?}");
        }
    }
    let (_, receipt) = send_as_representative(&portal.world.services, "ask_resident", "Robin Example", "Wren Example").await;
    let mut robin = portal.phone();
    let fields = [
        ("reference", receipt.reference.as_str()),
        ("access_code", receipt.access_code.as_str()),
    ];
    robin.post("/sign-in", &fields).await.leads_to();
    let people = format!("/cases/{}/people", receipt.reference);
    for typed in SPELLINGS {
        letters(&portal).await;
        portal.world.clock.advance(time::Duration::days(1));
        let before = letters(&portal).await;
        let asked = robin.post(&people, &[("action", "ask"), ("email", typed)]).await;
        // A sign-in lasts an hour.
        if asked.leads_to() == "/sign-in" {
            robin.post("/sign-in", &fields).await.leads_to();
            robin.post(&people, &[("action", "ask"), ("email", typed)]).await.leads_to();
        }
        assert_eq!(letters(&portal).await, before + 1, "{typed}");
    }
}

#[tokio::test]
async fn what_is_no_address_or_looks_like_another_is_asked_about_at_every_form() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..5]).await;
    for (typed, says) in [
        ("wren@ex\u{430}mple.org", "Did you mean wren@example.org?"),
        ("wren@example.org, robin@example.org", "Enter one email address"),
        ("wren", "Enter an email address like"),
    ] {
        for (path, fields) in [
            ("/save-and-return", vec![("email", typed), ("action", "email")]),
            ("/sign-in/email", vec![("email", typed)]),
        ] {
            let page = phone.post(path, &fields).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
            assert!(page.contains(says), "{path} {typed}: {page}");
        }
    }
}

#[tokio::test]
async fn a_pasted_code_opens_and_what_is_no_whole_code_is_no_try() {
    let portal = Portal::with(7, |config| {
        let two = Quota::new(2, 1);
        (config.limits.sign_in, config.limits.sign_in_here, config.limits.return_try) = (two, two, two);
    })
    .await;
    let receipt = sent(&portal.world.services, BY_MAIL).await;
    let mut phone = portal.phone();
    let half = &receipt.access_code[..9];
    for _ in 0..5 {
        for (reference, code) in [
            (receipt.reference.as_str(), half),
            (receipt.reference.as_str(), "my code"),
            ("RC-7K3M", receipt.access_code.as_str()),
        ] {
            let page = phone.post("/sign-in", &[("reference", reference), ("access_code", code)]).await;
            page.reads(StatusCode::UNPROCESSABLE_ENTITY);
        }
        phone
            .post("/return", &[("code", "7K3-M92")])
            .await
            .reads(StatusCode::UNPROCESSABLE_ENTITY);
    }
    let reference = format!("Your reference is \u{201C}{}\u{201D}.", receipt.reference.replace('-', "\u{2011}"));
    let code = format!("Access code: {}\u{200B}.", receipt.access_code.replace('-', "\u{2013}"));
    let page = phone.post("/sign-in", &[("reference", &reference), ("access_code", &code)]).await;
    assert_eq!(page.leads_to(), format!("/cases/{}", receipt.reference));

    let mut begun = portal.phone();
    begun.answer(&RESIDENT[..5]).await;
    let page = begun.post("/save-and-return", &[("action", "code")]).await.reads(StatusCode::OK);
    let at = page.split_once("or-reference__code").expect("a code").1;
    let shown = at.split_once('>').expect("an element").1.split('<').next().expect("its text");
    let code = ResumeCode::parse(shown).expect("a code");
    let pasted = format!("The code is {}, he said", code.as_str().replace('-', "\u{2212}"));
    let mut tablet = portal.phone();
    let page = tablet.post("/return", &[("code", &pasted), ("open", "yes")]).await;
    assert_eq!(page.leads_to(), "/complaint/tasks");
}
