//! Files sent with a plain form.

use axum::body::{Body, Bytes};
use axum::http::StatusCode;
use evidence::Scanner;
use onrecord::server::Config;
use service::access::token::DraftToken;
use service::files::scanning::{self, RoundResult};
use service::typed_text::{self, DraftPage};
use time::Duration;

use super::phone::{PNG, Phone, Portal, RESIDENT};
use crate::clamd::{Daemon, bad_letter};
use crate::file_types::sample;

const PAGE: &str = "/complaint/evidence";

async fn at_the_files(portal: &Portal) -> Phone {
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    phone
}

#[tokio::test]
async fn several_files_at_once_and_one_taken_away_again() {
    let portal = Portal::new().await;
    let mut phone = at_the_files(&portal).await;
    let page = phone
        .upload(PAGE, &[("mould.png", PNG), ("letter.txt", b"Dear landlord")], "upload")
        .await;
    assert_eq!(page.leads_to(), PAGE);
    let shown = phone.get(PAGE).await.reads(StatusCode::OK);
    assert!(shown.contains("mould.png") && shown.contains("letter.txt"), "{shown}");
    let id = shown.split("name=\"id\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut stranger = at_the_files(&portal).await;
    assert_eq!(stranger.post("/complaint/evidence/remove", &[("id", id)]).await.leads_to(), PAGE);
    assert_eq!(portal.world.stored().len(), 2, "another person cannot remove the file");
    assert_eq!(phone.post("/complaint/evidence/remove", &[("id", id)]).await.leads_to(), PAGE);
    assert_eq!(portal.world.stored().len(), 1);
    for nothing in [id, "", "rubbish"] {
        assert_eq!(phone.post("/complaint/evidence/remove", &[("id", nothing)]).await.leads_to(), PAGE);
    }
}

#[tokio::test]
async fn what_is_refused_is_named_and_the_rest_is_kept() {
    let portal = Portal::with(7, |config| config.service.evidence.file_bytes = 1_000_000).await;
    let mut phone = at_the_files(&portal).await;
    let large = vec![b'a'; 1_000_001];
    let mut program = b"\x7fELF\x02\x01\x01\0".to_vec();
    program.resize(4000, 0);
    let mut windows = b"MZ\x90\0".to_vec();
    windows.resize(4000, 0);
    let (secret, macros, letter) = (sample("password.pdf"), sample("macros.docx"), sample("plain.docx"));
    let files: [(&str, &[u8]); 9] = [
        ("secret.pdf", &secret),
        ("macros.docx", &macros),
        ("half.docx", &letter[..3000]),
        ("setup.exe", &windows),
        ("empty.png", b""),
        ("large.txt", &large),
        ("holiday.jpg", &program),
        ("invoice.pdf", &windows),
        ("mould.png", PNG),
    ];
    let page = phone.upload(PAGE, &files, "continue").await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    for what in [
        "empty.png: the selected file is empty",
        "large.txt: the selected file must be smaller than 1 MB",
        "holiday.jpg: the selected file is not the type its name says",
        "invoice.pdf: the selected file is not the type its name says",
        "secret.pdf: the selected file is password protected",
        "macros.docx: the selected file has macros in it",
        "half.docx: the selected file cannot be opened",
        "setup.exe: the selected file must be a photo",
    ] {
        assert!(page.contains(what), "{what} in {page}");
    }
    for name in ["empty.png", "large.txt", "holiday.jpg", "invoice.pdf"] {
        assert!(page.contains(&format!("{name}: the selected file")), "{name} in {page}");
    }
    assert!(
        page.contains("mould.png") && !page.contains("mould.png: the selected file"),
        "{page}"
    );
    assert_eq!(portal.world.stored().len(), 1, "only the accepted file is kept");
    let page = phone.upload(PAGE, &[("", b"")], "continue").await;
    assert_eq!(page.leads_to(), "/complaint/check-answers");
}

#[tokio::test]
async fn more_files_than_one_complaint_may_have() {
    let portal = Portal::with(7, |config| config.service.evidence.files = 1).await;
    let mut phone = at_the_files(&portal).await;
    let page = phone.upload(PAGE, &[("one.png", PNG), ("two.png", PNG)], "upload").await;
    let page = page.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("two.png was not added"), "{page}");
    assert_eq!(portal.world.stored().len(), 1);
}

/// A form with one file of zeros that is generated while it is sent.
fn form_of(megabytes: usize) -> Body {
    let head = "--edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"film.png\"\r\n\r\n";
    let start = [Bytes::from(head), Bytes::from_static(PNG)];
    let zeros = Bytes::from(vec![0u8; 1_000_000]);
    let end = Bytes::from("\r\n--edge\r\nContent-Disposition: form-data; name=\"action\"\r\n\r\nupload\r\n--edge--\r\n");
    let pieces = start.into_iter().chain(std::iter::repeat_n(zeros, megabytes)).chain([end]);
    Body::from_stream(futures::stream::iter(pieces.map(Ok::<_, std::io::Error>)))
}

#[tokio::test]
async fn two_hundred_megabytes_are_read_to_the_end_and_refused_in_words() {
    let portal = Portal::new().await;
    let mut phone = at_the_files(&portal).await;
    let page = phone.upload_body(PAGE, form_of(200)).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("film.png: the selected file must be smaller"), "{page}");
    assert!(portal.world.stored().is_empty());
}

#[tokio::test]
async fn a_request_without_end_is_ended() {
    let portal = Portal::with(7, |config| config.uploads.request_bytes = 2_000_000).await;
    let mut phone = at_the_files(&portal).await;
    let page = phone.upload_body(PAGE, form_of(3)).await.reads(StatusCode::PAYLOAD_TOO_LARGE);
    assert!(page.contains("too much at once"), "{page}");
    assert!(portal.world.stored().is_empty());
}

#[tokio::test]
async fn a_connection_that_breaks_off_leaves_nothing_behind() {
    let portal = Portal::new().await;
    let mut phone = at_the_files(&portal).await;
    let head = "--edge\r\nContent-Disposition: form-data; name=\"files\"; filename=\"film.png\"\r\n\r\n";
    let gone = std::io::Error::other("gone");
    let pieces = [Ok(Bytes::from(head)), Ok(Bytes::from_static(PNG)), Err(gone)];
    let page = phone.upload_body(PAGE, Body::from_stream(futures::stream::iter(pieces))).await;
    assert!(page.status.is_client_error(), "{page:?}");
    assert!(portal.world.stored().is_empty());
    assert_eq!(portal.world.count("uploads").await, 0);
}

#[tokio::test]
async fn files_without_a_draft_start_one() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let page = phone.upload(PAGE, &[("mould.png", PNG)], "continue").await;
    assert_eq!(page.leads_to(), "/complaint/who-are-you?kept=1");
    assert!(phone.get(PAGE).await.reads(StatusCode::OK).contains("mould.png"));
}

#[tokio::test]
async fn after_sending_no_file_is_added() {
    let portal = Portal::new().await;
    let (mut phone, _) = super::questionnaire::sent(&portal).await;
    let page = phone.upload(PAGE, &[("mould.png", PNG)], "upload").await;
    assert_eq!(page.leads_to(), "/complaint/sent");
    assert!(portal.world.stored().is_empty());
}

/// Returns the id of the only file on the page.
fn only_file(page: &str) -> String {
    let id = page.split("name=\"id\" value=\"").nth(1).unwrap();
    id.split('"').next().unwrap().to_owned()
}

#[tokio::test]
async fn what_a_file_shows_is_said_on_its_page_and_read_with_the_answers() {
    let portal = Portal::new().await;
    let mut phone = at_the_files(&portal).await;
    phone.upload(PAGE, &[("mould.png", PNG)], "upload").await;
    let id = only_file(&phone.get(PAGE).await.reads(StatusCode::OK));
    let file = format!("/about-file/{id}");
    assert!(
        phone
            .get(PAGE)
            .await
            .reads(StatusCode::OK)
            .contains(&format!("href=\"{file}?draft=draft\""))
    );
    let shown = phone.get(&file).await.reads(StatusCode::OK);
    assert!(
        shown.contains("mould.png") && !shown.contains("The location is in the file"),
        "{shown}"
    );
    let said = [("caption", "Mould <b>by</b> the bed"), ("shows", "Black spots")];
    let page = phone.post(&file, &said).await;
    assert_eq!(page.leads_to(), format!("{PAGE}#file-{id}"));
    for page in [PAGE, &file, "/complaint/check-answers"] {
        let shown = phone.get(page).await.html;
        assert!(shown.contains("Mould &lt;b&gt;by&lt;/b&gt; the bed"), "{shown}");
        assert!(shown.contains("Black spots"), "{shown}");
    }
    let long = "x".repeat(101);
    let said = [("caption", long.as_str()), ("shows", "Still wet")];
    let page = phone.post(&file, &said).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("href=\"#caption\""), "{page}");
    assert!(page.contains("must be 100 characters or fewer"), "{page}");
    assert!(
        page.contains(&long) && page.contains("Still wet"),
        "the page keeps the typed text: {page}"
    );
    // What was typed and not saved is in the fields, beside what was saved.
    let token: DraftToken = phone.cookies["draft"].parse().unwrap();
    let typed = [("shows".to_owned(), vec!["Wet & black".to_owned()])].into();
    let on = DraftPage::File(id.parse().unwrap());
    typed_text::store_for_draft(&portal.world.services, &token, on, typed, Duration::ZERO)
        .await
        .unwrap();
    let shown = phone.get(&file).await.html;
    assert!(
        shown.contains("Mould &lt;b&gt;by&lt;/b&gt; the bed") && shown.contains("Wet &amp; black"),
        "{shown}"
    );
    let tasks = phone.get("/complaint/tasks").await.reads(StatusCode::OK);
    assert!(
        tasks.contains("Description of mould.png") && tasks.contains(&format!("href=\"{file}?draft=draft\"")),
        "{tasks}"
    );
    let mut stranger = at_the_files(&portal).await;
    stranger.get(&file).await.reads(StatusCode::NOT_FOUND);
    assert_eq!(stranger.post(&file, &[("caption", "mine")]).await.leads_to(), file);
    assert!(!phone.get(PAGE).await.reads(StatusCode::OK).contains("mine"));
    let mut nobody = portal.phone();
    nobody.post(&file, &[("caption", "mine")]).await.reads(StatusCode::NOT_FOUND);
    phone
        .post("/about-file/rubbish", &[("caption", "mine")])
        .await
        .reads(StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_photo_with_a_place_says_so_and_can_be_sent_without() {
    let portal = Portal::new().await;
    let mut phone = at_the_files(&portal).await;
    phone.upload(PAGE, &[("mould.jpg", &sample("place.jpg"))], "upload").await;
    let shown = phone.get(PAGE).await.reads(StatusCode::OK);
    assert!(shown.contains("Taken on 4 March 2026 at 18:30"), "{shown}");
    assert!(shown.contains("This file says where it was taken"), "{shown}");
    let id = only_file(&shown);
    let file = format!("/about-file/{id}");
    assert!(
        phone
            .get(&file)
            .await
            .reads(StatusCode::OK)
            .contains("Send a copy without the location")
    );
    let page = phone.post(&format!("{file}/without-place"), &[]).await;
    assert_eq!(page.leads_to(), format!("{PAGE}#file-{id}"));
    for page in [PAGE, &file] {
        let shown = phone.get(page).await.reads(StatusCode::OK);
        assert!(!shown.contains("This file says where"), "{shown}");
        assert!(shown.contains("This is a copy without the location"), "{shown}");
        assert!(shown.contains("Taken on 4 March 2026 at 18:30"), "{shown}");
    }
}

#[tokio::test]
async fn a_place_that_stays_is_said_on_the_files_page() {
    let portal = Portal::new().await;
    let mut phone = at_the_files(&portal).await;
    let mut gif = sample("plain.gif");
    let end = gif.len() - 1;
    gif.splice(end..end, b"\x21\xfe\x0cGPSLatitude=\0".to_vec());
    phone.upload(PAGE, &[("map.gif", &gif)], "upload").await;
    let file = format!("/about-file/{}", only_file(&phone.get(PAGE).await.reads(StatusCode::OK)));
    let page = phone
        .post(&format!("{file}/without-place"), &[])
        .await
        .reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("We could not make a copy without the location"), "{page}");
    assert!(page.contains("href=\"#without-place\""), "{page}");
}

#[tokio::test]
async fn a_file_with_a_virus_is_named_plainly_and_the_complaint_can_still_be_sent() {
    let Some(daemon) = Daemon::start("") else { return };
    let mut portal = Portal::new().await;
    portal.world.services = portal.world.scanned_by(daemon.scanner()).await;
    let portal = Portal::on(portal.world, Config::default());
    let mut phone = at_the_files(&portal).await;
    let bad = bad_letter();
    phone.upload(PAGE, &[("mould.png", PNG), ("bad.txt", &bad)], "upload").await;
    while scanning::round(&portal.world.services).await.unwrap() != RoundResult::Idle {}
    let shown = phone.get(PAGE).await.reads(StatusCode::OK);
    assert!(
        shown.contains("The selected file contains a virus") && shown.contains("Remove it"),
        "{shown}"
    );
    let check = phone.get("/complaint/check-answers").await.reads(StatusCode::OK);
    assert!(check.contains("2 files\nbad.txt: The selected file contains a virus"), "{check}");
    phone.post("/complaint/declaration", &[("agreed", "yes")]).await;
    let receipt = phone.get("/complaint/sent").await.reads(StatusCode::OK);
    let reference = receipt.split("RC-").nth(1).map(|rest| format!("RC-{}", &rest[..9])).unwrap();
    let code = receipt
        .split("or-reference__code\">")
        .nth(1)
        .unwrap()
        .split('<')
        .next()
        .unwrap()
        .trim();
    phone.post("/sign-in", &[("reference", &reference), ("access_code", code)]).await;
    let case = phone.get(&format!("/cases/{reference}")).await.reads(StatusCode::OK);
    for text in [
        "Files you sent",
        "received on",
        "We checked this file and found no virus.",
        "A file you sent contains a virus.",
    ] {
        assert!(case.contains(text), "{text} in {case}");
    }
    let links: Vec<&str> = case.split("href=\"/api/v1/uploads/").skip(1).collect();
    assert_eq!(links.len(), 1, "only the clean file has a link: {case}");
    let address = format!("/api/v1/uploads/{}", links[0].split('"').next().unwrap());
    let file = phone.get(&address).await;
    assert_eq!((file.status, file.header("content-type")), (StatusCode::OK, "image/png"));
    assert_eq!(
        file.header("content-disposition"),
        "attachment; filename=\"mould.png\"; filename*=UTF-8''mould.png"
    );
    assert_eq!(
        file.header("content-security-policy"),
        "default-src 'none'; sandbox",
        "with all that stands around it"
    );
    assert_eq!(
        (file.header("x-content-type-options"), file.header("cache-control")),
        ("nosniff", "no-store")
    );
    assert_eq!(
        (file.header("content-encoding"), file.header("cross-origin-resource-policy")),
        ("", "same-origin")
    );
    assert_eq!(portal.phone().get(&address).await.status, StatusCode::UNAUTHORIZED);
    let ready = portal.phone().get("/readyz").await.html;
    assert!(!ready.contains("virus"), "{ready}");
}

#[tokio::test]
async fn a_portal_that_does_not_scan_says_so() {
    let mut portal = Portal::new().await;
    let waits = portal.phone().get("/readyz").await;
    assert!(
        waits.status == StatusCode::OK && waits.html.contains("are not served"),
        "{}",
        waits.html
    );
    portal.world.services = portal.world.scanned_by(Scanner::Off).await;
    let portal = Portal::on(portal.world, Config::default());
    let off = portal.phone().get("/readyz").await;
    assert!(
        off.status == StatusCode::OK && off.html.contains("scanner.mode is off"),
        "{}",
        off.html
    );
}
