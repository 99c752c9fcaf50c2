//! The equality questions, after a complaint is sent.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use super::accepted::go;
use super::body::FormBody;
use super::portal::ServicePortal;
use super::render::Render;
use super::{Forms, pages, trouble};
use crate::app::portal::{PortalError, Posted, Trouble};
use complaint::{Page, equality as questions};
use service::equality;

/// The pages, for people who have sent a complaint and not answered yet. All others are redirected to the receipt.
pub(super) async fn page(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let open = match forms.door.cookies.draft_token(&headers) {
        Some(token) => equality::is_open(&forms.door.services, &token).await,
        None => Ok(false),
    };
    match open {
        Ok(false) => go(&Page::Sent.path(), None),
        // If the database cannot be reached, posting the form reports it.
        Ok(true) | Err(_) => pages::open(State(forms), headers, uri).await,
    }
}

/// `POST /equality/questions`: counts the answers and redirects to the receipt. No answer is invalid: a value that is not one of the
/// choices counts as no answer.
pub(super) async fn post(State(forms): State<Forms>, headers: HeaderMap, uri: Uri, FormBody(fields): FormBody) -> Response {
    let given = questions::given(|question| fields.raw(question));
    if let Some(token) = forms.door.cookies.draft_token(&headers)
        && let Err(failure) = equality::answer(&forms.door.services, &token, &given).await
    {
        let portal = ServicePortal::new(&forms.door, &headers).without_draft(PortalError::Unavailable);
        let posted = Posted {
            fields,
            trouble: Some(Trouble::NotSaved),
            ..Posted::default()
        };
        let render = Render {
            forms: &forms,
            headers: &headers,
            uri: &uri,
            portal,
        };
        return render.again(trouble::status(&failure), posted).await;
    }
    go(&Page::Sent.path(), None)
}
