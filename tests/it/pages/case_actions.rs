//! Case actions on the pages, without JavaScript.

use axum::http::StatusCode;
use complaint::case::event::EventBody;
use complaint::case::outcome::Order;
use complaint::case::recordable_event::RecordableEvent;
use complaint::case::status::Status;
use complaint::fields::iso_date;
use contract::Receipt;
use service::cases::desk::{self, Caller};

use super::phone::{PNG, Phone, Portal};
use super::questionnaire::sent;

pub async fn signed_in(portal: &Portal) -> (Phone, Receipt) {
    let (_, receipt) = sent(portal).await;
    let mut phone = portal.phone();
    let typed = [("reference", &*receipt.reference), ("access_code", &*receipt.access_code)];
    phone.post("/sign-in", &typed).await.leads_to();
    (phone, receipt)
}

async fn desk(portal: &Portal, receipt: &Receipt, event: RecordableEvent) {
    desk::add_event(
        &portal.world.services,
        &Caller::at_command_line("ash"),
        &receipt.reference,
        event,
        None,
    )
    .await
    .unwrap();
}

/// Returns the idempotency key of the form on a page.
pub fn key(page: &str) -> String {
    let rest = page.split_once(r#"name="key" value=""#).expect("a form with a name").1;
    rest.split_once('"').unwrap().0.to_owned()
}

#[tokio::test]
async fn a_message_is_sent_once_and_shown() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let home = format!("/cases/{}", receipt.reference);
    let address = format!("{home}/message");
    let page = phone.get(&address).await.reads(StatusCode::OK);
    assert!(page.contains(&receipt.reference), "the page names the case");
    let key = key(&page);
    let empty = phone.post(&address, &[("key", &key), ("message", " ")]).await;
    assert!(empty.reads(StatusCode::UNPROCESSABLE_ENTITY).contains("Write your message"));
    let form = [("key", &*key), ("message", "No one <b>came</b>.")];
    let done = format!("{home}?done=message");
    assert_eq!(phone.post(&address, &form).await.leads_to(), done);
    assert_eq!(
        phone.post(&address, &form).await.leads_to(),
        done,
        "a repeated post has the same result"
    );
    let page = phone.get(&done).await;
    assert_eq!(page.html.matches("No one &lt;b&gt;came&lt;/b&gt;.").count(), 1, "{}", page.html);
    assert!(page.reads(StatusCode::OK).contains("We have your message."));
    // The resident goes back, changes the text and sends again: the text is not lost, and not sent without a question.
    let other = phone.post(&address, &[("key", &key), ("message", "Still no one.")]).await;
    let other = other.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(other.contains("We already have") && other.contains("Still no one."));
    let another = super::case_actions::key(&other);
    assert_ne!(another, key);
    phone
        .post(&address, &[("key", &another), ("message", "Still no one.")])
        .await
        .leads_to();
}

#[tokio::test]
async fn words_are_kept_when_the_sign_in_has_ended() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let address = format!("/cases/{}/diary", receipt.reference);
    portal.world.clock.advance(time::Duration::minutes(61));
    let form = [
        ("key", "k1"),
        ("on-day", "3"),
        ("on-month", "5"),
        ("on-year", "2026"),
        ("what", "No one came."),
    ];
    let page = phone.post(&address, &form).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("You have been signed out") && page.contains("No one came."));
    // A case that does not exist gives the same answer.
    let none = portal.phone().post("/cases/RC-AAAA-AAAA/diary", &form).await;
    assert!(none.reads(StatusCode::UNPROCESSABLE_ENTITY).contains("You have been signed out"));
    assert_eq!(phone.get(&address).await.leads_to(), "/sign-in");
    let typed = [("reference", &*receipt.reference), ("access_code", &*receipt.access_code)];
    phone.post("/sign-in", &typed).await.leads_to();
    phone.post(&address, &form).await.leads_to();
    let page = phone.get(&format!("/cases/{}", receipt.reference)).await.reads(StatusCode::OK);
    assert!(page.contains("On 3 May 2026") && page.contains("No one came."), "{page}");
}

#[tokio::test]
async fn questions_are_answered_in_place() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let home = format!("/cases/{}", receipt.reference);
    let event = RecordableEvent::InformationRequested {
        questions: vec!["Which room?".into(), "Since when?".into()],
        due: iso_date::parse("2026-12-10").unwrap(),
    };
    desk(&portal, &receipt, event).await;
    let page = phone.get(&home).await.reads(StatusCode::OK);
    assert!(page.contains("We need you to reply by 10 December 2026."), "{page}");
    let address = format!("{home}/answer");
    let page = phone.get(&address).await.reads(StatusCode::OK);
    assert!(page.contains("Which room?") && page.contains("Since when?"));
    let key = key(&page);
    let form = [("key", &*key), ("request", "1"), ("answer-1", "The bedroom."), ("answer-2", "")];
    let page = phone.post(&address, &form).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("The bedroom.") && page.contains("Answer this question"));
    let form = [
        ("key", &*key),
        ("request", "1"),
        ("answer-1", "The bedroom."),
        ("answer-2", "March."),
    ];
    assert_eq!(phone.post(&address, &form).await.leads_to(), format!("{home}?done=answer"));
    // An action that is no longer possible is refused, and the page says so.
    let page = phone.get(&address).await.reads(StatusCode::OK);
    assert!(page.contains("You cannot do this now."));
}

#[tokio::test]
async fn it_is_taken_back_goes_on_and_is_late() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let home = format!("/cases/{}", receipt.reference);
    let withdrawn = phone.post(&format!("{home}/withdraw"), &[("key", "a"), ("reason", "")]).await;
    assert_eq!(withdrawn.leads_to(), format!("{home}?done=withdraw"));
    let page = phone.get(&home).await.reads(StatusCode::OK);
    assert!(page.contains("You can reopen it until 7 December 2026."), "{page}");
    phone.get(&format!("{home}/undo-withdrawal")).await.reads(StatusCode::OK);
    phone.post(&format!("{home}/undo-withdrawal"), &[("key", "b")]).await.leads_to();
    portal.world.clock.advance(time::Duration::days(8));
    let typed = [("reference", &*receipt.reference), ("access_code", &*receipt.access_code)];
    phone.post("/sign-in", &typed).await.leads_to();
    let page = phone.get(&home).await.reads(StatusCode::OK);
    assert!(
        page.contains("We said we would do the next step by 30 November 2026. We are sorry that it is late."),
        "{page}"
    );
}

#[tokio::test]
async fn the_other_forms_find_what_is_wrong_and_are_taken() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let home = format!("/cases/{}", receipt.reference);
    let issue = format!("{home}/add-issue");
    phone.get(&issue).await.reads(StatusCode::OK);
    let page = phone.post(&issue, &[("key", "a"), ("what_happened", "")]).await;
    assert!(page.reads(StatusCode::UNPROCESSABLE_ENTITY).contains("Tell us what happened"));
    let form = [
        ("key", "a"),
        ("category", "staff"),
        ("subcategory", ""),
        ("what_happened", "They were rude."),
    ];
    phone.post(&issue, &form).await.leads_to();
    assert!(phone.get(&home).await.reads(StatusCode::OK).matches("They were rude.").count() == 2);

    let due = iso_date::parse("2026-12-14").unwrap();
    let moved = RecordableEvent::StatusChanged {
        status: Status::Assessment,
        due: None,
        reason: None,
        message: None,
    };
    desk(&portal, &receipt, moved).await;
    let decided = RecordableEvent::DecisionMade {
        message: "The landlord failed.".into(),
        findings: Vec::new(),
        review_until: due,
    };
    desk(&portal, &receipt, decided).await;
    let orders = ["Mend the roof.", "Say sorry."].map(|what| Order { what: what.into(), due });
    desk(&portal, &receipt, RecordableEvent::OrdersMade { orders: orders.into() }).await;
    let orders = format!("{home}/orders?order=2");
    assert!(phone.get(&orders).await.reads(StatusCode::OK).contains("Say sorry."));
    let page = phone.post(&orders, &[("key", "b"), ("order", "2")]).await;
    assert!(
        page.reads(StatusCode::UNPROCESSABLE_ENTITY)
            .contains("Select whether this has been done")
    );
    phone
        .post(&orders, &[("key", "b"), ("order", "2"), ("done", "no")])
        .await
        .leads_to();
    let review = format!("{home}/review");
    let page = phone.post(&review, &[("key", "c"), ("why", "A report.")]).await;
    let page = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("Select why we should look again") && page.contains("A report."));
    let form = [("key", "c"), ("ground", "new_evidence"), ("why", "A report.")];
    phone.post(&review, &form).await.leads_to();
    let page = phone.get(&format!("{home}?order=newest")).await.reads(StatusCode::OK);
    assert!(page.contains("You told us that this has not been done.") && page.contains("We are reviewing our decision"));
}

#[tokio::test]
async fn files_are_added_to_a_case_that_was_sent() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let home = format!("/cases/{}", receipt.reference);
    let address = format!("{home}/files");
    let page = phone.get(&address).await.reads(StatusCode::OK);
    assert!(page.contains("multipart/form-data"), "{page}");
    let none = phone.upload(&address, &[("", b"")], "").await;
    assert!(none.reads(StatusCode::UNPROCESSABLE_ENTITY).contains("Select a file"));
    let page = phone.upload(&address, &[("wall.png", PNG), ("empty.png", b"")], "").await;
    let page = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("empty.png: the selected file is empty"), "{page}");
    let added = phone.upload(&address, &[("letter.txt", b"Dear tenant")], "").await;
    assert_eq!(added.leads_to(), format!("{home}?done=files"));
    let page = phone.get(&home).await.reads(StatusCode::OK);
    assert!(page.contains("wall.png") && page.contains("letter.txt"));
    assert_eq!(page.matches("A file arrived").count(), 2, "{page}");
    // A stranger cannot add a file.
    let (mut other, _) = signed_in(&portal).await;
    assert_eq!(other.upload(&address, &[("mine.txt", b"Hello")], "").await.leads_to(), "/sign-in");
    assert!(!phone.get(&home).await.reads(StatusCode::OK).contains("mine.txt"));
}

/// Posts a form with fields and files as a browser does: the form's key, the text, then the files.
pub async fn posts(phone: &mut Phone, path: &str, words: &[(&str, &str)], files: &[(&str, &[u8])]) -> super::phone::Page {
    let mut form = Vec::new();
    for (name, value) in words {
        let part = format!("--edge\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
        form.extend_from_slice(part.as_bytes());
    }
    for (name, content) in files {
        let head = format!("--edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"{name}\"\r\n\r\n");
        form.extend_from_slice(head.as_bytes());
        form.extend_from_slice(content);
        form.extend_from_slice(b"\r\n");
    }
    form.extend_from_slice(b"--edge--\r\n");
    phone.upload_body(path, axum::body::Body::from(form)).await
}

/// Returns the ids of the files that a returned form already has.
fn here(page: &str) -> Vec<&str> {
    let parts = page.split(r#"name="file" value=""#).skip(1);
    parts.filter_map(|rest| rest.split_once('"')).map(|(id, _)| id).collect()
}

/// Returns the case's events of this kind.
async fn came(portal: &Portal, reference: &str, kind: &str) -> Vec<EventBody> {
    let case = desk::case(&portal.world.services, &Caller::at_command_line("ash"), reference)
        .await
        .unwrap()
        .unwrap();
    let bodies = case.events.into_iter().map(|event| event.body);
    bodies.filter(|body| body.kind() == kind).collect()
}

#[tokio::test]
async fn words_and_files_come_in_one_post_and_nothing_is_lost() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let at = &receipt.reference;
    let address = format!("/cases/{at}/message");
    let page = phone.get(&address).await.reads(StatusCode::OK);
    assert!(
        page.contains("multipart/form-data") && page.contains("Add files (optional)"),
        "{page}"
    );
    let key = key(&page);
    let words = [("key", &*key), ("message", "See the wall.")];
    let page = posts(&mut phone, &address, &words, &[("wall.png", PNG), ("empty.png", b"")]).await;
    let page = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("empty.png: the selected file is empty") && page.contains("See the wall."),
        "{page}"
    );
    assert!(
        page.contains("You have already added these files") && page.contains("wall.png"),
        "{page}"
    );
    let taken = here(&page).join(" ");
    assert_eq!(super::case_actions::key(&page), key);
    assert_eq!(came(&portal, at, "message_received").await.len(), 0);

    // The file that has been received and one more; then the same form again, with the same file chosen again.
    let words = [("key", &*key), ("file", &*taken), ("message", "See the wall.")];
    let done = format!("/cases/{at}?done=message");
    let files: [(&str, &[u8]); 1] = [("letter.txt", b"Dear tenant")];
    for _ in 0..2 {
        assert_eq!(posts(&mut phone, &address, &words, &files).await.leads_to(), done);
    }
    assert_eq!(came(&portal, at, "file_received").await.len(), 2);
    let told = came(&portal, at, "message_received").await;
    let [EventBody::MessageReceived { files, .. }] = &*told else {
        panic!("{told:?}")
    };
    assert!(files.len() == 2 && files[0] == taken, "{files:?}");
    let page = phone.get(&done).await.reads(StatusCode::OK);
    assert_eq!(page.matches("wall.png").count(), 3, "the file, its event and the message: {page}");

    // A file of another person cannot be named, and the form does not keep its id.
    let (mut other, theirs) = signed_in(&portal).await;
    let theirs = format!("/cases/{}/message", theirs.reference);
    let form = [("key", "mine"), ("file", &*taken), ("message", "Mine now.")];
    let page = posts(&mut other, &theirs, &form, &[]).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("We do not have one of these files") && page.contains("Mine now."),
        "{page}"
    );
    assert_eq!(here(&page), Vec::<&str>::new());
}

#[tokio::test]
async fn an_entry_of_the_diary_has_its_photo_and_the_files_page_brings_nothing_twice() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let at = &receipt.reference;
    let address = format!("/cases/{at}/diary");
    let words = [("key", "k1"), ("on-day", "3"), ("on-month", "5"), ("on-year", "2026"), ("what", "")];
    // The text is not accepted, but the photo is kept.
    let page = posts(&mut phone, &address, &words, &[("damp.png", PNG)]).await;
    let page = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    let taken = here(&page).join(" ");
    let mut words = words.to_vec();
    words[4].1 = "No one came.";
    words.push(("file", &taken));
    assert_eq!(
        posts(&mut phone, &address, &words, &[]).await.leads_to(),
        format!("/cases/{at}?done=diary")
    );
    let told = came(&portal, at, "diary_entry").await;
    assert!(
        matches!(&*told, [EventBody::DiaryEntry { files, .. }] if *files == [taken.clone()]),
        "{told:?}"
    );

    let address = format!("/cases/{at}/files");
    for _ in 0..2 {
        let added = posts(&mut phone, &address, &[("key", "k2")], &[("letter.txt", b"Dear tenant")]).await;
        assert_eq!(added.leads_to(), format!("/cases/{at}?done=files"));
    }
    assert_eq!(came(&portal, at, "file_received").await.len(), 2);
}

/// A person who was signed out meanwhile gets the text back, and the page names the files to choose again.
#[tokio::test]
async fn files_of_somebody_signed_out_are_named_and_not_kept() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let address = format!("/cases/{}/message", receipt.reference);
    portal.world.clock.advance(time::Duration::minutes(61));
    let page = posts(
        &mut phone,
        &address,
        &[("key", "k1"), ("message", "See the wall.")],
        &[("wall.png", PNG)],
    )
    .await;
    let page = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("You have been signed out") && page.contains("See the wall."),
        "{page}"
    );
    assert!(page.contains("Please choose them again.") && page.contains("wall.png"), "{page}");
    assert_eq!(portal.world.count("uploads").await, 0);
}

#[tokio::test]
async fn a_wait_is_said_in_words_and_nothing_is_lost() {
    use onrecord::http::limits::Quota;
    let portal = Portal::with(7, |config| config.limits.acts_on_case = Quota::new(1, 1)).await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let address = format!("/cases/{}/message", receipt.reference);
    posts(&mut phone, &address, &[("key", "k1"), ("message", "One.")], &[])
        .await
        .leads_to();
    let page = posts(&mut phone, &address, &[("key", "k2"), ("message", "Two.")], &[("wall.png", PNG)]).await;
    let page = page.reads(StatusCode::TOO_MANY_REQUESTS);
    assert!(
        page.contains("Two.") && page.contains("1 minute") && page.contains("wall.png"),
        "{page}"
    );
    assert_eq!(portal.world.count("uploads").await, 0);
}

#[tokio::test]
async fn a_representative_who_waits_adds_the_signed_paper() {
    let portal = Portal::new().await;
    let made = crate::representatives::representative(&portal.world, "Wren Example", None, false).await;
    let mut phone = portal.phone();
    phone.cookies.insert("session".to_owned(), made.representative_session);
    let address = format!("/cases/{}/people", made.reference);
    let page = phone.get(&address).await.reads(StatusCode::OK);
    assert!(page.contains("Add a signed document"), "{page}");
    let key = key(&page);
    let none = posts(&mut phone, &address, &[("key", &key)], &[]).await;
    assert!(none.reads(StatusCode::UNPROCESSABLE_ENTITY).contains("Select a file"));
    let said = format!("{address}?done=paper");
    for _ in 0..2 {
        let added = posts(&mut phone, &address, &[("key", &key)], &[("signed.png", PNG)]).await;
        assert_eq!(added.leads_to(), said);
    }
    let page = phone.get(&said).await.reads(StatusCode::OK);
    assert!(page.contains("We have your document and will look at it."), "{page}");
    let case = desk::case(&portal.world.services, &Caller::at_command_line("ash"), &made.reference)
        .await
        .unwrap()
        .unwrap();
    assert!(case.tasks.len() == 1 && case.tasks[0].files.len() == 1, "{:?}", case.tasks);
}

/// A representative who may decide but not speak can ask for a review, without files.
#[tokio::test]
async fn who_may_not_speak_is_offered_no_files() {
    use complaint::case::representation::{Rights, Scope};
    let portal = Portal::new().await;
    let rights = Rights {
        scopes: vec![Scope::Decide],
        until: None,
    };
    let made = crate::representatives::representative(&portal.world, "Wren Example", Some(rights), false).await;
    let decided = RecordableEvent::DecisionMade {
        findings: Vec::new(),
        message: "We found no fault.".into(),
        review_until: iso_date::parse("2026-12-20").unwrap(),
    };
    let moved = RecordableEvent::StatusChanged {
        status: Status::Assessment,
        due: None,
        reason: None,
        message: None,
    };
    for event in [moved, decided] {
        desk::add_event(
            &portal.world.services,
            &Caller::at_command_line("ash"),
            &made.reference,
            event,
            None,
        )
        .await
        .unwrap();
    }
    let mut phone = portal.phone();
    phone.cookies.insert("session".to_owned(), made.representative_session);
    let address = format!("/cases/{}/review", made.reference);
    let page = phone.get(&address).await.reads(StatusCode::OK);
    assert!(!page.contains(r#"type="file""#), "{page}");
    let words = [("key", "k1"), ("ground", "new_evidence"), ("why", "A letter came.")];
    let page = posts(&mut phone, &address, &words, &[("letter.txt", b"Dear tenant")]).await;
    let page = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("You cannot add files to this complaint") && page.contains("A letter came."),
        "{page}"
    );
    assert_eq!(portal.world.count("uploads").await, 0);
    posts(&mut phone, &address, &words, &[]).await.leads_to();
}
