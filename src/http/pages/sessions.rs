//! The devices on which a person is signed in, and signing out on them.

use axum::response::Response;
use uuid::Uuid;

use crate::app::pages::SURE;
use crate::app::portal::Confirmation;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::trouble::PageResult;
use crate::http::pages::visit::Visit;
use service::access::sessions::devices;

const PATH: &str = "/signed-in-devices";

/// `GET /signed-in-devices`.
pub(crate) async fn page(visit: Visit) -> Response {
    match visit.session().await {
        Ok(None) => see_other("/sign-in", None),
        // The page reports the failure itself.
        Ok(Some(_)) | Err(_) => visit.open().await,
    }
}

/// `POST /signed-in-devices`: ends one session, or all but this one.
pub(crate) async fn post(visit: Visit, FormBody(fields): FormBody) -> PageResult {
    let Some(session) = visit.session().await? else {
        return Ok(see_other("/sign-in", None));
    };
    let which = fields.raw("end");
    if which == "others" && fields.raw(SURE) != "yes" {
        let asked = Confirmation {
            act: "end_others".into(),
            name: String::new(),
            fields: vec![("end".to_owned(), which.to_owned())],
            back: PATH.to_owned(),
        };
        return Ok(visit.page(visit.portal().with_sure(asked)).await);
    }
    let ends_this = match (which, Uuid::try_parse(which)) {
        ("others", _) => devices::end_others(visit.services(), &session).await.map(|_| false)?,
        // A session that ended meanwhile counts as ended.
        (_, Ok(id)) => devices::end(visit.services(), &session, id).await.map(|_| session.is(id))?,
        _ => return Ok(see_other(PATH, None)),
    };
    Ok(if ends_this {
        see_other("/", [visit.cookies().clear_session()])
    } else {
        see_other("/signed-in-devices?done=yes", None)
    })
}
