//! Groups of problem responses for the OpenAPI document: each operation names the groups that apply to it.

use utoipa::IntoResponses;

use crate::http::api::problem::ProblemBody;

/// All operations.
#[derive(IntoResponses)]
pub enum Always {
    /// Part of the path, the query or a header cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(ProblemBody),
    /// The server failed. Nothing was changed.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(ProblemBody),
    /// The database or the storage cannot be reached. `Retry-After` gives the seconds until the next attempt.
    #[response(status = 503, content_type = "application/problem+json", headers(("Retry-After" = u64, description = "In seconds")))]
    Unavailable(ProblemBody),
}

/// Operations with a JSON body.
#[derive(IntoResponses)]
pub enum WithBody {
    /// The body is not JSON, or a header cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    NotJson(ProblemBody),
    /// The body did not arrive in time.
    #[response(status = 408, content_type = "application/problem+json")]
    Timeout(ProblemBody),
    /// The body is too large.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// The body is not `application/json`.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(ProblemBody),
    /// The body has an unexpected shape or breaks a rule: `errors` names each error.
    #[response(status = 422, content_type = "application/problem+json")]
    NotAccepted(ProblemBody),
}

/// Operations that change something and accept a cookie.
#[derive(IntoResponses)]
pub enum CrossSite {
    /// Another site caused the browser to send this request.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
}

/// Operations for the holder of a draft.
#[derive(IntoResponses)]
pub enum Holder {
    /// The draft token is missing.
    #[response(status = 401, content_type = "application/problem+json", headers(("WWW-Authenticate" = String)))]
    TokenMissing(ProblemBody),
}

/// Operations on a draft, an upload or a case.
#[derive(IntoResponses)]
pub enum NotFound {
    /// It does not exist, or the caller may not see it. The response does not reveal which.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
}

/// Operations for the holder of a draft or a signed-in person.
#[derive(IntoResponses)]
pub enum Reader {
    /// Both the draft token and the session are missing.
    #[response(status = 401, content_type = "application/problem+json", headers(("WWW-Authenticate" = String)))]
    NotSignedIn(ProblemBody),
}

/// Operations that return the content of a file.
#[derive(IntoResponses)]
pub enum Scanned {
    /// The file is not scanned yet, or was refused: the problem's `type` says which.
    #[response(status = 409, content_type = "application/problem+json")]
    NotChecked(ProblemBody),
}

/// Operations that support range requests.
#[derive(IntoResponses)]
pub enum Ranged {
    /// The range does not overlap the file.
    #[response(status = 416, content_type = "application/problem+json", headers(("Content-Range" = String)))]
    RangeNotSatisfiable(ProblemBody),
}

/// Operations that change a draft.
#[derive(IntoResponses)]
pub enum Unsent {
    /// The complaint has been sent; its draft cannot change any more.
    #[response(status = 409, content_type = "application/problem+json")]
    AlreadySent(ProblemBody),
}

/// Operations with a rate limit.
#[derive(IntoResponses)]
pub enum Limited {
    /// Too many requests. `Retry-After` gives the seconds until the next one is accepted.
    #[response(status = 429, content_type = "application/problem+json", headers(("Retry-After" = u64, description = "In seconds")))]
    TooMany(ProblemBody),
}

/// Operations for signed-in people.
#[derive(IntoResponses)]
pub enum SignedIn {
    /// The session is missing or has ended.
    #[response(status = 401, content_type = "application/problem+json", headers(("WWW-Authenticate" = String)))]
    NotSignedIn(ProblemBody),
}

/// Case actions of the people on a case.
#[derive(IntoResponses)]
pub enum CaseActions {
    /// The caller's authority to represent the tenant does not include this, or another site caused the browser to send the request.
    #[response(status = 403, content_type = "application/problem+json")]
    NotAllowed(ProblemBody),
    /// The state of the case does not permit this, or the idempotency key was sent before with another request.
    #[response(status = 409, content_type = "application/problem+json")]
    NotNow(ProblemBody),
}

/// Operations for the organisation.
#[derive(IntoResponses)]
pub enum Desk {
    /// The API key is missing, unknown or revoked.
    #[response(status = 401, content_type = "application/problem+json", headers(("WWW-Authenticate" = String)))]
    KeyNotAccepted(ProblemBody),
    /// The API key lacks the required scope.
    #[response(status = 403, content_type = "application/problem+json")]
    KeyNotAllowed(ProblemBody),
}

/// Operations of the tus protocol.
#[derive(IntoResponses)]
pub enum TusVersion {
    /// `Tus-Resumable` is missing or names an unsupported version. `Tus-Version` names the supported one.
    #[response(status = 412, content_type = "application/problem+json", headers(("Tus-Version" = String)))]
    Version(ProblemBody),
}

/// Operations that ask another request on the same upload to stop.
#[derive(IntoResponses)]
pub enum UploadBusy {
    /// Another request is writing to the upload and does not stop in time.
    #[response(status = 423, content_type = "application/problem+json")]
    Busy(ProblemBody),
}

/// Operations on an unfinished upload.
#[derive(IntoResponses)]
pub enum Unfinished {
    /// The upload has expired: no bytes arrived for too long.
    #[response(status = 410, content_type = "application/problem+json")]
    Gone(ProblemBody),
    /// Another request is writing to the upload and does not stop in time.
    #[response(status = 423, content_type = "application/problem+json")]
    Busy(ProblemBody),
}

/// Operations that receive bytes of a file.
#[derive(IntoResponses)]
pub enum WithPart {
    /// `Upload-Offset` is not the current offset, or the complaint has been sent.
    #[response(status = 409, content_type = "application/problem+json")]
    WrongOffset(ProblemBody),
    /// More bytes than announced, or more than a file may have.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// The body has an unexpected content type.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(ProblemBody),
    /// The file is not accepted. It is not kept.
    #[response(status = 422, content_type = "application/problem+json")]
    NotAllowed(ProblemBody),
    /// The part does not match its checksum. None of it is kept.
    #[response(status = 460, content_type = "application/problem+json")]
    Checksum(ProblemBody),
    /// There is no disk space to store it.
    #[response(status = 507, content_type = "application/problem+json")]
    NoRoom(ProblemBody),
}
