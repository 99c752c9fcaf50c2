//! For people whose use of the device is watched: *Exit this page*, and the setting for a shared device. Server-only; its script is
//! `public/exit.js`, which is not part of the Wasm.

use leptos::prelude::*;

use crate::app::portal::{Safety, ShellData, is_shared};
use crate::app::words::{language, say};

fn safety() -> Safety {
    expect_context::<ShellData>().safety
}

/// The band with the exit button, inside its `<section>`. A form, so that it works without JavaScript: it ends the session and
/// leaves. Beside it stands how to come back, because after leaving it is too late to read that.
#[component]
pub fn Exit(
    /// Whether the page belongs to the questionnaire, whose answers need a link or a code. A sent complaint needs a sign-in.
    in_journey: bool,
) -> impl IntoView {
    let safety = safety();
    view! {
        <div class="or-exit__inner govuk-width-container">
            <details class="or-exit__about">
                <summary>{say("safe.exit.about")}</summary>
                <p>{say("safe.exit.does")}</p>
                <p>{say("safe.exit.does_not")}</p>
                {coming_back(in_journey, safety.kept_days)}
            </details>
            <form
                id="exit"
                class="or-exit__form"
                method="post"
                action="/exit"
                data-to=safety.exit_url.to_string()
                data-left=safety.left
                data-leaving=say("safe.exit.leaving")
                data-two=say("safe.exit.two_more")
                data-one=say("safe.exit.one_more")
                data-over=say("safe.exit.over")
            >
                <button class="govuk-button govuk-button--warning or-exit__button" type="submit">{say("safe.exit.button")}</button>
            </form>
        </div>
    }
    .into_any()
}

/// Says how to open the answers, or the complaint, again.
fn coming_back(in_journey: bool, kept_days: u32) -> AnyView {
    if in_journey {
        view! {
            <p>{language().say_count("safe.exit.kept", kept_days.into())}" "{say("safe.exit.code")}</p>
            <p><a class="govuk-link" href="/save-and-return" rel="external">{say("safe.exit.get_code")}</a></p>
        }
        .into_any()
    } else {
        view! {
            <p>{say("safe.exit.sent")}</p>
            <p><a class="govuk-link" href="/about-this-site" rel="external">{say("safe.start.more")}</a></p>
        }
        .into_any()
    }
}

/// The second stop of the Tab key. A button of the same form, so that it leaves as well.
#[component]
pub fn ExitSkipLink() -> impl IntoView {
    view! { <button class="govuk-skip-link or-exit-skip" type="submit" form="exit">{say("safe.exit.skip")}</button> }.into_any()
}

/// A note on every page that nothing is stored on this shared device, with a link to change that.
#[component]
pub fn SharedNote() -> impl IntoView {
    is_shared().then(|| {
        view! {
            <div class="or-shared-note">
                <p class="or-shared-note__text govuk-width-container">
                    {say("safe.shared.on")} " " <a class="or-shared-note__link" href="/this-phone" rel="external">{say("safe.shared.change")}</a>
                </p>
            </div>
        }
        .into_any()
    })
}

/// Explains the setting for a shared device, with the button that switches it on or off.
#[component]
pub fn SharedSwitch(
    /// The page to return to.
    #[prop(into)]
    from: String,
) -> impl IntoView {
    let (text, value, button) = if is_shared() {
        ("safe.shared.text_on", "off", "safe.shared.switch_off")
    } else {
        ("safe.shared.text", "on", "safe.shared.switch_on")
    };
    view! {
        <p class="govuk-body">{say(text)}</p>
        <form method="post" action="/this-phone">
            <input type="hidden" name="from" value=from/>
            <button class="govuk-button govuk-button--secondary" type="submit" name="shared" value=value>{say(button)}</button>
        </form>
    }
    .into_any()
}
