//! Who are you?

use leptos::prelude::*;

use super::{Parts, StepCx, items};
use crate::app::components::Radios;
use crate::app::words::say;
use crate::complaint::form::Choice;
use crate::complaint::steps::Role;
use crate::complaint::steps::role::RoleKind;

pub fn parts(cx: &StepCx) -> Parts {
    let given: Role = cx.given(cx.answers.role.as_ref());
    let title = say("steps.role.heading");
    let options = items::<RoleKind>("steps.role.options");
    let fields = view! {
        <Radios
            name="role"
            legend=title.clone()
            heading=true
            items=options
            chosen=given.role.map(Choice::code)
            errors=cx.errors
        />
    };
    Parts::new(title, fields.into_any())
}
