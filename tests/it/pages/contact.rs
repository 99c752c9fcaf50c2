//! The page for a person's contact plan, on a phone without JavaScript.

use axum::http::StatusCode;
use complaint::case::contact_plan::wanted;
use complaint::case::person_number::SENDER;
use complaint::case::recordable_event::RecordableEvent;
use service::cases::desk::{self, Caller};

use super::phone::{Phone, Portal};
use crate::mail::delivered;
use crate::people::{BY_MAIL, sent};

const FORM: [(&str, &str); 6] = [
    ("key", "form-1"),
    ("email", "wren@example.net"),
    ("email_safe", "yes"),
    ("post_safe", "no"),
    ("way", "email"),
    ("times", "morning"),
];

/// Signs in on a case. Returns the phone and the path of the contact page.
async fn begin(portal: &Portal) -> (Phone, String) {
    let receipt = sent(&portal.world.services, BY_MAIL).await;
    let mut phone = portal.phone();
    let typed = [("reference", &*receipt.reference), ("access_code", &*receipt.access_code)];
    phone.post("/sign-in", &typed).await.leads_to();
    (phone, format!("/cases/{}/contact", receipt.reference))
}

async fn code(portal: &Portal) -> String {
    let letters = delivered(&portal.world.services, portal.world.folder.path()).await;
    let letter = letters.last().expect("a letter");
    assert!(letter.contains("To: wren@example.org\r\n"), "{letter}");
    let is_code = |line: &&str| line.len() == 9 && line.as_bytes()[4] == b' ';
    letter.lines().find(is_code).expect("a code").to_owned()
}

#[tokio::test]
async fn a_new_address_is_typed_and_confirmed() {
    let portal = Portal::new().await;
    let (mut phone, page) = begin(&portal).await;
    let case = page.trim_end_matches("/contact").to_owned();
    let shown = phone.get(&case).await.reads(StatusCode::OK);
    assert!(shown.contains(&format!("href=\"{page}\"")), "{shown}");
    let shown = phone.get(&page).await.reads(StatusCode::OK);
    assert!(
        shown.contains("wren@example.org") && shown.contains("You told us this is safe"),
        "{shown}"
    );
    let code_page = format!("{page}/code");
    assert_eq!(phone.post(&page, &FORM).await.leads_to(), code_page);
    assert_eq!(
        phone.post(&page, &FORM).await.leads_to(),
        code_page,
        "a repeated post leads to the same page"
    );
    let shown = phone.get(&code_page).await.reads(StatusCode::OK);
    assert!(
        shown.contains("autocomplete=\"one-time-code\"") && !shown.contains("wren@"),
        "{shown}"
    );
    assert!(
        phone.get(&case).await.html.contains("We sent you a code."),
        "the case page must show the waiting change"
    );
    // A GET request does not use up the code.
    phone
        .get(&format!("{code_page}?code={}", code(&portal).await.replace(' ', "+")))
        .await;

    let empty = phone.post(&code_page, &[("action", "confirm"), ("code", "")]).await;
    assert!(empty.reads(StatusCode::UNPROCESSABLE_ENTITY).contains("Enter your code"));
    let wrong = phone.post(&code_page, &[("action", "confirm"), ("code", "0000 0001")]).await;
    let wrong = wrong.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        wrong.contains("This code does not work.") && wrong.contains("value=\"0000 0001\""),
        "{wrong}"
    );
    let sent = phone.post(&code_page, &[("action", "again")]).await;
    assert_eq!(sent.leads_to(), format!("{code_page}?done=again"));
    portal.world.clock.advance(time::Duration::milliseconds(1));
    let right = code(&portal).await;
    let done = phone.post(&code_page, &[("action", "confirm"), ("code", &right)]).await;
    assert_eq!(done.leads_to(), format!("{page}?done=confirmed"));
    let shown = phone.get(&format!("{page}?done=confirmed")).await.reads(StatusCode::OK);
    assert!(
        shown.contains("We will use your new details from now on.") && !shown.contains("wren@example.org"),
        "{shown}"
    );
    assert!(
        phone
            .get(&code_page)
            .await
            .reads(StatusCode::OK)
            .contains("You do not need a code now.")
    );
}

#[tokio::test]
async fn nothing_typed_is_lost() {
    let portal = Portal::new().await;
    let (mut phone, page) = begin(&portal).await;
    let typed = [
        ("email", "wren at example"),
        ("email_safe", "yes"),
        ("phone", "07700 900456"),
        ("post_safe", "no"),
        ("post_to", "9 Example Street\n<b>Town</b>"),
        ("times", "evening"),
        ("stop", "email"),
    ];
    let came_back = phone.post(&page, &typed).await;
    assert_eq!(came_back.status, StatusCode::UNPROCESSABLE_ENTITY);
    let came_back = came_back.html;
    for words in [
        "value=\"wren at example\"",
        "value=\"07700 900456\"",
        "9 Example Street\n&lt;b&gt;Town&lt;/b&gt;",
        "Enter an email address like name@example.com",
        "Select if it is safe for us to call or text you",
        "Select the best way to contact you",
    ] {
        assert!(came_back.contains(words), "{words} in {came_back}");
    }
    let ticked = |html: &str, id: &str| {
        let input = html.split("<input").find(|input| input.contains(&format!("id=\"{id}\"")));
        input.is_some_and(|input| input.split('>').next().unwrap().contains("checked"))
    };
    assert!(ticked(&came_back, "stop") && ticked(&came_back, "times-evening"), "{came_back}");
    // The person was signed out meanwhile. The page still comes back, and can be sent after signing in again.
    phone.cookies.remove("session");
    let out = phone.post(&page, &typed).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        out.contains("You have been signed out") && out.contains("value=\"07700 900456\""),
        "{out}"
    );
    assert!(!out.contains("wren@example.org"), "{out}");
}

#[tokio::test]
async fn a_way_that_is_not_safe_is_not_offered() {
    let portal = Portal::new().await;
    let (mut phone, page) = begin(&portal).await;
    let offers = |html: &str, way: &str| html.contains(&format!("name=\"way\" type=\"radio\" value=\"{way}\""));
    let shown = phone.get(&page).await.reads(StatusCode::OK);
    assert!(
        offers(&shown, "email") && offers(&shown, "text") && !offers(&shown, "post"),
        "{shown}"
    );
    let typed = [
        ("key", "k"),
        ("email", "wren@example.org"),
        ("email_safe", "no"),
        ("post_safe", "no"),
        ("way", "email"),
    ];
    let shown = phone.post(&page, &typed).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        shown.contains("Select a way that is safe for you") && !offers(&shown, "email"),
        "{shown}"
    );
    // A plan that REST stored: the page says that the way is not used.
    let reference = page.split('/').nth(2).unwrap();
    let services = &portal.world.services;
    let session = service::access::sessions::session(services, &phone.cookies["session"])
        .await
        .unwrap()
        .unwrap();
    let viewer = crate::world::viewer(services, &session, reference).await;
    let typed = typed.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let wanted = wanted::check(&complaint::Fields(typed.into()), services.today()).unwrap();
    service::cases::contact::save(services, &viewer, &wanted, None, text::Language::default())
        .await
        .unwrap();
    let shown = phone.get(&page).await.reads(StatusCode::OK);
    let (_, way) = shown.split_once("Best way to contact you").unwrap();
    let (way, _) = way.split_once("</dd>").unwrap();
    assert!(way.contains("Email") && way.contains("We do not use this"), "{way}");
    assert!(!offers(&shown, "email"), "{shown}");
}

#[tokio::test]
async fn what_is_quieter_holds_and_what_waits_can_be_taken_back() {
    let portal = Portal::new().await;
    let (mut phone, page) = begin(&portal).await;
    let quiet = [("key", "quiet"), ("post_safe", "no"), ("way", "online")];
    assert_eq!(phone.post(&page, &quiet).await.leads_to(), format!("{page}?done=changed"));
    let shown = phone.get(&page).await.reads(StatusCode::OK);
    assert!(!shown.contains("wren@example.org"), "{shown}");
    assert_eq!(phone.post(&page, &FORM).await.leads_to(), format!("{page}?done=organisation"));
    let shown = phone.get(&page).await.reads(StatusCode::OK);
    assert!(
        shown.contains("We will contact you to check that the new details are yours."),
        "{shown}"
    );
    let asked = phone
        .post(&format!("{page}/code"), &[("action", "cancel")])
        .await
        .reads(StatusCode::OK);
    assert!(asked.contains("keep your old contact details?"), "{asked}");
    let shown = phone.get(&page).await.reads(StatusCode::OK);
    assert!(
        shown.contains("We will contact you to check that the new details are yours."),
        "asking for confirmation must not cancel the change"
    );
    let taken_back = phone.post(&format!("{page}/code"), &[("action", "cancel"), ("sure", "yes")]).await;
    assert_eq!(taken_back.leads_to(), format!("{page}?done=cancelled"));

    let again = [("key", "again")].into_iter().chain(FORM[1..].iter().copied()).collect::<Vec<_>>();
    phone.post(&page, &again).await.leads_to();
    let reference = page.split('/').nth(2).unwrap();
    let services = &portal.world.services;
    let case = desk::case(services, &Caller::at_command_line("ash"), reference)
        .await
        .unwrap()
        .unwrap();
    let change = case.people[0].waiting.as_ref().unwrap().change;
    let message = "You did not answer.".to_owned();
    let event = RecordableEvent::ContactChangeRefused {
        person: SENDER,
        change,
        message,
    };
    desk::add_event(services, &Caller::at_command_line("ash"), reference, event, None)
        .await
        .unwrap();
    assert!(phone.get(&page).await.html.contains("You did not answer."));
}
