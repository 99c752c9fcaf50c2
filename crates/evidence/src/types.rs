//! The accepted file types.

/// A group of file types, which decides how a file is shown and which size limit it has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Picture,
    Document,
    Sound,
    Film,
}

/// An accepted file type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Type {
    /// The media type as stored in the database.
    pub media_type: &'static str,
    pub group: Group,
    /// Usual extensions. Only for detecting that a name promises another type than the content has.
    pub endings: &'static [&'static str],
}

pub const PDF: &str = "application/pdf";
pub const JPEG: &str = "image/jpeg";
pub const PNG: &str = "image/png";
pub const HEIC: &str = "image/heic";
pub const HEIF: &str = "image/heif";
pub const WEBP: &str = "image/webp";
pub const GIF: &str = "image/gif";
pub const TEXT: &str = "text/plain";
pub const CSV: &str = "text/csv";
pub const EML: &str = "message/rfc822";
pub const MSG: &str = "application/vnd.ms-outlook";
pub const DOC: &str = "application/msword";
pub const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
pub const ODT: &str = "application/vnd.oasis.opendocument.text";
pub const RTF: &str = "application/rtf";
pub const MP3: &str = "audio/mpeg";
pub const M4A: &str = "audio/mp4";
pub const WAV: &str = "audio/wav";
pub const AAC: &str = "audio/aac";
pub const AMR: &str = "audio/amr";
/// Ogg with Opus or Vorbis, as messengers send voice messages.
pub const OGG: &str = "audio/ogg";
pub const MP4: &str = "video/mp4";
pub const MOV: &str = "video/quicktime";
pub const WEBM: &str = "video/webm";
/// Video of older and simpler phones (3GPP TS 26.244, 3GPP2 C.S0050).
pub const THREE_GP: &str = "video/3gpp";
pub const THREE_G2: &str = "video/3gpp2";
/// Sound in the container of such video, which some phones' recorders call `.m4a` (RFC 3839).
pub const THREE_GP_SOUND: &str = "audio/3gpp";

const fn accepted_type(media_type: &'static str, group: Group, endings: &'static [&'static str]) -> Type {
    Type {
        media_type,
        group,
        endings,
    }
}

/// All accepted types. The content of a file decides its type.
pub const ACCEPTED: [Type; 28] = [
    accepted_type(PDF, Group::Document, &["pdf"]),
    accepted_type(JPEG, Group::Picture, &["jpg", "jpeg", "jpe", "jfif"]),
    accepted_type(PNG, Group::Picture, &["png"]),
    accepted_type(HEIC, Group::Picture, &["heic"]),
    accepted_type(HEIF, Group::Picture, &["heif"]),
    accepted_type(WEBP, Group::Picture, &["webp"]),
    accepted_type(GIF, Group::Picture, &["gif"]),
    accepted_type(TEXT, Group::Document, &["txt", "text"]),
    accepted_type(CSV, Group::Document, &["csv"]),
    accepted_type(EML, Group::Document, &["eml"]),
    accepted_type(MSG, Group::Document, &["msg"]),
    accepted_type(DOC, Group::Document, &["doc"]),
    accepted_type(DOCX, Group::Document, &["docx"]),
    accepted_type(XLSX, Group::Document, &["xlsx"]),
    accepted_type(ODT, Group::Document, &["odt"]),
    accepted_type(RTF, Group::Document, &["rtf"]),
    accepted_type(MP3, Group::Sound, &["mp3"]),
    accepted_type(M4A, Group::Sound, &["m4a", "m4b"]),
    accepted_type(WAV, Group::Sound, &["wav"]),
    accepted_type(AAC, Group::Sound, &["aac"]),
    accepted_type(AMR, Group::Sound, &["amr"]),
    accepted_type(OGG, Group::Sound, &["ogg", "oga", "opus"]),
    accepted_type(MP4, Group::Film, &["mp4", "m4v"]),
    accepted_type(MOV, Group::Film, &["mov"]),
    accepted_type(WEBM, Group::Film, &["webm"]),
    accepted_type(THREE_GP, Group::Film, &["3gp", "3gpp"]),
    accepted_type(THREE_G2, Group::Film, &["3g2"]),
    accepted_type(THREE_GP_SOUND, Group::Sound, &["3ga"]),
];

/// Finds the accepted type with this media type.
pub fn find(media_type: &str) -> Option<&'static Type> {
    ACCEPTED.iter().find(|t| t.media_type == media_type)
}

pub fn is_picture(media_type: &str) -> bool {
    find(media_type).is_some_and(|t| t.group == Group::Picture)
}

/// Whether this is the type of a sound or video file, which has a larger size limit.
pub fn is_recording(media_type: &str) -> bool {
    find(media_type).is_some_and(|t| matches!(t.group, Group::Sound | Group::Film))
}

/// Whether files of this type have tracks that tell sound from video.
pub fn has_tracks(media_type: &str) -> bool {
    [MP4, M4A, THREE_GP, THREE_G2].contains(&media_type)
}

/// Finds the accepted type that the extension of a file name promises.
pub fn type_by_extension(filename: &str) -> Option<&'static Type> {
    let (_, ending) = filename.trim_end().rsplit_once('.')?;
    ACCEPTED
        .iter()
        .find(|t| t.endings.iter().any(|known| ending.eq_ignore_ascii_case(known)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_promises_by_its_last_ending() {
        assert_eq!(type_by_extension("Mould.JPG").map(|t| t.media_type), Some(JPEG));
        assert_eq!(type_by_extension("letter.pdf.exe"), None);
        assert_eq!(type_by_extension("letter"), None);
        assert_eq!(type_by_extension(".docx ").map(|t| t.media_type), Some(DOCX));
    }

    #[test]
    fn only_sounds_and_films_are_recordings() {
        let recordings = ACCEPTED.iter().filter(|t| is_recording(t.media_type)).count();
        assert_eq!(recordings, 12);
        assert!(!is_recording(PDF) && is_picture(HEIC) && !is_picture(MP4));
    }
}
