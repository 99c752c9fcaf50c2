//! Contact plan: the form that changes it, and the form for the confirmation code. Only a POST uses up a code; a GET changes nothing.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::app::pages::SURE;
use crate::app::portal::{Confirmation, ContactPage, NotProcessed, RejectedForm};
use crate::http::client::ClientAddress;
use crate::http::limits::RetryAfter;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::render::wrong;
use crate::http::pages::resume::PageRequest;
use crate::http::pages::{Forms, trouble};
use crate::http::query;
use complaint::case::contact_plan::wanted;
use complaint::fields::form::Choice;
use complaint::fields::one_time_code;
use complaint::{FieldError, Fields};
use contract::contact::{ContactView, Saved};
use service::ServiceError;
use service::access::sessions::{self, Session};
use service::cases::actions::CaseActionError;
use service::cases::contact;
use service::idempotency::IdempotencyKey;

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
pub(crate) async fn page(State(forms): State<Forms>, Path(reference): Path<String>, headers: HeaderMap, uri: Uri) -> Response {
    let at = ContactRequest::new(&forms, &headers, &uri);
    match at.find(&reference).await {
        Ok(Some((_, view))) => at.show(view).await,
        Ok(None) => see_other("/sign-in", None),
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

/// `POST /cases/{reference}/contact`.
pub(crate) async fn post(
    State(forms): State<Forms>,
    Path(reference): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let at = ContactRequest::new(&forms, &headers, &uri);
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
    if let Err(wait) = forms.http.limits.sign_in_code(from) {
        return at.too_many(view, fields, wait).await;
    }
    let key = IdempotencyKey::parse(fields.raw("key"));
    let language = forms.http.language(&headers);
    let home = format!("/cases/{}/contact", view.reference);
    match contact::save(services, &session, &view.reference, &wanted, key.as_ref(), language).await {
        Ok(Saved::Code) => see_other(&format!("{home}/code"), None),
        Ok(Saved::NoMoreCodes) => see_other(&format!("{home}/code?done=no_more_codes"), None),
        Ok(saved) => see_other(&format!("{home}?done={}", saved.code()), None),
        Err(refused) => at.refused(view, fields, refused).await,
    }
}

/// `GET /cases/{reference}/contact/code`.
pub(crate) async fn code_page(State(forms): State<Forms>, Path(reference): Path<String>, headers: HeaderMap, uri: Uri) -> Response {
    let at = ContactRequest::new(&forms, &headers, &uri);
    match at.find(&reference).await {
        Ok(Some((_, view))) => at.show(view).await,
        Ok(None) => see_other("/sign-in", None),
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

/// `POST /cases/{reference}/contact/code`: confirms the change by a code, sends another code, or cancels the change.
pub(crate) async fn code_post(
    State(forms): State<Forms>,
    Path(reference): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let at = ContactRequest::new(&forms, &headers, &uri);
    let (session, view) = match at.find(&reference).await {
        Ok(Some(found)) => found,
        Ok(None) => return see_other("/sign-in", None),
        Err(failure) => return trouble::status(&failure).into_response(),
    };
    let (services, limits) = (at.0.services(), &forms.http.limits);
    let reference = view.reference.clone();
    let home = format!("/cases/{reference}/contact");
    if fields.raw("action") == "cancel" && fields.raw(SURE) != "yes" {
        let asked = Confirmation {
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
            let sent = contact::send_again(services, &session, &reference, forms.http.language(&headers)).await;
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
        Ok(to) => see_other(&to, None),
        // The page was out of date: show it again.
        Err(CaseActionError::NotNow) => see_other(&home, None),
        Err(refused) => at.refused(view, fields, refused).await,
    }
}

/// One request to the contact pages.
struct ContactRequest<'a>(PageRequest<'a>);

impl<'a> ContactRequest<'a> {
    fn new(forms: &'a Forms, headers: &'a HeaderMap, uri: &'a Uri) -> Self {
        Self(PageRequest { forms, headers, uri })
    }

    async fn find(&self, reference: &str) -> Result<Option<(Session, ContactView)>, ServiceError> {
        let services = self.0.services();
        let Some(token) = self.0.forms.http.cookies.session_token(self.0.headers) else {
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
        ServicePortal::new(&self.0.forms.http, self.0.headers).with_contact(ContactPage { view, form_key, said })
    }

    async fn show(&self, view: ContactView) -> Response {
        self.0.render(self.portal(Some(view)), None).page().await
    }

    async fn again(&self, status: StatusCode, view: Option<ContactView>, posted: RejectedForm) -> Response {
        self.0.render(self.portal(view), None).render_rejected(status, posted).await
    }

    async fn wrong(&self, view: ContactView, fields: Fields, errors: Vec<FieldError>) -> Response {
        self.again(StatusCode::UNPROCESSABLE_ENTITY, Some(view), wrong(fields, errors))
            .await
    }

    async fn failed(&self, view: Option<ContactView>, fields: Fields, failure: &ServiceError) -> Response {
        let posted = in_trouble(fields, NotProcessed::NotSaved);
        self.again(trouble::status(failure), view, posted).await
    }

    async fn too_many(&self, view: ContactView, fields: Fields, RetryAfter { seconds }: RetryAfter) -> Response {
        let posted = in_trouble(fields, NotProcessed::TooMany { seconds });
        let mut response = self.again(StatusCode::TOO_MANY_REQUESTS, Some(view), posted).await;
        response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        response
    }

    async fn refused(&self, view: ContactView, fields: Fields, refused: CaseActionError) -> Response {
        match refused {
            CaseActionError::Invalid(errors) => self.wrong(view, fields, errors).await,
            // The person went Back, changed the fields and sent the same form: it differs from what this idempotency key has recorded.
            CaseActionError::KeyReused => self.wrong(view, fields, vec![FieldError::new("send", "act_sent_before")]).await,
            CaseActionError::NotNow | CaseActionError::NotAllowed | CaseActionError::NotFound => {
                self.again(StatusCode::UNPROCESSABLE_ENTITY, None, wrong(fields, Vec::new())).await
            }
            CaseActionError::Service(failure) => self.failed(Some(view), fields, &failure).await,
        }
    }
}

fn in_trouble(fields: Fields, trouble: NotProcessed) -> RejectedForm {
    RejectedForm {
        fields,
        trouble: Some(trouble),
        ..RejectedForm::default()
    }
}
