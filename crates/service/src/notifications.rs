//! Notifications: by which contact method each is sent, and what follows if it does not arrive.
//!
//! [`crate::open_case::event_notifications`] writes them in the transaction of the event, without an address. The contact
//! method is chosen when a notification is sent, from the contact plan at that time ([`routes`]). A contact method that the
//! person has not called safe is never used.

pub mod bounces;
pub mod contact_hours;
pub mod messages;
pub(crate) mod routes;
mod undelivered;
pub(crate) mod uninformed;

pub(crate) use undelivered::undelivered;
