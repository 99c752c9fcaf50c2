//! What a caller reads when a call does not work: RFC 9457 problems, `application/problem+json`.
//!
//! A handler returns a [`Problem`]; the middleware in [`render`] writes it in the caller's language. Answers that were made
//! elsewhere (a method that is not allowed, a panic, a layer outside) are turned into problems by their status there too, so
//! that nothing else ever leaves the API.

pub mod render;
pub mod responses;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::complaint::fields::iso_date;
use crate::complaint::view::people::NoAccess;
use crate::complaint::{FieldError, Place};
use crate::service::ServiceError;

/// The media type of problems.
pub const MEDIA_TYPE: &str = "application/problem+json";

/// How long to wait when the database cannot be reached, in seconds.
const RETRY_UNAVAILABLE: u64 = 5;

/// Writes the list of problems: variant, the code its sentences and its `type` are named by, status.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:ident;)+) => {
        /// The kinds of problems. `problems.<code>.title` and `.detail` in `locales/` are their sentences.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($(#[$doc])* $variant,)+ }

        impl Kind {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code, `snake_case`.
            #[must_use]
            pub fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)+ }
            }

            fn usual_status(self) -> StatusCode {
                match self { $(Self::$variant => StatusCode::$status,)+ }
            }
        }
    };
}

kinds! {
    /// Part of the address, the query or a header cannot be read.
    BadRequest = "bad_request", BAD_REQUEST;
    /// The body is not JSON.
    BodyNotJson = "body_not_json", BAD_REQUEST;
    /// The call needs an `Idempotency-Key`.
    IdempotencyKeyMissing = "idempotency_key_missing", BAD_REQUEST;
    /// An upload stopped before its end, or had another length than announced.
    UploadIncomplete = "upload_incomplete", BAD_REQUEST;
    /// The connection broke in the middle of a part; what came of it was kept.
    UploadBrokenOff = "upload_broken_off", BAD_REQUEST;
    /// Another request goes on with the upload. Not 409: whoever is told that comes again, and the two would never end.
    UploadTakenOver = "upload_taken_over", BAD_REQUEST;
    /// Reference and code do not belong together, or there is no such reference: nobody is told which.
    SignInFailed = "sign_in_failed", UNAUTHORIZED;
    /// No token of a draft, or a text that is none.
    DraftTokenMissing = "draft_token_missing", UNAUTHORIZED;
    /// Not signed in, or not any more.
    NotSignedIn = "not_signed_in", UNAUTHORIZED;
    /// No key of the organisation's side, or one that is not valid any more.
    KeyNotAccepted = "key_not_accepted", UNAUTHORIZED;
    /// The key is good, but not for this.
    KeyNotAllowed = "key_not_allowed", FORBIDDEN;
    /// Their authority to act for the tenant does not go that far.
    ActNotAllowed = "act_not_allowed", FORBIDDEN;
    /// The caller is on the case, and may do nothing there now.
    NoAccess = "no_access", FORBIDDEN;
    /// Refused for everyone, such as a call another site made a browser send.
    Forbidden = "forbidden", FORBIDDEN;
    /// There is nothing at this address, or nothing this caller may see.
    NotFound = "not_found", NOT_FOUND;
    DraftNotFound = "draft_not_found", NOT_FOUND;
    /// A code or a link that opens no draft, or none any more.
    ReturnNotFound = "return_not_found", NOT_FOUND;
    ReceiptNotFound = "receipt_not_found", NOT_FOUND;
    UploadNotFound = "upload_not_found", NOT_FOUND;
    CaseNotFound = "case_not_found", NOT_FOUND;
    /// A link or a code about acting for somebody that opens nothing, or nothing any more.
    ConsentNotFound = "consent_not_found", NOT_FOUND;
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    /// The server waited too long for the rest of the request.
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT;
    /// The complaint was sent; its draft does not change any more.
    AlreadySent = "already_sent", CONFLICT;
    /// The request was answered before.
    AlreadyDecided = "already_decided", CONFLICT;
    /// The file is not scanned yet, or is still coming in.
    FileNotChecked = "file_not_checked", CONFLICT;
    /// Something was found in the file.
    FileRefused = "file_refused", CONFLICT;
    /// The case cannot go from its status to that one.
    StatusNotAllowed = "status_not_allowed", CONFLICT;
    /// The case is not where this can be done, or it is too late.
    ActNotNow = "act_not_now", CONFLICT;
    /// The part does not begin where the upload stands.
    UploadOffsetWrong = "upload_offset_wrong", CONFLICT;
    /// The upload was given up.
    UploadGone = "upload_gone", GONE;
    /// `Tus-Resumable` is missing, or names another version than ours.
    TusVersionNotSupported = "tus_version_not_supported", PRECONDITION_FAILED;
    /// Another device saved since.
    RevisionChanged = "revision_changed", PRECONDITION_FAILED;
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE;
    FileTooLarge = "file_too_large", PAYLOAD_TOO_LARGE;
    /// More came than was announced.
    UploadLongerThanAnnounced = "upload_longer_than_announced", PAYLOAD_TOO_LARGE;
    /// Another request is at the upload and does not stop.
    UploadBusy = "upload_busy", LOCKED;
    /// The part does not add up. The status is 460, which only tus knows: see [`Kind::status`].
    ChecksumMismatch = "checksum_mismatch", BAD_REQUEST;
    /// No byte of the range is in the file.
    RangeNotThere = "range_not_there", RANGE_NOT_SATISFIABLE;
    MediaTypeNotSupported = "media_type_not_supported", UNSUPPORTED_MEDIA_TYPE;
    /// The body is JSON of another shape.
    BodyNotAccepted = "body_not_accepted", UNPROCESSABLE_ENTITY;
    /// An answer breaks a rule.
    AnswersNotAccepted = "answers_not_accepted", UNPROCESSABLE_ENTITY;
    /// Questions are still to be answered.
    ComplaintIncomplete = "complaint_incomplete", UNPROCESSABLE_ENTITY;
    /// The same key came with another request before.
    IdempotencyKeyReused = "idempotency_key_reused", CONFLICT;
    FileEmpty = "file_empty", UNPROCESSABLE_ENTITY;
    FileTypeNotAllowed = "file_type_not_allowed", UNPROCESSABLE_ENTITY;
    /// The name says it is something we take, and the content is something we do not.
    FileMislabelled = "file_mislabelled", UNPROCESSABLE_ENTITY;
    /// It opens with a password only.
    FileProtected = "file_protected", UNPROCESSABLE_ENTITY;
    FileMacros = "file_macros", UNPROCESSABLE_ENTITY;
    /// It cannot be opened.
    FileDamaged = "file_damaged", UNPROCESSABLE_ENTITY;
    /// No copy can be made that does not say where it was taken.
    PlaceStays = "place_stays", UNPROCESSABLE_ENTITY;
    FilesTooMany = "files_too_many", UNPROCESSABLE_ENTITY;
    FilesFull = "files_full", UNPROCESSABLE_ENTITY;
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS;
    Internal = "internal", INTERNAL_SERVER_ERROR;
    /// There is no room for what people send.
    StorageFull = "storage_full", INSUFFICIENT_STORAGE;
    /// The database or the storage cannot be reached; the same call may work in a moment.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE;
}

impl Kind {
    /// The status it is answered with.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            // tus 1.0.0, extension checksum.
            Self::ChecksumMismatch => StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST),
            kind => kind.usual_status(),
        }
    }

    /// The problem's `type`: a stable address relative to the server.
    #[must_use]
    pub fn uri(self) -> String {
        format!("/problems/{}", self.code().replace('_', "-"))
    }

    /// The problem of an answer that was made elsewhere with this status.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::NotSignedIn,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::REQUEST_TIMEOUT => Self::RequestTimeout,
            StatusCode::PAYLOAD_TOO_LARGE => Self::BodyTooLarge,
            StatusCode::RANGE_NOT_SATISFIABLE => Self::RangeNotThere,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::MediaTypeNotSupported,
            StatusCode::UNPROCESSABLE_ENTITY => Self::BodyNotAccepted,
            StatusCode::TOO_MANY_REQUESTS => Self::TooManyRequests,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => Self::Unavailable,
            status if status.is_client_error() => Self::BadRequest,
            _ => Self::Internal,
        }
    }
}

/// One thing that is wrong with a body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pointer: String,
    code: String,
    said: Said,
}

/// Where the words of a fault come from.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    /// `errors.<code>`, as on the page.
    Field(FieldError),
    /// A key in `locales/`, with values.
    Key(&'static str, Vec<(&'static str, String)>),
    /// `errors.<code>`, with the name of a file and a limit.
    File(String, Option<Limit>),
}

impl Fault {
    /// A rule that was broken.
    #[must_use]
    pub fn rule(error: FieldError) -> Self {
        Self {
            pointer: error.pointer.to_string(),
            code: error.code.to_string(),
            said: Said::Field(error),
        }
    }

    /// A part of the request of another shape than it should have. `reason` is for developers.
    #[must_use]
    pub fn shape(pointer: String, reason: String) -> Self {
        Self {
            pointer,
            code: "shape".into(),
            said: Said::Key("problems.shape", vec![("reason", reason)]),
        }
    }

    /// A value that will not do, with its own sentence in `locales/`.
    #[must_use]
    pub fn said(pointer: &str, code: &str, key: &'static str) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.into(),
            said: Said::Key(key, Vec::new()),
        }
    }

    /// A file that was not taken. `code` is that of its problem.
    #[must_use]
    pub fn file(code: &'static str, name: String, limit: Option<Limit>) -> Self {
        Self {
            pointer: String::new(),
            code: code.into(),
            said: Said::File(name, limit),
        }
    }

    /// A question that has no answer yet.
    #[must_use]
    pub fn missing(place: Place) -> Self {
        Self {
            pointer: format!("/answers/{}", place.code()),
            code: "answer_missing".into(),
            said: Said::Key("problems.answer_missing", vec![("step", place.code())]),
        }
    }
}

/// How much of something there may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// So many.
    Count(u64),
    /// So many bytes.
    Bytes(u64),
}

/// A problem on its way out. Boxed inside, so that a `Result` with it stays small.
#[derive(Clone, Debug)]
pub struct Problem(Box<Parts>);

#[derive(Clone, Debug)]
struct Parts {
    kind: Kind,
    values: Vec<(&'static str, String)>,
    faults: Vec<Fault>,
    revision: Option<i64>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    /// A problem of a kind.
    #[must_use]
    pub fn new(kind: Kind) -> Self {
        let headers = match kind {
            Kind::SignInFailed | Kind::DraftTokenMissing | Kind::NotSignedIn | Kind::KeyNotAccepted => {
                vec![(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))]
            }
            Kind::Unavailable => vec![(header::RETRY_AFTER, RETRY_UNAVAILABLE.into())],
            _ => Vec::new(),
        };
        Self(Box::new(Parts {
            kind,
            values: Vec::new(),
            faults: Vec::new(),
            revision: None,
            headers,
        }))
    }

    /// What kind it is.
    #[must_use]
    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// The same problem with a value its sentence is filled in with.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0.values.push((name, value.to_string()));
        self
    }

    /// The same problem naming what is wrong, in the order of the page.
    #[must_use]
    pub fn because(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.0.faults.extend(faults);
        self
    }

    /// An answer broke rules.
    #[must_use]
    pub fn rules(errors: Vec<FieldError>) -> Self {
        Self::new(Kind::AnswersNotAccepted).because(errors.into_iter().map(Fault::rule))
    }

    /// The caller is on the case, and may do nothing there now: `errors` says why.
    #[must_use]
    pub fn no_access(why: NoAccess) -> Self {
        let error = FieldError::new("authority", why.code());
        let error = match why {
            NoAccess::RunOut(until) => error.with("date", iso_date::format(until)),
            NoAccess::Waiting | NoAccess::Refused | NoAccess::Ended => error,
        };
        Self::new(Kind::NoAccess).because([Fault::rule(error)])
    }

    /// Another device saved; `revision` is the current one.
    #[must_use]
    pub fn revision_changed(revision: i64) -> Self {
        let mut problem = Self::new(Kind::RevisionChanged);
        problem.0.revision = Some(revision);
        problem.0.headers.push((header::ETAG, super::headers::etag(revision)));
        problem
    }

    /// Too many tries; `seconds` until the next.
    #[must_use]
    pub fn too_many(seconds: u64) -> Self {
        let mut problem = Self::new(Kind::TooManyRequests);
        problem.0.headers.push((header::RETRY_AFTER, seconds.into()));
        problem
    }

    /// Something the use cases could not do. The one place where it is logged.
    #[must_use]
    pub fn service(error: &ServiceError) -> Self {
        match error {
            ServiceError::Unavailable(cause) => {
                tracing::warn!(error = %cause, "a call could not be answered");
                Self::new(Kind::Unavailable)
            }
            ServiceError::Internal(_) | ServiceError::Duplicate(_) => {
                tracing::error!(%error, "a call failed");
                Self::new(Kind::Internal)
            }
        }
    }
}

impl From<ServiceError> for Problem {
    fn from(error: ServiceError) -> Self {
        Self::service(&error)
    }
}

impl IntoResponse for Problem {
    /// Only the status and the headers; the body is written by [`render::middleware`], which knows the language.
    fn into_response(self) -> Response {
        let mut response = self.0.kind.status().into_response();
        for (name, value) in &self.0.headers {
            response.headers_mut().append(name, value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// A problem as it is sent (RFC 9457).
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// What kind of problem it is: a stable address relative to the server.
    #[serde(rename = "type")]
    #[schema(example = "/problems/answers-not-accepted", format = "uri-reference")]
    kind: String,
    /// The kind in a few words.
    title: String,
    /// The status of the answer.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What to do about it.
    detail: String,
    /// The request's id, to be named when asking for help.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    instance: Option<String>,
    /// What is wrong, in the order of the page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FaultBody>,
    /// With 412: the draft's current revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, required = false)]
    revision: Option<i64>,
}

/// One thing that is wrong.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Fault)]
pub struct FaultBody {
    /// Where in the body (RFC 6901); empty for the whole of it.
    #[schema(format = "json-pointer")]
    pointer: String,
    /// A stable code.
    #[schema(example = "landlord_name_missing")]
    code: String,
    /// What to tell the person.
    message: String,
}
