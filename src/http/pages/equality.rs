//! The equality questions, after a complaint is sent.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::Response;

use crate::app::portal::{NotProcessed, PortalError, RejectedForm};
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::render::Render;
use crate::http::pages::show;
use crate::http::pages::{Forms, trouble};
use complaint::{Page, questionnaire::equality as questions};
use service::cases::equality;

/// The pages, for people who have sent a complaint and not answered yet. All others are redirected to the receipt.
pub(crate) async fn page(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    let open = match forms.http.cookies.draft_token(&headers) {
        Some(token) => equality::is_open(&forms.http.services, &token).await,
        None => Ok(false),
    };
    match open {
        Ok(false) => see_other(&Page::Sent.path(), None),
        // If the database cannot be reached, posting the form reports it.
        Ok(true) | Err(_) => show::open(State(forms), headers, uri).await,
    }
}

/// `POST /equality/questions`: counts the answers and redirects to the receipt. No answer is invalid: a value that is not one of the
/// choices counts as no answer.
pub(crate) async fn post(State(forms): State<Forms>, headers: HeaderMap, uri: Uri, FormBody(fields): FormBody) -> Response {
    let given = questions::given(|question| fields.raw(question));
    if let Some(token) = forms.http.cookies.draft_token(&headers)
        && let Err(failure) = equality::answer(&forms.http.services, &token, &given).await
    {
        let portal = ServicePortal::new(&forms.http, &headers).without_draft(PortalError::Unavailable);
        let posted = RejectedForm {
            fields,
            trouble: Some(NotProcessed::NotSaved),
            ..RejectedForm::default()
        };
        let render = Render {
            forms: &forms,
            headers: &headers,
            uri: &uri,
            portal,
        };
        return render.render_rejected(trouble::status(&failure), posted).await;
    }
    see_other(&Page::Sent.path(), None)
}
