//! Case actions: the forms of a case's pages. Text and files come in one request.

use std::collections::HashSet;

use axum::extract::{FromRequest, Path, Request, State};
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};

use crate::app::pages::case_action::{DISCARDED_FILE, STORED_FILE};
use crate::app::portal::{NotProcessed, RejectedForm};
use crate::http::client::ClientAddress;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::multipart::{Broken, FilesForm, ReceivedForm};
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::render::{Render, wrong};
use crate::http::pages::{Forms, multipart, trouble};
use complaint::case::actions::{ANSWER_FIELDS, CaseAction, CaseActionKind};
use complaint::case::outcome::{Done, ReviewGround};
use complaint::fields::form::Choice;
use complaint::fields::{DateInput, Reference};
use complaint::questionnaire::question::Purpose;
use complaint::questionnaire::questions::CategoryKind;
use complaint::{FieldError, Fields};
use evidence::filename::display_name;
use service::access::viewer::{self, Viewer};
use service::cases::actions::{self, CaseActionError};
use service::idempotency::IdempotencyKey;
use service::{ServiceError, access::sessions};
use text::Language;

/// `POST /cases/{reference}/{act}`. The form has an idempotency key: posting it twice is one action and adds each file once.
pub(crate) async fn post(State(forms): State<Forms>, Path(reference): Path<String>, from: ClientAddress, request: Request) -> Response {
    let (headers, uri) = (request.headers().clone(), request.uri().clone());
    let slug = uri.path().rsplit('/').next().unwrap_or_default();
    let Some(kind) = CaseActionKind::from_slug(slug) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let found = find_viewer(&forms, &headers, &reference).await;
    // Only people on the case count against its rate limit; otherwise a stranger could exhaust it.
    let counted = match &found {
        Ok(Some((session, viewer))) => forms.http.limits.case_action(session, viewer.reference()),
        _ => Ok(()),
    };
    let to = match &found {
        Ok(Some((session, viewer))) if counted.is_ok() && viewer.can(kind) && viewer.can(CaseActionKind::Files) => {
            multipart::FileTarget::Case(session, viewer.reference(), &forms.http.limits)
        }
        _ => multipart::FileTarget::Nowhere,
    };
    let language = forms.http.language(&headers);
    let brought = match read_form(&forms, from, kind, to, request, language).await {
        Ok(brought) => brought,
        Err(status) => return status.into_response(),
    };
    if let Some(broken) = &brought.broken {
        let status = broken.status();
        return match broken {
            Broken::TooLong => status.into_response(),
            // The text fields come before the files in the form: those that arrived are shown again.
            Broken::Form(_) => {
                ActionFailure::BrokeOff(status)
                    .page(&forms, &headers, &uri, fields_for_rerender(&brought))
                    .await
            }
        };
    }
    // That page has no text that could be lost.
    if kind == CaseActionKind::Files && (brought.sent || matches!(found, Ok(None))) {
        return see_other("/sign-in", None);
    }
    let (fields, wait) = (fields_for_rerender(&brought), counted.err().or(brought.too_many));
    let done = match found {
        Ok(Some(_)) if wait.is_some() => Err(ActionFailure::Wait(wait.map_or(1, |wait| wait.seconds))),
        Ok(Some(_)) if brought.sent => Err(ActionFailure::Act(CaseActionError::NotFound)),
        Ok(Some((_, viewer))) if !brought.dropped.is_empty() && viewer.can(kind) => {
            let errors = vec![FieldError::new(multipart::FILES, "act_files_not_yours")];
            Err(ActionFailure::Act(CaseActionError::Invalid(errors)))
        }
        Ok(Some((session, _))) => act(&forms, kind, (&session, &reference), &fields, brought.refused).await,
        Ok(None) => Err(ActionFailure::Act(CaseActionError::NotFound)),
        Err(failure) => Err(ActionFailure::Act(CaseActionError::Service(failure))),
    };
    match done {
        Ok(()) => {
            let reference = Reference::parse(&reference).map_or(reference, |reference| reference.to_string());
            see_other(&format!("/cases/{reference}?done={}", kind.code()), None)
        }
        Err(stopped) => stopped.page(&forms, &headers, &uri, fields).await,
    }
}

/// Why the action was not done.
enum ActionFailure {
    Act(CaseActionError),
    /// Too many requests: the seconds until the next is allowed.
    Wait(u64),
    /// The form did not arrive completely.
    BrokeOff(StatusCode),
}

impl ActionFailure {
    /// Renders the form again, or the page that says why there is none, with what was typed.
    async fn page(self, forms: &Forms, headers: &HeaderMap, uri: &Uri, fields: Fields) -> Response {
        let in_trouble = |fields, trouble| RejectedForm {
            fields,
            trouble: Some(trouble),
            ..RejectedForm::default()
        };
        let unprocessable = StatusCode::UNPROCESSABLE_ENTITY;
        let (status, posted) = match self {
            Self::Act(CaseActionError::Invalid(errors)) => (unprocessable, wrong(fields, errors)),
            // The person went Back, changed the text and sent the same form: it differs from what this idempotency key has recorded.
            Self::Act(CaseActionError::KeyReused) => (unprocessable, wrong(fields, vec![FieldError::new("send", "act_sent_before")])),
            // The page says that the action is not possible or that the session has ended, and shows what was typed.
            Self::Act(CaseActionError::NotFound | CaseActionError::NotAllowed | CaseActionError::NotNow) => {
                (unprocessable, wrong(fields, Vec::new()))
            }
            Self::Act(CaseActionError::Service(failure)) => (trouble::status(&failure), in_trouble(fields, NotProcessed::NotSaved)),
            Self::BrokeOff(status) => (status, in_trouble(fields, NotProcessed::NotSaved)),
            Self::Wait(seconds) => (StatusCode::TOO_MANY_REQUESTS, in_trouble(fields, NotProcessed::TooMany { seconds })),
        };
        let wait = match posted.trouble {
            Some(NotProcessed::TooMany { seconds }) => Some(seconds),
            _ => None,
        };
        let portal = ServicePortal::new(&forms.http, headers);
        let render = Render {
            forms,
            headers,
            uri,
            portal,
        };
        let mut response = render.render_rejected(status, posted).await;
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
    kind: CaseActionKind,
    to: multipart::FileTarget<'_>,
    request: Request,
    language: Language,
) -> Result<ReceivedForm, StatusCode> {
    if kind.takes_files() && multipart::is_multipart(request.headers()) {
        let form = FilesForm::from_request(request, &()).await?;
        return Ok(multipart::take(&forms.http, from, to, Purpose::Evidence, form, language).await);
    }
    let FormBody(fields) = FormBody::from_request(request, &()).await?;
    Ok(ReceivedForm {
        fields,
        ..ReceivedForm::default()
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
fn fields_for_rerender(brought: &ReceivedForm) -> Fields {
    let mut noted = Fields(Vec::new());
    let mut files = HashSet::new();
    for (name, value) in &brought.fields.0 {
        let is_known = FIELDS.contains(&name.as_str()) || ANSWER_FIELDS.contains(&name.as_str());
        if is_known || name == STORED_FILE && files.insert(value) {
            noted.0.push((name.clone(), value.clone()));
        }
    }
    for id in brought.taken.iter().filter(|id| files.insert(id)) {
        noted.0.push((STORED_FILE.into(), id.clone()));
    }
    let dropped = brought.dropped.iter().map(|name| (DISCARDED_FILE.to_owned(), display_name(name)));
    noted.0.extend(dropped);
    noted
}

/// Performs the action. If files were `refused`, nothing else is done and the form is shown again.
async fn act(
    forms: &Forms,
    kind: CaseActionKind,
    (session, reference): (&sessions::Session, &str),
    fields: &Fields,
    refused: Vec<FieldError>,
) -> Result<(), ActionFailure> {
    let wrong = |errors| Err(ActionFailure::Act(CaseActionError::Invalid(errors)));
    if !refused.is_empty() {
        return wrong(refused);
    }
    let Some(act) = read(kind, fields) else {
        // This form only adds files, which are stored by now.
        let any = fields.all(STORED_FILE).next().is_some();
        return if any {
            Ok(())
        } else {
            wrong(vec![FieldError::new(multipart::FILES, "files_none")])
        };
    };
    let key = IdempotencyKey::parse(fields.raw("key"));
    let done = actions::perform(&forms.http.services, session, reference, &act, key.as_ref()).await;
    done.map(|_| ()).map_err(ActionFailure::Act)
}

/// Returns the session and the viewer's role on the case; `None` if not signed in or not on the case.
async fn find_viewer(forms: &Forms, headers: &HeaderMap, reference: &str) -> Result<Option<(sessions::Session, Viewer)>, ServiceError> {
    let services = &forms.http.services;
    let Some(token) = forms.http.cookies.session_token(headers) else {
        return Ok(None);
    };
    let Some(session) = sessions::session(services, &token).await? else {
        return Ok(None);
    };
    let viewer = viewer::viewer(services, &session, reference).await?;
    Ok(viewer.map(|viewer| (session, viewer)))
}

/// Returns the requested action; `None` if the form only adds files, which are stored by then.
fn read(kind: CaseActionKind, fields: &Fields) -> Option<CaseAction> {
    let text = |name: &str| fields.raw(name).to_owned();
    let files = || fields.all(STORED_FILE).map(ToOwned::to_owned).collect();
    Some(match kind {
        CaseActionKind::Files => return None,
        CaseActionKind::Message => CaseAction::Message {
            message: text("message"),
            files: files(),
        },
        CaseActionKind::Diary => CaseAction::Diary {
            on: DateInput {
                day: fields.line("on-day"),
                month: fields.line("on-month"),
                year: fields.line("on-year"),
                unknown: false,
            },
            what: text("what"),
            files: files(),
        },
        CaseActionKind::Answer => CaseAction::Answer {
            request: fields.raw("request").parse().unwrap_or_default(),
            answers: ANSWER_FIELDS.iter().map(|field| text(field)).collect(),
            files: files(),
        },
        CaseActionKind::Orders => CaseAction::Orders {
            order: fields.raw("order").parse().unwrap_or_default(),
            done: Done::parse(fields.raw("done")),
            note: text("note"),
        },
        CaseActionKind::Review => CaseAction::Review {
            ground: ReviewGround::parse(fields.raw("ground")),
            why: text("why"),
            files: files(),
        },
        CaseActionKind::Issue => CaseAction::Issue {
            category: CategoryKind::parse(fields.raw("category")),
            subcategory: fields.line("subcategory"),
            what_happened: text("what_happened"),
            put_right: text("put_right"),
        },
        CaseActionKind::Withdraw => CaseAction::Withdraw { reason: text("reason") },
        CaseActionKind::UndoWithdrawal => CaseAction::UndoWithdrawal,
    })
}
