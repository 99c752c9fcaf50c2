//! `POST /api/v1/uploads`: announces a file, and takes in what comes with the announcement.

use axum::Json;
use axum::body::{Body, BodyDataStream, HttpBody};
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use utoipa::IntoParams;

use super::refused::{drain, refused};
use super::to::To;
use super::tus::{self, PART, UPLOAD_EXPIRES, UPLOAD_LENGTH, UPLOAD_METADATA, UPLOAD_OFFSET, body_length, expires, number, speaks_tus};
use crate::api::headers::{single, unreadable};
use crate::api::identity::{HeldDraft, MaySession};
use crate::api::problem::{Kind, Problem, responses};
use crate::complaint::form::Choice;
use crate::complaint::view::{FileView, Purpose};
use crate::door::DoorState;
use crate::door::client::ClientAddress;
use crate::evidence::checksum::Checksum;
use crate::evidence::resumable::Part;
use crate::service::acting;
use crate::service::evidence::resumable::{self, Standing};
use crate::service::evidence::{self, FileError, Incoming};

/// A file's bytes: as tus calls them, and as everybody else does.
const BYTES: [&str; 2] = [PART, "application/octet-stream"];

/// What the headers of an upload say.
#[derive(IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "read by the derive only")]
struct UploadHeaders {
    /// The file's size in bytes
    #[param(rename = "Upload-Length", minimum = 1, maximum = 9_007_199_254_740_991_u64)]
    length: u64,
    /// Pairs of a name and a value in base64, with commas between: `filename`, `filetype` (a hint: the type is found from
    /// the content), `purpose` (`evidence` when left out, `landlord_letter`, `authority`), and whose it is: `draft` (its id) or `case` (the reference of one that was sent)
    #[param(rename = "Upload-Metadata", required = false, nullable = false, value_type = String, example = "filename bGV0dGVyLnBkZg==,purpose ZXZpZGVuY2U=")]
    metadata: Option<String>,
    /// The version of the tus protocol. Without it the whole file has to come with this request
    #[param(rename = "Tus-Resumable", required = false, nullable = false, value_type = String, pattern = r"^1\.0\.0$")]
    tus: Option<String>,
}

/// Adds a file to a draft, or to a case that was sent.
///
/// To a case by somebody signed in who may speak on it; that the file came, and from whom, is then an event of the case. Acts such as a
/// message name it by its id.
///
/// By the tus protocol (with `Tus-Resumable`) the file is announced, and as much of it taken as comes with the announcement; the
/// rest follows by `PATCH`. Without it the whole file has to come. When it is whole it is stored and on record, and nobody can open
/// it before it is checked for viruses. An announcement that fails leaves nothing.
#[utoipa::path(
    post,
    path = "/api/v1/uploads",
    operation_id = "addFile",
    tag = "Evidence",
    params(UploadHeaders, ("draft" = Option<String>, Query, description = "The number of the draft in this browser, where it holds several. The number is part of the cookie's name")),
    request_body(content(
        (Value = "application/offset+octet-stream"),
        (Value = "application/octet-stream"),
    ), description = "The file's bytes, or its first ones, or none"),
    responses(
        (status = 201, description = "The file is announced, and all of it stored that came.", body = FileView, headers(
            ("Location" = String, description = "The upload's address"),
            ("Upload-Offset" = u64, description = "How many bytes are here"),
            ("Upload-Expires" = String, description = "When an unfinished upload is given up"),
            ("Tus-Resumable" = String),
        )),
        responses::Always, responses::Guarded, responses::Holder, responses::Owned, responses::Unsent, responses::WithBody,
        responses::OfTus, responses::WithPart, responses::Limited,
    ),
    security(("draftCookie" = []), ("draftBearer" = []), ("sessionCookie" = []), ("sessionBearer" = [])),
)]
#[tracing::instrument(skip_all)]
pub async fn handler(
    State(state): State<DoorState>,
    from: ClientAddress,
    HeldDraft(token): HeldDraft,
    MaySession(session): MaySession,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let is_empty = body.is_end_stream() || body_length(&headers) == Some(0);
    let stream = body.into_data_stream();
    let said = async {
        let said = if token.is_none() && session.is_none() {
            Err(Problem::new(Kind::DraftTokenMissing))
        } else {
            Said::read(&headers, is_empty)
        }?;
        let to = To::find(&state, (said.draft.as_deref(), said.case.as_deref()), token, session).await?;
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
    let Some(turn) = state.upload_turns.take(from).await else {
        drain(stream).await;
        return Err(Problem::new(Kind::Unavailable));
    };
    // In a task of its own: whoever goes away in the middle must not leave an upload that nobody knows the address of.
    let taken = tokio::spawn(async move {
        let _turn = turn;
        if said.resumable {
            announce(state, (to, from), said, stream).await
        } else {
            whole(state, (to, from), said.file, stream).await
        }
    });
    taken.await.unwrap_or_else(|_| Err(Problem::new(Kind::Internal)))
}

/// The whole file, or nothing.
async fn whole(state: DoorState, (to, from): (To, ClientAddress), file: Incoming, mut stream: BodyDataStream) -> Result<Response, Problem> {
    let (services, name) = (&state.services, file.filename.clone());
    let added = match &to {
        To::Draft(token) => evidence::add_file(services, token, file.sent_from(from.address()), &mut stream).await,
        To::Case(session, reference) => acting::add_file(services, session, reference, file, None, &mut stream).await,
    };
    match added {
        Ok(file) => {
            let offset = file.bytes;
            Ok(created(file, offset))
        }
        Err(e) => {
            drain(stream).await;
            Err(refused(e, name, to.missing()))
        }
    }
}

/// The announcement, and as much as comes with it.
async fn announce(state: DoorState, (to, from): (To, ClientAddress), said: Said, stream: BodyDataStream) -> Result<Response, Problem> {
    let services = &state.services;
    let name = said.file.filename.clone();
    let announced = match &to {
        To::Draft(token) => resumable::announce(services, token, said.file.sent_from(from.address()), said.metadata).await,
        To::Case(session, reference) => resumable::announce_to_case(services, session, reference, said.file, said.metadata).await,
    };
    let announced = match announced {
        Ok(announced) => announced,
        Err(e) => {
            drain(stream).await;
            return Err(refused(e, name, to.missing()));
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
            // Its address is not known to anybody.
            match evidence::remove_file(services, &to, upload).await {
                Ok(()) | Err(FileError::NotFound) => {}
                Err(error) => tracing::warn!(%upload, %error, "an announced file that failed could not be removed"),
            }
            Err(refused(e, name, to.missing()))
        }
    }
}

/// What the headers said about the file to come.
struct Said {
    file: Incoming,
    draft: Option<String>,
    case: Option<String>,
    /// Whether the caller can go on after a break.
    resumable: bool,
    /// Whether bytes of the file come with the announcement.
    with_bytes: bool,
    body_length: Option<u64>,
    checksum: Option<Checksum>,
    /// The metadata as they were written.
    metadata: String,
}

impl Said {
    fn read(headers: &HeaderMap, is_empty: bool) -> Result<Self, Problem> {
        let resumable = speaks_tus(headers)?;
        let media_type = single(headers, &header::CONTENT_TYPE)?.map(str::trim);
        let with_bytes = match media_type {
            Some(given) if BYTES.iter().any(|bytes| given.eq_ignore_ascii_case(bytes)) => true,
            // An announcement alone has no type, whatever a client's library writes there.
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
            // Names that are not ours are passed over, as tus asks.
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

fn standing(standing: Standing) -> Response {
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
