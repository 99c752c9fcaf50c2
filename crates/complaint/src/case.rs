//! A submitted case: the events that describe it, and the rules that derive everything else from them.
//!
//! [`event::EventBody`] is the source of truth, and [`state::CaseProjection`] is the result of replaying a case's events.
//! [`actions::CaseAction`] is what people on a case may do; [`representation`] decides who may represent the tenant.
//! The same answers and events must always give the same projection.

pub mod actions;
pub mod added_answers;
pub mod case_state;
pub mod contact_plan;
pub mod desk_task;
pub mod event;
pub mod form_checks;
pub mod outcome;
pub mod person_number;
pub mod recordable_event;
pub mod representation;
pub mod state;
pub mod status;
