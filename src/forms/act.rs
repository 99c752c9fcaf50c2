//! What somebody does on their case: the forms of its pages.

use axum::body::Body;
use axum::extract::{FromRequest, Multipart, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::accepted::go;
use super::portal::ServicePortal;
use super::render::{Render, wrong};
use super::{Forms, body, multipart, trouble};
use crate::app::portal::{Posted, Trouble};
use crate::complaint::act::{ANSWER_FIELDS, Act, ActKind};
use crate::complaint::fields::{DateInput, Reference};
use crate::complaint::form::Choice;
use crate::complaint::outcome::{Done, ReviewGround};
use crate::complaint::questions::CategoryKind;
use crate::complaint::view::Purpose;
use crate::complaint::{FieldError, Fields};
use crate::service::acting::{self, ActError};
use crate::service::idempotency::IdempotencyKey;
use crate::service::sessions;

/// `POST /cases/{reference}/{act}`. The form carries a name of its own, so that posting it twice is one act.
pub(super) async fn post(State(forms): State<Forms>, Path(reference): Path<String>, headers: HeaderMap, uri: Uri, body: Body) -> Response {
    let fields = match body::fields(body).await {
        Ok(fields) => fields,
        Err(body::NoForm::TooLong) => return StatusCode::PAYLOAD_TOO_LARGE.into_response(),
        Err(body::NoForm::Interrupted) => return StatusCode::BAD_REQUEST.into_response(),
    };
    let slug = uri.path().rsplit('/').next().unwrap_or_default();
    let Some(act) = ActKind::from_slug(slug).and_then(|kind| read(kind, &fields)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let services = &forms.door.services;
    let key = IdempotencyKey::parse(fields.raw("key"));
    let done = match session(&forms, &headers).await {
        Ok(Some(session)) => acting::perform(services, &session, &reference, &act, key.as_ref()).await,
        Ok(None) => Err(ActError::NotFound),
        Err(failure) => Err(ActError::Service(failure)),
    };
    let (status, posted) = match done {
        Ok(_) => {
            let reference = Reference::parse(&reference).map_or(reference, |reference| reference.to_string());
            return go(&format!("/cases/{reference}?done={}", act.kind().code()), None);
        }
        Err(ActError::Wrong(errors)) => (StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, errors)),
        // Somebody went back, wrote something else and sent that: it is not what we have.
        Err(ActError::KeyReused) => {
            let errors = vec![FieldError::new("send", "act_sent_before")];
            (StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, errors))
        }
        // The page says that it cannot be done, or that the sign-in has ended, and shows what was written.
        Err(ActError::NotFound | ActError::NotAllowed | ActError::NotNow) => (StatusCode::UNPROCESSABLE_ENTITY, wrong(fields, Vec::new())),
        Err(ActError::Service(failure)) => {
            let posted = Posted {
                fields,
                trouble: Some(Trouble::NotSaved),
                ..Posted::default()
            };
            (trouble::status(&failure), posted)
        }
    };
    let portal = ServicePortal::new(&forms.door, &headers);
    let render = Render {
        forms: &forms,
        headers: &headers,
        uri: &uri,
        portal,
    };
    render.again(status, posted).await
}

/// `POST /cases/{reference}/files`: a form with files.
pub(super) async fn files(State(forms): State<Forms>, Path(reference): Path<String>, request: Request) -> Response {
    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    let Ok(files) = Multipart::from_request(request, &()).await else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let found = session(&forms, &headers).await;
    let Ok(Some(session)) = found else {
        multipart::drain(files).await;
        return match found {
            Err(failure) => trouble::status(&failure).into_response(),
            Ok(_) => go("/sign-in", None),
        };
    };
    let to = multipart::To::Case(&session, &reference);
    let language = forms.door.language(&headers);
    let brought = match multipart::take(&forms.door.services, to, Purpose::Evidence, files, language).await {
        Ok(brought) => brought,
        Err(broken) => return broken.status().into_response(),
    };
    if brought.sent {
        return go("/sign-in", None);
    }
    let mut errors = brought.refused;
    if errors.is_empty() && !brought.any {
        errors.push(FieldError::new(multipart::FILES, "files_none"));
    }
    if errors.is_empty() {
        let reference = Reference::parse(&reference).map_or(reference, |reference| reference.to_string());
        return go(&format!("/cases/{reference}?done=files"), None);
    }
    let portal = ServicePortal::new(&forms.door, &headers);
    let render = Render {
        forms: &forms,
        headers: &headers,
        uri: &uri,
        portal,
    };
    render
        .again(StatusCode::UNPROCESSABLE_ENTITY, wrong(Fields::default(), errors))
        .await
}

async fn session(forms: &Forms, headers: &HeaderMap) -> Result<Option<sessions::Session>, crate::service::ServiceError> {
    match forms.door.cookies.session_token(headers) {
        Some(token) => sessions::session(&forms.door.services, &token).await,
        None => Ok(None),
    }
}

/// `None` for files, which come in a form of another kind.
fn read(kind: ActKind, fields: &Fields) -> Option<Act> {
    let text = |name: &str| fields.raw(name).to_owned();
    Some(match kind {
        ActKind::Files => return None,
        ActKind::Message => Act::Message { message: text("message") },
        ActKind::Diary => Act::Diary {
            on: DateInput {
                day: fields.line("on-day"),
                month: fields.line("on-month"),
                year: fields.line("on-year"),
                unknown: false,
            },
            what: text("what"),
        },
        ActKind::Answer => Act::Answer {
            request: fields.raw("request").parse().unwrap_or_default(),
            answers: ANSWER_FIELDS.iter().map(|field| text(field)).collect(),
        },
        ActKind::Orders => Act::Orders {
            order: fields.raw("order").parse().unwrap_or_default(),
            done: Done::parse(fields.raw("done")),
            note: text("note"),
        },
        ActKind::Review => Act::Review {
            ground: ReviewGround::parse(fields.raw("ground")),
            why: text("why"),
        },
        ActKind::Issue => Act::Issue {
            category: CategoryKind::parse(fields.raw("category")),
            subcategory: fields.line("subcategory"),
            what_happened: text("what_happened"),
            put_right: text("put_right"),
        },
        ActKind::Withdraw => Act::Withdraw { reason: text("reason") },
        ActKind::UndoWithdrawal => Act::UndoWithdrawal,
    })
}
