//! Case actions: the forms of a case's pages. Text and files come in one request.

use std::collections::HashSet;
use std::sync::Arc;

use axum::extract::{FromRequest, Path, Request};
use axum::http::StatusCode;

use crate::app::pages::case_action::DISCARDED_FILE;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::multipart::{self, Broken, FilesForm, ReceivedForm};
use crate::http::pages::show::typed_text_page;
use crate::http::pages::trouble::PageResult;
use crate::http::pages::visit::{Rejection, Visit};
use complaint::case::actions::{ANSWER_FIELDS, CaseAction, CaseActionKind, FILE_FIELD};
use complaint::fields::Reference;
use complaint::fields::form::Choice;
use complaint::questionnaire::question::Purpose;
use complaint::{FieldError, Fields};
use evidence::filename::display_name;
use service::access::viewer::Viewer;
use service::cases::actions::{self, CaseActionError};
use service::files::FileTarget;
use service::idempotency::IdempotencyKey;
use service::typed_text;

/// `POST /cases/{reference}/{act}`. The form has an idempotency key: posting it twice is one action and adds each file once.
pub(crate) async fn post(visit: Visit, Path(reference): Path<String>, request: Request) -> PageResult {
    let slug = visit.uri.path().rsplit('/').next().unwrap_or_default();
    let kind = CaseActionKind::from_slug(slug).ok_or(StatusCode::NOT_FOUND)?;
    let (viewer, failure) = match visit.viewer(&reference).await {
        Ok(viewer) => (viewer.map(Arc::new), None),
        Err(failure) => (None, Some(failure)),
    };
    // Only people on the case count against its rate limit; otherwise a stranger could exhaust it.
    let counted = match &viewer {
        Some(viewer) => visit.limits().case_action(viewer),
        None => Ok(()),
    };
    let to = match &viewer {
        Some(viewer) if counted.is_ok() && viewer.can(kind) && viewer.can(CaseActionKind::Files) => Some(FileTarget::Case(viewer, None)),
        _ => None,
    };
    let brought = read_form(&visit, kind, to, request).await?;
    let fields = fields_for_rerender(&brought);
    let portal = visit.portal().with_viewer(viewer.clone());
    if let Some(broken) = &brought.broken {
        let status = broken.status();
        return match broken {
            Broken::TooLong => Err(status.into()),
            // The text fields come before the files in the form: those that arrived are shown again.
            Broken::Form(_) => Ok(visit.reject(portal, fields, Rejection::NotSaved(status)).await),
        };
    }
    // That page has no text that could be lost.
    if kind == CaseActionKind::Files && (brought.sent || viewer.is_none() && failure.is_none()) {
        return Ok(see_other("/sign-in", None));
    }
    let done = match (&viewer, counted.err().or(brought.too_many)) {
        (None, _) => Err(failure.map_or_else(|| CaseActionError::NotFound.into(), Rejection::from)),
        (Some(_), Some(wait)) => Err(wait.into()),
        (Some(_), _) if brought.sent => Err(CaseActionError::NotFound.into()),
        (Some(viewer), _) if !brought.dropped.is_empty() && viewer.can(kind) => {
            Err(FieldError::new(multipart::FILES, "act_files_not_yours").into())
        }
        (Some(viewer), _) => act(&visit, kind, viewer, &fields, brought.refused).await,
    };
    if let (Ok(()), Some(viewer)) = (&done, &viewer) {
        visit.forget_typed_text(viewer, &fields).await;
    }
    let done = done.map(|()| {
        let reference = Reference::parse(&reference).map_or(reference, |reference| reference.to_string());
        see_other(&format!("/cases/{reference}?done={}", kind.code()), None)
    });
    Ok(visit.respond(portal, fields, done).await)
}

impl Visit {
    /// Deletes what was typed on this page of a case, because it was submitted. A failure is only logged: the submission counts.
    pub(crate) async fn forget_typed_text(&self, viewer: &Viewer, fields: &Fields) {
        let Some(page) = typed_text_page(self.uri.path(), fields.raw("order")) else {
            return;
        };
        if let Err(error) = typed_text::remove_of_person(self.services(), viewer, &page).await {
            tracing::warn!(%error, "typed text that was submitted could not be deleted");
        }
    }
}

/// Reads the form and stores its files. A form without files may be URL-encoded.
async fn read_form(visit: &Visit, kind: CaseActionKind, to: Option<FileTarget<'_>>, request: Request) -> Result<ReceivedForm, StatusCode> {
    if kind.takes_files() && multipart::is_multipart(request.headers()) {
        let form = FilesForm::from_request(request, &()).await?;
        return Ok(multipart::take(visit, to, Purpose::Evidence, form).await);
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
        if is_known || name == FILE_FIELD && files.insert(value) {
            noted.0.push((name.clone(), value.clone()));
        }
    }
    for id in brought.taken.iter().filter(|id| files.insert(id)) {
        noted.0.push((FILE_FIELD.into(), id.clone()));
    }
    let dropped = brought.dropped.iter().map(|name| (DISCARDED_FILE.to_owned(), display_name(name)));
    noted.0.extend(dropped);
    noted
}

/// Performs the action. If files were `refused`, nothing else is done and the form is shown again.
async fn act(visit: &Visit, kind: CaseActionKind, viewer: &Viewer, fields: &Fields, refused: Vec<FieldError>) -> Result<(), Rejection> {
    if !refused.is_empty() {
        return Err(refused.into());
    }
    let Some(act) = CaseAction::from_fields(kind, fields) else {
        // This form only adds files, which are stored by now.
        let any = fields.all(FILE_FIELD).next().is_some();
        return any
            .then_some(())
            .ok_or_else(|| FieldError::new(multipart::FILES, "files_none").into());
    };
    let key = IdempotencyKey::parse(fields.raw("key"));
    actions::perform(visit.services(), viewer, &act, key.as_ref()).await?;
    Ok(())
}
