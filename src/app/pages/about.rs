//! How to leave fast, and the limits of that. The page's title and address reveal nothing, because they stay in the history.

use leptos::prelude::*;

use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::portal::ShellData;
use crate::app::words::{say, say_with};

/// The page about *Exit this page*, to be read before it is needed.
#[component]
pub fn AboutPage() -> impl IntoView {
    let days = expect_context::<ShellData>().safety.kept_days.to_string();
    let list = |keys: &[&str]| {
        let items = keys.iter().map(|key| view! { <li>{say(key)}</li> }).collect_view();
        view! { <ul class="govuk-list govuk-list--bullet">{items}</ul> }
    };
    view! {
        <PageTitle text=say("safe.about.title")/>
        <Main back=None>
            <div class="or-interruption">
                <Heading text=say("safe.about.heading")/>
                <p class="govuk-body">{say("safe.about.lead")}</p>
                <p class="govuk-body">{say("safe.about.keys")}</p>
                <h2 class="govuk-heading-m">{say("safe.about.does.title")}</h2>
                {list(&["safe.about.does.leaves", "safe.about.does.ends", "safe.about.does.wipes", "safe.about.does.back"])}
                <h2 class="govuk-heading-m">{say("safe.about.cannot.title")}</h2>
                {list(&["safe.about.cannot.history", "safe.about.cannot.others", "safe.about.cannot.unsaved", "safe.about.cannot.offline"])}
                <h2 class="govuk-heading-m">{say("safe.about.hide.title")}</h2>
                {list(&["safe.about.hide.private", "safe.about.hide.delete", "safe.about.hide.other"])}
                <h2 class="govuk-heading-m">{say("safe.about.again.title")}</h2>
                <p class="govuk-body">{say_with("safe.about.again.kept", &[("days", days)])}</p>
                <p class="govuk-body">{say("safe.about.again.ask")}</p>
                <p class="govuk-body">{say("safe.about.again.sent")}</p>
            </div>
            <p class="govuk-body"><a class="govuk-link" href="/this-phone" rel="external">{say("safe.about.phone")}</a></p>
            <p class="govuk-body"><a class="govuk-link" href="/" rel="external">{say("safe.about.start")}</a></p>
        </Main>
    }
    .into_any()
}
