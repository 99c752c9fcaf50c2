//! Pending claims to represent the tenant: what each waits for and until when, in the words for the reader's role.

use leptos::prelude::*;

use crate::app::words::{language, say, say_with};
use complaint::case::event::ActorRole;
use complaint::case::person_number::{PersonNumber, SENDER};
use complaint::case::representation::Wait;
use contract::people::ClaimView;

/// Says what each claim waits for. With the case's `reference`, the tenant gets a link to answer.
pub(crate) fn claims(claims: &[ClaimView], me: PersonNumber, role: ActorRole, reference: Option<&str>) -> Vec<AnyView> {
    claims.iter().map(|claim| one(claim, me, role, reference)).collect()
}

fn one(claim: &ClaimView, me: PersonNumber, role: ActorRole, reference: Option<&str>) -> AnyView {
    let document = claim.document.map(|document| say(&document.key())).unwrap_or_default();
    let values = [("name", claim.name.clone()), ("document", document)];
    let key = match role {
        _ if claim.person == me => claim.wait.claimant_key(),
        ActorRole::Resident => claim.wait.tenant_key(),
        _ => "authority.wait_of_other".to_owned(),
    };
    let until = claim.by.map(|by| say_with(&claim.wait.until(), &[("date", language().date(by))]));
    let answers = (role == ActorRole::Resident && claim.wait == Wait::Tenant).then(|| answer(claim, reference));
    view! {
        <div class="govuk-inset-text" id=format!("claim-{}", claim.person)>
            <p class="govuk-body or-user-text">{say_with(&key, &values)}</p>
            {answers}
            {until.map(|text| view! { <p class="govuk-body">{text}</p> })}
        </div>
    }
    .into_any()
}

/// What yes and no mean, with a link to answer.
fn answer(claim: &ClaimView, reference: Option<&str>) -> AnyView {
    let name = [("name", claim.name.clone())];
    let takes_over = (claim.person != SENDER).then(|| view! { <li>{say_with("authority.answer.takes_over", &name)}</li> });
    let link = reference.map(|reference| {
        let address = format!("/cases/{reference}/people");
        view! { <p class="govuk-body"><a class="govuk-link" href=address rel="external">{say_with("authority.answer.link", &name)}</a></p> }
    });
    view! {
        <ul class="govuk-list govuk-list--bullet">
            <li>{say_with("authority.answer.yes", &name)}</li>
            {takes_over}
            <li>{say_with("authority.answer.no", &name)}</li>
        </ul>
        {link}
    }
    .into_any()
}
