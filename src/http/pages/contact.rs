//! Contact plan: the form that changes it, and the form for the confirmation code. Only a POST uses up a code; a GET changes nothing.

use axum::extract::Path;
use axum::response::Response;

use crate::app::pages::SURE;
use crate::app::portal::{Confirmation, ContactPage};
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::trouble::PageResult;
use crate::http::pages::visit::{Rejection, Visit};
use crate::http::query;
use complaint::Fields;
use complaint::case::contact_plan::wanted;
use complaint::case::form_checks;
use complaint::fields::form::Choice;
use contract::contact::Saved;
use service::access::viewer::Viewer;
use service::cases::actions::CaseActionError;
use service::cases::contact;
use service::idempotency::IdempotencyKey;
use service::typed_text;

/// The values of `done` in the address: what was just done.
const SAID: [&str; 7] = [
    "changed",
    "same",
    "organisation",
    "confirmed",
    "cancelled",
    "again",
    "no_more_codes",
];

/// `GET /cases/{reference}/contact`, and `GET /cases/{reference}/contact/code`.
pub(crate) async fn page(visit: Visit, Path(reference): Path<String>) -> PageResult {
    let Some(viewer) = visit.viewer(&reference).await? else {
        return Ok(see_other("/sign-in", None));
    };
    let view = contact::view(&viewer);
    let typed = typed_text::list_of_person(visit.services(), &viewer).await?.remove("contact");
    let mut fields = wanted::fields(view.waiting.as_ref().map_or(&view.contact, |waiting| &waiting.contact));
    let portal = visit.contact_portal(Some(&viewer));
    Ok(match typed {
        Some(typed) => {
            fields.replace(&typed);
            visit.filled_page(portal, fields).await
        }
        None => visit.page(portal).await,
    })
}

/// `POST /cases/{reference}/contact`.
pub(crate) async fn post(visit: Visit, Path(reference): Path<String>, FormBody(fields): FormBody) -> Response {
    let viewer = match visit.viewer(&reference).await {
        Ok(Some(found)) => found,
        Ok(None) => return visit.reject(visit.contact_portal(None), fields, Rejection::NotPossible).await,
        Err(failure) => return visit.reject(visit.contact_portal(None), fields, failure).await,
    };
    let done = save(&visit, &viewer, &fields).await;
    if done.is_ok() {
        visit.forget_typed_text(&viewer, &fields).await;
    }
    visit.respond_on_contact(&viewer, fields, done).await
}

async fn save(visit: &Visit, viewer: &Viewer, fields: &Fields) -> Result<Response, Rejection> {
    let services = visit.services();
    let wanted = wanted::check_page(fields, services.today())?;
    visit.limits().sign_in_code(visit.from)?;
    let key = IdempotencyKey::parse(fields.raw("key"));
    let home = format!("/cases/{}/contact", viewer.reference());
    let saved = contact::save(services, viewer, &wanted, key.as_ref(), visit.language()).await?;
    let to = match saved {
        Saved::Code => format!("{home}/code"),
        Saved::NoMoreCodes => format!("{home}/code?done=no_more_codes"),
        saved => format!("{home}?done={}", saved.code()),
    };
    Ok(see_other(&to, None))
}

/// `POST /cases/{reference}/contact/code`: confirms the change by a code, sends another code, or cancels the change.
pub(crate) async fn code_post(visit: Visit, Path(reference): Path<String>, FormBody(fields): FormBody) -> PageResult {
    let Some(viewer) = visit.viewer(&reference).await? else {
        return Ok(see_other("/sign-in", None));
    };
    if fields.raw("action") == "cancel" && fields.raw(SURE) != "yes" {
        let asked = Confirmation {
            act: "keep_contact".into(),
            name: String::new(),
            fields: vec![("action".to_owned(), "cancel".to_owned())],
            back: format!("/cases/{}/contact", viewer.reference()),
        };
        let portal = visit.contact_portal(Some(&viewer));
        return Ok(visit.page(portal.with_sure(asked)).await);
    }
    let done = confirm(&visit, &viewer, &fields).await;
    Ok(visit.respond_on_contact(&viewer, fields, done).await)
}

async fn confirm(visit: &Visit, viewer: &Viewer, fields: &Fields) -> Result<Response, Rejection> {
    let (services, limits, reference) = (visit.services(), visit.limits(), viewer.reference());
    let home = format!("/cases/{reference}/contact");
    let done = match fields.raw("action") {
        "cancel" => contact::cancel(services, viewer).await.map(|()| format!("{home}?done=cancelled")),
        "again" => {
            limits.sign_in_code(visit.from)?;
            let sent = contact::send_again(services, viewer, visit.language()).await;
            sent.map(|saved| match saved {
                Saved::Code => format!("{home}/code?done=again"),
                Saved::NoMoreCodes => format!("{home}/code?done=no_more_codes"),
                saved => format!("{home}?done={}", saved.code()),
            })
        }
        _ => {
            let typed = fields.line("code");
            form_checks::one_time_code(fields, "code")?;
            limits.sign_in(visit.from, Some(&format!("contact {reference}")))?;
            let confirmed = contact::confirm(services, viewer, &typed).await;
            confirmed.map(|()| format!("{home}?done=confirmed"))
        }
    };
    match done {
        Ok(to) => Ok(see_other(&to, None)),
        // The page was out of date: show it again.
        Err(CaseActionError::NotNow) => Ok(see_other(&home, None)),
        Err(error) => Err(error.into()),
    }
}

impl Visit {
    fn contact_portal(&self, viewer: Option<&Viewer>) -> ServicePortal {
        self.portal().with_contact(ContactPage {
            view: viewer.map(contact::view),
            me: viewer.map(|viewer| viewer.number().to_string()),
            form_key: self.services().request_id().to_string(),
            said: query::done(&self.uri, &SAID).map(Into::into),
        })
    }

    async fn respond_on_contact(&self, viewer: &Viewer, fields: Fields, done: Result<Response, Rejection>) -> Response {
        match done {
            Ok(response) => response,
            Err(rejection) => {
                let viewer = (!matches!(rejection, Rejection::NotPossible)).then_some(viewer);
                self.reject(self.contact_portal(viewer), fields, rejection).await
            }
        }
    }
}
