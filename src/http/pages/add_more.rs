//! Questions under "Add more if you want to", answered after sending.

use std::sync::Arc;

use axum::extract::Path;

use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::show;
use crate::http::pages::trouble::PageResult;
use crate::http::pages::visit::{Rejection, Visit};
use complaint::questionnaire::question::Question;
use complaint::questionnaire::steps;
use complaint::{Fields, QuestionRef};
use service::access::viewer::Viewer;
use service::cases::actions::{self, CaseActionError};
use service::idempotency::IdempotencyKey;

/// `GET /cases/{reference}/add-more/{slug}`.
pub(crate) async fn page(visit: Visit, Path((reference, slug)): Path<(String, String)>) -> PageResult {
    match QuestionRef::from_slug(&slug) {
        Some(_) => show::case(visit, Path(reference)).await,
        None => Ok(visit.not_found().await),
    }
}

/// `POST /cases/{reference}/add-more/{slug}`. The form has an idempotency key: posting it twice adds one answer.
pub(crate) async fn post(visit: Visit, Path((reference, slug)): Path<(String, String)>, FormBody(posted): FormBody) -> PageResult {
    let Some(place) = QuestionRef::from_slug(&slug) else {
        return Ok(visit.not_found().await);
    };
    let (viewer, failure) = match visit.viewer(&reference).await {
        Ok(viewer) => (viewer.map(Arc::new), None),
        Err(failure) => (None, Some(failure)),
    };
    let fields = own_fields(steps::question(place.step), &posted);
    let done = match &viewer {
        None => Err(failure.map_or_else(|| CaseActionError::NotFound.into(), Rejection::from)),
        Some(viewer) => add(&visit, viewer, place, &fields).await,
    };
    if let (Ok(_), Some(viewer)) = (&done, &viewer) {
        visit.forget_typed_text(viewer, &fields).await;
    }
    let done = done.map(|reference| see_other(&format!("/cases/{reference}/add-more?done={slug}"), None));
    let portal = visit.portal().with_viewer(viewer);
    Ok(visit.respond(portal, fields, done).await)
}

/// Adds the answer and returns the reference of the case in canonical spelling.
async fn add(visit: &Visit, viewer: &Viewer, place: QuestionRef, fields: &Fields) -> Result<String, Rejection> {
    visit.limits().case_action(viewer)?;
    let key = IdempotencyKey::parse(fields.raw("key"));
    let mut answer = fields.clone();
    answer.0.retain(|(name, _)| name != "key");
    actions::add_answer(visit.services(), viewer, place, &answer, key.as_ref()).await?;
    Ok(viewer.reference().to_owned())
}

/// Returns the fields of a question and the idempotency key. Others are left out, because the rendered page would contain them.
fn own_fields(question: &Question, posted: &Fields) -> Fields {
    let mut own = question.own_fields(posted);
    own.0.extend(posted.0.iter().filter(|(name, _)| name == "key").cloned());
    own
}
