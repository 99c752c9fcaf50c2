//! Authorisation of every page: all routes of the router, requested by every kind of visitor.

use std::collections::BTreeSet;
use std::fmt::Write;

use axum::http::StatusCode;
use complaint::StepId;
use complaint::case::representation::{Rights, Scope};
use complaint::fields::form::Choice;
use complaint::fields::iso_date;
use contract::Receipt;
use insta::assert_snapshot;
use onrecord::http::pages;
use service::cases::desk::{self, Caller};
use service::{Services, cases::submission, drafts};

use super::phone::{Phone, Portal, RESIDENT};
use crate::answers;
use crate::representatives::representative;

/// The access that a visitor needs for a route.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// Nothing: the page shows no answers, or only those of the browser's own draft.
    Nothing,
    /// To be on the case with the right to see it.
    See,
    /// The right to speak for the tenant.
    Speak,
    /// The right to decide for the tenant.
    Decide,
    /// To be the tenant, because only the tenant gives rights.
    Tenant,
}

use Needs::{Decide, Nothing, See, Speak, Tenant};

/// The fields that the form on a page needs in order to be accepted.
type Fields = &'static [(&'static str, &'static str)];

/// Every route of the router.
const ROWS: &[(&str, Needs, Fields)] = &[
    ("/", Nothing, &[]),
    ("/help", Nothing, &[]),
    ("/no-connection", Nothing, &[]),
    ("/complaint/offline-shell", Nothing, &[]),
    ("/service-worker.js", Nothing, &[]),
    ("/log/checkpoint", Nothing, &[]),
    ("/log/tile/{*tile}", Nothing, &[]),
    ("/.well-known/onrecord-keys", Nothing, &[]),
    ("/about-this-site", Nothing, &[]),
    ("/__gallery", Nothing, &[]),
    ("/privacy", Nothing, &[]),
    ("/cookies", Nothing, &[]),
    ("/accessibility", Nothing, &[]),
    ("/this-phone", Nothing, &[]),
    ("/sign-in", Nothing, &[]),
    ("/sign-in/email", Nothing, &[]),
    ("/sign-in/code", Nothing, &[]),
    ("/signed-in-devices", Nothing, &[]),
    ("/language", Nothing, &[]),
    ("/cases", Nothing, &[]),
    ("/cases/{reference}", See, &[]),
    ("/cases/{reference}/message", Speak, &[("message", "Still no one.")]),
    (
        "/cases/{reference}/diary",
        Speak,
        &[("on-day", "3"), ("on-month", "5"), ("on-year", "2026"), ("what", "No one came.")],
    ),
    // These four need an event of the organisation first, so the test only checks that no other visitor gets further.
    ("/cases/{reference}/answer", Speak, &[]),
    ("/cases/{reference}/files", Speak, &[]),
    ("/cases/{reference}/orders", Speak, &[]),
    ("/cases/{reference}/review", Decide, &[]),
    (
        "/cases/{reference}/add-issue",
        Decide,
        &[
            ("category", "property_condition"),
            ("what_happened", "The door does not close."),
            ("put_right", "Mend the door."),
        ],
    ),
    // The list says what can be added. Each question has a form of its own.
    ("/cases/{reference}/add-more", See, &[]),
    ("/cases/{reference}/add-more/{slug}", Speak, &[("filed", "no")]),
    ("/cases/{reference}/withdraw", Decide, &[("reason", "")]),
    ("/cases/{reference}/undo-withdrawal", Decide, &[("sure", "yes")]),
    ("/cases/{reference}/as-sent", See, &[]),
    ("/cases/{reference}/receipts/{n}", See, &[]),
    ("/cases/{reference}/people", See, &[]),
    ("/cases/{reference}/people/{person}", Tenant, &[]),
    // Needs only the sign-in. The change makes contact quieter, so it takes effect at once.
    ("/cases/{reference}/contact", See, &[("post_safe", "no"), ("way", "online")]),
    ("/cases/{reference}/contact/code", See, &[]),
    ("/consent/{token}", Nothing, &[]),
    ("/join", Nothing, &[]),
    ("/equality", Nothing, &[]),
    ("/equality/questions", Nothing, &[]),
    ("/return", Nothing, &[]),
    ("/return/{token}", Nothing, &[]),
    ("/save-and-return", Nothing, &[]),
    ("/open-devices", Nothing, &[]),
    ("/closed-here", Nothing, &[]),
    ("/complaint/keep", Nothing, &[]),
    ("/remove-thing/{issue}", Nothing, &[]),
    ("/about-file/{id}", Nothing, &[]),
    ("/about-file/{id}/without-place", Nothing, &[]),
    ("/complaint/evidence", Nothing, &[]),
    ("/complaint/evidence/remove", Nothing, &[]),
    ("/complaint/letters", Nothing, &[]),
    ("/complaint/letters/remove", Nothing, &[]),
    ("/complaint/your-papers", Nothing, &[]),
    ("/complaint/your-papers/remove", Nothing, &[]),
    ("/complaint/start-again", Nothing, &[]),
    ("/complaint/new", Nothing, &[]),
    ("/complaint/whose", Nothing, &[]),
    ("/unfinished", Nothing, &[]),
    ("/complaint/dates.ics", Nothing, &[]),
    ("/complaint/{slug}", Nothing, &[]),
    // These come last: they end what the other routes need.
    ("/exit", Nothing, &[]),
    ("/sign-out", Nothing, &[]),
];

/// A visitor, and the case that the requests are about.
struct Visitor {
    who: &'static str,
    phone: Phone,
    reference: String,
    /// The visitor's rights on that case.
    may: &'static [Needs],
    /// A name that occurs in this case only.
    marker: String,
}

/// Returns a name that occurs in one case only.
fn name(who: &str) -> String {
    format!("Wren {} Example", who.replace(' ', "-"))
}

/// Makes a case with a representative who has these rights; the visitor is the representative or the tenant.
async fn acts(portal: &Portal, who: &'static str, rights: Option<Rights>, may: &'static [Needs]) -> Visitor {
    let (marker, ends) = (name(who), who == "ended");
    let made = representative(&portal.world, &marker, rights, ends).await;
    let mut phone = portal.phone();
    let theirs = who == "the tenant";
    let token = made.tenant.filter(|_| theirs).unwrap_or(made.representative_session);
    phone.cookies.insert("session".to_owned(), token);
    Visitor {
        who,
        phone,
        reference: made.reference,
        may,
        marker,
    }
}

fn only(scopes: &[Scope]) -> Rights {
    Rights {
        scopes: scopes.to_vec(),
        until: None,
    }
}

/// Returns all visitors. A visitor without rights asks about another person's case, or about a case on which their rights
/// ended.
async fn askers(portal: &Portal) -> Vec<Visitor> {
    let own = |marker: &str, phone, reference: &str, who, may| Visitor {
        who,
        phone,
        reference: reference.to_owned(),
        may,
        marker: marker.to_owned(),
    };
    let services = &portal.world.services;
    // Ten minutes before midnight. The clock stands still while the visitors are set up.
    portal.world.clock.advance(time::Duration::minutes(14 * 60 + 20));
    // Rights that end with today, and so before the requests are made.
    let today = iso_date::parse("2026-11-23");
    let until = Rights {
        scopes: Scope::ALL.to_vec(),
        until: today,
    };
    let tenant = acts(portal, "the tenant", Some(only(Scope::ALL)), &[See, Speak, Decide, Tenant]).await;
    let other = sent_by(services, &name("another")).await;
    let typed = [("reference", &*other.reference), ("access_code", &*other.access_code)];
    let mut phone = portal.phone();
    phone.post("/sign-in", &typed).await.leads_to();
    let other = phone;
    let mut draft = portal.phone();
    draft.answer(&RESIDENT[..2]).await;
    let (tenants, at) = (tenant.marker.clone(), tenant.reference.clone());
    let askers = vec![
        own(&tenants, portal.phone(), &at, "nobody", &[][..]),
        own(&tenants, draft, &at, "a draft", &[]),
        own(&tenants, other, &at, "another", &[]),
        acts(portal, "expired", Some(until), &[]).await,
        acts(portal, "ended", Some(only(Scope::ALL)), &[]).await,
        acts(portal, "waits", None, &[See, Speak]).await,
        acts(portal, "sees", Some(only(&[Scope::See])), &[See]).await,
        acts(portal, "speaks", Some(only(&[Scope::Speak])), &[See, Speak]).await,
        acts(portal, "decides", Some(only(&[Scope::Decide])), &[See, Decide]).await,
        tenant,
    ];
    assert_eq!(services.today().to_string(), "2026-11-23");
    // Past midnight in London. A sign-in lasts an hour.
    portal.world.clock.advance(time::Duration::minutes(25));
    assert_eq!(services.today().to_string(), "2026-11-24");
    askers
}

/// Sends a complaint by a tenant with this name.
async fn sent_by(services: &Services, tenant: &str) -> Receipt {
    let draft = drafts::create(services).await.unwrap().token;
    for (step, json) in answers::RESIDENT {
        let named = format!(r#"{{"full_name":"{tenant}"}}"#);
        let json = if step == StepId::ResidentName { &*named } else { json };
        answers::save(services, &draft, step, json).await;
    }
    submission::submit(services, &draft, &answers::key("first")).await.unwrap()
}

async fn events(portal: &Portal, reference: &str) -> usize {
    let case = desk::case(&portal.world.services, &Caller::at_command_line("ash"), reference).await;
    case.unwrap().expect("a case").events.len()
}

/// Fills in the placeholders of a route for this visitor.
fn filled_in(address: &str, asker: &Visitor) -> String {
    address
        .replace("{reference}", &asker.reference)
        .replace("{person}", "1")
        .replace("{n}", "1")
        .replace("{*tile}", "0/000.p/1")
        .replace("add-more/{slug}", "add-more/more-about-this")
        .replace("{slug}", "check-answers")
        .replace("{issue}", "2")
        .replace("{id}", "00000000-0000-4000-8000-000000000000")
        .replace("{token}", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")
}

/// Requests every page and posts every form as every visitor. A page of a case shows it only to visitors with the right to
/// see it. A form changes something only for visitors with the right to that. A new route without a row in `ROWS` fails this
/// test.
#[tokio::test]
async fn each_page_by_everybody() {
    let listed: Vec<&str> = ROWS.iter().map(|(address, ..)| *address).collect();
    let there = pages::addresses();
    let (rows, routes): (BTreeSet<&str>, BTreeSet<&str>) = (listed.iter().copied().collect(), there.iter().map(|a| &**a).collect());
    assert_eq!(rows, routes, "the table must have one row for each address");

    let portal = Portal::new().await;
    let mut askers = askers(&portal).await;
    let markers: Vec<String> = askers.iter().map(|asker| asker.marker.clone()).collect();
    let mut table = String::new();
    for (address, needs, fields) in ROWS {
        writeln!(table, "{address}").unwrap();
        for method in ["GET", "POST"] {
            write!(table, "    {method:4}").unwrap();
            for asker in &mut askers {
                let path = filled_in(address, asker);
                let before = events(&portal, &asker.reference).await;
                let page = if method == "GET" {
                    asker.phone.get(&path).await
                } else {
                    // Each form has a key of its own, so that it is not refused as a repetition.
                    let key = format!("{}-{address}", asker.who);
                    let form: Vec<(&str, &str)> = [("key", &*key)].into_iter().chain(fields.iter().copied()).collect();
                    asker.phone.post(&path, &form).await
                };
                let what = format!("{method} {address} by {}: {}", asker.who, page.status);
                assert!(!page.status.is_server_error(), "{what}");
                write!(table, " {} {},", asker.who, page.status.as_u16()).unwrap();
                let shown: Vec<&String> = markers.iter().filter(|marker| page.html.contains(*marker)).collect();
                let may_see = asker.may.contains(&See);
                assert!(
                    shown.iter().all(|marker| **marker == asker.marker && may_see),
                    "{what} shows {shown:?}"
                );
                let changed = events(&portal, &asker.reference).await != before;
                let may = *needs != Nothing && asker.may.contains(needs);
                assert!(!changed || may, "{what} must not change the case");
                match (method, *needs) {
                    (_, Nothing) => {}
                    ("GET", Tenant) => assert_eq!(page.status == StatusCode::OK, may, "{what}"),
                    ("GET", _) => assert_eq!(page.status == StatusCode::OK, may_see, "{what}"),
                    _ if !may => assert_ne!(page.status, StatusCode::OK, "{what}"),
                    _ if fields.is_empty() => {}
                    _ => assert!(changed, "{what} must change the case: {}", page.html),
                }
            }
            table.push('\n');
        }
    }
    assert_snapshot!("pages", table);
}
