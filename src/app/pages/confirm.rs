//! The confirmation before an action that cannot be undone: what will happen, a button that does it, and a way back. Works without
//! JavaScript: the button posts the same form again, with `sure=yes`.

use leptos::prelude::*;

use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::portal::Confirmation;
use crate::app::words::{say, say_with};

/// The field that the confirming button adds.
pub const SURE: &str = "sure";

/// The confirmation page, shown in place of the page that the form was posted from.
pub(crate) fn sure(asked: Confirmation) -> AnyView {
    let Confirmation { act, name, fields, back } = asked;
    let title = say_with(&format!("confirmation.{act}.title"), &[("name", name.as_str())]);
    let text = say_with(&format!("confirmation.{act}.text"), &[("name", name)]);
    let hidden: Vec<AnyView> = fields
        .into_iter()
        .map(|(name, value)| view! { <input type="hidden" name=name value=value/> }.into_any())
        .collect();
    view! {
        <PageTitle text=title.clone()/>
        <Main back=Some(back.clone())>
            <Heading text=title/>
            <p class="govuk-body">{text}</p>
            <form method="post">
                {hidden}
                <button type="submit" class="govuk-button govuk-button--warning" name=SURE value="yes">{say(&format!("confirmation.{act}.button"))}</button>
            </form>
            <p class="govuk-body"><a class="govuk-link" href=back rel="external">{say("confirmation.back")}</a></p>
        </Main>
    }
    .into_any()
}
