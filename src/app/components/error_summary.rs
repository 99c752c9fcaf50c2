//! The summary of errors at the top of the page.

use leptos::html::Div;
use leptos::prelude::*;

use super::Errors;
use super::errors::ErrorsOfPage;
use crate::app::words::say;

/// "There is a problem", with a link to each field. It takes the focus whenever it appears or changes.
///
/// Without JavaScript the `autofocus` attribute moves the focus when the server shows the rejected form again.
#[component]
pub fn ErrorSummary(errors: Errors) -> impl IntoView {
    let title = StoredValue::new(say("form.problem"));
    if let Some(ErrorsOfPage(of_page)) = use_context() {
        of_page.set_value(Some(errors));
    }
    let node = NodeRef::<Div>::new();
    Effect::new(move || {
        if errors.any()
            && let Some(div) = node.get()
        {
            let _ = div.focus();
        }
    });
    move || {
        errors.any().then(|| {
            let links = errors
                .all()
                .into_iter()
                .map(|(field, message)| view! { <li><a href=format!("#{field}") rel="external">{message}</a></li> });
            view! {
                <div node_ref=node class="govuk-error-summary" tabindex="-1" autofocus=true id="error-summary">
                    <div role="alert">
                        <h2 class="govuk-error-summary__title">{title.get_value()}</h2>
                        <div class="govuk-error-summary__body">
                            <ul class="govuk-list govuk-error-summary__list">{links.collect_view()}</ul>
                        </div>
                    </div>
                </div>
            }
        })
    }
}
