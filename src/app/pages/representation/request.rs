//! The request for the tenant's consent. A GET changes nothing, because mail programs open links too. Only the button does.

use leptos::prelude::*;

use crate::app::components::choices::{Choices, Item};
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{ErrorSummary, Errors, TroubleNotice};
use crate::app::pages::posted;
use crate::app::pages::representation::{code_box, scope_boxes, scope_value, until_boxes, until_value, until_words, way_in};
use crate::app::portal::{RejectedForm, RepresentationPage};
use crate::app::words::{language, say, say_with};
use contract::people::ConsentRequest;

/// The hidden field that tells the server when the page was opened.
pub const LOOKED: &str = "looked";

/// The page of the tenant's link.
#[component]
pub fn RequestPage() -> impl IntoView {
    match use_context() {
        Some(RepresentationPage::Request { request, looked }) => asked(request, looked),
        Some(RepresentationPage::Answered { outcome, may_come_in }) => answered(outcome, may_come_in),
        Some(RepresentationPage::OwnAccess(way)) => {
            let title = say("representation.way_in.title");
            view! {
                <PageTitle text=title.clone()/>
                <Main back=None>
                    <Heading text=title/>
                    {way_in(way.reference, way.access_code)}
                </Main>
            }
            .into_any()
        }
        _ => view! { <NothingAsked/> }.into_any(),
    }
}

fn asked(request: ConsentRequest, looked: String) -> AnyView {
    let RejectedForm {
        fields, errors, trouble, ..
    } = posted().unwrap_or_default();
    let came_back = !fields.0.is_empty();
    let errors = Errors::new(errors);
    let name = [("name", request.name.clone())];
    let names = [("name", request.name.clone()), ("tenant", request.tenant.clone())];
    let option = |code: &'static str| Item {
        code,
        text: say(&format!("representation.answer.{code}.text")),
        hint: Some(say(&format!("representation.answer.{code}.hint"))),
    };
    let items = vec![option("agree"), option("refuse"), option("take_over")];
    let answer_by = [
        ("date", language().date(request.answer_by.date)),
        ("time", request.answer_by.time.clone()),
    ];
    let from = request.organisation.as_deref().map(|from| {
        let text = say_with(
            "representation.request.from",
            &[("name", request.name.as_str()), ("organisation", from)],
        );
        view! { <p class="govuk-body or-user-text">{text}</p> }
    });
    let offered = request.scopes.clone();
    view! {
        <PageTitle text=say("representation.request.title") errors/>
        <Main back=None>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <ErrorSummary errors/>
            <Heading text=say_with("representation.request.heading", &name)/>
            <p class="govuk-body">{say_with("representation.request.intro", &names)}</p>
            {from}
            <p class="govuk-body">{say("representation.request.not_checked")}</p>
            <p class="govuk-body">{say("representation.request.choice")}</p>
            <h2 class="govuk-heading-m">{say("representation.request.asks")}</h2>
            {crate::app::pages::representation::scope_list(&request.scopes)}
            <p class="govuk-body">{until_words(request.until)}</p>
            <h2 class="govuk-heading-m">{say("representation.request.means")}</h2>
            <ul class="govuk-list govuk-list--bullet">
                <li>{say("representation.request.means_ticks")}</li>
                <li>{say("representation.request.means_end")}</li>
                <li>{say("representation.request.means_own")}</li>
            </ul>
            <p class="govuk-body">{say_with("representation.request.stranger", &name)}</p>
            // Posts to the address of the page itself, which is the link.
            <form method="post" novalidate=true>
                <input type="hidden" name=LOOKED value=looked/>
                <Choices
                    name="answer"
                    legend=say("representation.answer.legend")
                    items
                    chosen=vec![fields.raw("answer").to_owned()]
                    errors
                    hint=String::new()
                    heading=false
                    many=false
                />
                {scope_boxes(&offered, scope_value(&fields, came_back, &request.scopes), errors)}
                {until_boxes(until_value(&fields, came_back, request.until), errors)}
                <button type="submit" class="govuk-button" name="action" value="answer">{say("representation.answer.button")}</button>
            </form>
            <h2 class="govuk-heading-m">{say("representation.phone.title")}</h2>
            <p class="govuk-body">{say("representation.phone.text")}</p>
            {code_box(say("representation.phone.label"), request.code.clone(), say_with("representation.phone.until", &answer_by))}
            <p class="govuk-body"><a class="govuk-link" href="/help" rel="external">{say("site.help")}</a></p>
        </Main>
    }
    .into_any()
}

fn answered(outcome: String, may_come_in: bool) -> AnyView {
    let own = may_come_in.then(|| {
        view! {
            <h2 class="govuk-heading-m">{say("representation.own.title")}</h2>
            <p class="govuk-body">{say("representation.own.text")}</p>
            <p class="govuk-body">{say("representation.own.safe")}</p>
            <form method="post">
                <button type="submit" class="govuk-button" name="action" value="come_in">{say("representation.own.button")}</button>
            </form>
        }
    });
    view! {
        <PageTitle text=say("representation.request.title")/>
        <Main back=None>
            <Heading text=say(&format!("representation.answered.{outcome}.title"))/>
            <p class="govuk-body">{say(&format!("representation.answered.{outcome}.text"))}</p>
            {own}
            <p class="govuk-body">{say("representation.answered.mind")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/help" rel="external">{say("site.help")}</a></p>
        </Main>
    }
    .into_any()
}

/// The page of a link that opens nothing, or nothing any more.
#[component]
fn NothingAsked() -> impl IntoView {
    let title = say("representation.nothing.title");
    view! {
        <PageTitle text=title.clone()/>
        <Main back=None>
            <Heading text=title/>
            <p class="govuk-body">{say("representation.nothing.why")}</p>
            <p class="govuk-body">{say("representation.nothing.do")}</p>
            <p class="govuk-body"><a class="govuk-link" href="/help" rel="external">{say("site.help")}</a></p>
        </Main>
    }
    .into_any()
}
