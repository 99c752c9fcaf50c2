//! Rendering the page of a request.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{HeaderValue, Method, Request, StatusCode, Uri, header};
use axum::response::{IntoResponse, Response};
use leptos::nonce::Nonce;
use leptos::prelude::{provide_context, view};

use crate::app::Shell;
use crate::app::pages::DraftLabel;
use crate::app::portal::{DraftNumbers, FileSizes, HasQuestionForm, PortalHandle, RejectedForm, RetentionPeriods, TypedText};
use crate::http::draft_number::FormMessages;
use crate::http::pages::language::{self, PageMessages};
use crate::http::pages::offline_copy;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::visit::Visit;
use crate::http::policy;
use complaint::Fields;
use service::access::hash_queue::QueuePermit;
use text::Language;

/// The nonce in a page that is sent to other visitors too, and must not have one. It is an extension of the response.
#[derive(Clone, Debug)]
pub struct UnusedNonce(Nonce);

impl UnusedNonce {
    /// Returns the page without the nonce.
    pub fn remove_from(&self, html: &str) -> String {
        html.replace(&format!(" nonce=\"{}\"", self.0), "")
    }
}

impl Visit {
    /// Renders a page that reads its data itself.
    pub(crate) async fn open(&self) -> Response {
        self.page(self.portal()).await
    }

    /// Renders the page for a GET.
    pub(crate) async fn page(&self, portal: ServicePortal) -> Response {
        self.render(portal, None, self.language(), false).await
    }

    /// Renders the page for a GET, with another status.
    pub(crate) async fn page_with_status(&self, status: StatusCode, portal: ServicePortal) -> Response {
        let mut response = self.page(portal).await;
        *response.status_mut() = status;
        response
    }

    /// Renders the page for an unknown address.
    pub(crate) async fn not_found(&self) -> Response {
        // Nothing is looked up, because the page does not exist whatever the draft is.
        self.page_with_status(StatusCode::NOT_FOUND, self.portal().with_draft(None)).await
    }

    /// Renders the page as the service worker stores it for everyone: not as on a first visit. Other languages are left out, because they
    /// need a connection.
    pub(crate) async fn stored_page(&self, portal: ServicePortal) -> Response {
        self.render(portal, None, self.language(), true).await
    }

    /// Renders the page with a posted form.
    pub(crate) async fn form_page(&self, status: StatusCode, portal: ServicePortal, posted: RejectedForm) -> Response {
        let mut response = self.render(portal, Some(posted), self.language(), false).await;
        if response.extensions().get::<Arc<QueuePermit>>().is_some() {
            *response.status_mut() = status;
        }
        response
    }

    /// Renders the page with these values in its fields.
    pub(crate) async fn filled_page(&self, portal: ServicePortal, fields: Fields) -> Response {
        let posted = RejectedForm {
            fields,
            ..RejectedForm::default()
        };
        self.form_page(StatusCode::OK, portal, posted).await
    }

    /// Renders the page with what was typed, in a language that was just chosen.
    pub(crate) async fn page_in(&self, language: Language, portal: ServicePortal, posted: RejectedForm) -> Response {
        self.render(portal, Some(posted), language, false).await
    }

    fn retention_periods(&self) -> RetentionPeriods {
        let settings = self.services().settings();
        RetentionPeriods {
            draft_days: settings.draft_days,
            // Never from the first day on, however short the retention period is.
            warning_days: settings.expiry_warning_days.min(settings.draft_days.saturating_sub(1)),
            code_hours: settings.return_code_hours,
            remember_days: settings.remember_days,
            case_years: settings.case_years,
        }
    }

    async fn render(&self, portal: ServicePortal, posted: Option<RejectedForm>, language: Language, kept: bool) -> Response {
        let Self { forms, uri, .. } = self;
        let first_visit = !kept && !self.cookies().has_visited(&self.headers);
        let Ok(turn) = forms.render_queue.enter().await else {
            // An outer layer turns this response into an error page.
            return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")]).into_response();
        };
        let posted = posted.or_else(language::typed);
        let site = Arc::clone(&forms.site);
        let mut shell = site.shell_in(language, first_visit);
        shell.safety.shared = self.is_shared();
        if kept {
            shell.languages = [].into();
            shell.safety.shared = false;
        }
        let copy = if kept { None } else { self.offline_copy(&portal).await };
        let served_at = copy.as_ref().map(|copy| copy.served_at.clone());
        let nonce = Nonce::new();
        let used_nonce = nonce.clone();
        let settings = self.services().settings();
        let keeping = self.retention_periods();
        let sizes = FileSizes {
            file: settings.evidence.file_bytes,
            recording: settings.evidence.recording_bytes,
        };
        let returning = portal.returning.clone();
        let acting = portal.acting.clone();
        let contact = portal.contact.clone();
        let sure = portal.sure.clone();
        let held = portal.held.clone();
        let whose = if kept { None } else { self.draft_label().await };
        let numbers = self.cookies().held_drafts(&self.headers).into_iter();
        let numbers: Vec<String> = numbers.map(|(number, _)| number.to_string()).collect();
        let numbers = DraftNumbers(Some(numbers.join(" ")));
        let whose = DraftLabel(whose.filter(|_| !shell.safety.shared));
        let said = posted.clone();
        let question = HasQuestionForm(portal.has_question_form(uri.path(), posted.is_some()));
        let typed = TypedText((!portal.typed.is_empty()).then(|| serde_json::to_string(&portal.typed).unwrap_or_default()));
        let unfinished = portal.unfinished();
        let handle: PortalHandle = Arc::new(portal.clone());
        let speaking = if portal.is_for_another() {
            language.to_representative()
        } else {
            language
        };
        let context = move || {
            provide_context(nonce.clone());
            provide_context(PortalHandle::clone(&handle));
            provide_context(shell.clone());
            provide_context(site.organisation.clone());
            provide_context(speaking);
            provide_context(keeping);
            provide_context(sizes);
            provide_context(question);
            provide_context(typed.clone());
            provide_context(unfinished.clone());
            if let Some(returning) = &returning {
                provide_context(returning.clone());
            }
            if let Some(acting) = &acting {
                provide_context(acting.clone());
            }
            if let Some(contact) = &contact {
                provide_context(contact.clone());
            }
            if let Some(sure) = &sure {
                provide_context(sure.clone());
            }
            if let Some(held) = &held {
                provide_context(held.clone());
            }
            provide_context(served_at.clone());
            provide_context(whose.clone());
            provide_context(numbers.clone());
            if let Some(posted) = &said {
                provide_context(posted.clone());
            }
        };
        let render = leptos_axum::render_app_async_with_context(context, || view! { <Shell/> });
        let mut response = render(get(uri)).await;
        if let Some(failure) = portal.failure() {
            *response.status_mut() = failure;
        }
        if self.is_same_for_all {
            response.extensions_mut().insert(UnusedNonce(used_nonce));
        } else {
            let policy = policy::for_page(&used_nonce);
            response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
        }
        // Every page may show what the person entered, and Back on a shared phone must not show it again.
        response
            .headers_mut()
            .insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if let Some(copy) = copy {
            response.headers_mut().insert(offline_copy::NAME, copy.header);
        }
        // The response holds the render permit until it is compressed, which is the larger part of the work and happens in an outer layer.
        response.extensions_mut().insert(Arc::new(turn));
        if let Some(state) = posted.as_ref().and_then(PageMessages::write) {
            response.extensions_mut().insert(FormMessages(state));
        }
        response
    }
}

/// Returns the GET request of a page: a posted form is rendered as its page, without its body.
fn get(uri: &Uri) -> Request<Body> {
    let mut request = Request::new(Body::empty());
    *request.method_mut() = Method::GET;
    *request.uri_mut() = uri.clone();
    // `leptos_axum` answers a `<Redirect>` with an HTTP redirect only if the request accepts HTML.
    request.headers_mut().insert(header::ACCEPT, HeaderValue::from_static("text/html"));
    request
}
