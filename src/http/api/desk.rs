//! Operations of the organisation: list cases, read complete cases, record events.

pub mod add_event;
pub mod decide_file;
pub mod end_authority;
pub mod equality_totals;
pub mod feed;
pub mod give_authority;
pub mod list_cases;
pub mod make_consent_code;
pub mod new_code;
pub mod report_bounce;
pub mod show_case;
pub mod show_file;
pub mod show_preview;
pub mod webhooks;
