//! `POST /api/v1/uploads/{id}` with `X-HTTP-Method-Override`, which tus requires: for clients whose network lets only `GET` and
//! `POST` through. Not in the OpenAPI document, because it is no operation of its own.

use axum::extract::{Request, State};
use axum::handler::Handler;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};

use crate::http::HttpState;
use crate::http::api::problem::{Kind, Problem};
use crate::http::api::uploads::{append, offset, remove};

/// Forwards the request to the handler of the method in `X-HTTP-Method-Override`.
pub async fn handler(State(state): State<HttpState>, request: Request) -> Response {
    let meant = request.headers().get("x-http-method-override").map(HeaderValue::as_bytes);
    match meant {
        Some(b"PATCH") => append::handler.call(request, state).await,
        Some(b"DELETE") => remove::handler.call(request, state).await,
        Some(b"HEAD") => offset::handler.call(request, state).await,
        _ => {
            let mut response = Problem::new(Kind::MethodNotAllowed).into_response();
            let allowed = HeaderValue::from_static("GET,HEAD,PATCH,DELETE,OPTIONS");
            response.headers_mut().insert(header::ALLOW, allowed);
            response
        }
    }
}
