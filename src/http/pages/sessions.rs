//! The devices on which a person is signed in, and signing out on them.

use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use uuid::Uuid;

use crate::app::pages::SURE;
use crate::app::portal::Confirmation;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::show;
use crate::http::pages::{Forms, trouble};
use service::ServiceError;
use service::access::sessions::{self, Session, devices};

const PATH: &str = "/signed-in-devices";

async fn session(forms: &Forms, headers: &HeaderMap) -> Result<Option<Session>, ServiceError> {
    match forms.http.cookies.session_token(headers) {
        Some(token) => sessions::session(&forms.http.services, &token).await,
        None => Ok(None),
    }
}

/// `GET /signed-in-devices`.
pub(crate) async fn page(State(forms): State<Forms>, headers: HeaderMap, uri: Uri) -> Response {
    match session(&forms, &headers).await {
        Ok(None) => see_other("/sign-in", None),
        // The page reports the failure itself.
        Ok(Some(_)) | Err(_) => show::open(State(forms), headers, uri).await,
    }
}

/// `POST /signed-in-devices`: ends one session, or all but this one.
pub(crate) async fn post(State(forms): State<Forms>, headers: HeaderMap, uri: Uri, FormBody(fields): FormBody) -> Response {
    let session = match session(&forms, &headers).await {
        Ok(Some(session)) => session,
        Ok(None) => return see_other("/sign-in", None),
        Err(failure) => return trouble::status(&failure).into_response(),
    };
    let (services, which) = (&forms.http.services, fields.raw("end"));
    if which == "others" && fields.raw(SURE) != "yes" {
        let asked = Confirmation {
            act: "end_others",
            name: String::new(),
            fields: vec![("end", which.to_owned())],
            back: PATH.to_owned(),
        };
        let portal = ServicePortal::new(&forms.http, &headers).with_sure(asked);
        return show::open_with(&forms, &headers, &uri, portal).await;
    }
    let ended = match (which, Uuid::try_parse(which)) {
        ("others", _) => devices::end_others(services, &session).await.map(|_| false),
        // A session that ended meanwhile counts as ended.
        (_, Ok(id)) => devices::end(services, &session, id).await.map(|_| session.is(id)),
        _ => return see_other(PATH, None),
    };
    match ended {
        Ok(true) => see_other("/", [forms.http.cookies.clear_session()]),
        Ok(false) => see_other("/signed-in-devices?done=yes", None),
        Err(failure) => trouble::status(&failure).into_response(),
    }
}
