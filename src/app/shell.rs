//! The HTML document around every page, and which page an address shows.

pub(crate) mod page_chrome;
use leptos::nonce::{Nonce, use_nonce};
use leptos::prelude::*;

use super::address::address;
use super::components::files_hint::files_hint;
use super::components::layout::{SkipLink, WaysToLeave};
use super::page_response::PageResponse;
use super::pages::{
    AboutFilePage, AboutPage, AccessibilityPage, AnotherPage, ClosedHerePage, ComeBackPage, CookiesPage, DraftLabelLine, EqualityPage,
    EqualityQuestionsPage, GalleryPage, HelpPage, LinkPage, NoConnectionPage, NoCookiesPage, NotFoundPage, OpenDevicesPage, PrivacyPage,
    RemoveThingPage, SaveForLaterPage, SentPage, StartPage, ThisPhonePage, UnfinishedAnswers, UnfinishedPage, portal_page,
};
use super::portal::{DraftNumbers, HasQuestionForm, RepresentationPage, RetentionPeriods, SERVED_PAGE_ID, ServedAt, ShellData, TypedText};
use super::words::{language, say, say_with};
use super::{JourneyPage, ROOT_ID};
use complaint::Page;
use complaint::questionnaire::steps::{self, ROOT};

/// The address of the document in which the app renders the questionnaire without a connection. The service worker stores it.
pub const OFFLINE_SHELL: &str = "/complaint/offline-shell";

/// The address of the page that the service worker shows for all other pages without a connection.
pub const NO_CONNECTION: &str = "/no-connection";

/// The address of the page for a browser that keeps no cookies, in place of a page that needs a draft.
pub const NO_COOKIES: &str = "/no-cookies";

/// Registers the service worker, which downloads the Wasm. Inline, so that it runs before the person can load the next page.
const WORKER: &str = include_str!("shell/worker.js");

/// Stores a clone of the app element as it was served, before translation or a browser extension changes it. Hydration needs the
/// served markup.
const SERVED: &str = r#"served=document.getElementById("app").cloneNode(true);"#;

/// Deletes answers stored on the device when the complaint is sent, the person deletes them, or the draft's cookie is gone.
const FORGET: &str = include_str!("shell/forget.js");

/// Asks the server whose complaint the page is about, each time the person returns to the tab. Another complaint may have been begun
/// in the same browser.
const WHOSE: &str = include_str!("shell/whose.js");

/// The id of the link to the sentences to download. It also contains the one sentence that depends on the server's settings.
const TEXT_ID: &str = "text";

/// How a page uses the Wasm.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ClientMode {
    /// A page of the questionnaire: it is hydrated.
    Hydrated,
    /// A server-only page that leads to the questionnaire: the service worker downloads the Wasm while the person reads.
    Preload,
    /// An empty document: the app renders the page from the data stored on the device.
    AppShell,
    /// The receipt, a server-only page.
    Receipt,
    /// A page of sign-in or of a case: it is hydrated, with a Wasm of its own.
    Portal,
    /// Any other server-only page.
    Static,
}

/// Whether the portal's Wasm hydrates the page at this path.
fn is_portal(path: &str) -> bool {
    let first = path.trim_start_matches('/').split('/').next().unwrap_or_default();
    ["sign-in", "signed-in-devices", "cases", "consent", "join"].contains(&first)
}

/// Whether the browser hydrates the page at this path, and so needs its data.
pub(crate) fn is_hydrated(path: &str) -> bool {
    matches!(life(path), ClientMode::Hydrated | ClientMode::Portal)
}

fn life(path: &str) -> ClientMode {
    if path == Page::Sent.path() {
        return ClientMode::Receipt;
    }
    if path == OFFLINE_SHELL {
        return ClientMode::AppShell;
    }
    if path == "/complaint/new" {
        return ClientMode::Preload;
    }
    match path.strip_prefix(ROOT) {
        Some(rest) if rest.starts_with('/') => ClientMode::Hydrated,
        _ if path == "/" => ClientMode::Preload,
        _ if is_portal(path) => ClientMode::Portal,
        _ => ClientMode::Static,
    }
}

/// Whether this page takes files.
fn on_a_page_of_files() -> bool {
    matches!(Page::from_slug(address().slug()), Some(Page::Step(place)) if steps::takes_files(place.step))
}

/// The complete HTML document. Expects a [`ShellData`] in context.
///
/// On a first visit the styles that a first page needs are inline, so that one response is enough to see and use the page.
/// The full style sheet is then linked at the end of the body, where it does not block rendering.
///
/// `served` is the data of a page that is hydrated, as JSON: a [`ServedPage`](super::portal::ServedPage) or
/// [`PortalPage`](super::portal::PortalPage).
#[component]
pub fn Shell(served: Option<String>) -> impl IntoView {
    let data = expect_context::<ShellData>();
    let chrome = page_chrome::page_chrome(&data);
    let address = address();
    let path = address.path();
    let life = life(path);
    // Rendered first: it sets the title.
    let page = match life {
        ClientMode::Hydrated => view! { <JourneyPage/> }.into_any().to_html(),
        ClientMode::AppShell => String::new(),
        ClientMode::Preload | ClientMode::Receipt | ClientMode::Portal | ClientMode::Static => static_page(path).to_html(),
    };
    let title = match life {
        ClientMode::AppShell => say("site.name"),
        _ => expect_context::<PageResponse>().parts().title,
    };
    // A child would be followed by a comment, which is text in a title.
    let title = html_escape::encode_text(&title).into_owned();
    let language = language();
    // Documents that the service worker stores must be the same on every request, so they have no nonce. Their policy needs none.
    let is_kept = life == ClientMode::AppShell || path == NO_CONNECTION;
    let nonce = if is_kept { None } else { use_nonce() };
    let sheet = data.main_css.to_string();
    let late_sheet = data
        .inline_css
        .is_some()
        .then(|| view! { <link rel="stylesheet" href=sheet.clone()/> });
    let styles = match &data.inline_css {
        Some(css) => view! { <style nonce=nonce.clone() inner_html=css.to_string()></style> }.into_any(),
        None => view! { <link rel="stylesheet" href=sheet/> }.into_any(),
    };
    let leaving = view! { <script defer nonce=nonce.clone() src=data.safety.script.to_string()></script> };
    // Pages that take files, and pages on which uploads continue. Elsewhere in the questionnaire the app loads the script when files wait.
    let sends_files = match life {
        ClientMode::Hydrated => on_a_page_of_files(),
        ClientMode::Receipt => true,
        ClientMode::Portal | ClientMode::Static => path.starts_with("/cases/"),
        ClientMode::Preload | ClientMode::AppShell => false,
    };
    let uploads = data.uploads.to_string();
    let sender = sends_files.then(|| view! { <script defer nonce=nonce.clone() src=uploads.clone()></script> });
    let uploads = matches!(life, ClientMode::Hydrated | ClientMode::AppShell).then_some(uploads);
    // Stores what the person is typing, until it is submitted.
    let has_text = ["/cases", "/signed-in-devices", "/about-file/"]
        .iter()
        .any(|place| path.starts_with(place));
    let stores_text =
        matches!(life, ClientMode::Hydrated | ClientMode::AppShell) || matches!(life, ClientMode::Portal | ClientMode::Static) && has_text;
    let keeper = stores_text.then(|| view! { <script defer nonce=nonce.clone() src=data.typed.to_string()></script> });
    let portal = case_scripts(path, [data.unsent.to_string(), data.portal.to_string()], nonce.clone());
    let TypedText(typed_before) = use_context().unwrap_or_default();
    let has_form = use_context::<HasQuestionForm>().is_some_and(|form| form.0) || on_a_page_of_files();
    let code = app_script(life, &data, nonce.clone());
    let DraftNumbers(held) = use_context().unwrap_or_default();
    let held = held.filter(|_| ["/", "/unfinished"].contains(&path));
    let worker = inline_scripts(life, held.is_some());
    let worker = worker.map(|code| view! { <script nonce=nonce inner_html=code></script> });
    // Inside a script only `<` can end it or begin a comment.
    let served = served.map(|served| served.replace('<', "\\u003c"));
    let served = served.map(|json| view! { <script type="application/json" id=SERVED_PAGE_ID inner_html=json></script> });
    let header = chrome.header(&address.whole());
    let exit = chrome.exit.clone().map(|(label, inside)| {
        view! { <section class="or-exit" aria-label=label inner_html=inside.to_string()></section> }
    });
    let days = matches!(life, ClientMode::Hydrated | ClientMode::AppShell)
        .then(|| use_context::<RetentionPeriods>().unwrap_or_default().draft_days.to_string());
    view! {
        <!DOCTYPE html>
        <html lang=language.tag() dir=language.direction() class="govuk-template" data-shared=data.safety.shared.then_some("") data-uploads=uploads data-held=held data-days=days data-typed=typed_before>
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover"/>
                <meta name="color-scheme" content="light dark"/>
                {styles}
                <link rel="icon" type="image/svg+xml" href=data.favicon.to_string()/>
                {leaving}
                {sender}
                {keeper}
                {portal}
                {code}
                <title inner_html=title></title>
            </head>
            <body class="govuk-template__body">
                <SkipLink/>
                <header class="or-site-header" inner_html=header></header>
                {exit}
                {copy_notice()}
                {matches!(life, ClientMode::Hydrated | ClientMode::Receipt).then(|| view! { <DraftLabelLine/> })}
                <UnfinishedAnswers/>
                <div id=ROOT_ID data-empty=(life == ClientMode::AppShell).then_some("") inner_html=page></div>
                {served}
                {(life == ClientMode::Hydrated).then(|| view! { <WaysToLeave has_form/> })}
                <footer class="or-site-footer" inner_html=chrome.footer.to_string()></footer>
                {worker}
                {late_sheet}
            </body>
        </html>
    }
}

/// The script that hydrates the page, and the sentences that it needs.
fn app_script(life: ClientMode, data: &ShellData, nonce: Option<Nonce>) -> AnyView {
    let (script, text) = match life {
        ClientMode::Hydrated | ClientMode::AppShell => (data.script.to_string(), data.text.to_string()),
        ClientMode::Portal => (data.portal_app.to_string(), data.portal_text.to_string()),
        ClientMode::Preload | ClientMode::Receipt | ClientMode::Static => return ().into_any(),
    };
    // The portal's pages work without their Wasm, so its download does not begin before theirs.
    let early = (life != ClientMode::Portal).then(|| view! { <link rel="modulepreload" nonce=nonce.clone() href=script.clone()/> });
    // The module runs once the document and its style sheets are loaded.
    view! {
        {early}
        <link as="fetch" rel="preload" crossorigin="anonymous" id=TEXT_ID href=text data-hint=files_hint()/>
        <script type="module" nonce=nonce src=script></script>
    }
    .into_any()
}

/// The inline scripts at the end of the page. `lists_drafts` is for a page that names the browser's drafts.
fn inline_scripts(life: ClientMode, lists_drafts: bool) -> Option<String> {
    match life {
        ClientMode::Hydrated => Some([SERVED, WORKER, WHOSE].concat()),
        ClientMode::Preload => Some([WORKER, FORGET].concat()),
        ClientMode::Receipt => Some([FORGET, WHOSE].concat()),
        ClientMode::Portal | ClientMode::Static if lists_drafts => Some(FORGET.to_owned()),
        ClientMode::AppShell | ClientMode::Portal | ClientMode::Static => None,
    }
}

/// The notice of a page that the phone may store: when it was served. The service worker shows it in a stored page.
fn copy_notice() -> Option<AnyView> {
    let ServedAt(at) = use_context::<Option<ServedAt>>().flatten()?;
    let when = [("date", language().date(at.date)), ("time", at.time)];
    let notice = view! {
        <section id="copy-notice" hidden class="govuk-width-container or-no-print" aria-label=say("offline.copy.label")>
            <p class="govuk-inset-text">{say_with("offline.copy.text", &when)}</p>
        </section>
    };
    Some(notice.into_any())
}

fn case_scripts(path: &str, [unsent, portal]: [String; 2], nonce: Option<Nonce>) -> AnyView {
    (unsent_script(path, unsent, nonce.clone()), portal_script(path, portal, nonce)).into_any()
}

/// The script that stores case actions on the phone until the server has them, with its sentences.
fn unsent_script(path: &str, script: String, nonce: Option<Nonce>) -> Option<AnyView> {
    let is_needed = path.starts_with("/cases") || path == "/sign-in";
    let script = is_needed.then_some(script)?;
    let script = view! {
        <script
            defer
            nonce=nonce
            src=script
            data-title=say("unsent.title")
            data-waiting=say("unsent.waiting")
            data-signed-out=say("unsent.signed_out")
            data-sign-in=say("unsent.sign_in")
            data-refused=say("unsent.refused")
            data-change=say("unsent.change")
            data-delete=say("unsent.delete")
            data-leaving=say("unsent.leaving")
            data-sent=say("case_sending.sent")
        ></script>
    };
    Some(script.into_any())
}

/// The script of the pages of a case, with its sentences. A person without access has nothing to follow.
fn portal_script(path: &str, script: String, nonce: Option<Nonce>) -> Option<AnyView> {
    let has_access = !matches!(use_context(), Some(RepresentationPage::NoAccess(_)));
    let script = (has_access && path.starts_with("/cases/")).then_some(script)?;
    let script = view! {
        <script
            defer
            nonce=nonce
            src=script
            data-message=say("case_news.message")
            data-status=say("case.now")
            data-file=say("case_news.file")
            data-changed=say("case_news.changed")
            data-elsewhere=say("case_news.elsewhere")
            data-read=say("case_news.read")
            data-sending=say("case_sending.sending")
            data-waiting=say("case_sending.waiting")
            data-kept=say("case_sending.kept")
            data-sent=say("case_sending.sent")
        ></script>
    };
    Some(script.into_any())
}

/// The page of an address that is not hydrated: it only shows something, or posts a plain form.
fn static_page(path: &str) -> AnyView {
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match parts.as_slice() {
        [""] => view! { <StartPage/> }.into_any(),
        ["__gallery"] => view! { <GalleryPage/> }.into_any(),
        ["privacy"] => view! { <PrivacyPage/> }.into_any(),
        ["cookies"] => view! { <CookiesPage/> }.into_any(),
        ["accessibility"] => view! { <AccessibilityPage/> }.into_any(),
        ["complaint", "sent"] => view! { <SentPage/> }.into_any(),
        ["complaint", "new"] => view! { <AnotherPage/> }.into_any(),
        ["equality"] => view! { <EqualityPage/> }.into_any(),
        ["equality", "questions"] => view! { <EqualityQuestionsPage/> }.into_any(),
        ["return"] => view! { <ComeBackPage/> }.into_any(),
        ["return", _token] => view! { <LinkPage/> }.into_any(),
        ["save-and-return"] => view! { <SaveForLaterPage/> }.into_any(),
        ["open-devices"] => view! { <OpenDevicesPage/> }.into_any(),
        ["closed-here"] => view! { <ClosedHerePage/> }.into_any(),
        ["remove-thing", _issue] => view! { <RemoveThingPage/> }.into_any(),
        ["about-file", _id] => view! { <AboutFilePage/> }.into_any(),
        ["unfinished"] => view! { <UnfinishedPage/> }.into_any(),
        ["no-cookies"] => view! { <NoCookiesPage/> }.into_any(),
        ["help"] => view! { <HelpPage/> }.into_any(),
        ["no-connection"] => view! { <NoConnectionPage/> }.into_any(),
        ["about-this-site"] => view! { <AboutPage/> }.into_any(),
        ["this-phone"] => view! { <ThisPhonePage/> }.into_any(),
        _ => portal_page(path).unwrap_or_else(|| view! { <NotFoundPage/> }.into_any()),
    }
}
