//! Files as they are shown: their state, and whether the file and its preview may be opened.

use complaint::fields::form::Choice;
use complaint::questionnaire::question::Purpose;
use contract::{FileState, FileView};
use evidence::Scanner;
use record::uploads::{Model as Upload, Preview, State};

use crate::{Services, london::moment};

pub(crate) fn file(services: &Services, upload: Upload) -> FileView {
    FileView {
        has_preview: shown_preview(services.scanner(), &upload).is_some(),
        held: upload.is_held() && !services.scanner().is_off(),
        scanned: matches!(upload.state, State::Clean | State::Refused),
        readable: is_readable(services.scanner(), upload.state),
        received: moment(upload.received_at),
        id: upload.id.to_string(),
        filename: upload.filename,
        media_type: upload.media_type,
        bytes: upload.bytes.unsigned_abs(),
        sha256: upload.sha256.unwrap_or_default(),
        state: match upload.state {
            State::Receiving => FileState::Receiving,
            State::Scanning => FileState::Scanning,
            State::Clean => FileState::Clean,
            State::Refused => FileState::Refused,
        },
        reason: upload.reason,
        purpose: Purpose::parse(&upload.purpose).unwrap_or(Purpose::Evidence),
        taken_at: upload.taken_at,
        has_place: upload.has_place,
        caption: upload.caption,
        shows: upload.shows,
        original_sha256: upload.original_sha256,
    }
}

/// Returns whether a file in this state may be opened.
pub(crate) fn is_readable(scanner: &Scanner, state: State) -> bool {
    state == State::Clean || (state == State::Scanning && scanner.is_off())
}

/// Returns the preview if it may be shown. Its file must be one that may be opened: what is harmful in a picture may also be
/// in a preview made from it.
pub(crate) fn shown_preview(scanner: &Scanner, upload: &Upload) -> Option<Preview> {
    is_readable(scanner, upload.state).then(|| upload.preview()).flatten()
}
