//! The other languages a page can be had in.

use leptos::prelude::*;

use crate::app::pages::FORM_ID;
use crate::app::portal::{QuestionThere, ShellData};
use crate::app::words::{language, say};

/// A button for each language but the one of the page, named in itself. Choosing one leads back to the same page. Where there is
/// a question the buttons belong to its form, so that what is typed there comes along. A form is sent by Enter as by its first
/// button in the document, and that must stay Continue: hence one that nobody sees before them.
#[component]
pub fn LanguageSwitch(
    /// The page to come back to.
    back: &'static str,
) -> impl IntoView {
    let here = language();
    let data = expect_context::<ShellData>();
    let others: Vec<_> = data.languages.iter().copied().filter(|other| *other != here).collect();
    let form = use_context::<QuestionThere>().is_some_and(|there| there.0).then_some(FORM_ID);
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

/// Says so when no speaker has read the page's sentences yet.
#[component]
pub fn NotReviewed() -> impl IntoView {
    (!language().is_reviewed())
        .then(|| view! { <p class="or-site-footer__note">{say("language.not_reviewed")}</p> })
        .into_any()
}
