//! Finding a landlord without JavaScript.

use axum::http::StatusCode;
use complaint::StepId;
use service::{access::token::DraftToken, drafts};

use super::phone::{Phone, Portal, RESIDENT};

/// Returns the saved landlord's name and registration number.
async fn saved(portal: &Portal, phone: &Phone) -> (String, String) {
    let token: DraftToken = phone.cookies["draft"].parse().unwrap();
    let draft = drafts::open(&portal.world.services, &token).await.unwrap().unwrap();
    let text = |field| draft.answers.text(StepId::Landlord, field).to_owned();
    (text("name"), text("registration_number"))
}

#[tokio::test]
async fn a_landlord_is_looked_for_and_chosen() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..1]).await;
    let find = [("name", "clraion"), ("registration_number", ""), ("action", "find")];
    let page = phone.post("/complaint/landlord", &find).await.reads(StatusCode::OK);
    assert!(page.contains("CLARION HOUSING") || page.contains("Clarion Housing"), "{page}");
    assert!(
        page.contains("The landlord is not on this list") && page.contains("value=\"clraion\""),
        "{page}"
    );
    assert_eq!(
        phone.get("/complaint/check-answers").await.html.matches("clraion").count(),
        0,
        "a search must not save the typed name"
    );
    let choose = [("name", "clraion"), ("registration_number", ""), ("registration_number", "4865")];
    assert_eq!(phone.post("/complaint/landlord", &choose).await.leads_to(), "/complaint/stage");
    let (name, number) = saved(&portal, &phone).await;
    assert!(name.to_lowercase().starts_with("clarion") && number == "4865", "{name} {number}");
    // A different name over a chosen landlord removes the chosen registration number.
    let over = [("name", "Nobody's Homes"), ("registration_number", "4865")];
    phone.post("/complaint/landlord", &over).await;
    assert_eq!(saved(&portal, &phone).await, ("Nobody's Homes".into(), String::new()));
}

#[tokio::test]
async fn a_landlord_that_is_not_in_the_list_is_taken_as_typed() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..1]).await;
    let find = [("name", "zzqq homes of nowhere"), ("action", "find")];
    let page = phone.post("/complaint/landlord", &find).await.reads(StatusCode::OK);
    assert!(page.contains("could not find a landlord"), "{page}");
    let not_listed = [("name", "Clarion"), ("registration_number", "4865"), ("registration_number", "")];
    phone.post("/complaint/landlord", &not_listed).await;
    assert_eq!(saved(&portal, &phone).await.0, "Clarion");
    // A council has no registration number and is chosen by its name.
    let council = "name:Bournemouth, Christchurch and Poole Council";
    phone
        .post(
            "/complaint/landlord",
            &[("name", "bourn"), ("registration_number", ""), ("registration_number", council)],
        )
        .await;
    assert_eq!(saved(&portal, &phone).await, (council["name:".len()..].to_owned(), String::new()));
    let unknown = [
        ("name", "Example Homes"),
        ("registration_number", ""),
        ("registration_number", "no-such-number"),
    ];
    phone.post("/complaint/landlord", &unknown).await;
    assert_eq!(saved(&portal, &phone).await, ("Example Homes".into(), String::new()));
}

#[tokio::test]
async fn a_name_that_is_one_landlords_alone_gets_its_number() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..1]).await;
    phone
        .post("/complaint/landlord", &[("name", "london and quadrant housing trust")])
        .await;
    assert_eq!(
        saved(&portal, &phone).await,
        ("london and quadrant housing trust".into(), "L4517".into())
    );
}

#[tokio::test]
async fn a_search_says_why_it_found_a_landlord_under_another_name() {
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..1]).await;
    let find = [("name", "lewisham homes"), ("action", "find")];
    let page = phone.post("/complaint/landlord", &find).await.reads(StatusCode::OK);
    let why = "Lewisham Homes used to look after homes for this council. The council is the landlord.";
    assert!(page.contains("London Borough of Lewisham") && page.contains(why), "{page}");
}

#[tokio::test]
async fn the_check_page_says_which_landlord_was_typed_and_not_chosen() {
    let note = "We have not matched it to our list of landlords.";
    let portal = Portal::new().await;
    let mut phone = portal.phone();
    phone.answer(&RESIDENT[..1]).await;
    let bcp = "name:Bournemouth, Christchurch and Poole Council";
    for (name, chosen, is_typed) in [
        ("Example Homes", None, true),
        ("clarion", Some("4865"), false),
        ("leeds city council", None, false),
        ("bourn", Some(bcp), false),
        ("Bournemouth, Christchurch and Poole Council", None, false),
    ] {
        let mut fields = vec![("name", name), ("registration_number", "")];
        fields.extend(chosen.map(|number| ("registration_number", number)));
        phone.post("/complaint/landlord", &fields).await;
        let page = phone.get("/complaint/check-answers").await.html;
        assert_eq!(page.contains(note), is_typed, "{name}: {page}");
    }
}
