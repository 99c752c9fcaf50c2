//! Rendering the page of a request.

use std::borrow::Cow;
use std::sync::Arc;

use axum::http::uri::PathAndQuery;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use leptos::nonce::Nonce;
use leptos::prelude::{Owner, RenderHtml, RwSignal, StoredValue, provide_context, view};

use crate::app::address::{Address, CurrentAddress};
use crate::app::page_response::PageResponse;
use crate::app::pages::DraftLabel;
use crate::app::portal::{
    DraftNumbers, FileSizes, HasQuestionForm, IsoDate, PageData, PortalPage, RejectedForm, RetentionPeriods, ServedClock, ServedPage,
    SharedDevice, TypedText, provide_if_any,
};
use crate::app::{Shell, is_hydrated};
use crate::http::draft_number::FormMessages;
use crate::http::pages::language::{self, PageMessages};
use crate::http::pages::offline_copy;
use crate::http::pages::portal::ServicePortal;
use crate::http::pages::visit::Visit;
use crate::http::policy;
use complaint::Fields;
use complaint::clock::Clock;
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
        // Boxed, because it is part of the future of every handler.
        Box::pin(self.rendered(portal, posted, language, kept)).await
    }

    async fn rendered(&self, portal: ServicePortal, posted: Option<RejectedForm>, language: Language, kept: bool) -> Response {
        let Self { forms, uri, .. } = self;
        let first_visit = !kept && !self.cookies().has_visited(&self.headers);
        let Ok(turn) = forms.render_queue.enter().await else {
            // An outer layer turns this response into an error page.
            return (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "5")]).into_response();
        };
        // Rendering never waits. Requests that have arrived meanwhile take their place in the queue now, or are refused.
        tokio::task::yield_now().await;
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
        let retention = self.retention_periods();
        let sizes = FileSizes {
            file: settings.evidence.file_bytes,
            recording: settings.evidence.recording_bytes,
        };
        let whose = if kept { None } else { self.draft_label().await };
        let numbers = self.cookies().held_drafts(&self.headers).into_iter();
        let numbers: Vec<String> = numbers.map(|(number, _)| number.to_string()).collect();
        let numbers = DraftNumbers(Some(numbers.join(" ")));
        let whose = DraftLabel(whose.filter(|_| !shell.safety.shared));
        let question = HasQuestionForm(portal.has_question_form(uri.path(), posted.is_some()));
        let typed = TypedText((!portal.typed.is_empty()).then(|| serde_json::to_string(&portal.typed).unwrap_or_default()));
        let unfinished = portal.unfinished();
        let (data, clock) = portal.page_data(uri.path()).await;
        let page = PortalPage {
            data,
            representation: portal.acting.clone(),
            contact: portal.contact.clone(),
            confirmation: portal.sure.clone(),
            rejected: posted.clone(),
            retention,
            device: SharedDevice(shell.safety.shared),
            is_to_representative: portal.is_for_another(),
            today: Some(IsoDate(self.services().today())),
        };
        let served = is_hydrated(uri.path()).then(|| as_json(&page, clock.as_ref()));
        let address = Address::new(uri.path_and_query().map_or("/", PathAndQuery::as_str));
        // No waiting from here on: the owner of the page's signals is that of this thread.
        let (html, parts) = Owner::new_root(None).with(|| {
            let response = PageResponse::new();
            provide_context(response);
            provide_context(CurrentAddress(RwSignal::new(address)));
            page.provide(language);
            provide_context(ServedClock(StoredValue::new(clock)));
            provide_context(nonce);
            provide_context(shell);
            provide_context(site.organisation.clone());
            provide_context(sizes);
            provide_context(question);
            provide_context(typed);
            provide_context(unfinished);
            provide_if_any(portal.returning.clone());
            provide_if_any(portal.held.clone());
            provide_context(served_at);
            provide_context(whose);
            provide_context(numbers);
            let html = view! { <Shell served/> }.to_html();
            (html, response.parts())
        });
        let mut response = match parts.redirect {
            Some(to) => Redirect::to(&to).into_response(),
            None => (parts.status.unwrap_or_default(), Html(html)).into_response(),
        };
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

/// Returns what a page is hydrated from: a page of the questionnaire, or of the portal.
fn as_json(page: &PortalPage, clock: Option<&Clock>) -> String {
    let json = match &page.data {
        PageData::Draft(draft) => serde_json::to_string(&ServedPage {
            draft: Cow::Borrowed(draft),
            rejected: Cow::Borrowed(&page.rejected),
            clock: Cow::Owned(clock.cloned()),
        }),
        _ => serde_json::to_string(page),
    };
    json.unwrap_or_default()
}
