//! The participants of a case: what each may do, and the forms that change it.

use leptos::prelude::*;

use crate::app::components::errors::{FieldMessage, described_by, group_class};
use crate::app::components::files_hint::files_hint;
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::components::{ErrorSummary, Errors, TextInput, TroubleNotice};
use crate::app::pages::case::heading;
use crate::app::pages::confirm::sure;
use crate::app::pages::representation::claims::claims;
use crate::app::pages::representation::{code_box, scope_boxes, scope_list, scope_value, until_boxes, until_value, until_words};
use crate::app::pages::{UnavailablePage, posted};
use crate::app::portal::{RejectedForm, RepresentationPage, ShownCode};
use crate::app::words::{language, say, say_with};
use complaint::case::event::ActorRole;
use complaint::case::representation::Scope;
use complaint::fields::form::Choice;
use contract::people::{AuthorityState, CasePeople, CasePerson, Missing};

/// The participants of a case.
#[component]
pub fn PeoplePage() -> impl IntoView {
    if let Some(asked) = use_context() {
        return sure(asked);
    }
    let Some(RepresentationPage::People {
        people,
        said,
        code,
        form_key,
    }) = use_context()
    else {
        return view! { <UnavailablePage/> }.into_any();
    };
    let RejectedForm {
        fields, errors, trouble, ..
    } = posted().unwrap_or_default();
    let errors = Errors::new(errors);
    let title = say_with("representation.people.title", &[("reference", people.reference.as_str())]);
    let heading = heading("representation.people.title", &people.reference);
    let tenant = tenant(&people);
    let rows: Vec<AnyView> = people.people.iter().map(|person| one(&people, person)).collect();
    let role = if people.may_manage {
        ActorRole::Resident
    } else {
        ActorRole::Representative
    };
    let waiting = claims(&people.claims, people.me, role, None);
    let typed = fields.raw("email").to_owned();
    let came_back = people.missing == Some(Missing::CameBack);
    let (label, hint) = if came_back {
        ("representation.ask.email_needed", "representation.ask.email_needed_hint")
    } else {
        ("representation.ask.email", "representation.ask.email_hint")
    };
    let ask = people.may_ask.then(|| {
        view! {
            <h2 class="govuk-heading-m">{say("representation.ask.title")}</h2>
            <p class="govuk-body">{say("representation.ask.text")}</p>
            <form method="post" novalidate=true>
                <TextInput name="email" label=say(label) hint=say(hint) value=typed errors kind="email" autocomplete="off" spellcheck=false/>
                <button type="submit" class="govuk-button govuk-button--secondary" name="action" value="ask">{say("representation.ask.button")}</button>
            </form>
        }
    });
    view! {
        <PageTitle text=title errors/>
        <Main back=Some(format!("/cases/{}", people.reference))>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <ErrorSummary errors/>
            {heading}
            {tenant.map(|name| view! { <p class="govuk-body-l or-user-text">{say_with("representation.people.tenant", &[("name", name)])}</p> })}
            {said.map(notice)}
            {code.map(shown)}
            {waiting}
            {rows}
            {paper(&people, form_key, errors)}
            {ask}
            {hand_over(&people)}
            {take_over(&people)}
        </Main>
    }
    .into_any()
}

/// Returns the tenant's name, so that a representative of many tenants does not mix them up.
fn tenant(people: &CasePeople) -> Option<String> {
    let tenant = people.people.iter().find(|person| person.role == ActorRole::Resident);
    tenant.map(|person| person.name.clone())
}

fn one(people: &CasePeople, person: &CasePerson) -> AnyView {
    let me = person.number == people.me;
    let who = if me { say("representation.people.you") } else { String::new() };
    let acts = person.role == ActorRole::Representative;
    let state = say(&format!("representation.state.{}", person.state.code()));
    let to_me = language().say_if_any(&format!("representation.state_you.{}", person.state.code()));
    let state = to_me.filter(|_| me).unwrap_or(state);
    let may = (acts
        && matches!(
            person.state,
            AuthorityState::Given | AuthorityState::Waiting | AuthorityState::Unanswered
        ))
    .then(|| {
        let heading = if person.state == AuthorityState::Given {
            say(if me {
                "representation.people.you_may"
            } else {
                "representation.people.may"
            })
        } else {
            say(if me {
                "representation.people.you_ask"
            } else {
                "representation.people.asks"
            })
        };
        view! {
            <p class="govuk-body">{heading}</p>
            {scope_list(&person.scopes)}
            <p class="govuk-body">{until_words(person.until)}</p>
        }
    });
    let change = person.may_change.then(|| {
        let words = match person.state {
            AuthorityState::Given => "representation.change.link",
            AuthorityState::Waiting | AuthorityState::Unanswered => "representation.change.answer",
            _ => "representation.change.again",
        };
        let address = format!("/cases/{}/people/{}", people.reference, person.number);
        view! {
            <p class="govuk-body">
                <a class="govuk-link" href=address rel="external">{say_with(words, &[("name", person.name.as_str())])}</a>
            </p>
        }
    });
    let is_claim = matches!(person.state, AuthorityState::Waiting | AuthorityState::Unanswered);
    let end = person.may_end.then(|| {
        let words = match is_claim {
            _ if me => "representation.end.me",
            true => "representation.end.refuse",
            false => "representation.end.button",
        };
        view! {
            <form method="post">
                <input type="hidden" name="person" value=person.number.to_string()/>
                <button type="submit" class="govuk-button govuk-button--warning" name="action" value="end">
                    {say_with(words, &[("name", person.name.as_str())])}
                </button>
            </form>
        }
    });
    view! {
        <section aria-labelledby=format!("person-{}", person.number)>
            <h2 class="govuk-heading-m or-user-text" id=format!("person-{}", person.number)>{person.name.clone()}" "{who}</h2>
            <p class="govuk-body">{say(&format!("case.people.{}", person.role.code()))}". "{state}</p>
            {may}
            {change}
            {end}
        </section>
    }
    .into_any()
}

/// The form for a signed paper that proves the right to represent the tenant.
fn paper(people: &CasePeople, form_key: String, errors: Errors) -> Option<AnyView> {
    people.may_add_paper.then(|| {
        view! {
            <h2 class="govuk-heading-m">{say("representation.paper.title")}</h2>
            <p class="govuk-body">{say("representation.paper.text")}</p>
            <form method="post" novalidate=true enctype="multipart/form-data">
                <input type="hidden" name="key" value=form_key/>
                <div class=group_class(errors, "files")>
                    <label class="govuk-label govuk-label--s" for="files">{say("representation.paper.files")}</label>
                    <div id="files-hint" class="govuk-hint">{files_hint()}</div>
                    <FieldMessage errors name="files"/>
                    <input class="govuk-file-upload" type="file" id="files" name="files" multiple=true aria-describedby=described_by(errors, "files", true)/>
                </div>
                <button type="submit" class="govuk-button govuk-button--secondary">{say("representation.paper.button")}</button>
            </form>
        }
        .into_any()
    })
}

fn hand_over(people: &CasePeople) -> Option<AnyView> {
    people.may_hand_over.then(|| {
        let (text, button) = if people.may_manage {
            ("representation.add.text", "representation.add.button")
        } else {
            ("representation.hand_over.text", "representation.hand_over.button")
        };
        view! {
            <h2 class="govuk-heading-m">{say(if people.may_manage { "representation.add.title" } else { "representation.hand_over.title" })}</h2>
            <p class="govuk-body">{say(text)}</p>
            <form method="post">
                <button type="submit" class="govuk-button govuk-button--secondary" name="action" value="code">{say(button)}</button>
            </form>
        }
        .into_any()
    })
}

fn take_over(people: &CasePeople) -> Option<AnyView> {
    let acting = |person: &CasePerson| {
        person.role == ActorRole::Representative && !matches!(person.state, AuthorityState::Ended | AuthorityState::Refused)
    };
    (people.may_manage && people.people.iter().any(acting)).then(|| {
        view! {
            <h2 class="govuk-heading-m">{say("representation.take_over.title")}</h2>
            <p class="govuk-body">{say("representation.take_over.text")}</p>
            <form method="post">
                <button type="submit" class="govuk-button govuk-button--warning" name="action" value="take_over">{say("representation.take_over.button")}</button>
            </form>
        }
        .into_any()
    })
}

/// The confirmation of what was just done.
fn notice(said: String) -> AnyView {
    view! {
        <div class="govuk-notification-banner govuk-notification-banner--success" role="alert" aria-labelledby="done-title" tabindex="-1" autofocus=true>
            <div class="govuk-notification-banner__header">
                <h2 class="govuk-notification-banner__title" id="done-title">{say("save_and_resume.done")}</h2>
            </div>
            <div class="govuk-notification-banner__content"><p class="govuk-body">{say(&format!("representation.said.{said}"))}</p></div>
        </div>
    }
    .into_any()
}

fn shown(code: ShownCode) -> AnyView {
    let until = [("time", code.until.time.clone()), ("date", language().date(code.until.date))];
    view! {
        {code_box(say("representation.code.label"), code.code, say_with("representation.code.until", &until))}
        <p class="govuk-body">{say("representation.code.how")}</p>
    }
    .into_any()
}

/// The form with which the tenant changes what a representative may do.
#[component]
pub fn PersonPage() -> impl IntoView {
    let Some(RepresentationPage::Person { reference, person }) = use_context() else {
        return view! { <UnavailablePage/> }.into_any();
    };
    let RejectedForm {
        fields, errors, trouble, ..
    } = posted().unwrap_or_default();
    let came_back = !fields.0.is_empty();
    let errors = Errors::new(errors);
    let title = say_with("representation.change.title", &[("reference", reference.as_str())]);
    let heading = say_with("representation.change.heading", &[("name", person.name.as_str())]);
    view! {
        <PageTitle text=title errors/>
        <Main back=Some(format!("/cases/{reference}/people"))>
            {trouble.map(|trouble| view! { <TroubleNotice trouble/> })}
            <ErrorSummary errors/>
            <Heading text=heading/>
            <p class="govuk-body">{say_with("representation.change.case", &[("reference", reference.as_str())])}</p>
            <form method="post" novalidate=true>
                {scope_boxes(Scope::ALL, scope_value(&fields, came_back, &person.scopes), errors)}
                {until_boxes(until_value(&fields, came_back, person.until), errors)}
                <button type="submit" class="govuk-button" name="action" value="change">{say("representation.change.button")}</button>
            </form>
        </Main>
    }
    .into_any()
}
