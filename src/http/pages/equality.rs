//! The equality questions, after a complaint is sent.

use axum::response::Response;

use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::visit::Visit;
use complaint::{Page, questionnaire::equality as questions};
use service::cases::equality;

/// The pages, for people who have sent a complaint and not answered yet. All others are redirected to the receipt.
pub(crate) async fn page(visit: Visit) -> Response {
    let open = match visit.draft_token() {
        Some(token) => equality::is_open(visit.services(), &token).await,
        None => Ok(false),
    };
    match open {
        Ok(false) => see_other(&Page::Sent.path(), None),
        // If the database cannot be reached, posting the form reports it.
        Ok(true) | Err(_) => visit.open().await,
    }
}

/// `POST /equality/questions`: counts the answers and redirects to the receipt. No answer is invalid: a value that is not one of the
/// choices counts as no answer.
pub(crate) async fn post(visit: Visit, FormBody(fields): FormBody) -> Response {
    let given = questions::given(|question| fields.raw(question));
    if let Some(token) = visit.draft_token()
        && let Err(failure) = equality::answer(visit.services(), &token, &given).await
    {
        return visit.reject(visit.portal(), fields, failure).await;
    }
    see_other(&Page::Sent.path(), None)
}
