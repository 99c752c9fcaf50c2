//! The two questions that are answered at length.

use leptos::prelude::*;

use super::{Parts, StepCx};
use crate::app::components::Textarea;
use crate::app::words::say;
use crate::complaint::steps::{PutRight, WhatHappened};

pub fn what_happened(cx: &StepCx) -> Parts {
    let given: WhatHappened = cx.given(cx.answers.what_happened.as_ref());
    parts(
        cx,
        "what_happened",
        say("steps.what_happened.heading"),
        say("steps.what_happened.hint"),
        given.what_happened,
    )
}

pub fn put_right(cx: &StepCx) -> Parts {
    let given: PutRight = cx.given(cx.answers.put_right.as_ref());
    parts(
        cx,
        "put_right",
        say("steps.put_right.heading"),
        say("steps.put_right.hint"),
        given.put_right,
    )
}

fn parts(cx: &StepCx, name: &'static str, title: String, hint: String, value: String) -> Parts {
    let fields = view! { <Textarea name label=title.clone() hint value errors=cx.errors/> };
    Parts::new(title, fields.into_any())
}
