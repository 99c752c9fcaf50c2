//! Choosing a language.

use std::net::SocketAddr;

use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, FromRequest, Request};
use axum::http::{Extensions, HeaderMap, Method, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use tower::ServiceExt;

use crate::app::draft_store::SEEN;
use crate::app::portal::{NotProcessed, RejectedForm};
use crate::http::HttpState;
use crate::http::draft_number::STATE;
use crate::http::pages::accepted::see_other;
use crate::http::pages::body::FormBody;
use crate::http::pages::landlord;
use crate::http::pages::visit::Visit;
use complaint::{Answer, FieldError, Fields, QuestionRef};
use contract::LandlordMatch;
use service::drafts;
use text::Language;

/// The form field with the chosen language.
const LANGUAGE: &str = "language";

/// `POST /language`: stores the choice and redirects back to the page. An unknown language changes nothing.
pub(crate) async fn choose(visit: Visit, FormBody(fields): FormBody) -> Response {
    let cookie = chosen(visit.http(), &fields).map(|language| visit.cookies().set_language(language.tag()));
    see_other(&page(&visit.headers, fields.raw("back")), cookie)
}

/// Returns the language that a form asks for.
pub(crate) fn chosen(door: &HttpState, fields: &Fields) -> Option<Language> {
    door.languages.find_offered(fields.raw(LANGUAGE))
}

/// Renders a question's page again in the chosen language, with what was typed and the messages about it. Saves nothing.
pub(crate) async fn render_in_language(visit: &Visit, place: QuestionRef, language: Language, mut fields: Fields) -> Response {
    let said = fields.raw(STATE).to_owned();
    fields.0.retain(|(name, _)| name != LANGUAGE && name != STATE);
    let mut portal = visit.portal();
    let draft = match visit.draft_token() {
        Some(token) => drafts::open_for_page(visit.services(), &token).await.ok().flatten(),
        None => None,
    };
    let answers = draft.as_ref().map(|draft| draft.answers.clone()).unwrap_or_default();
    let checked = visit.check(place, &fields, &answers);
    let stored = answers.get(place);
    let seen = fields.0.iter().find(|(name, _)| name == SEEN).map(|(_, seen)| seen.as_str());
    let would_overwrite = seen.is_some_and(|seen| match &checked {
        Ok(answer) => answer.would_overwrite(stored, seen),
        Err(_) => stored.map(Answer::fingerprint).unwrap_or_default() != seen,
    });
    let PageMessages {
        mut errors,
        mut trouble,
        found,
    } = match &*said {
        // A hydrated page posts only which kind of message it shows.
        "wrong" => PageMessages {
            errors: visit.check_page(place, &fields, &answers).err().unwrap_or_default(),
            ..PageMessages::default()
        },
        "changed" => PageMessages {
            trouble: Some(NotProcessed::ChangedElsewhere),
            ..PageMessages::default()
        },
        _ => PageMessages::read(&said),
    };
    if would_overwrite {
        // In the other language the page is rendered from what is stored now: both answers are shown, as on Continue.
        errors.clear();
        trouble = Some(NotProcessed::ChangedElsewhere);
    }
    if draft.is_some() {
        portal = portal.with_draft(draft);
    }
    let found = found.map(|_| landlord::named(visit.services(), language, &fields));
    let posted = RejectedForm {
        fields,
        errors,
        trouble,
        found,
    };
    let mut response = visit.page_in(language, portal, posted).await;
    let cookie = visit.cookies().set_language(language.tag());
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// The messages on a page about what was typed there.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct PageMessages {
    errors: Vec<FieldError>,
    trouble: Option<NotProcessed>,
    found: Option<Vec<LandlordMatch>>,
}

impl PageMessages {
    /// Returns the messages as a hidden field carries them; `None` if there are none.
    pub(crate) fn write(posted: &RejectedForm) -> Option<String> {
        let RejectedForm {
            errors, trouble, found, ..
        } = posted.clone();
        let is_said = !errors.is_empty() || trouble.is_some() || found.is_some();
        is_said.then(|| serde_json::to_string(&Self { errors, trouble, found }).ok())?
    }

    fn read(text: &str) -> Self {
        serde_json::from_str(text).unwrap_or_default()
    }
}

tokio::task_local! {
    /// The posted fields of the page that is rendered, if only its language was changed.
    static TYPED: RejectedForm;
}

/// Returns what was typed on a page that is rendered again in another language.
pub(crate) fn typed() -> Option<RejectedForm> {
    TYPED.try_with(Clone::clone).ok()
}

/// Middleware: a form posted with a language in its address is not processed. Its page is rendered again in that language, with what was
/// typed, which must not be in any address. `pages` renders it, because a layer runs after the handler of the POST was chosen.
pub(crate) async fn change(door: HttpState, pages: Router, request: Request, next: Next) -> Response {
    let asked = request
        .uri()
        .query()
        .and_then(|query| query.split('&').find_map(|pair| pair.strip_prefix("language=")));
    let language = asked.and_then(|tag| door.languages.find_offered(tag));
    let (Some(language), &Method::POST) = (language, request.method()) else {
        return next.run(request).await;
    };
    let (mut head, body) = request.into_parts();
    let FormBody(mut fields) = match FormBody::from_request(Request::new(body), &()).await {
        Ok(fields) => fields,
        Err(status) => return status.into_response(),
    };
    let PageMessages { errors, trouble, found } = PageMessages::read(fields.raw(STATE));
    fields.0.retain(|(name, _)| name != STATE);
    let found = found.map(|_| landlord::named(&door.services, language, &fields));
    let posted = RejectedForm {
        fields,
        errors,
        trouble,
        found,
    };
    let path = head.uri.path();
    let rest: Vec<&str> = head
        .uri
        .query()
        .unwrap_or_default()
        .split('&')
        .filter(|pair| !pair.starts_with("language="))
        .collect();
    let page = if rest.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{}", rest.join("&"))
    };
    head.uri = page.parse().unwrap_or_default();
    head.method = Method::GET;
    door.cookies.override_language(&mut head.headers, language.tag());
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH] {
        head.headers.remove(name);
    }
    // The router's extensions for the POST would be merged with those for the page.
    let peer = head.extensions.get::<ConnectInfo<SocketAddr>>().copied();
    head.extensions = Extensions::new();
    if let Some(peer) = peer {
        head.extensions.insert(peer);
    }
    let drawn = TYPED.scope(posted, pages.oneshot(Request::from_parts(head, Body::empty()))).await;
    let mut response = drawn.into_response();
    response
        .headers_mut()
        .append(header::SET_COOKIE, door.cookies.set_language(language.tag()));
    response
}

/// Returns the page to redirect to, always one of ours. The `Referer` comes first: a hydrated page may have moved on since its form was
/// rendered.
fn page(headers: &HeaderMap, back: &str) -> String {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let from_browser = referer.and_then(|address| address.parse::<Uri>().ok());
    let here = from_browser.or_else(|| back.parse().ok());
    let path = here.as_ref().and_then(Uri::path_and_query).map_or("/", |path| path.as_str());
    // Two slashes would begin the name of another host.
    if path.starts_with('/') && !path.starts_with("//") && !path.starts_with("/\\") {
        path.to_owned()
    } else {
        "/".to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(
        Some("https://complaints.example.org/complaint/contact?from=check"),
        "/",
        "/complaint/contact?from=check"
    )]
    #[case(Some("http://127.0.0.1:8080/"), "/help", "/")]
    #[case(None, "/complaint/contact?from=check", "/complaint/contact?from=check")]
    #[case(None, "https://elsewhere.example/help", "/help")]
    #[case(None, "//elsewhere.example/help", "/")]
    #[case(Some("https://complaints.example.org//elsewhere.example"), "/", "/")]
    #[case(Some("https://complaints.example.org/\\elsewhere.example"), "/", "/")]
    #[case(None, "/\\elsewhere.example", "/")]
    #[case(None, "not a page\r\n", "/")]
    #[case(None, "", "/")]
    fn the_way_back_is_on_this_site(#[case] referer: Option<&str>, #[case] back: &str, #[case] expected: &str) {
        let headers = referer.into_iter().map(|r| (header::REFERER, r.parse().unwrap()));
        assert_eq!(page(&headers.collect(), back), expected);
    }
}
