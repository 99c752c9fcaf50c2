//! Contact plan: the form that changes it, and the form for the confirmation code. Only a POST uses up a code; a GET changes nothing.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::accepted::go;
use super::body::FormBody;
use super::portal::ServicePortal;
use super::render::wrong;
use super::returning::Visit;
use super::{Forms, trouble};
use crate::app::pages::SURE;
use crate::app::portal::{ContactPage, Posted, Sure, Trouble};
use crate::door::client::ClientAddress;
use crate::door::limits::RetryAfter;
use crate::door::query;
use complaint::contact_plan::wanted;
use complaint::fields::one_time_code;
use complaint::form::Choice;
use complaint::{FieldError, Fields};
use contract::contact::{ContactView, Saved};
use service::ServiceError;
use service::acting::ActError;
use service::contact;
use service::idempotency::IdempotencyKey;
use service::sessions::{self, Session};

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

/// `GET /cases/{reference}/contact`.
pub(super) async fn page(State(forms): State<Forms>, Path(reference): Path<String>, headers: HeaderMap, uri: Uri) -> Response {
    let at = At::new(&forms, &headers, &uri);
    match at.find(&reference).await {
        Ok(Some((_, view))) => at.show(view).await,
        Ok(None) => go("/sign-in", None),
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

/// `POST /cases/{reference}/contact`.
pub(super) async fn post(
    State(forms): State<Forms>,
    Path(reference): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let at = At::new(&forms, &headers, &uri);
    let (session, view) = match at.find(&reference).await {
        Ok(Some(found)) => found,
        Ok(None) => return at.again(StatusCode::UNPROCESSABLE_ENTITY, None, wrong(fields, Vec::new())).await,
        Err(failure) => return at.failed(None, fields, &failure).await,
    };
    let services = at.0.services();
    let wanted = match wanted::check(&fields, services.today()) {
        Ok(wanted) => wanted,
        Err(errors) => return at.wrong(view, fields, errors).await,
    };
    if let Err(wait) = forms.door.limits.sign_in_code(from) {
        return at.too_many(view, fields, wait).await;
    }
    let key = IdempotencyKey::parse(fields.raw("key"));
    let language = forms.door.language(&headers);
    let home = format!("/cases/{}/contact", view.reference);
    match contact::save(services, &session, &view.reference, &wanted, key.as_ref(), language).await {
        Ok(Saved::Code) => go(&format!("{home}/code"), None),
        Ok(Saved::NoMoreCodes) => go(&format!("{home}/code?done=no_more_codes"), None),
        Ok(saved) => go(&format!("{home}?done={}", saved.code()), None),
        Err(refused) => at.refused(view, fields, refused).await,
    }
}

/// `GET /cases/{reference}/contact/code`.
pub(super) async fn code_page(State(forms): State<Forms>, Path(reference): Path<String>, headers: HeaderMap, uri: Uri) -> Response {
    let at = At::new(&forms, &headers, &uri);
    match at.find(&reference).await {
        Ok(Some((_, view))) => at.show(view).await,
        Ok(None) => go("/sign-in", None),
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

/// `POST /cases/{reference}/contact/code`: confirms the change by a code, sends another code, or cancels the change.
pub(super) async fn code_post(
    State(forms): State<Forms>,
    Path(reference): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let at = At::new(&forms, &headers, &uri);
    let (session, view) = match at.find(&reference).await {
        Ok(Some(found)) => found,
        Ok(None) => return go("/sign-in", None),
        Err(failure) => return trouble::status(&failure).into_response(),
    };
    let (services, limits) = (at.0.services(), &forms.door.limits);
    let reference = view.reference.clone();
    let home = format!("/cases/{reference}/contact");
    if fields.raw("action") == "cancel" && fields.raw(SURE) != "yes" {
        let asked = Sure {
            act: "keep_contact",
            name: String::new(),
            fields: vec![("action", "cancel".to_owned())],
            back: home,
        };
        return at.0.render(at.portal(Some(view)).with_sure(asked), None).page().await;
    }
    let done = match fields.raw("action") {
        "cancel" => contact::cancel(services, &session, &reference)
            .await
            .map(|()| format!("{home}?done=cancelled")),
        "again" => {
            if let Err(wait) = limits.sign_in_code(from) {
                return at.too_many(view, fields, wait).await;
            }
            let sent = contact::send_again(services, &session, &reference, forms.door.language(&headers)).await;
            sent.map(|saved| match saved {
                Saved::Code => format!("{home}/code?done=again"),
                Saved::NoMoreCodes => format!("{home}/code?done=no_more_codes"),
                saved => format!("{home}?done={}", saved.code()),
            })
        }
        _ => {
            let typed = fields.line("code");
            if typed.is_empty() {
                let errors = vec![FieldError::new("code", "email_code_missing")];
                return at.wrong(view, fields, errors).await;
            }
            // An incomplete code does not count as an attempt.
            if one_time_code::find(&typed).is_none() {
                let errors = vec![FieldError::new("code", "email_code_shape")];
                return at.wrong(view, fields, errors).await;
            }
            if let Err(wait) = limits.sign_in(from, Some(&format!("contact {reference}"))) {
                return at.too_many(view, fields, wait).await;
            }
            let confirmed = contact::confirm(services, &session, &reference, &typed).await;
            confirmed.map(|()| format!("{home}?done=confirmed"))
        }
    };
    match done {
        Ok(to) => go(&to, None),
        // The page was out of date: show it again.
        Err(ActError::NotNow) => go(&home, None),
        Err(refused) => at.refused(view, fields, refused).await,
    }
}

/// One request to the contact pages.
struct At<'a>(Visit<'a>);

impl<'a> At<'a> {
    fn new(forms: &'a Forms, headers: &'a HeaderMap, uri: &'a Uri) -> Self {
        Self(Visit { forms, headers, uri })
    }

    async fn find(&self, reference: &str) -> Result<Option<(Session, ContactView)>, ServiceError> {
        let services = self.0.services();
        let Some(token) = self.0.forms.door.cookies.session_token(self.0.headers) else {
            return Ok(None);
        };
        let Some(session) = sessions::session(services, &token).await? else {
            return Ok(None);
        };
        let view = contact::view(services, &session, reference).await?;
        Ok(view.map(|view| (session, view)))
    }

    fn portal(&self, view: Option<ContactView>) -> ServicePortal {
        let said = query::done(self.0.uri, &SAID);
        let form_key = self.0.services().request_id().to_string();
        ServicePortal::new(&self.0.forms.door, self.0.headers).with_contact(ContactPage { view, form_key, said })
    }

    async fn show(&self, view: ContactView) -> Response {
        self.0.render(self.portal(Some(view)), None).page().await
    }

    async fn again(&self, status: StatusCode, view: Option<ContactView>, posted: Posted) -> Response {
        self.0.render(self.portal(view), None).again(status, posted).await
    }

    async fn wrong(&self, view: ContactView, fields: Fields, errors: Vec<FieldError>) -> Response {
        self.again(StatusCode::UNPROCESSABLE_ENTITY, Some(view), wrong(fields, errors))
            .await
    }

    async fn failed(&self, view: Option<ContactView>, fields: Fields, failure: &ServiceError) -> Response {
        let posted = in_trouble(fields, Trouble::NotSaved);
        self.again(trouble::status(failure), view, posted).await
    }

    async fn too_many(&self, view: ContactView, fields: Fields, RetryAfter { seconds }: RetryAfter) -> Response {
        let posted = in_trouble(fields, Trouble::TooMany { seconds });
        let mut response = self.again(StatusCode::TOO_MANY_REQUESTS, Some(view), posted).await;
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        response
    }

    async fn refused(&self, view: ContactView, fields: Fields, refused: ActError) -> Response {
        match refused {
            ActError::Wrong(errors) => self.wrong(view, fields, errors).await,
            // The person went Back, changed the fields and sent the same form: it differs from what this idempotency key has recorded.
            ActError::KeyReused => self.wrong(view, fields, vec![FieldError::new("send", "act_sent_before")]).await,
            ActError::NotNow | ActError::NotAllowed | ActError::NotFound => {
                self.again(StatusCode::UNPROCESSABLE_ENTITY, None, wrong(fields, Vec::new())).await
            }
            ActError::Service(failure) => self.failed(Some(view), fields, &failure).await,
        }
    }
}

fn in_trouble(fields: Fields, trouble: Trouble) -> Posted {
    Posted {
        fields,
        trouble: Some(trouble),
        ..Posted::default()
    }
}
