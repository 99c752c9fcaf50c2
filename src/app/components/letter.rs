//! A letter of complaint from the person to their landlord.

use leptos::prelude::*;

use crate::app::words::{say, say_with};

/// The content of the letter. Unknown parts are left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Letter {
    /// 1 to complain, 2 to ask the landlord to look again. No reason need be given for that (Complaint Handling Code 6.12).
    pub stage: u8,
    pub name: String,
    /// Line by line.
    pub address: Vec<String>,
    pub landlord: String,
    /// Today, written out.
    pub date: String,
    pub what_happened: String,
    pub put_right: String,
}

/// The letter, to be copied or printed.
#[component]
pub fn LetterToCopy(letter: Letter) -> impl IntoView {
    let again = letter.stage == 2;
    let subject = say(if again {
        "letter.subject.stage_2"
    } else {
        "letter.subject.stage_1"
    });
    let opening = say(if again {
        "letter.opening.stage_2"
    } else {
        "letter.opening.stage_1"
    });
    let from: Vec<String> = [letter.name.clone()]
        .into_iter()
        .chain(letter.address)
        .filter(|line| !line.is_empty())
        .collect();
    let told = |heading: String, text: String| {
        (!text.is_empty()).then(|| {
            view! {
                <p class="govuk-body">{heading}</p>
                <p class="govuk-body or-user-text">{text}</p>
            }
        })
    };
    let line = |text: String| (!text.is_empty()).then(|| view! { <p class="govuk-body">{text}</p> });
    let to = (!letter.landlord.is_empty()).then(|| say_with("letter.to", &[("landlord", &letter.landlord)]));
    let signed = (!letter.name.is_empty()).then(|| say_with("letter.from", &[("name", &letter.name)]));
    view! {
        <section aria-labelledby="letter-title">
            <h2 class="govuk-heading-m" id="letter-title">{say("letter.heading")}</h2>
            <p class="govuk-body">{say("letter.hint")}</p>
            <div class="or-letter">
                {line(from.join("\n"))}
                {line(letter.date)}
                {to.and_then(line)}
                <p class="govuk-body"><strong>{subject}</strong></p>
                <p class="govuk-body">{opening}</p>
                {told(say("letter.what_happened"), letter.what_happened)}
                {told(say("letter.put_right"), letter.put_right)}
                <p class="govuk-body">{say("letter.closing")}</p>
                {signed.and_then(line)}
            </div>
        </section>
    }
    .into_any()
}
