//! Rendering a page.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, StatusCode, Uri, header};
use axum::response::Response;
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, view};

use super::Forms;
use super::portal::ServicePortal;
use crate::app::Shell;
use crate::app::portal::{PortalHandle, Posted, Safety, ShellData};
use crate::complaint::FieldError;
use crate::door::policy;

/// A page to be rendered.
pub(super) struct Render<'a> {
    pub(super) forms: &'a Forms,
    /// What the request said; cookies tell a first visit from a later one.
    pub(super) headers: &'a HeaderMap,
    /// The address of the page, which decides what it is.
    pub(super) uri: &'a Uri,
    pub(super) portal: ServicePortal,
}

impl Render<'_> {
    /// The page as it is, for a GET.
    pub(super) async fn page(self) -> Response {
        self.render(None).await
    }

    /// The page with a form that came back.
    pub(super) async fn again(self, status: StatusCode, posted: Posted) -> Response {
        let mut response = self.render(Some(posted)).await;
        *response.status_mut() = status;
        response
    }

    async fn render(self, posted: Option<Posted>) -> Response {
        let Self {
            forms,
            headers,
            uri,
            portal,
        } = self;
        let site = Arc::clone(&forms.site);
        let language = forms.door.language(headers);
        let first_visit = !forms.door.cookies.any(headers);
        let shell = ShellData {
            inline_css: first_visit.then(|| Arc::clone(&site.first_css)),
            safety: Safety {
                shared: forms.door.cookies.is_shared(headers),
                ..site.shell.safety.clone()
            },
            text: site.text(language),
            languages: Arc::clone(forms.door.languages.offered()),
            ..site.shell.clone()
        };
        let nonce = Nonce::new();
        let policy = policy::for_page(&nonce);
        let handle: PortalHandle = Arc::new(portal.clone());
        let context = move || {
            provide_context(nonce.clone());
            provide_context(PortalHandle::clone(&handle));
            provide_context(shell.clone());
            provide_context(site.organisation.clone());
            provide_context(language);
            if let Some(posted) = &posted {
                provide_context(posted.clone());
            }
        };
        let render = leptos_axum::render_app_async_with_context(context, || view! { <Shell/> });
        let mut response = render(get(uri)).await;
        if let Some(failure) = portal.failure() {
            *response.status_mut() = failure;
        }
        response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        // Every page may show what a person told us, and a shared phone's Back button must not.
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// The request of the page itself: a posted form is rendered as its page, without its body.
fn get(uri: &Uri) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = uri.clone();
    // A page that sends the reader elsewhere answers with a redirect only to someone who wants a page.
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("text/html"));
    request
}

/// A form whose answers will not do.
pub(super) fn wrong(fields: crate::complaint::Fields, errors: Vec<FieldError>) -> Posted {
    Posted {
        fields,
        errors,
        trouble: None,
    }
}
