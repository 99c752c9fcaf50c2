//! The contact plan in force, read-only.

use leptos::prelude::*;

use crate::app::words::say;
use complaint::case::contact_plan::ContactPlan;
use complaint::fields::form::Choice;

pub(super) fn summary(plan: &ContactPlan) -> AnyView {
    let safe = |is_safe| say(if is_safe { "contact.safe" } else { "contact.not_safe" });
    let email = match &plan.email {
        Some(email) => {
            let name = say(if plan.email_named { "contact.named" } else { "contact.not_named" });
            vec![email.clone(), safe(plan.email_safe), name]
        }
        None => vec![say("contact.none")],
    };
    let phone = match &plan.phone {
        Some(phone) => {
            let message = say(if plan.voicemail_safe {
                "contact.message"
            } else {
                "contact.no_message"
            });
            vec![phone.clone(), safe(plan.phone_safe), message]
        }
        None => vec![say("contact.none")],
    };
    let letters = match (&plan.post_to, plan.post_safe) {
        (Some(to), _) => to.clone(),
        (None, true) => say("contact.letters_home"),
        (None, false) => say("contact.no_letters"),
    };
    let way = match plan.way {
        None => vec![say("contact.none")],
        Some(way) => {
            let name = say(&format!("steps.contact_choice.way_options.{}.text", way.code()));
            let unused = (!plan.is_safe(way)).then(|| say("contact.not_safe"));
            [Some(name), unused].into_iter().flatten().collect()
        }
    };
    let times: Vec<String> = plan
        .times
        .iter()
        .map(|time| say(&format!("steps.contact_choice.times_options.{time}.text")))
        .collect();
    let times = if times.is_empty() {
        say("contact.no_times")
    } else {
        times.join(", ")
    };
    view! {
        <section aria-labelledby="now">
            <h2 class="govuk-heading-m" id="now">{say("contact.now")}</h2>
            <dl class="govuk-summary-list">
                {row("steps.contact.email", email)}
                {row("steps.contact.phone", phone)}
                {row("steps.post_safety.short", vec![letters])}
                {row("steps.contact_choice.way", way)}
                {row("steps.contact_choice.times_short", vec![times])}
            </dl>
        </section>
    }
    .into_any()
}

fn row(key: &'static str, lines: Vec<String>) -> AnyView {
    let lines = lines
        .into_iter()
        .map(|line| view! { <p class="govuk-body or-user-text">{line}</p> })
        .collect_view();
    view! {
        <div class="govuk-summary-list__row">
            <dt class="govuk-summary-list__key">{say(key)}</dt>
            <dd class="govuk-summary-list__value">{lines}</dd>
        </div>
    }
    .into_any()
}
