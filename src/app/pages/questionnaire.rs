//! The questionnaire: one view for all of its pages, so that the answers stay in memory from page to page.

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::app::address::CurrentAddress;
use crate::app::client_state::SendState;
use crate::app::components::errors::Errors;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{ErrorSummary, SaveStatus, TroubleNotice};
use crate::app::draft_store::{DraftStore, FORM_ID, SEEN, THEIRS};
use crate::app::page_response::redirect;
use crate::app::pages::check_answers::CheckAnswers;
use crate::app::pages::conflicts::Conflicts;
use crate::app::pages::not_sent_yet::NotSentYet;
use crate::app::pages::question::answer_text::written;
use crate::app::pages::question::{QuestionCx, parts};
use crate::app::pages::tasks::Tasks;
use crate::app::pages::{NotFoundPage, UnavailablePage, posted};
use crate::app::portal::{NotProcessed, PageData, RejectedForm};
use crate::app::words::{language, say, say_with};
use complaint::fields::form::Choice;
use complaint::questionnaire::question::Section;
use complaint::{Page, QuestionRef, StepId, questionnaire::steps};

/// The questionnaire, from the first question to the declaration: the part that is hydrated in the browser. Shows the page that the address
/// names. Expects the [`PageData`] of a draft, a `CurrentAddress` and a `Language` in context.
#[component]
pub fn JourneyPage() -> impl IntoView {
    let posted = StoredValue::new(posted());
    // A rejected form is shown with what was typed even if the draft cannot be read now.
    let draft = match PageData::take_draft() {
        Err(_) if posted.with_value(Option::is_none) => return view! { <UnavailablePage/> }.into_any(),
        Err(_) => None,
        Ok(draft) => draft,
    };
    let store = DraftStore::new(draft);
    provide_context(store);
    let CurrentAddress(address) = expect_context();
    let slug = Memo::new(move |_| address.with(|address| address.slug().to_owned()));
    #[cfg(all(feature = "hydrate", feature = "form"))]
    crate::app::client::start(store, slug);
    let first = slug.get_untracked();
    let page = move |(slug, _): (String, u32)| {
        if slug != first {
            posted.set_value(None);
        }
        let (checking, kept) = address.with_untracked(|address| (address.query("from") == Some("check"), address.query("kept").is_some()));
        match Page::from_slug(&slug) {
            None => view! { <NotFoundPage/> }.into_any(),
            Some(_) if store.sent.with_untracked(Option::is_some) => redirect(&Page::Sent.path()),
            Some(_) if store.device.queue.get_untracked() != SendState::Empty => view! { <NotSentYet store/> }.into_any(),
            // The server may have answers that this device does not. Without a connection that is unknown.
            Some(page) if store.device.is_offline_render.get_untracked() && !store.started() && page != Page::Step(StepId::Role.into()) => {
                view! { <UnavailablePage/> }.into_any()
            }
            Some(Page::Step(place)) => question_page(place, store, posted, checking, kept),
            // The receipt is a server-only page.
            Some(Page::Sent | Page::Start) => ().into_any(),
            Some(Page::CheckAnswers | Page::Tasks) if !store.started() => view! { <NoDraft/> }.into_any(),
            Some(Page::Tasks) => view! { <Tasks store/> }.into_any(),
            Some(Page::CheckAnswers) => view! { <CheckAnswers store/> }.into_any(),
        }
    };
    // Keyed, so that each page is created new. Updated in place, a field would keep the text typed into the field before it. A page
    // that the browser has translated would not change at all.
    view! { <For each=move || [(slug.get(), store.device.render_count.get())] key=Clone::clone children=page/> }.into_any()
}

fn question_page(place: QuestionRef, store: DraftStore, posted: StoredValue<Option<RejectedForm>>, checking: bool, kept: bool) -> AnyView {
    let mine = store
        .conflicts
        .with_untracked(|all| all.iter().find(|(there, _)| *there == place).cloned());
    let came_back = posted.get_value().or_else(|| {
        mine.map(|(_, mut fields)| {
            // The other device changed only this question, not those beside it.
            store.answers.with_untracked(|a| steps::add_stored_beside(&mut fields, place, a));
            RejectedForm {
                fields,
                trouble: Some(NotProcessed::ChangedElsewhere),
                ..RejectedForm::default()
            }
        })
    });
    if came_back.is_none() {
        if place.step != StepId::Role && !store.started() {
            return view! { <NoDraft/> }.into_any();
        }
        // A stored answer stays visible although the question does not apply: answers before it may be missing.
        if !store.answers.with_untracked(|a| steps::applies(place, a) || a.has(place)) {
            return redirect(&Page::Tasks.path());
        }
    }
    view! { <QuestionPage place store came_back checking kept/> }.into_any()
}

/// One question: its errors, its fields, Continue.
#[component]
fn QuestionPage(place: QuestionRef, store: DraftStore, came_back: Option<RejectedForm>, checking: bool, kept: bool) -> impl IntoView {
    let answers = store.answers.get_untracked();
    let back = steps::previous_page(Page::Step(place), &answers, checking).path();
    let action = if checking {
        format!("{}?from=check", place.path())
    } else {
        place.path()
    };
    let stored = answers.get(place);
    let mut given = stored.map(|answer| answer.to_fields(place)).unwrap_or_default();
    steps::add_stored_beside(&mut given, place, &answers);
    // The mark of the answer that the page is made from. Posted back, it tells whether another device has changed the answer since.
    let seen = stored.map(complaint::Answer::fingerprint).unwrap_or_default();
    let RejectedForm {
        fields: given,
        errors: wrong,
        trouble,
        found,
    } = came_back.unwrap_or_else(|| RejectedForm {
        fields: given,
        ..RejectedForm::default()
    });
    let mut other = written(place, &answers).unwrap_or_default();
    for beside in steps::beside(place, &answers) {
        other.push('\n');
        other.push_str(&written(beside, &answers).unwrap_or_default());
    }
    let errors = Errors::new(wrong);
    let trouble = RwSignal::new(trouble);
    let cx = QuestionCx {
        place,
        answers,
        given,
        errors,
        store,
        found,
    };
    let parts = parts(&cx);
    let on_submit = move |event: SubmitEvent| continue_from(event, place, store, errors, trouble, checking);
    let multipart = steps::takes_files(place.step);
    let button = match place.step {
        StepId::Declaration => say("form.send"),
        _ => say("form.continue"),
    };
    let seen = (!multipart).then(|| view! { <input type="hidden" name=SEEN value=seen/> });
    view! {
        <PageTitle text=parts.title errors/>
        <Main back=Some(back)>
            <Conflicts store here=place/>
            {kept.then(|| view! { <Kept/> })}
            {move || trouble.get().map(|trouble| {
                let other = if trouble == NotProcessed::ChangedElsewhere { other.clone() } else { String::new() };
                view! { <TroubleNotice trouble other/> }
            })}
            <ErrorSummary errors/>
            {part_of_way(place)}
            {parts.before}
            <form id=FORM_ID data-typed=place.code() method="post" action=action novalidate=true enctype=multipart.then_some("multipart/form-data") on:submit=on_submit>
                {seen}
                {parts.fields}
                <button type="submit" class="govuk-button" id="continue" name="action" value="continue">{button}</button>
                {move || (trouble.get() == Some(NotProcessed::ChangedElsewhere)).then(|| view! { <OtherAnswer/> })}
            </form>
            <SaveStatus state=store.saving.into()/>
        </Main>
    }
    .into_any()
}

/// The name of the section above the heading and, on the way to Send, which of how many it is.
pub fn part_of_way(place: QuestionRef) -> AnyView {
    let name = say(&format!("tasks.sections.{}", steps::question(place.step).section.code()));
    let text = match steps::part_number(place) {
        None => name,
        Some(number) => {
            let all = Section::ALL.len();
            say_with(
                "form.part",
                &[("section", name), ("number", number.to_string()), ("all", all.to_string())],
            )
        }
    };
    view! { <span class="govuk-caption-l">{text}</span> }.into_any()
}

/// "Keep what was saved on the other device".
#[component]
fn OtherAnswer() -> impl IntoView {
    view! {
        <button type="submit" class="govuk-button govuk-button--secondary" name="action" value=THEIRS>{say("trouble.changed.theirs")}</button>
    }
    .into_any()
}

#[cfg_attr(
    not(all(feature = "hydrate", feature = "form")),
    expect(unused_variables, reason = "only the browser uses the arguments")
)]
fn continue_from(
    event: SubmitEvent,
    place: QuestionRef,
    store: DraftStore,
    errors: Errors,
    trouble: RwSignal<Option<NotProcessed>>,
    checking: bool,
) {
    #[cfg(all(feature = "hydrate", feature = "form"))]
    crate::app::client::continue_from(&event, place, store, errors, trouble, checking);
}

/// "The answers before this one had gone; this one is kept."
#[component]
fn Kept() -> impl IntoView {
    view! {
        <div class="govuk-notification-banner" role="region" aria-labelledby="kept-title">
            <div class="govuk-notification-banner__header">
                <h2 class="govuk-notification-banner__title" id="kept-title">{say("kept.title")}</h2>
            </div>
            <div class="govuk-notification-banner__content"><p class="govuk-body">{say("kept.text")}</p></div>
        </div>
    }
    .into_any()
}

/// Shown when no answers are stored for this browser, or they have expired.
#[component]
fn NoDraft() -> impl IntoView {
    let language = language();
    view! {
        <PageTitle text=language.say("no_draft.title")/>
        <Main back=None>
            <Heading text=language.say("no_draft.title")/>
            <p class="govuk-body">{language.say("no_draft.why")}</p>
            <p class="govuk-body">{language.say("no_draft.what_now")}</p>
            <a class="govuk-button" href="/complaint/new" role="button" rel="external">{language.say("start.button")}</a>
            <p class="govuk-body"><a class="govuk-link" href="/return" rel="external">{language.say("start.elsewhere")}</a></p>
        </Main>
    }
    .into_any()
}
