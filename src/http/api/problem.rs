//! Errors of the API: RFC 9457 problems, `application/problem+json`.
//!
//! A handler returns a [`Problem`]; the middleware in [`render`] writes it in the caller's language. It also turns errors made
//! elsewhere (method not allowed, a panic, an outer layer) into problems, by their status. Every error of the API is thus a problem.

pub mod render;
pub mod responses;

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use complaint::fields::iso_date;
use complaint::{FieldError, QuestionRef};
use contract::people::NoAccess;
use evidence::FileLimit;
use service::ServiceError;

pub const MEDIA_TYPE: &str = "application/problem+json";

/// The `Retry-After` when the database cannot be reached, in seconds.
const RETRY_UNAVAILABLE: u64 = 5;

/// Defines [`Kind`] from a table: variant, code (names its texts and its `type`), status.
macro_rules! kinds {
    ($($(#[$doc:meta])* $variant:ident = $code:literal, $status:ident;)+) => {
        /// The kinds of problems. Their texts are `problems.<code>.title` and `.detail` in `locales/`.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Kind { $($(#[$doc])* $variant,)+ }

        impl Kind {
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code, `snake_case`.
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
    /// Part of the path, the query or a header cannot be read.
    BadRequest = "bad_request", BAD_REQUEST;
    /// The body is not JSON.
    BodyNotJson = "body_not_json", BAD_REQUEST;
    /// The operation requires an `Idempotency-Key`.
    IdempotencyKeyMissing = "idempotency_key_missing", BAD_REQUEST;
    /// An upload ended early, or its length is not the announced one.
    UploadIncomplete = "upload_incomplete", BAD_REQUEST;
    /// The connection broke in the middle of a part; the bytes received before are kept.
    UploadBrokenOff = "upload_broken_off", BAD_REQUEST;
    /// A newer request took over the upload. Not 409: the client would retry after a 409, and the two requests would interrupt each other
    /// for ever.
    UploadTakenOver = "upload_taken_over", BAD_REQUEST;
    /// Reference and access code do not belong together, or the reference does not exist. The response does not reveal which.
    SignInFailed = "sign_in_failed", UNAUTHORIZED;
    /// The draft token is missing or malformed.
    DraftTokenMissing = "draft_token_missing", UNAUTHORIZED;
    /// The session is missing or has ended.
    NotSignedIn = "not_signed_in", UNAUTHORIZED;
    /// The API key is missing, unknown or revoked.
    KeyNotAccepted = "key_not_accepted", UNAUTHORIZED;
    /// The API key is valid but lacks the required scope.
    KeyNotAllowed = "key_not_allowed", FORBIDDEN;
    /// The person's authority to represent the tenant does not include this action.
    CaseActionNotAllowed = "act_not_allowed", FORBIDDEN;
    /// The caller is a participant of the case but has no access to it now.
    NoAccess = "no_access", FORBIDDEN;
    /// Refused for every caller, such as a cross-site request.
    Forbidden = "forbidden", FORBIDDEN;
    /// Nothing exists at this path, or the caller may not see it.
    NotFound = "not_found", NOT_FOUND;
    DraftNotFound = "draft_not_found", NOT_FOUND;
    /// The resume code or resume link opens no draft, or has expired.
    ResumeNotFound = "return_not_found", NOT_FOUND;
    ReceiptNotFound = "receipt_not_found", NOT_FOUND;
    UploadNotFound = "upload_not_found", NOT_FOUND;
    CaseNotFound = "case_not_found", NOT_FOUND;
    /// The consent link or code is unknown, used up or expired.
    ConsentNotFound = "consent_not_found", NOT_FOUND;
    MethodNotAllowed = "method_not_allowed", METHOD_NOT_ALLOWED;
    /// The rest of the request did not arrive in time.
    RequestTimeout = "request_timeout", REQUEST_TIMEOUT;
    /// The complaint has been sent; its draft cannot change any more.
    AlreadySent = "already_sent", CONFLICT;
    /// The consent request has been answered already.
    AlreadyDecided = "already_decided", CONFLICT;
    /// The file is still uploading or not scanned yet.
    FileNotChecked = "file_not_checked", CONFLICT;
    /// The scan or the organisation refused the file.
    FileRefused = "file_refused", CONFLICT;
    /// The case's status cannot change to the requested one.
    StatusNotAllowed = "status_not_allowed", CONFLICT;
    /// The state of the case does not permit this action, or its deadline has passed.
    CaseActionNotPossible = "act_not_now", CONFLICT;
    /// `Upload-Offset` is not the current offset of the upload.
    UploadOffsetWrong = "upload_offset_wrong", CONFLICT;
    /// The upload has expired or was ended.
    UploadGone = "upload_gone", GONE;
    /// `Tus-Resumable` is missing or names an unsupported version.
    TusVersionNotSupported = "tus_version_not_supported", PRECONDITION_FAILED;
    /// Another device has saved the draft since.
    RevisionChanged = "revision_changed", PRECONDITION_FAILED;
    BodyTooLarge = "body_too_large", PAYLOAD_TOO_LARGE;
    FileTooLarge = "file_too_large", PAYLOAD_TOO_LARGE;
    /// More bytes arrived than were announced.
    UploadLongerThanAnnounced = "upload_longer_than_announced", PAYLOAD_TOO_LARGE;
    /// Another request is writing to the upload and does not stop in time.
    UploadBusy = "upload_busy", LOCKED;
    /// The part does not match its checksum. The status is 460, which only tus defines: see [`Kind::status`].
    ChecksumMismatch = "checksum_mismatch", BAD_REQUEST;
    /// The range does not overlap the file.
    RangeNotSatisfiable = "range_not_there", RANGE_NOT_SATISFIABLE;
    MediaTypeNotSupported = "media_type_not_supported", UNSUPPORTED_MEDIA_TYPE;
    /// The body is JSON, but not of the expected shape.
    BodyNotAccepted = "body_not_accepted", UNPROCESSABLE_ENTITY;
    /// An answer breaks a rule.
    AnswersNotAccepted = "answers_not_accepted", UNPROCESSABLE_ENTITY;
    /// Required questions are unanswered.
    ComplaintIncomplete = "complaint_incomplete", UNPROCESSABLE_ENTITY;
    /// The same idempotency key was sent before with another request.
    IdempotencyKeyReused = "idempotency_key_reused", CONFLICT;
    FileEmpty = "file_empty", UNPROCESSABLE_ENTITY;
    FileTypeNotAllowed = "file_type_not_allowed", UNPROCESSABLE_ENTITY;
    /// The file name has an accepted extension, but the content is of a type that is not accepted.
    FileMislabelled = "file_mislabelled", UNPROCESSABLE_ENTITY;
    /// The file opens only with a password.
    FileProtected = "file_protected", UNPROCESSABLE_ENTITY;
    FileMacros = "file_macros", UNPROCESSABLE_ENTITY;
    /// The file cannot be opened.
    FileDamaged = "file_damaged", UNPROCESSABLE_ENTITY;
    /// No copy without location metadata can be made of the file.
    LocationRemains = "place_stays", UNPROCESSABLE_ENTITY;
    FilesTooMany = "files_too_many", UNPROCESSABLE_ENTITY;
    FilesFull = "files_full", UNPROCESSABLE_ENTITY;
    TooManyRequests = "too_many_requests", TOO_MANY_REQUESTS;
    Internal = "internal", INTERNAL_SERVER_ERROR;
    /// There is no disk space left for uploads.
    StorageFull = "storage_full", INSUFFICIENT_STORAGE;
    /// The database or the storage cannot be reached; repeating the request may succeed.
    Unavailable = "unavailable", SERVICE_UNAVAILABLE;
}

impl Kind {
    pub fn status(self) -> StatusCode {
        match self {
            // tus 1.0.0, extension checksum.
            Self::ChecksumMismatch => StatusCode::from_u16(460).unwrap_or(StatusCode::BAD_REQUEST),
            kind => kind.usual_status(),
        }
    }

    /// The `type` of the problem: a stable URI reference, relative to the server.
    pub fn uri(self) -> String {
        format!("/problems/{}", self.code().replace('_', "-"))
    }

    /// The kind for an error response that was made elsewhere with this status.
    fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::NotSignedIn,
            StatusCode::FORBIDDEN => Self::Forbidden,
            StatusCode::NOT_FOUND => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::REQUEST_TIMEOUT => Self::RequestTimeout,
            StatusCode::PAYLOAD_TOO_LARGE => Self::BodyTooLarge,
            StatusCode::RANGE_NOT_SATISFIABLE => Self::RangeNotSatisfiable,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::MediaTypeNotSupported,
            StatusCode::UNPROCESSABLE_ENTITY => Self::BodyNotAccepted,
            StatusCode::TOO_MANY_REQUESTS => Self::TooManyRequests,
            StatusCode::SERVICE_UNAVAILABLE | StatusCode::GATEWAY_TIMEOUT => Self::Unavailable,
            status if status.is_client_error() => Self::BadRequest,
            _ => Self::Internal,
        }
    }
}

/// One error in a request, a member of the problem's `errors`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    pointer: String,
    code: String,
    said: FaultText,
}

/// The source of an error's text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum FaultText {
    /// `errors.<code>`, the text that the page shows.
    Field(FieldError),
    /// A key in `locales/`, with its placeholders' values.
    Key(&'static str, Vec<(&'static str, String)>),
    /// `errors.<code>`, with a file name and a limit.
    File(String, Option<FileLimit>),
}

impl Fault {
    /// A broken rule of the questionnaire.
    pub fn rule(error: FieldError) -> Self {
        Self {
            pointer: error.pointer.to_string(),
            code: error.code.to_string(),
            said: FaultText::Field(error),
        }
    }

    /// A part of the request with an unexpected shape. `reason` is for developers.
    pub fn shape(pointer: String, reason: String) -> Self {
        Self {
            pointer,
            code: "shape".into(),
            said: FaultText::Key("problems.shape", vec![("reason", reason)]),
        }
    }

    /// A value that is not accepted, with a text of its own in `locales/`.
    pub fn with_text(pointer: &str, code: &str, key: &'static str) -> Self {
        Self {
            pointer: pointer.into(),
            code: code.into(),
            said: FaultText::Key(key, Vec::new()),
        }
    }

    /// A file that was refused. `code` is the code of its [`Kind`].
    pub fn file(code: &'static str, name: String, limit: Option<FileLimit>) -> Self {
        Self {
            pointer: String::new(),
            code: code.into(),
            said: FaultText::File(name, limit),
        }
    }

    /// A required question without an answer.
    pub fn missing(place: QuestionRef) -> Self {
        Self {
            pointer: format!("/answers/{}", place.code()),
            code: "answer_missing".into(),
            said: FaultText::Key("problems.answer_missing", vec![("step", place.code())]),
        }
    }
}

/// An error response. Boxed, so that `Result<_, Problem>` stays small.
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

    pub fn kind(&self) -> Kind {
        self.0.kind
    }

    /// Adds the value of a placeholder in the problem's text.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl ToString) -> Self {
        self.0.values.push((name, value.to_string()));
        self
    }

    /// Adds the errors, in the order of the questions on the page.
    #[must_use]
    pub fn with_faults(mut self, faults: impl IntoIterator<Item = Fault>) -> Self {
        self.0.faults.extend(faults);
        self
    }

    /// The answers break rules.
    pub fn rules(errors: Vec<FieldError>) -> Self {
        Self::new(Kind::AnswersNotAccepted).with_faults(errors.into_iter().map(Fault::rule))
    }

    /// The caller is a participant of the case without access now: `errors` says why.
    pub fn no_access(why: NoAccess) -> Self {
        let error = FieldError::new("authority", why.code());
        let error = match why {
            NoAccess::RunOut(until) => error.with("date", iso_date::format(until)),
            NoAccess::Waiting | NoAccess::Refused | NoAccess::Ended => error,
        };
        Self::new(Kind::NoAccess).with_faults([Fault::rule(error)])
    }

    /// Another device has saved the draft; `revision` is the current one.
    pub fn revision_changed(revision: i64) -> Self {
        let mut problem = Self::new(Kind::RevisionChanged);
        problem.0.revision = Some(revision);
        problem.0.headers.push((header::ETAG, crate::http::api::headers::etag(revision)));
        problem
    }

    /// The caller must wait `seconds` before the next attempt.
    pub fn too_many(seconds: u64) -> Self {
        let mut problem = Self::new(Kind::TooManyRequests);
        problem.0.headers.push((header::RETRY_AFTER, seconds.into()));
        problem
    }

    /// Converts an error of the service, and logs it: errors are logged nowhere else.
    pub fn service(error: &ServiceError) -> Self {
        match error {
            ServiceError::Unavailable(cause) => {
                tracing::warn!(error = %cause, "an API request failed: the database or the storage cannot be reached");
                Self::new(Kind::Unavailable)
            }
            ServiceError::Internal(_) | ServiceError::Duplicate(_) => {
                tracing::error!(%error, "an API request failed");
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
    /// Sets only the status and the headers; [`render::middleware`] knows the language and writes the body.
    fn into_response(self) -> Response {
        let mut response = self.0.kind.status().into_response();
        for (name, value) in &self.0.headers {
            response.headers_mut().append(name, value.clone());
        }
        response.extensions_mut().insert(self);
        response
    }
}

/// An error (RFC 9457).
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// The kind of problem: a stable URI reference, relative to the server.
    #[serde(rename = "type")]
    #[schema(example = "/problems/answers-not-accepted", format = "uri-reference")]
    kind: String,
    /// A short text for the kind of problem.
    title: String,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    status: u16,
    /// What the person can do about it.
    detail: String,
    /// The request's id, for support.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = String, required = false)]
    instance: Option<String>,
    /// The errors, in the order of the questions on the page.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    errors: Vec<FaultBody>,
    /// Only with 412: the draft's current revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = i64, required = false)]
    revision: Option<i64>,
}

/// One error in the request.
#[derive(Serialize, utoipa::ToSchema)]
#[schema(as = Fault)]
pub struct FaultBody {
    /// The position in the body (RFC 6901); empty for the whole body.
    #[schema(format = "json-pointer")]
    pointer: String,
    /// A stable code.
    #[schema(example = "landlord_name_missing")]
    code: String,
    /// A text to show to the person.
    message: String,
}
