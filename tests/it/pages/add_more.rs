//! Questions under "Add more if you want to" after sending, without JavaScript.

use axum::http::StatusCode;
use insta::assert_snapshot;

use super::case_actions::{key, signed_in};
use super::phone::{Phone, Portal};
use crate::representatives::representative;

/// Returns the links of a list page, each with the word on its state.
fn listed(page: &str) -> String {
    let items = page.split("govuk-task-list__item--with-link").skip(1);
    let line = |item: &str| {
        let (_, link) = item.split_once("href=\"").expect("a link");
        let (address, _) = link.split_once('"').expect("an address");
        let (_, state) = item.split_once("govuk-task-list__status").expect("a state");
        let state = state.split(['<', '>']).nth(1).expect("a word");
        let slug = address.rsplit('/').next().unwrap_or_default();
        format!("{slug}: {state}\n")
    };
    items.map(line).collect()
}

/// Asserts that a page of a question that is not asked leads to the list.
async fn leads_to_list(phone: &mut Phone, list: &str, slug: &str) {
    let page = phone.get(&format!("{list}/{slug}")).await;
    assert_eq!((page.status, page.header("location")), (StatusCode::SEE_OTHER, list), "{slug}");
}

#[tokio::test]
async fn a_question_is_answered_after_sending() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let home = format!("/cases/{}", receipt.reference);
    let list = format!("{home}/add-more");
    let page = phone.get(&home).await.reads(StatusCode::OK);
    assert!(page.contains(&format!("href=\"{list}\"")), "{page}");
    let page = phone.get(&list).await.reads(StatusCode::OK);
    assert!(page.contains("It can help to show that your landlord knew."), "{page}");
    assert_snapshot!("list", listed(&page));

    let address = format!("{list}/reported");
    let page = phone.get(&address).await.reads(StatusCode::OK);
    assert!(page.contains("How did you tell your landlord about it?"), "{page}");
    let key = key(&page);
    // Everything typed comes back with the errors.
    let typed = [
        ("key", &*key),
        ("to_whom", "<b>Sam</b>"),
        ("first_on-day", "40"),
        ("first_on-month", "May"),
        ("first_on-year", "2026"),
    ];
    let page = phone.post(&address, &typed).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    for part in [
        "value=\"<b>Sam</b>\"",
        "value=\"40\"",
        "value=\"May\"",
        "Select how the landlord was told",
        &key,
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    let form = [("key", &*key), ("how", "phone"), ("how", "email"), ("to_whom", "Sam")];
    let done = format!("{list}?done=reported");
    assert_eq!(phone.post(&address, &form).await.leads_to(), done);
    assert_eq!(phone.post(&address, &form).await.leads_to(), done, "a repeated post adds nothing");
    let page = phone.get(&done).await.reads(StatusCode::OK);
    assert!(page.contains("We have added your answer."), "{page}");
    assert!(listed(&page).contains("reported: Added"), "{page}");
    let page = phone.get(&home).await.reads(StatusCode::OK);
    assert_eq!(page.matches("More added to the complaint").count(), 1, "{page}");
    assert!(page.contains("Phone") && page.contains("Sam"), "{page}");

    // A new answer takes the place of the earlier one. Both can be read.
    let page = phone.get(&address).await.reads(StatusCode::OK);
    assert!(
        page.contains("This is what we have now.") && page.contains("value=\"Sam\""),
        "{page}"
    );
    let again = [("key", "another"), ("how", "letter"), ("to_whom", "Ali")];
    phone.post(&address, &again).await.leads_to();
    let page = phone.get(&format!("{home}/as-sent")).await.reads(StatusCode::OK);
    let (_, added) = page.split_once("Added later").expect("the answers added later");
    assert!(added.contains("Sam") && added.contains("Ali"), "{page}");
    // The resident went back, changed the text and sent the first form again: nothing is lost.
    let changed = [("key", &*key), ("how", "phone"), ("to_whom", "Ash")];
    let page = phone.post(&address, &changed).await.reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(page.contains("We already have") && page.contains("Ash"), "{page}");
    assert_ne!(super::case_actions::key(&page), key);
}

#[tokio::test]
async fn what_is_not_asked_leads_back_and_nothing_typed_is_lost() {
    let portal = Portal::new().await;
    let (mut phone, receipt) = signed_in(&portal).await;
    let list = format!("/cases/{}/add-more", receipt.reference);
    for slug in ["letters", "best-way", "when-you-lived-there", "more-about-you", "name"] {
        leads_to_list(&mut phone, &list, slug).await;
        let page = phone.post(&format!("{list}/{slug}"), &[("key", "k")]).await;
        assert!(
            page.reads(StatusCode::UNPROCESSABLE_ENTITY).contains("You cannot do this now."),
            "{slug}"
        );
    }
    for slug in ["nothing", "reported-2x"] {
        assert_eq!(phone.get(&format!("{list}/{slug}")).await.status, StatusCode::NOT_FOUND);
        assert_eq!(phone.post(&format!("{list}/{slug}"), &[]).await.status, StatusCode::NOT_FOUND);
    }
    portal.world.clock.advance(time::Duration::minutes(61));
    let form = [("key", "k1"), ("effect", "My son coughs.")];
    let page = phone
        .post(&format!("{list}/effect"), &form)
        .await
        .reads(StatusCode::UNPROCESSABLE_ENTITY);
    assert!(
        page.contains("You have been signed out") && page.contains("My son coughs."),
        "{page}"
    );
    assert_eq!(phone.get(&list).await.leads_to(), "/sign-in");
    let typed = [("reference", &*receipt.reference), ("access_code", &*receipt.access_code)];
    phone.post("/sign-in", &typed).await.leads_to();
    phone.post(&format!("{list}/effect"), &form).await.leads_to();
    // A closed case takes no more answers, and says so.
    let home = format!("/cases/{}", receipt.reference);
    phone
        .post(&format!("{home}/withdraw"), &[("key", "w"), ("reason", "")])
        .await
        .leads_to();
    for path in [&list, &format!("{list}/effect")] {
        let page = phone.get(path).await.reads(StatusCode::OK);
        assert!(page.contains("You cannot do this now."), "{path}: {page}");
    }
    assert!(!phone.get(&home).await.html.contains(&list));
}

#[tokio::test]
async fn a_representative_is_not_asked_what_only_the_tenant_may_read() {
    use complaint::case::representation::Rights;
    let portal = Portal::new().await;
    let made = representative(&portal.world, "Wren Example", Some(Rights::full()), false).await;
    let with = |token: String| {
        let mut phone = portal.phone();
        phone.cookies.insert("session".to_owned(), token);
        phone
    };
    let (mut robin, mut wren): (Phone, Phone) = (with(made.representative_session), with(made.tenant.unwrap()));
    let list = format!("/cases/{}/add-more", made.reference);
    let to_robin = robin.get(&list).await.reads(StatusCode::OK);
    assert!(
        !to_robin.contains("who-helps") && to_robin.contains("that their landlord knew"),
        "{to_robin}"
    );
    leads_to_list(&mut robin, &list, "who-helps").await;
    let form = [("key", "k"), ("helpers", "solicitor"), ("details", "A law centre.")];
    robin
        .post(&format!("{list}/who-helps"), &form)
        .await
        .reads(StatusCode::UNPROCESSABLE_ENTITY);
    // The questions speak to the tenant, although the representative sent the complaint.
    let to_wren = wren.get(&list).await.reads(StatusCode::OK);
    assert!(
        to_wren.contains("who-helps") && to_wren.contains("that your landlord knew"),
        "{to_wren}"
    );
    wren.post(&format!("{list}/who-helps"), &form).await.leads_to();
    for page in ["", "/as-sent", "/add-more"] {
        let path = format!("/cases/{}{page}", made.reference);
        assert!(!robin.get(&path).await.html.contains("A law centre."), "{path}");
    }
    assert!(wren.get(&format!("/cases/{}", made.reference)).await.html.contains("A law centre."));
}
