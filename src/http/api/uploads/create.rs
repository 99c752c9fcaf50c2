//! `POST /api/v1/uploads`: announces a file, and stores the bytes that come with the announcement.

use axum::Json;
use axum::body::{Body, BodyDataStream, HttpBody};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::IntoParams;

use crate::http::HttpState;
use crate::http::api::headers::{single, unreadable};
use crate::http::api::identity::{OptionalDraftToken, OptionalSession};
use crate::http::api::problem::{Kind, Problem, responses};
use crate::http::api::uploads::owner::UploadOwner;
use crate::http::api::uploads::rejected::{drain, problem_for_file};
use crate::http::api::uploads::tus::{
    self, PART, UPLOAD_EXPIRES, UPLOAD_LENGTH, UPLOAD_METADATA, UPLOAD_OFFSET, body_length, expires, number, speaks_tus,
};
use crate::http::client::ClientAddress;
use ::evidence::checksum::Checksum;
use ::evidence::resumable::Part;
use complaint::fields::form::Choice;
use complaint::questionnaire::question::Purpose;
use contract::FileView;
use service::files::resumable::{self, UploadProgress};
use service::files::{self, FileError, Incoming};

/// The accepted media types: the one of tus, and the generic one.
const BYTES: [&str; 2] = [PART, "application/octet-stream"];

/// The headers of an upload.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "only the derive macro uses this")]
struct UploadHeaders {
    /// The size of the file in bytes
    #[param(rename = "Upload-Length", minimum = 1, maximum = 9_007_199_254_740_991_u64)]
    length: u64,
    /// Comma-separated pairs of a name and a value in base64. `filename` is the name of the file. `filetype` is ignored: the type is found
    /// from the content. `purpose` is `evidence` (the default), `landlord_letter` or `authority`. The owner is `draft` (its id) or `case`
    /// (the reference of a case)
    #[param(rename = "Upload-Metadata", required = false, nullable = false, value_type = String, example = "filename bGV0dGVyLnBkZg==,purpose ZXZpZGVuY2U=")]
    metadata: Option<String>,
    /// The version of the tus protocol. Without it the request must contain the whole file
    #[param(rename = "Tus-Resumable", required = false, nullable = false, value_type = String, pattern = r"^1\.0\.0$")]
    tus: Option<String>,
}

/// Upload a file to a draft or a case
///
/// For a case, the caller must be signed in; a representative needs the right `speak`. The upload is then an event of the case, and case
/// actions such as a message can name the file by its id.
///
/// With `Tus-Resumable`, the request announces the file and may contain its first bytes; the rest follows by `PATCH`. Without it the
/// request must contain the whole file. A complete file is stored, but cannot be opened before the virus scan. A request that
/// fails leaves no upload behind.
#[utoipa::path(
    post,
    path = "/api/v1/uploads",
    operation_id = "addFile",
    tag = "Evidence",
    params(UploadHeaders, ("draft" = Option<String>, Query, description = "Number that selects one of several drafts in a browser")),
    request_body(content(
        (Value = "application/offset+octet-stream"),
        (Value = "application/octet-stream"),
    ), description = "All bytes of the file, its first bytes, or none"),
    responses(
        (status = 201, description = "The file is announced, and all bytes received are stored.", body = FileView, headers(
            ("Location" = String, description = "The path of the upload"),
            ("Upload-Offset" = u64, description = "The number of bytes stored"),
            ("Upload-Expires" = String, description = "When the unfinished upload expires"),
            ("Tus-Resumable" = String),
        )),
        responses::Always, responses::CrossSite, responses::Holder, responses::NotFound, responses::Unsent, responses::WithBody,
        responses::TusVersion, responses::WithPart, responses::Limited,
    ),
    security(("draftCookie" = []), ("draftBearer" = []), ("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<HttpState>,
    from: ClientAddress,
    OptionalDraftToken(token): OptionalDraftToken,
    OptionalSession(session): OptionalSession,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let is_empty = body.is_end_stream() || body_length(&headers) == Some(0);
    let stream = body.into_data_stream();
    let said = async {
        let said = if token.is_none() && session.is_none() {
            Err(Problem::new(Kind::DraftTokenMissing))
        } else {
            UploadRequest::read(&headers, is_empty)
        }?;
        let to = UploadOwner::find(&state, (said.draft.as_deref(), said.case.as_deref()), token, session).await?;
        state.limits.upload(from).map_err(|wait| Problem::too_many(wait.seconds))?;
        Ok((to, said))
    };
    let (to, said) = match said.await {
        Ok(said) => said,
        Err(problem) => {
            drain(stream).await;
            return Err(problem);
        }
    };
    let Some(permit) = state.upload_permits.take(from).await else {
        drain(stream).await;
        return Err(Problem::new(Kind::Unavailable));
    };
    // In a task of its own: if the client disconnects, the task still finishes and leaves no upload whose id no client knows.
    let taken = tokio::spawn(async move {
        let _permit = permit;
        if said.resumable {
            announce(state, (to, from), said, stream).await
        } else {
            whole(state, (to, from), said.file, stream).await
        }
    });
    taken.await.unwrap_or_else(|_| Err(Problem::new(Kind::Internal)))
}

/// Stores the whole file, or nothing.
async fn whole(
    state: HttpState,
    (to, from): (UploadOwner, ClientAddress),
    file: Incoming,
    mut stream: BodyDataStream,
) -> Result<Response, Problem> {
    let (services, name) = (&state.services, file.filename.clone());
    match files::add_file(services, to.target(from), file, &mut stream).await {
        Ok(file) => {
            let offset = file.bytes;
            Ok(created(file, offset))
        }
        Err(e) => {
            drain(stream).await;
            Err(problem_for_file(e, name, to.not_found_kind()))
        }
    }
}

/// Announces the file, and stores the bytes that come with the announcement.
async fn announce(
    state: HttpState,
    (to, from): (UploadOwner, ClientAddress),
    said: UploadRequest,
    stream: BodyDataStream,
) -> Result<Response, Problem> {
    let services = &state.services;
    let name = said.file.filename.clone();
    let announced = match resumable::announce(services, to.target(from), said.file, said.metadata).await {
        Ok(announced) => announced,
        Err(e) => {
            drain(stream).await;
            return Err(problem_for_file(e, name, to.not_found_kind()));
        }
    };
    if !said.with_bytes {
        return Ok(standing(announced));
    }
    let Ok(upload) = announced.file.id.parse() else {
        return Err(Problem::new(Kind::Internal));
    };
    let part = Part {
        upload,
        offset: 0,
        length: said.body_length,
        checksum: said.checksum,
    };
    let appended = resumable::append(services, &to, part, stream).await;
    match appended.result {
        Ok(appended) => Ok(standing(appended)),
        Err(e) => {
            if let Some(rest) = appended.rest {
                drain(rest).await;
            }
            // No client knows its id.
            match files::remove_file(services, &to, upload).await {
                Ok(()) | Err(FileError::NotFound) => {}
                Err(error) => tracing::warn!(%upload, %error, "an upload whose first request failed could not be removed"),
            }
            Err(problem_for_file(e, name, to.not_found_kind()))
        }
    }
}

/// The parsed headers of an upload.
struct UploadRequest {
    file: Incoming,
    draft: Option<String>,
    case: Option<String>,
    /// Whether the caller uses tus, and can continue after a broken connection.
    resumable: bool,
    /// Whether the request contains bytes of the file.
    with_bytes: bool,
    body_length: Option<u64>,
    checksum: Option<Checksum>,
    /// `Upload-Metadata` as sent.
    metadata: String,
}

impl UploadRequest {
    fn read(headers: &HeaderMap, is_empty: bool) -> Result<Self, Problem> {
        let resumable = speaks_tus(headers)?;
        let media_type = single(headers, &header::CONTENT_TYPE)?.map(str::trim);
        let with_bytes = match media_type {
            Some(given) if BYTES.iter().any(|bytes| given.eq_ignore_ascii_case(bytes)) => true,
            // An announcement without bytes needs no content type; some client libraries send one anyway.
            None if resumable => false,
            Some(_) if resumable && is_empty => false,
            _ => return Err(Problem::new(Kind::MediaTypeNotSupported)),
        };
        let mut said = Self {
            file: Incoming {
                filename: String::new(),
                purpose: Purpose::Evidence,
                declared_len: Some(number(headers, &UPLOAD_LENGTH)?),
            },
            draft: None,
            case: None,
            resumable,
            with_bytes,
            body_length: body_length(headers),
            checksum: tus::checksum(headers)?,
            metadata: single(headers, &UPLOAD_METADATA)?.unwrap_or_default().to_owned(),
        };
        for (name, value) in tus::metadata(headers)? {
            // tus requires servers to ignore unknown names.
            match name.as_str() {
                "filename" => said.file.filename = value,
                "purpose" => said.file.purpose = Purpose::parse(&value).ok_or_else(|| unreadable(&UPLOAD_METADATA))?,
                "draft" => said.draft = Some(value),
                "case" => said.case = Some(value),
                _ => {}
            }
        }
        Ok(said)
    }
}

fn standing(standing: UploadProgress) -> Response {
    let mut response = created(standing.file, standing.offset);
    if let Some(at) = standing.expires_at {
        response.headers_mut().insert(UPLOAD_EXPIRES, expires(at));
    }
    response
}

fn created(file: FileView, offset: u64) -> Response {
    let location = HeaderValue::try_from(format!("/api/v1/uploads/{}", file.id)).unwrap_or(HeaderValue::from_static("/"));
    let headers = [(header::LOCATION, location), (UPLOAD_OFFSET, offset.into())];
    (StatusCode::CREATED, headers, Json(file)).into_response()
}
