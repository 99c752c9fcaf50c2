//! The page for a person with a valid code who may do nothing on the case. It says why, and what they can do about it.

use leptos::prelude::*;

use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::page_response::answer_with;
use crate::app::words::{language, say, say_with};
use contract::people::NoAccess;

/// The page. Its status is 403 at any address.
pub(super) fn no_access(why: NoAccess) -> AnyView {
    answer_with(403);
    let title = say("no_access.title");
    let date = match why {
        NoAccess::RunOut(until) => language().date(until),
        NoAccess::Waiting | NoAccess::Refused | NoAccess::Ended => String::new(),
    };
    let reason = say_with(&format!("errors.{}", why.code()), &[("date", date)]);
    view! {
        <PageTitle text=title.clone()/>
        <Main back=None>
            <Heading text=title/>
            <p class="govuk-body-l">{reason}</p>
            <p class="govuk-body">{say(&format!("no_access.do.{}", why.code()))}</p>
            <p class="govuk-body"><a class="govuk-link" href="/help" rel="external">{say("site.help")}</a></p>
            <form method="post" action="/sign-out">
                <button class="govuk-button govuk-button--secondary" type="submit">{say("case.sign_out")}</button>
            </form>
        </Main>
    }
    .into_any()
}
