//! Representation: the tenant's answer to a consent link, and the participants of a case.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use crate::app::pages::{LOOKED, SURE};
use crate::app::portal::{Confirmation, NotProcessed, RejectedForm, RepresentationPage, ShownCode};
use crate::http::client::ClientAddress;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::render::wrong;
use crate::http::pages::resume::PageRequest;
use crate::http::pages::{Forms, trouble};
use crate::http::query;
use complaint::case::representation::{Rights, Scope};
use complaint::fields::date::DateProblem;
use complaint::fields::form::Choice;
use complaint::fields::{DateInput, PartialDate, return_code::ResumeCode};
use complaint::{FieldError, Fields};
use contract::people::CasePeople;
use service::access::sessions::{self, Session};
use service::access::token::Token;
use service::drafts::resume::ResumeSecret;
use service::idempotency::IdempotencyKey;
use service::london::moment;
use service::representation::automated_answers;
use service::representation::handover::{self, Connection};
use service::representation::request::{self, Decision, RequestState};
use service::representation::{self, ConsentError};
use service::{ServiceError, Services};

/// The address of the form for joining a case by a hand-over code.
const JOIN: &str = "/join";

impl PageRequest<'_> {
    fn portal(&self) -> ServicePortal {
        ServicePortal::new(&self.forms.http, self.headers)
    }

    fn acting(&self, acting: RepresentationPage) -> ServicePortal {
        self.portal().with_acting(acting)
    }

    async fn show(&self, status: StatusCode, acting: RepresentationPage) -> Response {
        let mut response = self.render(self.acting(acting), None).page().await;
        *response.status_mut() = status;
        response
    }

    pub(crate) async fn refuse(&self, status: StatusCode, acting: RepresentationPage, posted: RejectedForm) -> Response {
        self.render(self.acting(acting), None).render_rejected(status, posted).await
    }

    /// Renders the consent request again in its current state, with the errors.
    async fn request_again(&self, token: &Token, status: StatusCode, posted: RejectedForm) -> Response {
        match read_consent_link(self.services(), token).await {
            Ok(acting) => self.refuse(status, acting, posted).await,
            Err(failure) => trouble::status(&failure).into_response(),
        }
    }

    /// The page with the participants of a case.
    pub(crate) fn people_page(&self, people: CasePeople, said: Option<&'static str>, code: Option<ShownCode>) -> RepresentationPage {
        RepresentationPage::People {
            people,
            said,
            code,
            form_key: self.services().request_id().to_string(),
        }
    }

    async fn session(&self) -> Result<Option<Session>, ServiceError> {
        match self.forms.http.cookies.session_token(self.headers) {
            Some(token) => sessions::session(self.services(), &token).await,
            None => Ok(None),
        }
    }

    pub(crate) async fn people(&self, reference: &str) -> Result<Option<(Session, CasePeople)>, ServiceError> {
        let Some(session) = self.session().await? else { return Ok(None) };
        let people = representation::view(self.services(), &session, reference).await?;
        Ok(people.map(|people| (session, people)))
    }
}

/// Returns what a consent link opens, for its page.
async fn read_consent_link(services: &Services, token: &Token) -> Result<RepresentationPage, ServiceError> {
    Ok(match request::read_request(services, token).await? {
        None => RepresentationPage::Nothing,
        Some(RequestState::Open(request)) => RepresentationPage::Request {
            request,
            looked: automated_answers::seal_opening_time(services, token),
        },
        Some(RequestState::Answered { outcome, may_come_in }) => RepresentationPage::Answered {
            outcome: outcome.code(),
            may_come_in,
        },
    })
}

pub(crate) fn in_trouble(fields: Fields, trouble: NotProcessed) -> RejectedForm {
    RejectedForm {
        fields,
        errors: Vec::new(),
        trouble: Some(trouble),
        found: None,
    }
}

/// Reads the ticked scopes and the last day. Only a day that is not a date is an error here; the service checks the rest.
fn rights(fields: &Fields) -> Result<Rights, Vec<FieldError>> {
    let part = |name: &str| fields.line(&format!("until-{name}"));
    let typed = DateInput {
        day: part("day"),
        month: part("month"),
        year: part("year"),
        unknown: false,
    };
    let until = match typed.read() {
        Ok(date) => date.map(PartialDate::latest),
        Err(DateProblem::Missing) => None,
        Err(problem) => {
            let not_real = || FieldError::new("until", "consent_until_not_real").at_input("until-day");
            return Err(vec![problem.error("until").unwrap_or_else(not_real)]);
        }
    };
    Ok(Rights {
        scopes: fields.all("scope").filter_map(Scope::parse).collect(),
        until,
    })
}

/// `GET /consent/{token}`: shows the request and uses nothing up.
pub(crate) async fn request(State(forms): State<Forms>, Path(token): Path<String>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let found = match Token::parse(&token) {
        Some(token) => read_consent_link(visit.services(), &token).await,
        None => Ok(RepresentationPage::Nothing),
    };
    match found {
        Ok(RepresentationPage::Nothing) => visit.show(StatusCode::NOT_FOUND, RepresentationPage::Nothing).await,
        Ok(acting) => visit.show(StatusCode::OK, acting).await,
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

/// `POST /consent/{token}`: records the tenant's answer, or gives the tenant an access code of their own.
pub(crate) async fn answer(
    State(forms): State<Forms>,
    Path(token): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let Some(token) = Token::parse(&token) else {
        return visit.show(StatusCode::NOT_FOUND, RepresentationPage::Nothing).await;
    };
    if let Err(wait) = forms.http.limits.resume_attempt(from, &ResumeSecret::Link(token.clone())) {
        let posted = in_trouble(fields, NotProcessed::TooMany { seconds: wait.seconds });
        return visit.request_again(&token, StatusCode::TOO_MANY_REQUESTS, posted).await;
    }
    let done = if fields.raw("action") == "come_in" {
        match request::grant_access(visit.services(), &token).await {
            Ok(way_in) => return visit.show(StatusCode::OK, RepresentationPage::OwnAccess(way_in)).await,
            Err(e) => Err(e),
        }
    } else {
        let decision = match fields.raw("answer") {
            "agree" => rights(&fields).map(Decision::Agree),
            "refuse" => Ok(Decision::Refuse),
            "take_over" => Ok(Decision::TakeOver),
            _ => Err(vec![FieldError::new("answer", "consent_answer_missing")]),
        };
        match decision {
            Ok(decision) => {
                let device = forms.http.browser_credentials(&headers);
                automated_answers::decide_on_page(visit.services(), &token, decision, &device, fields.raw(LOOKED)).await
            }
            Err(errors) => Err(ConsentError::Wrong(errors)),
        }
    };
    match done {
        // The page shows the result, of this answer or of an earlier one.
        Ok(()) | Err(ConsentError::Decided) => see_other(uri.path(), None),
        Err(ConsentError::Wrong(errors)) => {
            let posted = wrong(fields, errors);
            visit.request_again(&token, StatusCode::UNPROCESSABLE_ENTITY, posted).await
        }
        Err(ConsentError::NotFound | ConsentError::NotAllowed) => visit.show(StatusCode::NOT_FOUND, RepresentationPage::Nothing).await,
        Err(ConsentError::Service(failure)) => {
            let posted = in_trouble(fields, NotProcessed::NotSaved);
            visit.request_again(&token, trouble::status(&failure), posted).await
        }
    }
}

/// `GET /cases/{reference}/people`.
pub(crate) async fn people(State(forms): State<Forms>, Path(reference): Path<String>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    match visit.people(&reference).await {
        Ok(Some((_, people))) => {
            let said = query::done(&uri, &["ended", "changed", "asked", "taken_over", "paper"]);
            let code = None;
            visit.show(StatusCode::OK, visit.people_page(people, said, code)).await
        }
        Ok(None) => see_other("/sign-in", None),
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

/// `POST /cases/{reference}/people`: ends a representation, asks the tenant again, creates a hand-over code, or takes the case over.
pub(crate) async fn people_post(
    State(forms): State<Forms>,
    Path(reference): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let (session, people) = match visit.people(&reference).await {
        Ok(Some(found)) => found,
        Ok(None) => return see_other("/sign-in", None),
        Err(failure) => return trouble::status(&failure).into_response(),
    };
    let services = visit.services();
    let reference = people.reference.clone();
    let person = fields.raw("person").parse().unwrap_or_default();
    if let Some(asked) = needs_confirmation(&people, person, &fields) {
        return visit.render(visit.portal().with_sure(asked), None).page().await;
    }
    let done = match fields.raw("action") {
        "end" => representation::end(services, &session, &reference, person).await.map(|()| "ended"),
        "take_over" => representation::take_over(services, &session, &reference)
            .await
            .map(|()| "taken_over"),
        "ask" => {
            if let Err(wait) = forms.http.limits.draft_creation(from) {
                let posted = in_trouble(fields, NotProcessed::TooMany { seconds: wait.seconds });
                let acting = visit.people_page(people, None, None);
                return visit.refuse(StatusCode::TOO_MANY_REQUESTS, acting, posted).await;
            }
            let to = fields.line("email");
            representation::ask_again(services, &session, &reference, &to)
                .await
                .map(|()| "asked")
        }
        "code" => match handover::make_code(services, &session, &reference, Rights::full()).await {
            Ok(made) => {
                let code = ShownCode {
                    code: made.code.as_str().to_owned(),
                    until: moment(made.expires_at.into()),
                };
                let acting = visit.people_page(people, None, Some(code));
                return visit.show(StatusCode::OK, acting).await;
            }
            Err(e) => Err(e),
        },
        _ => Err(ConsentError::NotFound),
    };
    match done {
        Ok(said) => see_other(&format!("/cases/{reference}/people?done={said}"), None),
        Err(e) => visit.people_again(fields, visit.people_page(people, None, None), e).await,
    }
}

/// Returns the confirmation for an action that cannot be undone, unless the person has confirmed it.
fn needs_confirmation(people: &CasePeople, person: u8, fields: &Fields) -> Option<Confirmation> {
    if fields.raw(SURE) == "yes" {
        return None;
    }
    let (act, name) = match fields.raw("action") {
        "end" if person == people.me => ("stop_acting", String::new()),
        "end" => {
            let other = people.people.iter().find(|other| other.number == person)?;
            ("end", other.name.clone())
        }
        "take_over" => ("take_over", String::new()),
        _ => return None,
    };
    Some(Confirmation {
        act,
        name,
        fields: vec![
            ("action", fields.raw("action").to_owned()),
            ("person", fields.raw("person").to_owned()),
        ],
        back: format!("/cases/{}/people", people.reference),
    })
}

impl PageRequest<'_> {
    async fn people_again(&self, fields: Fields, acting: RepresentationPage, error: ConsentError) -> Response {
        match error {
            ConsentError::Wrong(errors) => self.refuse(StatusCode::UNPROCESSABLE_ENTITY, acting, wrong(fields, errors)).await,
            ConsentError::Service(failure) => {
                let posted = in_trouble(fields, NotProcessed::NotSaved);
                self.refuse(trouble::status(&failure), acting, posted).await
            }
            // The page was out of date: show it again.
            ConsentError::NotFound | ConsentError::NotAllowed | ConsentError::Decided => see_other(self.uri.path(), None),
        }
    }
}

/// `GET /cases/{reference}/people/{person}`, for the tenant.
pub(crate) async fn person(
    State(forms): State<Forms>,
    Path((reference, number)): Path<(String, u8)>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    match visit.people(&reference).await {
        Ok(Some((_, people))) => match find_representative(&people, number) {
            Some(acting) => visit.show(StatusCode::OK, acting).await,
            None => see_other(&format!("/cases/{}/people", people.reference), None),
        },
        Ok(None) => see_other("/sign-in", None),
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

fn find_representative(people: &CasePeople, number: u8) -> Option<RepresentationPage> {
    let acts = |person: &&contract::people::CasePerson| person.number == number && person.basis.is_some();
    let person = people.people.iter().find(acts).filter(|_| people.may_manage)?;
    Some(RepresentationPage::Person {
        reference: people.reference.clone(),
        person: person.clone(),
    })
}

/// `POST /cases/{reference}/people/{person}`: changes what a representative may do.
pub(crate) async fn person_post(
    State(forms): State<Forms>,
    Path((reference, number)): Path<(String, u8)>,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let (session, people) = match visit.people(&reference).await {
        Ok(Some(found)) => found,
        Ok(None) => return see_other("/sign-in", None),
        Err(failure) => return trouble::status(&failure).into_response(),
    };
    let list = format!("/cases/{}/people", people.reference);
    let Some(acting) = find_representative(&people, number) else {
        return see_other(&list, None);
    };
    let done = match rights(&fields) {
        Ok(rights) => representation::set_rights(visit.services(), &session, &people.reference, number, rights).await,
        Err(errors) => Err(ConsentError::Wrong(errors)),
    };
    match done {
        Ok(()) => see_other(&format!("{list}?done=changed"), None),
        Err(e) => visit.people_again(fields, acting, e).await,
    }
}

/// `GET /join`: the form for the hand-over code.
pub(crate) async fn join_page(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let form_key = visit.services().request_id().to_string();
    visit.show(StatusCode::OK, RepresentationPage::Join { form_key }).await
}

/// `POST /join`: joins a case by a hand-over code. The response to a wrong code is always the same.
pub(crate) async fn join(
    State(forms): State<Forms>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let visit = PageRequest {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    debug_assert_eq!(uri.path(), JOIN, "only the join page posts this form");
    let typed = fields.line("code");
    let mut errors = Vec::new();
    let code = ResumeCode::parse(&typed);
    if typed.is_empty() {
        errors.push(FieldError::new("code", "return_code_missing"));
    } else if code.is_none() {
        errors.push(FieldError::new("code", "join_code_unknown"));
    }
    if fields.line("full_name").is_empty() {
        errors.push(FieldError::new("full_name", "your_name_missing"));
    }
    let connection = Connection::parse(fields.raw("connection"));
    if connection.is_none() {
        errors.push(FieldError::new("connection", "connection_missing"));
    }
    let Some(code) = code.filter(|_| errors.is_empty()) else {
        return visit.again(StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, errors), None).await;
    };
    if let Err(wait) = forms.http.limits.join_try(from) {
        return visit.too_many(fields, wait, None).await;
    }
    let key = IdempotencyKey::parse(fields.raw("key"));
    match handover::join(visit.services(), &code, &fields.line("full_name"), connection, key.as_ref()).await {
        Ok(joined) => visit.show(StatusCode::OK, RepresentationPage::Joined(joined)).await,
        Err(ConsentError::Service(failure)) => visit.failed(fields, &failure, None).await,
        Err(ConsentError::Wrong(errors)) => visit.again(StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, errors), None).await,
        Err(_) => {
            let errors = vec![FieldError::new("code", "join_code_unknown")];
            visit.again(StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, errors), None).await
        }
    }
}
