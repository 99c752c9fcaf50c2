//! The parts that pages are made of. Markup and class names follow govuk-frontend; the styles are in `style/`.

pub mod choices;
pub mod clock;
pub mod date_input;
pub mod error_summary;
pub mod errors;
#[cfg(feature = "ssr")]
pub mod expiry_notice;
pub mod file_list;
pub mod files_hint;
#[cfg(feature = "ssr")]
pub mod files_progress;
pub mod heading;
#[cfg(feature = "ssr")]
pub mod language_switch;
pub mod layout;
pub mod letter;
#[cfg(feature = "portal")]
pub mod preview;
#[cfg(feature = "ssr")]
pub mod safety;
#[cfg(feature = "form")]
pub mod save_status;
pub mod text_input;
pub mod textarea;
pub mod trouble;

pub use choices::Checkbox;
pub use clock::ClockSummary;
pub use error_summary::ErrorSummary;
pub use errors::Errors;
pub use file_list::FileList;
#[cfg(feature = "ssr")]
pub use files_progress::Arriving;
pub use heading::Heading;
pub use letter::{Letter, LetterToCopy};
#[cfg(feature = "form")]
pub use save_status::SaveStatus;
pub use text_input::TextInput;
pub use textarea::Textarea;
pub use trouble::TroubleNotice;
