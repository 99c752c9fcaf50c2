//! The types of a complaint's fields. Each parser accepts the many spellings that people use.

pub mod access_code;
pub mod crockford;
pub mod date;
pub mod email;
pub mod form;
pub mod iso_date;
pub mod one_time_code;
pub mod phone;
pub mod postcode;
pub mod reference;
pub mod return_code;
pub mod text;
pub mod typed;

pub use access_code::AccessCode;
pub use date::{DateInput, DateProblem, PartialDate};
pub use postcode::Postcode;
pub use reference::Reference;
