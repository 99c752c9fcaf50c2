//! Case actions: the forms of a case's pages. Text and files come in one request.

use std::collections::HashSet;

use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use super::accepted::go;
use super::body::FormBody;
use super::multipart::{Broken, Brought, FilesForm};
use super::portal::ServicePortal;
use super::render::{Render, wrong};
use super::{Forms, multipart, trouble};
use crate::app::pages::act::{DROPPED, TAKEN};
use crate::app::portal::{Posted, Trouble};
use crate::door::client::ClientAddress;
use complaint::act::{ANSWER_FIELDS, Act, ActKind};
use complaint::fields::{DateInput, Reference};
use complaint::form::Choice;
use complaint::outcome::{Done, ReviewGround};
use complaint::question::Purpose;
use complaint::questions::CategoryKind;
use complaint::{FieldError, Fields};
use evidence::filename::display_name;
use service::acting::{self, ActError};
use service::idempotency::IdempotencyKey;
use service::people::{self, Viewer};
use service::{ServiceError, sessions};
use text::Language;

/// `POST /cases/{reference}/{act}`. The form has an idempotency key: posting it twice is one action and adds each file once.
pub(super) async fn post(State(forms): State<Forms>, Path(reference): Path<String>, from: ClientAddress, request: Request) -> Response {
    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    let slug = uri.path().rsplit('/').next().unwrap_or_default();
    let Some(kind) = ActKind::from_slug(slug) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let found = who(&forms, &headers, &reference).await;
    // Only people on the case count against its rate limit; otherwise a stranger could exhaust it.
    let counted = match &found {
        Ok(Some((session, viewer))) => forms.door.limits.act(session, viewer.reference()),
        _ => Ok(()),
    };
    let to = match &found {
        Ok(Some((session, viewer))) if counted.is_ok() && viewer.can(kind) && viewer.can(ActKind::Files) => {
            multipart::To::Case(session, viewer.reference(), &forms.door.limits)
        }
        _ => multipart::To::Nowhere,
    };
    let language = forms.door.language(&headers);
    let brought = match read_form(&forms, from, kind, to, request, language).await {
        Ok(brought) => brought,
        Err(status) => return status.into_response(),
    };
    if let Some(broken) = &brought.broken {
        let status = broken.status();
        return match broken {
            Broken::TooLong => status.into_response(),
            // The text fields come before the files in the form: those that arrived are shown again.
            Broken::Form(_) => Stopped::BrokeOff(status).page(&forms, &headers, &uri, noted(&brought)).await,
        };
    }
    // That page has no text that could be lost.
    if kind == ActKind::Files && (brought.sent || matches!(found, Ok(None))) {
        return go("/sign-in", None);
    }
    let (fields, wait) = (noted(&brought), counted.err().or(brought.too_many));
    let done = match found {
        Ok(Some(_)) if wait.is_some() => Err(Stopped::Wait(wait.map_or(1, |wait| wait.seconds))),
        Ok(Some(_)) if brought.sent => Err(Stopped::Act(ActError::NotFound)),
        Ok(Some((_, viewer))) if !brought.dropped.is_empty() && viewer.can(kind) => {
            let errors = vec![FieldError::new(multipart::FILES, "act_files_not_yours")];
            Err(Stopped::Act(ActError::Wrong(errors)))
        }
        Ok(Some((session, _))) => act(&forms, kind, (&session, &reference), &fields, brought.refused).await,
        Ok(None) => Err(Stopped::Act(ActError::NotFound)),
        Err(failure) => Err(Stopped::Act(ActError::Service(failure))),
    };
    match done {
        Ok(()) => {
            let reference = Reference::parse(&reference).map_or(reference, |reference| reference.to_string());
            go(&format!("/cases/{reference}?done={}", kind.code()), None)
        }
        Err(stopped) => stopped.page(&forms, &headers, &uri, fields).await,
    }
}

/// Why the action was not done.
enum Stopped {
    Act(ActError),
    /// Too many requests: the seconds until the next is allowed.
    Wait(u64),
    /// The form did not arrive completely.
    BrokeOff(StatusCode),
}

impl Stopped {
    /// Renders the form again, or the page that says why there is none, with what was typed.
    async fn page(self, forms: &Forms, headers: &HeaderMap, uri: &Uri, fields: Fields) -> Response {
        let in_trouble = |fields, trouble| Posted {
            fields,
            trouble: Some(trouble),
            ..Posted::default()
        };
        let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
        let (status, posted) = match self {
            Self::Act(ActError::Wrong(errors)) => (unprocessable, wrong(fields, errors)),
            // The person went Back, changed the text and sent the same form: it differs from what this idempotency key has recorded.
            Self::Act(ActError::KeyReused) => (unprocessable, wrong(fields, vec![FieldError::new("send", "act_sent_before")])),
            // The page says that the action is not possible or that the session has ended, and shows what was typed.
            Self::Act(ActError::NotFound | ActError::NotAllowed | ActError::NotNow) => (unprocessable, wrong(fields, Vec::new())),
            Self::Act(ActError::Service(failure)) => (trouble::status(&failure), in_trouble(fields, Trouble::NotSaved)),
            Self::BrokeOff(status) => (status, in_trouble(fields, Trouble::NotSaved)),
            Self::Wait(seconds) => (StatusCode::TOO_MANY_REQUESTS, in_trouble(fields, Trouble::TooMany { seconds })),
        };
        let wait = match posted.trouble {
            Some(Trouble::TooMany { seconds }) => Some(seconds),
            _ => None,
        };
        let portal = ServicePortal::new(&forms.door, headers);
        let render = Render {
            forms,
            headers,
            uri,
            portal,
        };
        let mut response = render.again(status, posted).await;
        if let Some(seconds) = wait {
            response.headers_mut().insert(header::RETRY_AFTER, seconds.into());
        }
        response
    }
}

/// Reads the form and stores its files. A form without files may be URL-encoded.
async fn read_form(
    forms: &Forms,
    from: ClientAddress,
    kind: ActKind,
    to: multipart::To<'_>,
    request: Request,
    language: Language,
) -> Result<Brought, StatusCode> {
    if kind.takes_files() && multipart::is_multipart(request.headers()) {
        let form = FilesForm::from_request(request, &()).await?;
        return Ok(multipart::take(&forms.door, from, to, Purpose::Evidence, form, language).await);
    }
    let FormBody(fields) = FormBody::from_request(request, &()).await?;
    Ok(Brought {
        fields,
        ..Brought::default()
    })
}

/// The fields of all case actions, besides [`ANSWER_FIELDS`] and the files.
const FIELDS: [&str; 18] = [
    "key",
    "message",
    "on-day",
    "on-month",
    "on-year",
    "what",
    "request",
    "order",
    "done",
    "note",
    "ground",
    "why",
    "category",
    "subcategory",
    "what_happened",
    "put_right",
    "reason",
    "language",
];

/// Returns the fields for rendering the form again: stored files by id, and the names of files that must be chosen again.
/// Fields of no case action are left out, because the rendered page would contain them.
fn noted(brought: &Brought) -> Fields {
    let mut noted = Fields(Vec::new());
    let mut files = HashSet::new();
    for (name, value) in &brought.fields.0 {
        let is_known = FIELDS.contains(&name.as_str()) || ANSWER_FIELDS.contains(&name.as_str());
        if is_known || name == TAKEN && files.insert(value) {
            noted.0.push((name.clone(), value.clone()));
        }
    }
    for id in brought.taken.iter().filter(|id| files.insert(id)) {
        noted.0.push((TAKEN.into(), id.clone()));
    }
    let dropped = brought.dropped.iter().map(|name| (DROPPED.to_owned(), display_name(name)));
    noted.0.extend(dropped);
    noted
}

/// Performs the action. If files were `refused`, nothing else is done and the form is shown again.
async fn act(
    forms: &Forms,
    kind: ActKind,
    (session, reference): (&sessions::Session, &str),
    fields: &Fields,
    refused: Vec<FieldError>,
) -> Result<(), Stopped> {
    let wrong = |errors| Err(Stopped::Act(ActError::Wrong(errors)));
    if !refused.is_empty() {
        return wrong(refused);
    }
    let Some(act) = read(kind, fields) else {
        // This form only adds files, which are stored by now.
        let any = fields.all(TAKEN).next().is_some();
        return if any {
            Ok(())
        } else {
            wrong(vec![FieldError::new(multipart::FILES, "files_none")])
        };
    };
    let key = IdempotencyKey::parse(fields.raw("key"));
    let done = acting::perform(&forms.door.services, session, reference, &act, key.as_ref()).await;
    done.map(|_| ()).map_err(Stopped::Act)
}

/// Returns the session and the viewer's role on the case; `None` if not signed in or not on the case.
async fn who(forms: &Forms, headers: &HeaderMap, reference: &str) -> Result<Option<(sessions::Session, Viewer)>, ServiceError> {
    let services = &forms.door.services;
    let Some(token) = forms.door.cookies.session_token(headers) else {
        return Ok(None);
    };
    let Some(session) = sessions::session(services, &token).await? else {
        return Ok(None);
    };
    let viewer = people::viewer(services, &session, reference).await?;
    Ok(viewer.map(|viewer| (session, viewer)))
}

/// Returns the requested action; `None` if the form only adds files, which are stored by then.
fn read(kind: ActKind, fields: &Fields) -> Option<Act> {
    let text = |name: &str| fields.raw(name).to_owned();
    let files = || fields.all(TAKEN).map(ToOwned::to_owned).collect();
    Some(match kind {
        ActKind::Files => return None,
        ActKind::Message => Act::Message {
            message: text("message"),
            files: files(),
        },
        ActKind::Diary => Act::Diary {
            on: DateInput {
                day: fields.line("on-day"),
                month: fields.line("on-month"),
                year: fields.line("on-year"),
                unknown: false,
            },
            what: text("what"),
            files: files(),
        },
        ActKind::Answer => Act::Answer {
            request: fields.raw("request").parse().unwrap_or_default(),
            answers: ANSWER_FIELDS.iter().map(|field| text(field)).collect(),
            files: files(),
        },
        ActKind::Orders => Act::Orders {
            order: fields.raw("order").parse().unwrap_or_default(),
            done: Done::parse(fields.raw("done")),
            note: text("note"),
        },
        ActKind::Review => Act::Review {
            ground: ReviewGround::parse(fields.raw("ground")),
            why: text("why"),
            files: files(),
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
