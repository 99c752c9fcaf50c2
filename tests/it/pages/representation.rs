//! Representation of a tenant on the pages, without JavaScript.

use axum::http::StatusCode;
use complaint::case::recordable_event::RecordableEvent;
use complaint::case::representation::Rights;
use complaint::{Status, StepId, questionnaire::questions};
use contract::Receipt;
use onrecord::http::limits::Quota;
use service::cases::desk::{self, Caller};

use super::phone::{Phone, Portal};
use crate::answers::send_as_representative;
use crate::mail::{delivered, link};

async fn signed_in(portal: &Portal, reference: &str, code: &str) -> Phone {
    let mut phone = portal.phone();
    let fields = [("reference", reference), ("access_code", code)];
    let page = phone.post("/sign-in", &fields).await;
    assert_eq!(page.leads_to(), format!("/cases/{reference}"));
    phone
}

async fn newest_link(portal: &Portal) -> String {
    let messages = delivered(&portal.world.services, portal.world.folder.path()).await;
    link(messages.last().expect("a message"))
}

/// Makes a case by Robin for Wren. Returns the receipt, Robin's phone, and the link that asks Wren.
async fn asked(portal: &Portal) -> (Receipt, Phone, String) {
    let (_, receipt) = send_as_representative(&portal.world.services, "ask_resident", "Robin Example", "Wren Example").await;
    let robin = signed_in(portal, &receipt.reference, &receipt.access_code).await;
    let link = newest_link(portal).await;
    (receipt, robin, link)
}

/// Returns the code in the large box of a page.
fn code(page: &str) -> String {
    let at = page.find("or-reference__code").expect("a code");
    let shown = page[at..].split_once('>').expect("an element").1;
    shown.split('<').next().expect("its text").to_owned()
}

fn title(page: &str) -> &str {
    let from = page.split_once("<title>").expect("a title").1;
    from.split_once("</title>").expect("its end").0
}

/// Opens the page of a request and waits half a minute. Returns the value of its `looked` field.
async fn read(portal: &Portal, phone: &mut Phone, link: &str) -> String {
    let looked = looked(&phone.get(link).await.reads(StatusCode::OK));
    portal.world.clock.advance(time::Duration::seconds(30));
    looked
}

/// Returns the hidden field from which the server knows since when a page was open.
fn looked(page: &str) -> String {
    let at = page.split_once("name=\"looked\"").expect("the field").1;
    let value = at.split_once("value=\"").expect("its value").1;
    value.split('"').next().expect("its end").to_owned()
}

/// Wren agrees to these scopes and signs in. Returns her phone.
async fn agreed(portal: &Portal, link: &str, scopes: &[&str]) -> Phone {
    let mut wren = portal.phone();
    let looked = read(portal, &mut wren, link).await;
    let mut fields = vec![("answer", "agree"), ("action", "answer"), ("looked", &looked)];
    fields.extend(scopes.iter().map(|scope| ("scope", *scope)));
    assert_eq!(wren.post(link, &fields).await.leads_to(), link);
    let page = wren.get(link).await.reads(StatusCode::OK);
    assert!(page.contains("You said yes") && page.contains("Show me my code"), "{page}");
    let page = wren.post(link, &[("action", "come_in")]).await.reads(StatusCode::OK);
    let reference = page
        .split_once("<strong>")
        .expect("a reference")
        .1
        .split('<')
        .next()
        .unwrap()
        .to_owned();
    signed_in(portal, &reference, &code(&page)).await
}

#[tokio::test]
async fn a_tenant_reads_what_is_asked_narrows_it_and_ends_it_later() {
    let portal = Portal::new().await;
    let (receipt, mut robin, link) = asked(&portal).await;
    let people = format!("/cases/{}/people", receipt.reference);
    let page = robin.get(&people).await.reads(StatusCode::OK);
    assert!(
        page.contains("We are waiting for an answer") && page.contains("7 December 2026"),
        "{page}"
    );
    assert!(
        page.contains("Wren Example") && !page.contains("Stop Robin Example acting for you"),
        "{page}"
    );

    let mut scanner = portal.phone();
    for _ in 0..3 {
        let page = scanner.get(&link).await;
        assert_eq!(page.header("cache-control"), "no-store");
        let page = page.reads(StatusCode::OK);
        assert!(page.contains("Can Robin Example act for you?"), "{page}");
        assert!(
            !title(&page).contains("Robin") && !title(&page).contains("Wren"),
            "{}",
            title(&page)
        );
        assert!(!page.contains(&receipt.reference), "the page must show nothing of the case: {page}");
    }
    let wrong = scanner
        .post(
            &link,
            &[("scope", "see"), ("until-day", "40"), ("until-month", "1"), ("until-year", "2027")],
        )
        .await;
    let page = wrong.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Select your answer") && page.contains("value=\"40\""), "{page}");
    let none = scanner
        .post(&link, &[("answer", "agree")])
        .await
        .reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(none.contains("Select at least one thing"), "{none}");

    let mut wren = agreed(&portal, &link, &["see", "speak"]).await;
    let page = robin.get(&people).await.reads(StatusCode::OK);
    assert!(
        page.contains("You can act") && page.contains("You can do this") && !page.contains("withdraw the complaint"),
        "{page}"
    );
    let page = wren.get(&people).await.reads(StatusCode::OK);
    assert!(page.contains("Stop Robin Example acting for you"), "{page}");
    assert_eq!(title(&page), format!("People on complaint {} - On Record", receipt.reference));

    let one = format!("{people}/1");
    let past = [("scope", "see"), ("until-day", "1"), ("until-month", "1"), ("until-year", "2020")];
    let page = wren.post(&one, &past).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("must be today or later"), "{page}");
    assert_eq!(
        wren.post(&one, &[("scope", "see")]).await.leads_to(),
        format!("{people}?done=changed")
    );
    assert_eq!(robin.get(&one).await.leads_to(), people, "only the tenant can change rights");
    robin.post(&one, &[("scope", "decide")]).await.leads_to();
    let page = wren.get(&people).await.reads(StatusCode::OK);
    assert!(!page.contains("Talk to us about it"), "{page}");
    let take_over = [("action", "take_over")];
    let asked = wren.post(&people, &take_over).await.reads(StatusCode::OK);
    assert!(asked.contains("Do you want to carry on with the complaint on your own?"), "{asked}");
    let asked = robin
        .post(&people, &[("action", "end"), ("person", "1")])
        .await
        .reads(StatusCode::OK);
    assert!(asked.contains("Do you want to stop acting for the resident?"), "{asked}");
    robin.get(&people).await.reads(StatusCode::OK);

    let end = [("action", "end"), ("person", "1")];
    let asked = wren.post(&people, &end).await.reads(StatusCode::OK);
    assert!(
        asked.contains("Do you want Robin Example to stop acting for you?") && asked.contains("No, go back"),
        "{asked}"
    );
    assert!(
        asked.contains("name=\"person\" value=\"1\"") && asked.contains("name=\"sure\""),
        "{asked}"
    );
    robin.get(&people).await.reads(StatusCode::OK);
    let end = [("action", "end"), ("person", "1"), ("sure", "yes")];
    assert_eq!(wren.post(&people, &end).await.leads_to(), format!("{people}?done=ended"));
    for path in [people.clone(), format!("/cases/{}", receipt.reference)] {
        assert_eq!(
            robin.get(&path).await.leads_to(),
            "/sign-in",
            "an open session loses its access at the next request"
        );
    }
    assert_eq!(robin.post(&people, &[("action", "code")]).await.leads_to(), "/sign-in");
    let page = wren.get(&format!("{people}?done=ended")).await.reads(StatusCode::OK);
    assert!(
        page.contains("This has ended") && page.contains("Let Robin Example act again"),
        "{page}"
    );
}

#[tokio::test]
async fn answers_to_a_request_are_slowed_down_and_the_wait_is_said() {
    let portal = Portal::with(7, |config| config.limits.return_try = Quota::new(1, 1)).await;
    let (_, _, link) = asked(&portal).await;
    let mut tenant = portal.phone();
    tenant.post(&link, &[]).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    let page = tenant.post(&link, &[]).await;
    assert!(page.header("retry-after").parse::<u64>().unwrap() >= 1);
    let page = page.reads(StatusCode::TOO_MANY_REQUESTS);
    assert!(
        page.contains("Wait 1 minute, then try again") && page.contains("Robin Example"),
        "{page}"
    );
}

#[tokio::test]
async fn a_case_is_handed_on_by_a_code() {
    let portal = Portal::new().await;
    let (receipt, mut robin, link) = asked(&portal).await;
    agreed(&portal, &link, &["see", "speak"]).await;
    let people = format!("/cases/{}/people", receipt.reference);
    let page = robin.post(&people, &[("action", "code")]).await.reads(StatusCode::OK);
    let code_typed = code(&page);
    let mut sam = portal.phone();
    sam.get("/join").await.reads(StatusCode::OK);
    let page = sam
        .post("/join", &[("code", "7K3-M92-QFM")])
        .await
        .reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Enter your full name") && page.contains("7K3-M92-QFM"), "{page}");
    let fields = [
        ("code", code_typed.as_str()),
        ("full_name", "Sam Example"),
        ("connection", "friend"),
    ];
    let page = sam.post("/join", &fields).await.reads(StatusCode::OK);
    assert!(
        page.contains("We will ask the resident first") && page.contains(&receipt.reference),
        "{page}"
    );
    let page = sam.post("/join", &fields).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("This code is wrong or too old"), "{page}");
}

#[tokio::test]
async fn a_link_that_opens_nothing_says_so_and_a_no_closes_the_case_for_whoever_asked() {
    let portal = Portal::new().await;
    let (receipt, mut robin, link) = asked(&portal).await;
    let mut phone = portal.phone();
    for nothing in ["/consent/x".to_owned(), format!("/consent/{}", "A".repeat(43))] {
        let page = phone.get(&nothing).await.reads(StatusCode::NOT_FOUND);
        assert!(page.contains("This link does not work"), "{page}");
        phone.post(&nothing, &[("answer", "agree")]).await.reads(StatusCode::NOT_FOUND);
    }
    let looked = read(&portal, &mut phone, &link).await;
    assert_eq!(
        phone.post(&link, &[("answer", "refuse"), ("looked", &looked)]).await.leads_to(),
        link
    );
    let page = phone.get(&link).await.reads(StatusCode::OK);
    assert!(page.contains("You said no") && !page.contains("Show me my code"), "{page}");
    assert_eq!(robin.get(&format!("/cases/{}", receipt.reference)).await.leads_to(), "/sign-in");
    // With the right code Robin reads what came of the request. With a wrong code the page says nothing.
    let right = [("reference", &*receipt.reference), ("access_code", &*receipt.access_code)];
    let page = robin.post("/sign-in", &right).await;
    assert!(page.headers.get("set-cookie").is_none());
    let page = page.reads(StatusCode::FORBIDDEN);
    assert!(
        page.contains("the answer was no") && page.contains("If they change their mind"),
        "{page}"
    );
    let wrong = [("reference", &*receipt.reference), ("access_code", "AAAA-BBBB-CCCC")];
    let page = robin.post("/sign-in", &wrong).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(!page.contains("the answer was no"), "{page}");
}

#[tokio::test]
async fn who_has_the_right_code_and_no_authority_reads_why() {
    let portal = Portal::new().await;
    let (receipt, mut robin, link) = asked(&portal).await;
    let mut wren = agreed(&portal, &link, &["see", "speak"]).await;
    let case = format!("/cases/{}", receipt.reference);
    let page = robin
        .post(&format!("{case}/people"), &[("action", "code")])
        .await
        .reads(StatusCode::OK);
    let code_typed = code(&page);
    let mut sam = portal.phone();
    let fields = [
        ("code", code_typed.as_str()),
        ("full_name", "Sam Example"),
        ("connection", "friend"),
    ];
    let page = sam.post("/join", &fields).await.reads(StatusCode::OK);
    let mut sam = signed_in(&portal, &receipt.reference, &code(&page)).await;
    for address in [case.clone(), "/cases".to_owned()] {
        let page = sam.get(&address).await.reads(StatusCode::FORBIDDEN);
        assert!(
            page.contains("We are waiting for the resident to say that you can act"),
            "{address}: {page}"
        );
        assert!(
            !page.contains("Wren Example") && !page.contains("Robin Example"),
            "the page must show nothing of the case: {page}"
        );
    }
    assert_eq!(sam.get(&format!("{case}/as-sent")).await.leads_to(), case);

    let until = [("scope", "see"), ("until-day", "30"), ("until-month", "11"), ("until-year", "2026")];
    wren.post(&format!("{case}/people/1"), &until).await.leads_to();
    portal.world.clock.advance(time::Duration::days(8));
    let mut robin = signed_in(&portal, &receipt.reference, &receipt.access_code).await;
    let page = robin.get(&case).await.reads(StatusCode::FORBIDDEN);
    assert!(page.contains("until 30 November 2026") && page.contains("new end date"), "{page}");
    let mut stranger = portal.phone();
    assert_eq!(stranger.get(&case).await.leads_to(), "/sign-in");
}

/// The pages of a case and of the form use the wording for a representative.
#[tokio::test]
async fn a_representative_reads_of_the_landlord_and_the_home_of_another() {
    let portal = Portal::new().await;
    let services = &portal.world.services;
    let wrong = |page: &str| {
        let text = page.to_lowercase();
        ["your landlord", "your home", "you live", "my landlord", "acting for you"]
            .into_iter()
            .find(|words| text.contains(words))
    };
    let (receipt, _, link) = asked(&portal).await;
    agreed(&portal, &link, &["see", "speak", "letters", "decide"]).await;
    let mut robin = signed_in(&portal, &receipt.reference, &receipt.access_code).await;
    let case = format!("/cases/{}", receipt.reference);
    let pages = [
        "",
        "/people",
        "/as-sent",
        "/message",
        "/diary",
        "/files",
        "/add-issue",
        "/withdraw",
        "/contact",
    ];
    let statuses = [
        Status::LandlordStage1,
        Status::LandlordOverdue,
        Status::Assessment,
        Status::EvidenceRequested,
        Status::Investigation,
    ];
    let mut seen = 0;
    for status in statuses {
        let event = RecordableEvent::StatusChanged {
            status,
            due: None,
            reason: None,
            message: None,
        };
        if desk::add_event(services, &Caller::at_command_line("ash"), &receipt.reference, event, None)
            .await
            .is_err()
        {
            continue;
        }
        for page in pages {
            let html = robin.get(&format!("{case}{page}")).await.reads(StatusCode::OK);
            assert_eq!(wrong(&html), None, "{page} when {status:?}: {html}");
            seen += 1;
        }
    }
    assert!(seen > pages.len(), "more than one status must be tried");
    let tenants = crate::representatives::representative(&portal.world, "Wren Example", Some(Rights::full()), false).await;
    let mut wren = portal.phone();
    wren.cookies.insert("session".to_owned(), tenants.tenant.unwrap());
    let html = wren.get(&format!("/cases/{}", tenants.reference)).await.reads(StatusCode::OK);
    assert!(
        html.contains("When your landlord must reply") && html.contains("by the person acting for you"),
        "the tenant must read the sentences for tenants: {html}"
    );

    for why in ["permission", "died"] {
        let mut robin = portal.phone();
        robin.post("/complaint/who-are-you", &[("role", "representative")]).await.leads_to();
        robin.post("/complaint/why-you", &[("why", why)]).await.leads_to();
        for question in questions::all() {
            let page = robin.get(&question.step.path()).await;
            if page.status == StatusCode::OK {
                assert_eq!(wrong(&page.html), None, "{} for {why}: {}", question.slug, page.html);
            }
        }
        let page = robin.get(&StepId::Tenure.path()).await.reads(StatusCode::OK);
        let past = page.contains("Did the resident rent or own their home?");
        assert_eq!(past, why == "died", "{page}");
    }
}

#[tokio::test]
async fn pages_of_one_case_show_nothing_of_the_other_and_a_new_complaint_begins_empty() {
    let portal = Portal::new().await;
    let services = &portal.world.services;
    let (_, first) = send_as_representative(services, "later", "Robin Example", "Wren Example").await;
    let (_, second) = send_as_representative(services, "later", "Robin Example", "Sam Example").await;
    let mut robin = signed_in(&portal, &first.reference, &first.access_code).await;
    for page in ["", "/people"] {
        let own = robin.get(&format!("/cases/{}{page}", first.reference)).await.reads(StatusCode::OK);
        assert!(own.contains("Wren Example") && own.contains(&first.reference), "{own}");
        assert!(
            title(&own).contains(&first.reference) && !title(&own).contains("Wren"),
            "{}",
            title(&own)
        );
        assert!(!own.contains("Sam Example") && !own.contains(&second.reference), "{own}");
        let other = robin.get(&format!("/cases/{}{page}", second.reference)).await;
        assert_eq!(other.leads_to(), "/sign-in");
    }
    for action in ["end", "take_over", "ask", "code"] {
        let fields = [("action", action), ("person", "1")];
        let other = robin.post(&format!("/cases/{}/people", second.reference), &fields).await;
        assert_eq!(other.leads_to(), "/sign-in", "{action}");
    }
    robin.post("/complaint/who-are-you", &[("role", "representative")]).await.leads_to();
    for slug in ["about-you", "name", "contact", "ask-the-resident", "address"] {
        let page = robin.get(&format!("/complaint/{slug}")).await;
        for known in [
            "Robin Example",
            "Wren Example",
            "robin@example.org",
            "wren@example.org",
            "4 Test Court",
        ] {
            assert!(!page.html.contains(known), "{known} on {slug}");
        }
    }
}

/// On the case page the tenant reads who asks, what a yes or a no means, and until when. A representative reads whom the case
/// waits for.
#[tokio::test]
async fn a_hand_over_that_waits_stands_on_the_case_for_the_tenant() {
    let portal = Portal::new().await;
    let (receipt, mut robin, link) = asked(&portal).await;
    let home = format!("/cases/{}", receipt.reference);
    let page = robin.get(&home).await.reads(StatusCode::OK);
    for said in [
        "We emailed the resident",
        "We will wait until 7 December 2026",
        "We are waiting for the resident.",
    ] {
        assert!(page.contains(said), "{said}: {page}");
    }
    assert!(!page.contains("We need you to reply"), "{page}");
    let mut wren = agreed(&portal, &link, &["see", "speak"]).await;
    let page = robin
        .post(&format!("{home}/people"), &[("action", "code")])
        .await
        .reads(StatusCode::OK);
    let code_typed = code(&page);
    let mut sam = portal.phone();
    let fields = [
        ("code", code_typed.as_str()),
        ("full_name", "Sam Example"),
        ("connection", "friend"),
    ];
    sam.post("/join", &fields).await.reads(StatusCode::OK);
    for path in [home.clone(), format!("{home}/people")] {
        let page = wren.get(&path).await.reads(StatusCode::OK);
        for said in [
            "Sam Example has asked to act for you",
            "If you say yes, Sam Example can do what you tick",
            "will then stop acting for you",
            "If you say no, Sam Example will not see anything",
            "We will wait until 7 December 2026",
        ] {
            assert!(page.contains(said), "{said} on {path}: {page}");
        }
    }
    let page = wren.get(&format!("{home}/people")).await.reads(StatusCode::OK);
    assert!(
        page.contains("Say no to Sam Example") && page.contains("Let Sam Example act"),
        "{page}"
    );
    let page = robin.get(&home).await.reads(StatusCode::OK);
    assert!(
        page.contains("We are waiting to hear if Sam Example can act for the resident"),
        "{page}"
    );
    assert!(!page.contains("Answer the request from Sam Example"), "{page}");
}

/// Counts the doubted answers that the desk sees on a case.
async fn doubted(portal: &Portal, receipt: &Receipt) -> usize {
    let case = desk::case(&portal.world.services, &Caller::at_command_line("ash"), &receipt.reference)
        .await
        .unwrap()
        .unwrap();
    let kinds = case.events.iter().map(|event| event.body.kind());
    kinds.filter(|kind| *kind == "authority_answer_doubted").count()
}

#[tokio::test]
async fn an_answer_in_haste_changes_nothing_is_marked_and_is_asked_for_again() {
    let portal = Portal::new().await;
    let seconds = time::Duration::seconds;
    // Seconds from the email to the page, seconds on the page, whether the page was opened, and whether the answer is
    // accepted.
    for (before, open, has_looked, is_taken) in [
        (0, 0, true, false),
        (0, 0, false, false),
        (1, 1, true, false),
        (0, 19, true, false),
        (60, 4, true, false),
        (60, 60, false, false),
        (0, 20, true, true),
        (15, 5, true, true),
        (60, 5, true, true),
    ] {
        for answer in ["agree", "refuse", "take_over"] {
            // An address gets at most ten messages a day, so each round is on another day.
            portal.world.clock.advance(time::Duration::days(1));
            let (receipt, mut robin, link) = asked(&portal).await;
            let mut wren = portal.phone();
            portal.world.clock.advance(seconds(before));
            let seen = looked(&wren.get(&link).await.reads(StatusCode::OK));
            portal.world.clock.advance(seconds(open));
            let mut fields = vec![("answer", answer), ("scope", "see"), ("scope", "speak")];
            fields.extend(has_looked.then_some(("looked", seen.as_str())));
            let page = wren.post(&link, &fields).await;
            let case = format!("{before} {open} {has_looked} {answer}");
            if is_taken {
                assert_eq!(page.leads_to(), link, "{case}");
                assert_eq!(doubted(&portal, &receipt).await, 0, "{case}");
                continue;
            }
            let page = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
            assert!(
                page.contains("Your answer came very quickly") && page.contains("Can Robin Example act for you?"),
                "{page}"
            );
            // However often the answer is posted, the case records the doubt once.
            wren.post(&link, &fields).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
            assert_eq!(doubted(&portal, &receipt).await, 1, "{case}");
            let people = robin
                .get(&format!("/cases/{}/people", receipt.reference))
                .await
                .reads(StatusCode::OK);
            assert!(people.contains("We are waiting for an answer"), "{case}: {people}");
            // This time the answer comes after a pause, from the page that asked again.
            let seen = looked(&page);
            portal.world.clock.advance(seconds(30));
            let mut fields = vec![("answer", answer), ("scope", "see"), ("scope", "speak")];
            fields.push(("looked", &seen));
            assert_eq!(wren.post(&link, &fields).await.leads_to(), link, "{case}");
        }
    }
}

#[tokio::test]
async fn a_page_of_another_request_shows_nothing_of_this_one() {
    let portal = Portal::new().await;
    let (_, _, first) = asked(&portal).await;
    let (_, _, second) = asked(&portal).await;
    let mut phone = portal.phone();
    let of_first = read(&portal, &mut phone, &first).await;
    for made_up in [of_first.as_str(), "", "AAAA", "1764522000000000"] {
        let fields = [("answer", "refuse"), ("looked", made_up)];
        phone.post(&second, &fields).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    }
}
