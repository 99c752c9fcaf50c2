//! Whose portal it is: name, contact, look, and the pages about privacy, cookies and accessibility.

use onrecord::server::config::Config;

use super::phone::{Portal, RESIDENT};

fn of_the_example(config: &mut Config) {
    let organisation = &mut config.organisation;
    organisation.name = Some("Example & Sons Homes".into());
    organisation.phone = Some("01632 960 100".into());
    organisation.hours = Some("Monday to Friday, 9am to 5pm".into());
    organisation.post = Some("1 Example Street\nExampletown".into());
    organisation.privacy_url = Some("https://www.example.org/privacy".into());
    organisation.header_colour = Some("#5a1f6b".into());
}

#[tokio::test]
async fn every_page_says_whose_portal_it_is() {
    let portal = Portal::with(7, of_the_example).await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..1]).await;
    for path in ["/", "/complaint/name", "/sign-in", "/privacy"] {
        let page = phone.get(path).await.html;
        let (head, body) = page.split_once("</head>").unwrap();
        assert!(!head.contains("Example &amp; Sons"), "{path}: the title stays in the history");
        let (header, rest) = body.split_once("</header>").unwrap();
        assert!(header.contains("Example &amp; Sons Homes"), "{header}");
        let footer = rest.split_once("<footer").unwrap().1;
        for part in [
            "Example &amp; Sons Homes, 1 Example Street, Exampletown",
            "href=\"tel:01632960100\"",
            "(Monday to Friday, 9am to 5pm)",
            "href=\"/privacy\"",
            "href=\"/cookies\"",
            "href=\"/accessibility\"",
        ] {
            assert!(footer.contains(part), "{path}: {part} in {footer}");
        }
    }
    assert!(
        phone
            .get("/privacy")
            .await
            .html
            .contains("href=\"https://www.example.org/privacy\"")
    );
    let mut first = portal.phone();
    assert!(first.get("/").await.html.contains(".or-site-header{background-color:#5a1f6b"));
}

#[tokio::test]
async fn the_receipt_is_printed_with_the_address_to_follow_the_complaint() {
    let portal = Portal::with(7, |config| config.public_url = Some("https://complaints.example.org".into())).await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT).await;
    phone.answer(&[("declaration", &[("agreed", "yes")])]).await;
    let receipt = phone.get("/complaint/sent").await.html;
    assert!(
        receipt.contains("You can follow it at https://complaints.example.org/sign-in"),
        "{receipt}"
    );
}

#[tokio::test]
async fn without_settings_nothing_is_claimed_and_nothing_is_empty() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let page = phone.get("/privacy").await.html;
    assert!(
        page.contains("The organisation that runs this site") && !page.contains("tel:"),
        "{page}"
    );
    assert!(!page.contains("Read our full privacy notice"));
    assert!(phone.get("/accessibility").await.html.contains("WCAG 2.2"));
}

#[tokio::test]
async fn the_page_about_cookies_names_every_cookie() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    let page = phone.get("/cookies").await.html;
    let names = Config::default().cookies();
    for name in [names.draft, names.session, names.language, names.shared, names.left] {
        assert!(
            page.contains(&format!("<dt class=\"govuk-summary-list__key\">{name}<")),
            "{name} in {page}"
        );
    }
    assert!(page.contains("It lasts for up to 28 days."), "{page}");
}
