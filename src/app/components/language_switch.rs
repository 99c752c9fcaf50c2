//! The other languages a page can be had in.

use leptos::prelude::*;

use crate::app::portal::ShellData;
use crate::app::words::{language, say};

/// A button for each language but the one of the page, named in itself. Choosing one leads back to the same page.
#[component]
pub fn LanguageSwitch() -> impl IntoView {
    let here = language();
    let data = expect_context::<ShellData>();
    let others: Vec<_> = data.languages.iter().copied().filter(|other| *other != here).collect();
    let path = use_context::<axum::http::request::Parts>().and_then(|parts| parts.uri.path_and_query().map(ToString::to_string));
    (!others.is_empty())
        .then(|| {
            let buttons = others.into_iter().map(|other| {
                view! {
                    <button class="or-language-switch__button" name="language" value=other.tag() lang=other.tag() dir=other.direction()>
                        {other.own_name()}
                    </button>
                }
            });
            view! {
                <form class="or-language-switch" method="post" action="/language" aria-label=say("language.choose")>
                    <input type="hidden" name="back" value=path/>
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
