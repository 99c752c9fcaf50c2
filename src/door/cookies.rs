//! The cookies. Each draft has one, a sign-in has one, and the language that was chosen: none can be read by a script. One says
//! that other people use this phone, and one that somebody has just left in a hurry.

mod drafts;
mod leaving;
mod shared;

pub(in crate::door) use drafts::CHOSEN;

use axum::http::{HeaderMap, HeaderValue, header};
use time::Duration;

/// What the cookies are called and whether they are for https only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieNames {
    /// The cookie that holds a draft's token, for the drafts begun before drafts had numbers. The others add the number.
    pub draft: &'static str,
    /// The cookie that holds the session's token.
    pub session: &'static str,
    /// The cookie that holds the tag of the language that was chosen.
    pub language: &'static str,
    /// The cookie that says that other people use this device.
    pub shared: &'static str,
    /// The cookie that says that somebody left by *Exit this page*.
    pub left: &'static str,
    /// Whether browsers send them over https only.
    pub secure: bool,
}

impl CookieNames {
    /// For a portal people reach by https. The prefix makes the browser refuse such a cookie from anybody else.
    pub const SECURE: Self = Self {
        draft: "__Host-draft",
        session: "__Host-session",
        language: "__Host-language",
        shared: "__Host-shared",
        left: "__Host-left",
        secure: true,
    };

    /// For http on this machine only: a browser would not keep a `__Host-` cookie there.
    pub const LOOPBACK: Self = Self {
        draft: "draft",
        session: "session",
        language: "language",
        shared: "shared",
        left: "left",
        secure: false,
    };

    /// The session this request speaks for, not yet looked up: from `Authorization: Bearer`, else from the cookie.
    #[must_use]
    pub fn session_token(&self, headers: &HeaderMap) -> Option<String> {
        bearer(headers).or_else(|| self.kept(headers, self.session)).map(str::to_owned)
    }

    /// The tag of the language that was chosen; anybody's invention until it is looked up.
    #[must_use]
    pub fn language<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        cookie(headers, self.language)
    }

    /// Makes a request ask for the language of `tag`.
    pub fn speak(&self, headers: &mut HeaderMap, tag: &str) {
        let sent = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let cookies: Vec<&str> = sent.collect();
        // The first cookie of a name counts.
        let line = format!("{}={tag}; {}", self.language, cookies.join("; "));
        if let Ok(line) = HeaderValue::try_from(line) {
            headers.insert(header::COOKIE, line);
        }
    }

    /// Whether the browser has been here before.
    #[must_use]
    pub fn any(&self, headers: &HeaderMap) -> bool {
        self.draft_cookies(headers).next().is_some() || cookie(headers, self.session).is_some()
    }

    /// A `Set-Cookie` that holds a session for `max_age`.
    #[must_use]
    pub fn set_session(&self, token: &str, max_age: Duration) -> HeaderValue {
        self.set(self.session, token, max_age)
    }

    /// A `Set-Cookie` that holds the language of `tag` for a year.
    #[must_use]
    pub fn set_language(&self, tag: &str) -> HeaderValue {
        self.set(self.language, tag, Duration::days(365))
    }

    /// A `Set-Cookie` that makes the browser forget the session.
    #[must_use]
    pub fn clear_session(&self) -> HeaderValue {
        self.set(self.session, "", Duration::ZERO)
    }

    /// A cookie of somebody who has not left. The browser of one who has may still send them: it could not be told to forget
    /// them, being offline or closed too soon.
    fn kept<'a>(&self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        cookie(headers, name).filter(|_| !self.has_left(headers))
    }

    fn set(&self, name: &str, value: &str, max_age: Duration) -> HeaderValue {
        self.written(name, value, &format!("; Max-Age={}; HttpOnly", max_age.whole_seconds().max(0)))
    }

    fn written(&self, name: &str, value: &str, attributes: &str) -> HeaderValue {
        let secure = if self.secure { "; Secure" } else { "" };
        let cookie = format!("{name}={value}; Path=/{attributes}; SameSite=Lax{secure}");
        // Tokens are base64url and ids: anything else is not a header value and is no token either.
        let mut header = HeaderValue::try_from(cookie).unwrap_or_else(|_| HeaderValue::from_static(""));
        header.set_sensitive(true);
        header
    }
}

/// The value of a cookie; `None` when it was not sent or is empty.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let pairs = headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(';'));
    let mut values = pairs.filter_map(|pair| pair.trim().split_once('=')).filter(|(n, _)| *n == name);
    values.next().map(|(_, value)| value).filter(|value| !value.is_empty())
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::token::DraftToken;

    const TOKEN: &str = "0193f5a0-0000-7000-8000-000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        [(name, HeaderValue::try_from(value).unwrap())].into_iter().collect()
    }

    #[test]
    fn a_draft_is_found_in_the_cookie_and_in_the_bearer_header() {
        let names = CookieNames::SECURE;
        let cookie = headers(header::COOKIE, &format!("a=b; __Host-draft={TOKEN}; c"));
        assert_eq!(names.draft_token(&cookie).unwrap().to_string(), TOKEN);
        assert!(names.any(&cookie));
        let bearer = headers(header::AUTHORIZATION, &format!("bearer {TOKEN}"));
        assert_eq!(names.draft_token(&bearer).unwrap().to_string(), TOKEN);
        assert!(!names.any(&bearer));
    }

    #[test]
    fn what_is_no_token_is_no_draft() {
        for value in ["__Host-draft=", "__Host-draft=rubbish", "draft=x", "__Host-draftx=1", ";;=;"] {
            assert_eq!(CookieNames::SECURE.draft_token(&headers(header::COOKIE, value)), None, "{value}");
        }
    }

    #[test]
    fn cookies_are_for_this_site_and_not_for_scripts() {
        let token: DraftToken = TOKEN.parse().unwrap();
        let set = CookieNames::SECURE.set_draft(&token, Duration::days(28));
        let expected = format!("__Host-draft={TOKEN}; Path=/; Max-Age=2419200; HttpOnly; SameSite=Lax; Secure");
        assert_eq!(set.to_str().unwrap(), expected);
        let cleared = CookieNames::LOOPBACK.clear_session();
        assert_eq!(cleared.to_str().unwrap(), "session=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax");
    }
}
