//! Representation: the tenant's answer to a consent link, and the participants of a case.

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::accepted::go;
use super::body::FormBody;
use super::portal::ServicePortal;
use super::render::wrong;
use super::returning::Visit;
use super::{Forms, trouble};
use crate::app::pages::{LOOKED, SURE};
use crate::app::portal::{Acting, Posted, ShownCode, Sure, Trouble};
use crate::door::client::ClientAddress;
use crate::door::query;
use complaint::authority::{Rights, Scope};
use complaint::fields::date::DateProblem;
use complaint::fields::{DateInput, PartialDate, return_code::ReturnCode};
use complaint::form::Choice;
use complaint::{FieldError, Fields};
use contract::people::CasePeople;
use service::consent::handover::{self, Connection};
use service::consent::haste;
use service::consent::request::{self, Decision, Opened};
use service::consent::{self, ConsentError};
use service::idempotency::IdempotencyKey;
use service::london::moment;
use service::returning::Ticket;
use service::sessions::{self, Session};
use service::token::Token;
use service::{ServiceError, Services};

/// The address of the form for joining a case by a hand-over code.
const JOIN: &str = "/join";

impl Visit<'_> {
    fn portal(&self) -> ServicePortal {
        ServicePortal::new(&self.forms.door, self.headers)
    }

    fn acting(&self, acting: Acting) -> ServicePortal {
        self.portal().with_acting(acting)
    }

    async fn show(&self, status: StatusCode, acting: Acting) -> Response {
        let mut response = self.render(self.acting(acting), None).page().await;
        *response.status_mut() = status;
        response
    }

    pub(super) async fn refuse(&self, status: StatusCode, acting: Acting, posted: Posted) -> Response {
        self.render(self.acting(acting), None).again(status, posted).await
    }

    /// Renders the consent request again in its current state, with the errors.
    async fn request_again(&self, token: &Token, status: StatusCode, posted: Posted) -> Response {
        match look(self.services(), token).await {
            Ok(acting) => self.refuse(status, acting, posted).await,
            Err(failure) => trouble::status(&failure).into_response(),
        }
    }

    /// The page with the participants of a case.
    pub(super) fn everybody(&self, people: CasePeople, said: Option<&'static str>, code: Option<ShownCode>) -> Acting {
        Acting::People {
            people,
            said,
            code,
            form_key: self.services().request_id().to_string(),
        }
    }

    async fn session(&self) -> Result<Option<Session>, ServiceError> {
        match self.forms.door.cookies.session_token(self.headers) {
            Some(token) => sessions::session(self.services(), &token).await,
            None => Ok(None),
        }
    }

    pub(super) async fn people(&self, reference: &str) -> Result<Option<(Session, CasePeople)>, ServiceError> {
        let Some(session) = self.session().await? else { return Ok(None) };
        let people = consent::view(self.services(), &session, reference).await?;
        Ok(people.map(|people| (session, people)))
    }
}

/// Returns what a consent link opens, for its page.
async fn look(services: &Services, token: &Token) -> Result<Acting, ServiceError> {
    Ok(match request::look(services, token).await? {
        None => Acting::Nothing,
        Some(Opened::Open(request)) => Acting::Request {
            request,
            looked: haste::looked_at(services, token),
        },
        Some(Opened::Answered { outcome, may_come_in }) => Acting::Answered {
            outcome: outcome.code(),
            may_come_in,
        },
    })
}

pub(super) fn in_trouble(fields: Fields, trouble: Trouble) -> Posted {
    Posted {
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
pub(super) async fn request(State(forms): State<Forms>, Path(token): Path<String>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = Visit {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let found = match Token::parse(&token) {
        Some(token) => look(visit.services(), &token).await,
        None => Ok(Acting::Nothing),
    };
    match found {
        Ok(Acting::Nothing) => visit.show(StatusCode::NOT_FOUND, Acting::Nothing).await,
        Ok(acting) => visit.show(StatusCode::OK, acting).await,
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

/// `POST /consent/{token}`: records the tenant's answer, or gives the tenant an access code of their own.
pub(super) async fn answer(
    State(forms): State<Forms>,
    Path(token): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let visit = Visit {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let Some(token) = Token::parse(&token) else {
        return visit.show(StatusCode::NOT_FOUND, Acting::Nothing).await;
    };
    if let Err(wait) = forms.door.limits.return_try(from, &Ticket::Link(token.clone())) {
        let posted = in_trouble(fields, Trouble::TooMany { seconds: wait.seconds });
        return visit.request_again(&token, StatusCode::TOO_MANY_REQUESTS, posted).await;
    }
    let done = if fields.raw("action") == "come_in" {
        match request::come_in(visit.services(), &token).await {
            Ok(way_in) => return visit.show(StatusCode::OK, Acting::WayIn(way_in)).await,
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
                let device = forms.door.also_shows(&headers);
                haste::decide_on_page(visit.services(), &token, decision, &device, fields.raw(LOOKED)).await
            }
            Err(errors) => Err(ConsentError::Wrong(errors)),
        }
    };
    match done {
        // The page shows the result, of this answer or of an earlier one.
        Ok(()) | Err(ConsentError::Decided) => go(uri.path(), None),
        Err(ConsentError::Wrong(errors)) => {
            let posted = wrong(fields, errors);
            visit.request_again(&token, StatusCode::UNPROCESSABLE_ENTITY, posted).await
        }
        Err(ConsentError::NotFound | ConsentError::NotAllowed) => visit.show(StatusCode::NOT_FOUND, Acting::Nothing).await,
        Err(ConsentError::Service(failure)) => {
            let posted = in_trouble(fields, Trouble::NotSaved);
            visit.request_again(&token, trouble::status(&failure), posted).await
        }
    }
}

/// `GET /cases/{reference}/people`.
pub(super) async fn people(State(forms): State<Forms>, Path(reference): Path<String>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = Visit {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    match visit.people(&reference).await {
        Ok(Some((_, people))) => {
            let said = query::done(&uri, &["ended", "changed", "asked", "taken_over", "paper"]);
            let code = None;
            visit.show(StatusCode::OK, visit.everybody(people, said, code)).await
        }
        Ok(None) => go("/sign-in", None),
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

/// `POST /cases/{reference}/people`: ends a representation, asks the tenant again, creates a hand-over code, or takes the case over.
pub(super) async fn people_post(
    State(forms): State<Forms>,
    Path(reference): Path<String>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let visit = Visit {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let (session, people) = match visit.people(&reference).await {
        Ok(Some(found)) => found,
        Ok(None) => return go("/sign-in", None),
        Err(failure) => return trouble::status(&failure).into_response(),
    };
    let services = visit.services();
    let reference = people.reference.clone();
    let person = fields.raw("person").parse().unwrap_or_default();
    if let Some(asked) = to_be_meant(&people, person, &fields) {
        return visit.render(visit.portal().with_sure(asked), None).page().await;
    }
    let done = match fields.raw("action") {
        "end" => consent::end(services, &session, &reference, person).await.map(|()| "ended"),
        "take_over" => consent::take_over(services, &session, &reference).await.map(|()| "taken_over"),
        "ask" => {
            if let Err(wait) = forms.door.limits.draft_creation(from) {
                let posted = in_trouble(fields, Trouble::TooMany { seconds: wait.seconds });
                let acting = visit.everybody(people, None, None);
                return visit.refuse(StatusCode::TOO_MANY_REQUESTS, acting, posted).await;
            }
            let to = fields.line("email");
            consent::ask_again(services, &session, &reference, &to).await.map(|()| "asked")
        }
        "code" => match handover::make_code(services, &session, &reference, Rights::full()).await {
            Ok(made) => {
                let code = ShownCode {
                    code: made.code.as_str().to_owned(),
                    until: moment(made.expires_at.into()),
                };
                let acting = visit.everybody(people, None, Some(code));
                return visit.show(StatusCode::OK, acting).await;
            }
            Err(e) => Err(e),
        },
        _ => Err(ConsentError::NotFound),
    };
    match done {
        Ok(said) => go(&format!("/cases/{reference}/people?done={said}"), None),
        Err(e) => visit.people_again(fields, visit.everybody(people, None, None), e).await,
    }
}

/// Returns the confirmation for an action that cannot be undone, unless the person has confirmed it.
fn to_be_meant(people: &CasePeople, person: u8, fields: &Fields) -> Option<Sure> {
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
    Some(Sure {
        act,
        name,
        fields: vec![
            ("action", fields.raw("action").to_owned()),
            ("person", fields.raw("person").to_owned()),
        ],
        back: format!("/cases/{}/people", people.reference),
    })
}

impl Visit<'_> {
    async fn people_again(&self, fields: Fields, acting: Acting, error: ConsentError) -> Response {
        match error {
            ConsentError::Wrong(errors) => self.refuse(StatusCode::UNPROCESSABLE_ENTITY, acting, wrong(fields, errors)).await,
            ConsentError::Service(failure) => {
                let posted = in_trouble(fields, Trouble::NotSaved);
                self.refuse(trouble::status(&failure), acting, posted).await
            }
            // The page was out of date: show it again.
            ConsentError::NotFound | ConsentError::NotAllowed | ConsentError::Decided => go(self.uri.path(), None),
        }
    }
}

/// `GET /cases/{reference}/people/{person}`, for the tenant.
pub(super) async fn person(
    State(forms): State<Forms>,
    Path((reference, number)): Path<(String, u8)>,
    headers: HeaderMap,
    uri: Uri,
) -> Response {
    let visit = Visit {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    match visit.people(&reference).await {
        Ok(Some((_, people))) => match of(&people, number) {
            Some(acting) => visit.show(StatusCode::OK, acting).await,
            None => go(&format!("/cases/{}/people", people.reference), None),
        },
        Ok(None) => go("/sign-in", None),
        Err(failure) => trouble::status(&failure).into_response(),
    }
}

fn of(people: &CasePeople, number: u8) -> Option<Acting> {
    let acts = |person: &&contract::people::CasePerson| person.number == number && person.basis.is_some();
    let person = people.people.iter().find(acts).filter(|_| people.may_manage)?;
    Some(Acting::Person {
        reference: people.reference.clone(),
        person: person.clone(),
    })
}

/// `POST /cases/{reference}/people/{person}`: changes what a representative may do.
pub(super) async fn person_post(
    State(forms): State<Forms>,
    Path((reference, number)): Path<(String, u8)>,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let visit = Visit {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let (session, people) = match visit.people(&reference).await {
        Ok(Some(found)) => found,
        Ok(None) => return go("/sign-in", None),
        Err(failure) => return trouble::status(&failure).into_response(),
    };
    let list = format!("/cases/{}/people", people.reference);
    let Some(acting) = of(&people, number) else {
        return go(&list, None);
    };
    let done = match rights(&fields) {
        Ok(rights) => consent::set_rights(visit.services(), &session, &people.reference, number, rights).await,
        Err(errors) => Err(ConsentError::Wrong(errors)),
    };
    match done {
        Ok(()) => go(&format!("{list}?done=changed"), None),
        Err(e) => visit.people_again(fields, acting, e).await,
    }
}

/// `GET /join`: the form for the hand-over code.
pub(super) async fn join_page(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let visit = Visit {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    let form_key = visit.services().request_id().to_string();
    visit.show(StatusCode::OK, Acting::Join { form_key }).await
}

/// `POST /join`: joins a case by a hand-over code. The response to a wrong code is always the same.
pub(super) async fn join(
    State(forms): State<Forms>,
    from: ClientAddress,
    headers: HeaderMap,
    uri: Uri,
    FormBody(fields): FormBody,
) -> Response {
    let visit = Visit {
        forms: &forms,
        headers: &headers,
        uri: &uri,
    };
    debug_assert_eq!(uri.path(), JOIN, "the page that comes back");
    let typed = fields.line("code");
    let mut errors = Vec::new();
    let code = ReturnCode::parse(&typed);
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
    if let Err(wait) = forms.door.limits.join_try(from) {
        return visit.too_many(fields, wait, None).await;
    }
    let key = IdempotencyKey::parse(fields.raw("key"));
    match handover::join(visit.services(), &code, &fields.line("full_name"), connection, key.as_ref()).await {
        Ok(joined) => visit.show(StatusCode::OK, Acting::Joined(joined)).await,
        Err(ConsentError::Service(failure)) => visit.failed(fields, &failure, None).await,
        Err(ConsentError::Wrong(errors)) => visit.again(StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, errors), None).await,
        Err(_) => {
            let errors = vec![FieldError::new("code", "join_code_unknown")];
            visit.again(StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, errors), None).await
        }
    }
}
