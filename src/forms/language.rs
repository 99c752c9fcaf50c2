//! Choosing a language.

use axum::extract::State;
use axum::http::{HeaderMap, Uri, header};
use axum::response::Response;

use super::Forms;
use super::accepted::go;
use super::body::FormBody;
use super::portal::ServicePortal;
use super::render::Render;
use super::step::Form;
use crate::app::portal::Posted;
use crate::complaint::Fields;
use crate::door::DoorState;
use crate::text::Language;

/// The field of a form that asks for a language.
const LANGUAGE: &str = "language";

/// `POST /language`: keeps the choice and leads back to the page it was made on. A choice that there is not changes nothing.
pub(super) async fn choose(State(forms): State<Forms>, headers: HeaderMap, FormBody(fields): FormBody) -> Response {
    let cookie = chosen(&forms.door, &fields).map(|language| forms.door.cookies.set_language(language.tag()));
    go(&page(&headers, fields.raw("back")), cookie)
}

/// The language that a form asks for.
pub(super) fn chosen(door: &DoorState, fields: &Fields) -> Option<Language> {
    door.languages.of_tag(fields.raw(LANGUAGE))
}

/// The page of a question again in the language chosen there, with what was typed. Nothing is saved by it.
pub(super) async fn again(form: &Form<'_>, language: Language, mut fields: Fields) -> Response {
    fields.0.retain(|(name, _)| name != LANGUAGE);
    let render = Render {
        forms: form.forms,
        headers: form.headers,
        uri: form.uri,
        portal: ServicePortal::new(&form.forms.door, form.headers),
    };
    let posted = Posted {
        fields,
        ..Posted::default()
    };
    let mut response = render.in_language(language, posted).await;
    let cookie = form.forms.door.cookies.set_language(language.tag());
    response.headers_mut().append(header::SET_COOKIE, cookie);
    response
}

/// The page to lead back to, always one of ours. The browser knows it best: a page that is alive may be another by now than
/// the one the form was made for.
fn page(headers: &HeaderMap, back: &str) -> String {
    let referer = headers.get(header::REFERER).and_then(|value| value.to_str().ok());
    let from_browser = referer.and_then(|address| address.parse::<Uri>().ok());
    let here = from_browser.or_else(|| back.parse().ok());
    let path = here.as_ref().and_then(Uri::path_and_query).map_or("/", |path| path.as_str());
    // Two slashes would begin another host.
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
