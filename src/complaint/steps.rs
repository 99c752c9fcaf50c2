//! The questions, one page each: what it asks and what makes an answer to it good.

pub mod category;
pub mod contact;
pub mod dates;
pub mod declaration;
pub mod evidence;
pub mod home_address;
pub mod landlord;
pub mod put_right;
pub mod representative;
pub mod resident_name;
pub mod role;
pub mod stage;
pub mod what_happened;

pub use category::Category;
pub use contact::Contact;
pub use dates::Dates;
pub use declaration::Declaration;
pub use evidence::Evidence;
pub use home_address::HomeAddress;
pub use landlord::Landlord;
pub use put_right::PutRight;
pub use representative::Representative;
pub use resident_name::ResidentName;
pub use role::Role;
pub use stage::Stage;
pub use what_happened::WhatHappened;
