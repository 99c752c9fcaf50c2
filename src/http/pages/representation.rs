//! Representation: the tenant's answer to a consent link, and the participants of a case.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use crate::app::pages::{LOOKED, SURE};
use crate::app::portal::{Confirmation, RepresentationPage, ShownCode};
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::trouble::PageResult;
use crate::http::pages::visit::{Rejection, Visit};
use crate::http::query;
use complaint::case::form_checks;
use complaint::case::person_number::PersonNumber;
use complaint::case::representation::Connection;
use complaint::case::representation::Rights;
use complaint::fields::form::Choice;
use complaint::fields::return_code::ResumeCode;
use complaint::{FieldError, Fields};
use contract::people::CasePeople;
use service::access::token::Token;
use service::access::viewer::Viewer;
use service::drafts::resume::ResumeSecret;
use service::idempotency::IdempotencyKey;
use service::london::moment;
use service::representation::automated_answers;
use service::representation::handover;
use service::representation::request::{self, Decision, RequestState};
use service::representation::{self, ConsentError};
use service::{ServiceError, Services};

/// The address of the form for joining a case by a hand-over code.
const JOIN: &str = "/join";

impl Visit {
    async fn show(&self, acting: RepresentationPage) -> Response {
        self.page(self.portal().with_acting(acting)).await
    }

    /// The page of a consent link that opens nothing.
    async fn no_request(&self) -> Response {
        let portal = self.portal().with_acting(RepresentationPage::Nothing);
        self.page_with_status(StatusCode::NOT_FOUND, portal).await
    }

    /// Renders the consent request again in its current state, with the errors.
    async fn reject_answer_to(&self, token: &Token, fields: Fields, rejection: Rejection) -> PageResult {
        Ok(match read_consent_link(self.services(), token).await? {
            RepresentationPage::Nothing => self.no_request().await,
            acting => self.reject(self.portal().with_acting(acting), fields, rejection).await,
        })
    }

    /// Returns the page with the participants of a case.
    fn people_page(&self, people: CasePeople, said: Option<&'static str>, code: Option<ShownCode>) -> RepresentationPage {
        RepresentationPage::People {
            people,
            said: said.map(Into::into),
            code,
            form_key: self.services().request_id().to_string(),
        }
    }

    /// Returns the data of the page with the participants of a case.
    pub(crate) fn people_portal(&self, people: CasePeople) -> ServicePortal {
        self.portal().with_acting(self.people_page(people, None, None))
    }

    /// Returns the signed-in person with the participants of the case; `None` if not signed in or not on the case.
    pub(crate) async fn people(&self, reference: &str) -> Result<Option<(Viewer, CasePeople)>, ServiceError> {
        let Some(viewer) = self.viewer(reference).await? else {
            return Ok(None);
        };
        let people = representation::view(self.services(), &viewer).await?;
        Ok(Some((viewer, people)))
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
            outcome: outcome.code().into(),
            may_come_in,
        },
    })
}

/// `GET /consent/{token}`: shows the request and uses nothing up.
pub(crate) async fn request(visit: Visit, Path(token): Path<String>) -> PageResult {
    let acting = match Token::parse(&token) {
        Some(token) => read_consent_link(visit.services(), &token).await?,
        None => RepresentationPage::Nothing,
    };
    Ok(match acting {
        RepresentationPage::Nothing => visit.no_request().await,
        acting => visit.show(acting).await,
    })
}

/// `POST /consent/{token}`: records the tenant's answer, or gives the tenant an access code of their own.
pub(crate) async fn answer(visit: Visit, Path(token): Path<String>, FormBody(fields): FormBody) -> PageResult {
    let Some(token) = Token::parse(&token) else {
        return Ok(visit.no_request().await);
    };
    if let Err(wait) = visit.limits().resume_attempt(visit.from, &ResumeSecret::Link(token.clone())) {
        return visit.reject_answer_to(&token, fields, wait.into()).await;
    }
    let done = if fields.raw("action") == "come_in" {
        match request::grant_access(visit.services(), &token).await {
            Ok(way_in) => return Ok(visit.show(RepresentationPage::OwnAccess(way_in)).await),
            Err(e) => Err(e),
        }
    } else {
        let decision = match fields.raw("answer") {
            "agree" => form_checks::rights(&fields, visit.services().today()).map(Decision::Agree),
            "refuse" => Ok(Decision::Refuse),
            "take_over" => Ok(Decision::TakeOver),
            _ => Err(vec![FieldError::new("answer", "consent_answer_missing")]),
        };
        match decision {
            Ok(decision) => {
                let device = visit.http().browser_credentials(&visit.headers);
                automated_answers::decide_on_page(visit.services(), &token, decision, &device, fields.raw(LOOKED)).await
            }
            Err(errors) => Err(ConsentError::Wrong(errors)),
        }
    };
    match done {
        // The page shows the result, of this answer or of an earlier one.
        Ok(()) | Err(ConsentError::Decided) => Ok(see_other(visit.uri.path(), None)),
        Err(ConsentError::NotFound | ConsentError::NotAllowed) => Ok(visit.no_request().await),
        Err(ConsentError::Wrong(errors)) => visit.reject_answer_to(&token, fields, errors.into()).await,
        Err(ConsentError::Service(failure)) => visit.reject_answer_to(&token, fields, failure.into()).await,
    }
}

/// `GET /cases/{reference}/people`.
pub(crate) async fn people(visit: Visit, Path(reference): Path<String>) -> PageResult {
    let Some((_, people)) = visit.people(&reference).await? else {
        return Ok(see_other("/sign-in", None));
    };
    let said = query::done(&visit.uri, &["ended", "changed", "asked", "taken_over", "paper"]);
    Ok(visit.show(visit.people_page(people, said, None)).await)
}

/// `POST /cases/{reference}/people`: ends a representation, asks the tenant again, creates a hand-over code, or takes the case over.
pub(crate) async fn people_post(visit: Visit, Path(reference): Path<String>, FormBody(fields): FormBody) -> PageResult {
    let Some((viewer, people)) = visit.people(&reference).await? else {
        return Ok(see_other("/sign-in", None));
    };
    let services = visit.services();
    let reference = people.reference.clone();
    let person = PersonNumber(fields.raw("person").parse().unwrap_or_default());
    if let Some(asked) = needs_confirmation(&people, person, &fields) {
        return Ok(visit.page(visit.portal().with_sure(asked)).await);
    }
    let done = match fields.raw("action") {
        "end" => representation::end(services, &viewer, person).await.map(|()| "ended"),
        "take_over" => representation::take_over(services, &viewer).await.map(|()| "taken_over"),
        "ask" => {
            if let Err(wait) = visit.limits().draft_creation(visit.from) {
                return Ok(visit.reject(visit.people_portal(people), fields, wait).await);
            }
            let to = fields.line("email");
            representation::ask_again(services, &viewer, &to).await.map(|()| "asked")
        }
        "code" => match handover::make_code(services, &viewer, Rights::full()).await {
            Ok(made) => {
                let code = ShownCode {
                    code: made.code.as_str().to_owned(),
                    until: moment(made.expires_at.into()),
                };
                return Ok(visit.show(visit.people_page(people, None, Some(code))).await);
            }
            Err(e) => Err(e),
        },
        _ => Err(ConsentError::NotFound),
    };
    Ok(match done {
        Ok(said) => see_other(&format!("/cases/{reference}/people?done={said}"), None),
        Err(e) => people_again(&visit, visit.people_portal(people), fields, e).await,
    })
}

/// Returns the confirmation for an action that cannot be undone, unless the person has confirmed it.
fn needs_confirmation(people: &CasePeople, person: PersonNumber, fields: &Fields) -> Option<Confirmation> {
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
        act: act.into(),
        name,
        fields: vec![
            ("action".to_owned(), fields.raw("action").to_owned()),
            ("person".to_owned(), fields.raw("person").to_owned()),
        ],
        back: format!("/cases/{}/people", people.reference),
    })
}

async fn people_again(visit: &Visit, portal: ServicePortal, fields: Fields, error: ConsentError) -> Response {
    match error {
        ConsentError::Wrong(errors) => visit.reject(portal, fields, errors).await,
        ConsentError::Service(failure) => visit.reject(portal, fields, failure).await,
        // The page was out of date: show it again.
        ConsentError::NotFound | ConsentError::NotAllowed | ConsentError::Decided => see_other(visit.uri.path(), None),
    }
}

/// `GET /cases/{reference}/people/{person}`, for the tenant.
pub(crate) async fn person(visit: Visit, Path((reference, number)): Path<(String, PersonNumber)>) -> PageResult {
    let Some((_, people)) = visit.people(&reference).await? else {
        return Ok(see_other("/sign-in", None));
    };
    Ok(match find_representative(&people, number) {
        Some(acting) => visit.show(acting).await,
        None => see_other(&format!("/cases/{}/people", people.reference), None),
    })
}

fn find_representative(people: &CasePeople, number: PersonNumber) -> Option<RepresentationPage> {
    let acts = |person: &&contract::people::CasePerson| person.number == number && person.basis.is_some();
    let person = people.people.iter().find(acts).filter(|_| people.may_manage)?;
    Some(RepresentationPage::Person {
        reference: people.reference.clone(),
        person: person.clone(),
    })
}

/// `POST /cases/{reference}/people/{person}`: changes what a representative may do.
pub(crate) async fn person_post(
    visit: Visit,
    Path((reference, number)): Path<(String, PersonNumber)>,
    FormBody(fields): FormBody,
) -> PageResult {
    let Some((viewer, people)) = visit.people(&reference).await? else {
        return Ok(see_other("/sign-in", None));
    };
    let list = format!("/cases/{}/people", people.reference);
    let Some(acting) = find_representative(&people, number) else {
        return Ok(see_other(&list, None));
    };
    let done = match form_checks::rights(&fields, visit.services().today()) {
        Ok(rights) => representation::set_rights(visit.services(), &viewer, number, rights).await,
        Err(errors) => Err(ConsentError::Wrong(errors)),
    };
    Ok(match done {
        Ok(()) => see_other(&format!("{list}?done=changed"), None),
        Err(e) => people_again(&visit, visit.portal().with_acting(acting), fields, e).await,
    })
}

/// `GET /join`: the form for the hand-over code.
pub(crate) async fn join_page(visit: Visit) -> Response {
    let form_key = visit.services().request_id().to_string();
    visit.show(RepresentationPage::Join { form_key }).await
}

/// `POST /join`: joins a case by a hand-over code. The response to a wrong code is always the same.
pub(crate) async fn join(visit: Visit, FormBody(fields): FormBody) -> Response {
    debug_assert_eq!(visit.uri.path(), JOIN, "only the join page posts this form");
    let done = use_code(&visit, &fields).await;
    visit.respond(visit.portal(), fields, done).await
}

async fn use_code(visit: &Visit, fields: &Fields) -> Result<Response, Rejection> {
    let errors = form_checks::join(fields);
    let code = ResumeCode::parse(&fields.line("code"))
        .filter(|_| errors.is_empty())
        .ok_or(errors)?;
    let connection = Connection::parse(fields.raw("connection"));
    visit.limits().join_try(visit.from)?;
    let key = IdempotencyKey::parse(fields.raw("key"));
    match handover::join(visit.services(), &code, &fields.line("full_name"), connection, key.as_ref()).await {
        Ok(joined) => Ok(visit.show(RepresentationPage::Joined(joined)).await),
        Err(ConsentError::Service(failure)) => Err(failure.into()),
        Err(ConsentError::Wrong(errors)) => Err(errors.into()),
        Err(_) => Err(FieldError::new("code", "join_code_unknown").into()),
    }
}
