//! The problems a call may answer with, for its description: each call names the groups that fit it.

use utoipa::IntoResponses;

use super::ProblemBody;

/// Every call: its address, query or headers cannot be read; something broke; the database cannot be reached.
#[derive(IntoResponses)]
pub enum Always {
    /// Part of the address, the query or a header cannot be read.
    #[response(status = 400, content_type = "application/problem+json")]
    BadRequest(ProblemBody),
    /// Something broke on our side. Nothing was done.
    #[response(status = 500, content_type = "application/problem+json")]
    Internal(ProblemBody),
    /// The database or the storage cannot be reached. `Retry-After` says when to try again.
    #[response(status = 503, content_type = "application/problem+json", headers(("Retry-After" = u64, description = "In seconds")))]
    Unavailable(ProblemBody),
}

/// Calls with a JSON body.
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
    /// The body has another shape, or breaks a rule: `errors` names each.
    #[response(status = 422, content_type = "application/problem+json")]
    NotAccepted(ProblemBody),
}

/// Calls that change something and may come with a cookie.
#[derive(IntoResponses)]
pub enum Guarded {
    /// Another site made a browser send this.
    #[response(status = 403, content_type = "application/problem+json")]
    Forbidden(ProblemBody),
}

/// Calls of a draft's holder.
#[derive(IntoResponses)]
pub enum Holder {
    /// Nothing says which draft is the caller's.
    #[response(status = 401, content_type = "application/problem+json", headers(("WWW-Authenticate" = String)))]
    TokenMissing(ProblemBody),
}

/// Calls of a draft or an upload's owner.
#[derive(IntoResponses)]
pub enum Owned {
    /// There is no such thing, or it is not this caller's: nobody is told which.
    #[response(status = 404, content_type = "application/problem+json")]
    NotFound(ProblemBody),
}

/// Calls of a draft's holder or somebody signed in.
#[derive(IntoResponses)]
pub enum Reader {
    /// Nothing says whose files the caller may see.
    #[response(status = 401, content_type = "application/problem+json", headers(("WWW-Authenticate" = String)))]
    NotSignedIn(ProblemBody),
}

/// Calls that open a file.
#[derive(IntoResponses)]
pub enum Checked {
    /// The file is not checked for viruses yet, or one was found in it: the problem's type says which.
    #[response(status = 409, content_type = "application/problem+json")]
    NotChecked(ProblemBody),
}

/// Calls that give out a part when one is asked for.
#[derive(IntoResponses)]
pub enum Ranged {
    /// No byte of the range is in the file.
    #[response(status = 416, content_type = "application/problem+json", headers(("Content-Range" = String)))]
    RangeNotThere(ProblemBody),
}

/// Calls that change a draft.
#[derive(IntoResponses)]
pub enum Unsent {
    /// The complaint was sent; its draft does not change any more.
    #[response(status = 409, content_type = "application/problem+json")]
    AlreadySent(ProblemBody),
}

/// Calls that are counted.
#[derive(IntoResponses)]
pub enum Limited {
    /// Too many of these. `Retry-After` says when the next may come.
    #[response(status = 429, content_type = "application/problem+json", headers(("Retry-After" = u64, description = "In seconds")))]
    TooMany(ProblemBody),
}

/// Calls of a session.
#[derive(IntoResponses)]
pub enum SignedIn {
    /// Not signed in, or not any more.
    #[response(status = 401, content_type = "application/problem+json", headers(("WWW-Authenticate" = String)))]
    NotSignedIn(ProblemBody),
}

/// Calls of somebody on a case who does something there.
#[derive(IntoResponses)]
pub enum Acting {
    /// Their authority to act for the tenant does not go that far, or another site made a browser send this.
    #[response(status = 403, content_type = "application/problem+json")]
    NotAllowed(ProblemBody),
    /// The case is not where this can be done, or the key came with another request before.
    #[response(status = 409, content_type = "application/problem+json")]
    NotNow(ProblemBody),
}

/// Calls of the organisation's side.
#[derive(IntoResponses)]
pub enum Desk {
    /// No key, or one that is not valid any more.
    #[response(status = 401, content_type = "application/problem+json", headers(("WWW-Authenticate" = String)))]
    KeyNotAccepted(ProblemBody),
    /// The key is good, but not for this.
    #[response(status = 403, content_type = "application/problem+json")]
    KeyNotAllowed(ProblemBody),
}

/// Calls of the tus protocol.
#[derive(IntoResponses)]
pub enum OfTus {
    /// `Tus-Resumable` is missing, or names a version that there is not.
    #[response(status = 412, content_type = "application/problem+json", headers(("Tus-Version" = String)))]
    Version(ProblemBody),
}

/// Calls that have to wait for another that is at the same upload.
#[derive(IntoResponses)]
pub enum Halting {
    /// Another request is at the upload and does not stop in time.
    #[response(status = 423, content_type = "application/problem+json")]
    Busy(ProblemBody),
}

/// Calls of an unfinished upload.
#[derive(IntoResponses)]
pub enum Unfinished {
    /// The upload was given up: nobody went on with it for too long.
    #[response(status = 410, content_type = "application/problem+json")]
    Gone(ProblemBody),
    /// Another request is at the upload and does not stop in time.
    #[response(status = 423, content_type = "application/problem+json")]
    Busy(ProblemBody),
}

/// Calls that bring bytes of a file.
#[derive(IntoResponses)]
pub enum WithPart {
    /// The part does not begin where the upload stands, or the complaint was sent.
    #[response(status = 409, content_type = "application/problem+json")]
    WrongOffset(ProblemBody),
    /// It is more than was announced, or than a file may be.
    #[response(status = 413, content_type = "application/problem+json")]
    TooLarge(ProblemBody),
    /// The body is of another content type.
    #[response(status = 415, content_type = "application/problem+json")]
    MediaType(ProblemBody),
    /// The file is not allowed. It is not kept.
    #[response(status = 422, content_type = "application/problem+json")]
    NotAllowed(ProblemBody),
    /// The part does not add up to its checksum. Nothing of it was kept.
    #[response(status = 460, content_type = "application/problem+json")]
    Checksum(ProblemBody),
    /// There is no room to store it.
    #[response(status = 507, content_type = "application/problem+json")]
    NoRoom(ProblemBody),
}
