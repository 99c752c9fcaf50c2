//! The drafts that a browser holds, and the page for beginning another.

use leptos::prelude::*;

use crate::app::components::choices::{Choices, Item};
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{ErrorSummary, Errors, TroubleNotice};
use crate::app::pages::confirm::sure;
use crate::app::pages::question::QuestionSentences;
use crate::app::pages::{UnavailablePage, posted};
use crate::app::portal::{BrowserDraft, BrowserDrafts, Confirmation, Organisation, RejectedForm};
use crate::app::words::{language, say, say_with};
use complaint::questionnaire::question::Input;
use complaint::{Answers, Page, StepId, questionnaire::steps};
use contract::browser_drafts::{DraftLine, OwnDetails};
use text::Language;

/// Describes a draft to tell it from others: its resident, landlord or town, and when it was begun.
pub fn whose_words(language: Language, line: &DraftLine) -> String {
    let begun = [("date", language.date(line.begun.date)), ("time", line.begun.time.clone())];
    let begun = language.say_with("browser_drafts.begun", &begun);
    let about = match (&line.for_whom, &line.landlord, &line.town) {
        (Some(name), ..) => language.say_with("browser_drafts.for", &[("name", name.clone())]),
        (None, Some(landlord), _) => language.say_with("browser_drafts.landlord", &[("landlord", landlord.clone())]),
        (None, None, Some(town)) => language.say_with("browser_drafts.town", &[("town", town.clone())]),
        (None, None, None) => language.say("browser_drafts.nameless"),
    };
    language.say_with("browser_drafts.whose", &[("about", about), ("begun", begun)])
}

/// The line above a page that says whose complaint it is. A script updates it when the person returns to the tab. Hidden in a browser
/// with one draft.
#[component]
pub fn DraftLabelLine() -> impl IntoView {
    let line = use_context::<DraftLabel>().unwrap_or_default().0;
    let hidden = line.is_none();
    view! {
        <div class="govuk-width-container" id="whose" hidden=hidden>
            <p class="govuk-body">
                <strong class="or-user-text">{line}</strong>" "
                <a class="govuk-link" href="/unfinished" rel="external">{say("browser_drafts.link")}</a>
            </p>
        </div>
    }
    .into_any()
}

/// The text of [`DraftLabelLine`]; `None` unless the browser holds more than one draft.
#[derive(Clone, Debug, Default)]
pub struct DraftLabel(pub Option<String>);

/// The page "Your unfinished complaints".
#[component]
pub fn UnfinishedPage() -> impl IntoView {
    if let Some(asked) = use_context::<Confirmation>() {
        return sure(asked);
    }
    let Some(BrowserDrafts::List {
        drafts,
        is_shared,
        is_full,
        is_deleted,
    }) = use_context()
    else {
        return view! { <UnavailablePage/> }.into_any();
    };
    let title = say("browser_drafts.title");
    let full = is_full.map(|most| {
        let text = say_with("browser_drafts.full", &[("number", most.to_string())]);
        view! { <div class="govuk-inset-text">{text}</div> }
    });
    let lead = match (is_shared, drafts.is_empty()) {
        (true, _) => "browser_drafts.shared",
        (false, true) => "browser_drafts.none",
        (false, false) => "browser_drafts.lead",
    };
    let (sent, unsent): (Vec<_>, Vec<_>) = drafts.into_iter().partition(|draft| draft.line.is_sent);
    let has_sent = !sent.is_empty();
    let items = |drafts: Vec<BrowserDraft>| drafts.into_iter().map(item).collect_view();
    let (unsent, sent) = (items(unsent), items(sent));
    view! {
        <PageTitle text=title.clone()/>
        <Main back=Some("/".into())>
            {is_deleted.then(|| view! { <div class="govuk-inset-text" role="status">{say("browser_drafts.deleted")}</div> })}
            <Heading text=title/>
            {full}
            <p class="govuk-body">{say(lead)}</p>
            <ul class="or-file-list">{unsent}</ul>
            {has_sent.then(|| view! { <h2 class="govuk-heading-m">{say("browser_drafts.sent")}</h2> <ul class="or-file-list">{sent}</ul> })}
            <p class="govuk-body"><a class="govuk-link" href="/complaint/new" rel="external">{say("browser_drafts.another")}</a></p>
            <p class="govuk-body"><a class="govuk-link" href="/return" rel="external">{say("start.elsewhere")}</a></p>
        </Main>
    }
    .into_any()
}

/// One draft, with a link to it and a button that deletes it.
fn item(draft: BrowserDraft) -> AnyView {
    let BrowserDraft { number, line } = draft;
    let (page, go_on, delete) = if line.is_sent {
        (Page::Sent, "browser_drafts.receipt", "browser_drafts.hide")
    } else {
        (Page::Tasks, "browser_drafts.go_on", "browser_drafts.delete")
    };
    let to = format!("{}?draft={number}", page.path());
    let words = whose_words(language(), &line);
    let hidden = words.clone();
    view! {
        <li class="or-file-list__item">
            <span class="or-file-list__name or-user-text">{words.clone()}</span>
            <p class="govuk-body"><a class="govuk-link" href=to>{say(go_on)}<span class="govuk-visually-hidden">" "{words}</span></a></p>
            <form method="post" action="/unfinished">
                <input type="hidden" name="number" value=number/>
                <button type="submit" class="govuk-button govuk-button--secondary">{say(delete)}<span class="govuk-visually-hidden">" "{hidden}</span></button>
            </form>
        </li>
    }
    .into_any()
}

/// The page "Use your own details again?"
#[component]
pub fn AnotherPage() -> impl IntoView {
    let Some(BrowserDrafts::Another { own, first_page }) = use_context() else {
        return view! { <UnavailablePage/> }.into_any();
    };
    let RejectedForm {
        fields, errors, trouble, ..
    } = posted().unwrap_or_default();
    let errors = Errors::new(errors);
    let title = say("another_draft.title");
    let OwnDetails {
        name,
        organisation,
        email,
        phone,
    } = own;
    let rows = [
        ("another_draft.name", name),
        ("another_draft.organisation", organisation),
        ("another_draft.email", email),
        ("another_draft.phone", phone),
    ];
    let rows: Vec<AnyView> = rows
        .into_iter()
        .filter(|(_, value)| !value.is_empty())
        .map(|(key, value)| {
            view! {
                <div class="govuk-summary-list__row">
                    <dt class="govuk-summary-list__key">{say(key)}</dt>
                    <dd class="govuk-summary-list__value or-user-text">{value}</dd>
                </div>
            }
            .into_any()
        })
        .collect();
    let connection = view! { <Choices name="connection" legend=QuestionSentences::new(StepId::Representative, &Answers::default()).get("connection") items=connections() chosen=vec![fields.raw("connection").to_owned()] errors hint=String::new() heading=false many=false/> };
    view! {
        <PageTitle text=title.clone() errors/>
        <Main back=Some("/".into())>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <ErrorSummary errors/>
            <Heading text=title/>
            <p class="govuk-body">{say("another_draft.lead")}</p>
            <dl class="govuk-summary-list">{rows}</dl>
            <form method="post" action="/complaint/new" novalidate=true>
                {connection}
                <button type="submit" class="govuk-button" name="own" value="yes">{say("another_draft.use")}</button>
            </form>
            <p class="govuk-body"><a class="govuk-link" href=first_page rel="external">{say("another_draft.without")}</a></p>
        </Main>
    }
    .into_any()
}

/// Returns the choices for how the representative knows the resident.
fn connections() -> Vec<Item> {
    let words = QuestionSentences::new(StepId::Representative, &Answers::default());
    let asked = steps::question(StepId::Representative)
        .fields()
        .iter()
        .find(|field| field.name == "connection");
    let codes = match asked.map(|field| field.input) {
        Some(Input::One(options)) => options(&Answers::default(), 1),
        _ => &[],
    };
    let item = |code: &&'static str| {
        let (text, hint) = words.option("connection", code);
        Item { code, text, hint }
    };
    codes.iter().map(item).collect()
}

/// The page for a browser that keeps no cookies: what is needed, and the alternatives.
#[component]
pub fn NoCookiesPage() -> impl IntoView {
    let title = say("no_cookies.title");
    let ways: Vec<AnyView> = ["allow", "private", "other"]
        .iter()
        .map(|way| view! { <li>{say(&format!("no_cookies.ways.{way}"))}</li> }.into_any())
        .collect();
    let organisation = use_context::<Organisation>().unwrap_or_default();
    let phone = organisation
        .phone
        .map(|phone| view! { <p class="govuk-body">{say_with("no_cookies.phone", &[("phone", phone)])}</p> });
    view! {
        <PageTitle text=title.clone()/>
        <Main back=None>
            <Heading text=title/>
            <p class="govuk-body">{say("no_cookies.why")}</p>
            <p class="govuk-body">{say("no_cookies.now")}</p>
            <ul class="govuk-list govuk-list--bullet">{ways}</ul>
            <a class="govuk-button" role="button" href="/complaint/new" rel="external">{say("no_cookies.again")}</a>
            {phone}
            <p class="govuk-body"><a class="govuk-link" href="/help" rel="external">{say("site.help")}</a></p>
        </Main>
    }
    .into_any()
}
