//! The buttons for a page's other languages.

use leptos::prelude::*;

use crate::app::draft_store::FORM_ID;
use crate::app::portal::{HasQuestionForm, ShellData};
use crate::app::words::{language, say};

/// A button for each language except the page's own, labelled in that language. Choosing one leads back to the same page.
///
/// On a page with a question the buttons belong to its form, so that typed text is posted along. Enter activates a form's first
/// button in the document, and that must stay Continue: hence a hidden Continue button before them.
#[component]
pub fn LanguageSwitch(
    /// The page to return to.
    back: &'static str,
) -> impl IntoView {
    let here = language();
    let data = expect_context::<ShellData>();
    let others: Vec<_> = data.languages.iter().copied().filter(|other| *other != here).collect();
    let form = use_context::<HasQuestionForm>().is_some_and(|there| there.0).then_some(FORM_ID);
    let first = form.map(|form| {
        view! {
            <button form=form name="action" value="continue" class="govuk-visually-hidden" tabindex="-1" aria-hidden="true">
                {say("form.continue")}
            </button>
        }
    });
    (!others.is_empty())
        .then(|| {
            let buttons = others.into_iter().map(|other| {
                view! {
                    <button class="or-language-switch__button" form=form name="language" value=other.tag() lang=other.tag() dir=other.direction()>
                        {other.own_name()}
                    </button>
                }
            });
            view! {
                <form class="or-language-switch" method="post" action="/language" aria-label=say("language.choose")>
                    <input type="hidden" name="back" value=back/>
                    {first}
                    {buttons.collect_view()}
                </form>
            }
        })
        .into_any()
}

/// A note, if no speaker of the language has reviewed the page's sentences yet.
#[component]
pub fn NotReviewed() -> impl IntoView {
    (!language().is_reviewed())
        .then(|| view! { <p class="or-site-footer__note">{say("language.not_reviewed")}</p> })
        .into_any()
}
