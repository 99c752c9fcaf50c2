//! The cases of this session.

use leptos::prelude::*;
use leptos_router::components::Redirect;

use super::{UnavailablePage, portal};
use crate::app::components::heading::{Heading, PageTitle};
use crate::app::components::layout::Main;
use crate::app::words::say;

/// The list; one case is shown directly, none leads to signing in.
#[component]
pub fn CasesPage() -> impl IntoView {
    let portal = portal();
    let cases = AsyncDerived::new(move || {
        let portal = portal.clone();
        async move { portal.cases().await }
    });
    view! {
        <Suspense>
            {move || Suspend::new(async move {
                match cases.await {
                    Err(_) => view! { <UnavailablePage/> }.into_any(),
                    Ok(cases) if cases.is_empty() => view! { <Redirect path="/sign-in"/> }.into_any(),
                    Ok(cases) if cases.len() == 1 => view! { <Redirect path=format!("/cases/{}", cases[0])/> }.into_any(),
                    Ok(cases) => {
                        let links = cases
                            .into_iter()
                            .map(|reference| view! { <li><a class="govuk-link" href=format!("/cases/{reference}") rel="external">{reference.clone()}</a></li> })
                            .collect_view();
                        view! {
                            <PageTitle text=say("cases.title")/>
                            <Main back=None>
                                <Heading text=say("cases.title")/>
                                <ul class="govuk-list">{links}</ul>
                            </Main>
                        }
                        .into_any()
                    }
                }
            })}
        </Suspense>
    }
    .into_any()
}
