//! The questions under "Add more if you want to", after sending: their list, and a page with a form for each.

use leptos::prelude::*;

use super::case_action::rejected;
use super::question::answer_text::{name, written};
use super::question::{QuestionCx, QuestionSentences, parts};
use super::{NotFoundPage, UnavailablePage, posted};
use crate::app::address::address;
use crate::app::components::heading::{HEADING_ID, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{ErrorSummary, Errors, TroubleNotice};
#[cfg(feature = "form")]
use crate::app::draft_store::DraftStore;
use crate::app::page_response::redirect;
use crate::app::portal::{CasePage, PageData, RejectedForm};
use crate::app::words::{say, say_with};
use complaint::case::actions::CaseActionKind;
use complaint::case::event::ActorRole;
use complaint::{Answer, Answers, QuestionRef, StepId};
use contract::{CaseView, TimelineEntry};

/// The list of questions.
#[component]
pub fn AddMorePage() -> impl IntoView {
    let done = address().query("done").and_then(QuestionRef::from_slug);
    match PageData::take_case() {
        Err(_) => view! { <UnavailablePage/> }.into_any(),
        Ok(None) => redirect("/sign-in"),
        Ok(Some(page)) if page.case.can.contains(&CaseActionKind::AddMore) => list(&page, done),
        Ok(Some(page)) => rejected::not_now(CaseActionKind::AddMore, &page.case, &RejectedForm::default()),
    }
}

/// The form of one question.
#[component]
pub fn AddMoreQuestionPage() -> impl IntoView {
    let Some(place) = QuestionRef::from_slug(address().slug()) else {
        return view! { <NotFoundPage/> }.into_any();
    };
    let kind = CaseActionKind::AddMore;
    match (PageData::take_case(), posted()) {
        (Err(_), None) => view! { <UnavailablePage/> }.into_any(),
        (Ok(None), None) => redirect("/sign-in"),
        (Err(_), Some(posted)) => rejected::unavailable(kind, &posted),
        (Ok(None), Some(posted)) => rejected::signed_out(kind, &posted),
        (Ok(Some(page)), posted) if page.case.can_answer.contains(&place.code()) => form(place, &page, posted),
        (Ok(Some(page)), None) if page.case.can.contains(&kind) => redirect(&format!("/cases/{}/add-more", page.case.reference)),
        (Ok(Some(page)), posted) => rejected::not_now(kind, &page.case, &posted.unwrap_or_default()),
    }
}

/// Returns the answers as they were sent with those of the timeline in their place.
fn answers_in_force(case: &CaseView, timeline: &[TimelineEntry]) -> Answers {
    let mut answers = case.answers.clone();
    for added in timeline.iter().filter_map(|entry| entry.answers.as_ref()) {
        answers.replace_with(added);
    }
    if case.my_role == ActorRole::Resident {
        // The questions speak to the reader, also if a representative sent the complaint.
        answers.remove(StepId::Role.into());
    }
    answers
}

fn list(page: &CasePage, done: Option<QuestionRef>) -> AnyView {
    let case = &page.case;
    let home = format!("/cases/{}", case.reference);
    let answers = answers_in_force(case, &page.timeline.entries);
    let is_added = |place: QuestionRef| {
        let mut added = page.timeline.entries.iter().filter_map(|entry| entry.answers.as_ref());
        added.any(|added| added.has(place))
    };
    let item = |place: QuestionRef| {
        let id = format!("state-{}", place.slug());
        let helps = QuestionSentences::new(place.step, &answers).get("helps");
        let state = if is_added(place) {
            "case_actions.add_more.added"
        } else {
            "tasks.optional"
        };
        view! {
            <li class="govuk-task-list__item govuk-task-list__item--with-link">
                <div class="govuk-task-list__name-and-hint">
                    <a class="govuk-link govuk-task-list__link" href=format!("{home}/add-more/{}", place.slug()) aria-describedby=id.clone() rel="external">
                        {name(place, &answers)}
                    </a>
                    <div class="govuk-task-list__hint">{helps}</div>
                </div>
                <div class="govuk-task-list__status" id=id>{say(state)}</div>
            </li>
        }
        .into_any()
    };
    let places = case.can_answer.iter().filter_map(|code| QuestionRef::parse(code));
    let items: Vec<AnyView> = places.map(item).collect();
    let said = done.filter(|place| is_added(*place)).map(|place| said(name(place, &answers)));
    let (title, caption) = (
        title(&say("case_actions.add_more.title"), &case.reference),
        caption(&case.reference),
    );
    view! {
        <PageTitle text=title/>
        <Main back=Some(home.clone())>
            {said}
            {caption}
            <h1 id=HEADING_ID class="govuk-heading-l" tabindex="-1">{say("case_actions.add_more.title")}</h1>
            <p class="govuk-body">{say("case_actions.add_more.intro")}</p>
            <ul class="govuk-task-list">{items}</ul>
            <p class="govuk-body"><a class="govuk-link" href=home rel="external">{say("case_actions.stopped.case")}</a></p>
        </Main>
    }
    .into_any()
}

fn form(place: QuestionRef, page: &CasePage, posted: Option<RejectedForm>) -> AnyView {
    let case = &page.case;
    let answers = answers_in_force(case, &page.timeline.entries);
    let mut stored = answers
        .get(place)
        .map(|answer: &Answer| answer.to_fields(place))
        .unwrap_or_default();
    stored.replace(&page.typed);
    let before = written(place, &answers);
    let RejectedForm {
        fields: given,
        errors,
        trouble,
        ..
    } = posted.unwrap_or_else(|| RejectedForm {
        fields: stored,
        ..RejectedForm::default()
    });
    // An earlier post with this idempotency key had another content: from here on the form has a new key.
    let is_another = errors.iter().any(|error| error.code == "act_sent_before");
    let key = match given.raw("key") {
        key if key.is_empty() || is_another => page.form_key.clone(),
        key => key.to_owned(),
    };
    let errors = Errors::new(errors);
    let list = format!("/cases/{}/add-more", case.reference);
    let action = format!("{list}/{}", place.slug());
    let parts = parts(&QuestionCx {
        place,
        answers,
        given,
        errors,
        #[cfg(feature = "form")]
        store: DraftStore::new(None),
        #[cfg(feature = "form")]
        found: None,
    });
    let before = before.map(|before| {
        view! {
            <div class="govuk-inset-text">
                <p class="govuk-body">{say("case_actions.add_more.before")}</p>
                <p class="govuk-body or-user-text">{before}</p>
            </div>
        }
    });
    let (title, caption) = (title(&parts.title, &case.reference), caption(&case.reference));
    let by = case.me.to_string();
    view! {
        <PageTitle text=title errors/>
        <Main back=Some(list.clone())>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <ErrorSummary errors/>
            {caption}
            {parts.before}
            {before}
            <form method="post" action=action novalidate=true data-typed=place.slug() data-by=by>
                <input type="hidden" name="key" value=key/>
                {parts.fields}
                <button type="submit" id="send" class="govuk-button">{say("case_actions.add_more.button")}</button>
            </form>
            <p class="govuk-body"><a class="govuk-link" href=list rel="external">{say("case_actions.leave")}</a></p>
        </Main>
    }
    .into_any()
}

/// The case, above the heading.
fn caption(reference: &str) -> AnyView {
    view! { <span class="govuk-caption-l">{say_with("case.title", &[("reference", reference)])}</span> }.into_any()
}

/// The document title: the page and the case.
fn title(page: &str, reference: &str) -> String {
    format!("{page} – {}", say_with("case.title", &[("reference", reference)]))
}

/// The confirmation of an added answer.
fn said(question: String) -> AnyView {
    view! {
        <div class="govuk-notification-banner govuk-notification-banner--success" role="alert" aria-labelledby="done-title">
            <div class="govuk-notification-banner__header">
                <h2 class="govuk-notification-banner__title" id="done-title">{say("case.done_title")}</h2>
            </div>
            <div class="govuk-notification-banner__content">
                <p class="govuk-notification-banner__heading">{say("case_actions.add_more.done")}</p>
                <p class="govuk-body">{question}</p>
            </div>
        </div>
    }
    .into_any()
}
