//! The cookies: one for each draft, one for the session, and one for the chosen language.
//!
//! Two more mark a device that other people use, and a browser whose user just left by *Exit this page*. Only that last one can be read by
//! scripts.

mod drafts;
mod leaving;
mod shared;

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::{Cookie, CookieBuilder, SameSite};
use time::Duration;

/// The names of the cookies, and whether they are for https only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CookieNames {
    /// The token of a draft started before drafts had numbers. The cookies of other drafts add the number to this name.
    pub draft: &'static str,
    /// The session's token.
    pub session: &'static str,
    /// The tag of the chosen language.
    pub language: &'static str,
    /// Set when other people use this device.
    pub shared: &'static str,
    /// Set when the person left by *Exit this page*.
    pub left: &'static str,
    /// Whether browsers send the cookies over https only.
    pub secure: bool,
}

impl CookieNames {
    /// For a portal reached by https. The prefix makes browsers reject such a cookie from any other host.
    pub const SECURE: Self = Self {
        draft: "__Host-draft",
        session: "__Host-session",
        language: "__Host-language",
        shared: "__Host-shared",
        left: "__Host-left",
        secure: true,
    };

    /// For http on this machine only, where browsers would not keep a `__Host-` cookie.
    pub const LOOPBACK: Self = Self {
        draft: "draft",
        session: "session",
        language: "language",
        shared: "shared",
        left: "left",
        secure: false,
    };

    /// Returns the session token of a request, not yet verified: from `Authorization: Bearer`, otherwise from the cookie.
    pub fn session_token(&self, headers: &HeaderMap) -> Option<String> {
        bearer(headers)
            .or_else(|| self.cookie_unless_left(headers, self.session))
            .map(str::to_owned)
    }

    /// Returns the tag in the language cookie. A client can send any text, so the tag must be looked up.
    pub fn language<'a>(&self, headers: &'a HeaderMap) -> Option<&'a str> {
        cookie(headers, self.language)
    }

    /// Sets the language of a request to that of `tag`.
    pub fn override_language(&self, headers: &mut HeaderMap, tag: &str) {
        let sent = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
        let cookies: Vec<&str> = sent.collect();
        // The first cookie of a name counts.
        let line = format!("{}={tag}; {}", self.language, cookies.join("; "));
        if let Ok(line) = HeaderValue::try_from(line) {
            headers.insert(header::COOKIE, line);
        }
    }

    /// Whether the browser has been here before: it holds a draft or a session.
    pub fn has_visited(&self, headers: &HeaderMap) -> bool {
        self.draft_cookies(headers).next().is_some() || cookie(headers, self.session).is_some()
    }

    /// Returns a `Set-Cookie` that stores a session for `max_age`.
    pub fn set_session(&self, token: &str, max_age: Duration) -> HeaderValue {
        self.set(self.session, token, max_age)
    }

    /// Returns a `Set-Cookie` that stores the language of `tag` for a year.
    pub fn set_language(&self, tag: &str) -> HeaderValue {
        self.set(self.language, tag, Duration::days(365))
    }

    /// Returns a `Set-Cookie` that deletes the session.
    pub fn clear_session(&self) -> HeaderValue {
        self.set(self.session, "", Duration::ZERO)
    }

    /// Returns the value of a cookie, unless the person left by *Exit this page*.
    ///
    /// The browser may still send such a cookie if it was offline, or closed too soon, to be told to delete it.
    fn cookie_unless_left<'a>(&self, headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
        cookie(headers, name).filter(|_| !self.has_left(headers))
    }

    fn set(&self, name: &str, value: &str, max_age: Duration) -> HeaderValue {
        let cookie = self.build(name, value).http_only(true);
        set_cookie(&cookie.max_age(max_age.max(Duration::ZERO)).build())
    }

    fn build<'a>(&self, name: &'a str, value: &'a str) -> CookieBuilder<'a> {
        Cookie::build((name, value)).path("/").same_site(SameSite::Lax).secure(self.secure)
    }
}

/// Returns the value of a cookie, or `None` if it was not sent or is empty.
fn cookie<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let value = cookies(headers).find(|cookie| cookie.name() == name)?.value_raw();
    value.filter(|value| !value.is_empty())
}

/// Lists the cookies of a request.
fn cookies(headers: &HeaderMap) -> impl Iterator<Item = Cookie<'_>> {
    let lines = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(Cookie::split_parse).filter_map(Result::ok)
}

fn set_cookie(cookie: &Cookie) -> HeaderValue {
    // Tokens are base64url and ids: text that is no header value is no token either.
    let mut header = HeaderValue::try_from(cookie.to_string()).unwrap_or_else(|_| HeaderValue::from_static(""));
    header.set_sensitive(true);
    header
}

/// Changes each cookie that a response sets.
fn change_cookies(answer: &mut HeaderMap, change: impl Fn(&mut Cookie)) {
    let header::Entry::Occupied(mut lines) = answer.entry(header::SET_COOKIE) else {
        return;
    };
    for line in lines.iter_mut() {
        if let Some(mut cookie) = line.to_str().ok().and_then(|line| Cookie::parse(line.to_owned()).ok()) {
            change(&mut cookie);
            *line = set_cookie(&cookie);
        }
    }
}

fn bearer(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use service::access::token::DraftToken;

    const TOKEN: &str = "0193f5a0-0000-7000-8000-000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn headers(name: header::HeaderName, value: &str) -> HeaderMap {
        [(name, HeaderValue::try_from(value).unwrap())].into_iter().collect()
    }

    #[test]
    fn a_draft_is_found_in_the_cookie_and_in_the_bearer_header() {
        let names = CookieNames::SECURE;
        let cookie = headers(header::COOKIE, &format!("a=b; __Host-draft={TOKEN}; c"));
        assert_eq!(names.draft_token(&cookie).unwrap().to_string(), TOKEN);
        assert!(names.has_visited(&cookie));
        let bearer = headers(header::AUTHORIZATION, &format!("bearer {TOKEN}"));
        assert_eq!(names.draft_token(&bearer).unwrap().to_string(), TOKEN);
        assert!(!names.has_visited(&bearer));
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
        let expected = format!("__Host-draft={TOKEN}; HttpOnly; SameSite=Lax; Secure; Path=/; Max-Age=2419200");
        assert_eq!(set.to_str().unwrap(), expected);
        let cleared = CookieNames::LOOPBACK.clear_session();
        assert_eq!(cleared.to_str().unwrap(), "session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0");
    }
}
