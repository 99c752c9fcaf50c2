//! The document around every page. Rendered on the server only; the browser brings its body alive.

use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_meta::MetaTags;

use super::App;
use super::portal::ShellData;
use super::words::language;

/// The whole HTML document. It wants a [`ShellData`] in context.
///
/// A first visit finds the styles of a first page inside it, so that one answer of the server is enough to see and use it;
/// the whole sheet then comes at the end of the body, where it holds nothing up.
#[component]
pub fn Shell() -> impl IntoView {
    let data = expect_context::<ShellData>();
    let nonce = use_nonce();
    let inline = data.inline_css.clone();
    let late_sheet = inline
        .is_some()
        .then(|| view! { <link rel="stylesheet" href=data.main_css.to_string()/> });
    let styles = match inline {
        Some(css) => view! { <style nonce=nonce.clone() inner_html=css.to_string()></style> }.into_any(),
        None => view! { <link rel="stylesheet" href=data.main_css.to_string()/> }.into_any(),
    };
    view! {
        <!DOCTYPE html>
        <html lang=language().tag() class="govuk-template">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                {styles}
                <link rel="icon" type="image/svg+xml" href=data.favicon.to_string()/>
                <script type="module" nonce=nonce src=data.script.to_string()></script>
                <link rel="preload" r#as="fetch" r#type="application/wasm" crossorigin="anonymous" href=data.wasm.to_string()/>
                <MetaTags/>
            </head>
            <body class="govuk-template__body">
                <App/>
                {late_sheet}
            </body>
        </html>
    }
}
