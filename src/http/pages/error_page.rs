//! Pages for errors outside the handler of a page. They use nothing that could itself be the cause of the error.

use std::fmt::Write;

use axum::body::Body;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::Response;

use crate::app::portal::ShellData;
use crate::http::policy;
use text::Language;

/// Marks a response as an error page.
#[derive(Clone, Copy, Debug)]
struct IsErrorPage;

/// Whether a response is an error page already.
pub fn is_error_page(response: &Response) -> bool {
    response.extensions().get::<IsErrorPage>().is_some()
}

/// Returns the page of a status. A status without a page of its own gets the page "something went wrong".
pub fn error_page(status: StatusCode, shell: &ShellData, language: Language) -> Response {
    let which = match status {
        StatusCode::FORBIDDEN => "refused",
        StatusCode::NOT_FOUND | StatusCode::METHOD_NOT_ALLOWED => "not_found",
        StatusCode::REQUEST_TIMEOUT | StatusCode::BAD_REQUEST => "interrupted",
        StatusCode::PAYLOAD_TOO_LARGE => "too_large",
        StatusCode::SERVICE_UNAVAILABLE => "unavailable",
        _ => "broken",
    };
    let mut response = Response::new(Body::from(html(which, shell, language)));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::CONTENT_SECURITY_POLICY, policy::ERROR_PAGE);
    response.extensions_mut().insert(IsErrorPage);
    response
}

fn html(which: &str, shell: &ShellData, language: Language) -> String {
    let say = |key: &str| html_escape::encode_safe(&language.say(&format!("error_page.{key}"))).into_owned();
    let (title, service) = (say(&format!("{which}.title")), say("service"));
    let safety = &shell.safety;
    let word = |key: &str| html_escape::encode_safe(&language.say(&format!("safe.exit.{key}"))).into_owned();
    let attribute = |text: &str| html_escape::encode_double_quoted_attribute(text).into_owned();
    // The same markup as in `app::components::safety`, without the words about coming back.
    let exit = format!(
        r#"<section class="or-exit" aria-label="{label}"><div class="or-exit__inner govuk-width-container"><form id="exit" class="or-exit__form" method="post" action="/exit" data-to="{to}" data-left="{left}" data-leaving="{leaving}" data-two="{two}" data-one="{one}" data-over="{over}"><button class="govuk-button govuk-button--warning or-exit__button" type="submit">{button}</button></form></div></section>"#,
        label = word("label"),
        to = attribute(&safety.exit_url),
        left = safety.left,
        leaving = word("leaving"),
        two = word("two_more"),
        one = word("one_more"),
        over = word("over"),
        button = word("button"),
    );
    let mut html = format!(
        r#"<!DOCTYPE html><html lang="{lang}" dir="{dir}" class="govuk-template"><head><meta charset="utf-8"><title>{title} - {service}</title><meta name="viewport" content="width=device-width, initial-scale=1"><meta name="color-scheme" content="light dark"><link rel="stylesheet" href="{css}"><link rel="icon" type="image/svg+xml" href="{icon}"><script defer src="{script}"></script></head><body class="govuk-template__body">{exit}<div class="or-page govuk-width-container"><main class="govuk-main-wrapper" id="main"><h1 class="govuk-heading-l">{title}</h1>"#,
        lang = language.tag(),
        dir = language.direction(),
        css = shell.main_css,
        icon = shell.favicon,
        script = safety.script,
    );
    for part in ["what", "now"] {
        // Writing to a `String` cannot fail.
        let _ = write!(html, r#"<p class="govuk-body">{}</p>"#, say(&format!("{which}.{part}")));
    }
    let _ = write!(
        html,
        r#"<p class="govuk-body"><a class="govuk-link" href="/help">{}</a></p></main></div></body></html>"#,
        say("help")
    );
    html
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_has_its_sentences() {
        let shell = ShellData {
            main_css: "/m.css".into(),
            inline_css: None,
            script: "/s.js".into(),
            wasm: "/w.wasm".into(),
            text: "/t.json".into(),
            uploads: "/u.js".into(),
            typed: "/t.js".into(),
            portal: "/t.js".into(),
            portal_app: "/pa.js".into(),
            portal_text: "/pt.json".into(),
            unsent: "/t.js".into(),
            languages: [].into(),
            favicon: "/f.svg".into(),
            public_url: None,
            logo: None,
            safety: crate::app::portal::Safety {
                script: "/e.js".into(),
                exit_url: "https://www.example.org/weather?a=\"b\"".into(),
                left: "left",
                shared: false,
                kept_days: 28,
            },
            page_chrome: crate::app::PageChromeCache::default(),
        };
        for which in ["refused", "not_found", "interrupted", "too_large", "unavailable", "broken"] {
            let html = html(which, &shell, Language::default());
            assert!(
                html.contains("/m.css") && !html.contains("error_page.") && !html.contains("safe.exit"),
                "{html}"
            );
            assert!(html.contains("/e.js") && html.contains("data-to=\"https://www.example.org/weather?a=&quot;b&quot;\""));
        }
        let response = error_page(StatusCode::IM_A_TEAPOT, &shell, Language::default());
        assert_eq!(response.status(), StatusCode::IM_A_TEAPOT);
        assert!(is_error_page(&response));
    }
}
