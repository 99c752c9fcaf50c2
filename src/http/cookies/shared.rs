//! Devices that other people use: cookies last only until the browser is closed.

use axum::http::{HeaderMap, HeaderValue};
use time::Duration;

use crate::http::cookies::{CookieNames, change_cookies, cookie, set_cookie};

impl CookieNames {
    /// Whether the person has told us that other people use this device.
    pub fn is_shared(&self, headers: &HeaderMap) -> bool {
        cookie(headers, self.shared).is_some()
    }

    /// Returns the `Set-Cookie` headers that mark a device as shared, or as no longer shared.
    ///
    /// Switching on sets the present drafts and session again, to last until the browser is closed. After switching off, each lasts
    /// longer again from its next use.
    pub fn share(&self, headers: &HeaderMap, on: bool) -> Vec<HeaderValue> {
        if !on {
            return vec![self.set(self.shared, "", Duration::ZERO)];
        }
        let drafts = self.held_drafts(headers);
        let drafts = drafts
            .iter()
            .map(|(number, token)| (format!("{}-{number}", self.draft), token.to_string()));
        let session = self
            .cookie_unless_left(headers, self.session)
            .map(|token| (self.session.to_owned(), token.to_owned()));
        let mark = (self.shared.to_owned(), "1".to_owned());
        let all = [mark].into_iter().chain(drafts).chain(session);
        all.map(|(name, value)| set_cookie(&self.build(&name, &value).http_only(true).build()))
            .collect()
    }

    /// Makes every cookie of a response last only until the browser is closed.
    ///
    /// This is applied to each response to a shared device, so that no handler has to remember it. A cookie that is deleted keeps its age.
    pub fn make_session_cookies(answer: &mut HeaderMap) {
        change_cookies(answer, |cookie| {
            if cookie.max_age() != Some(Duration::ZERO) {
                cookie.set_max_age(None);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;

    #[test]
    fn only_cookies_that_are_forgotten_keep_their_age() {
        let mut answer = HeaderMap::new();
        for line in ["draft=a; Path=/; Max-Age=9; HttpOnly", "session=; Path=/; Max-Age=0; HttpOnly"] {
            answer.append(header::SET_COOKIE, HeaderValue::from_static(line));
        }
        CookieNames::make_session_cookies(&mut answer);
        let lines: Vec<&HeaderValue> = answer.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(lines, ["draft=a; HttpOnly; Path=/", "session=; HttpOnly; Path=/; Max-Age=0"]);
    }

    #[test]
    fn switching_on_takes_the_age_of_what_is_at_hand() {
        let token = "0193f5a0-0000-7000-8000-000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
        let cookies = HeaderValue::try_from(format!("draft={token}; draft-abc={token}; session=b")).unwrap();
        let sent = [(header::COOKIE, cookies)].into_iter().collect();
        let mut answer = HeaderMap::new();
        for line in CookieNames::LOOPBACK.share(&sent, true) {
            answer.append(header::SET_COOKIE, line);
        }
        CookieNames::LOOPBACK.rename_draft_cookies(&mut answer, None);
        let on: Vec<&str> = answer
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|line| line.to_str().unwrap())
            .collect();
        let expected = [
            "shared=1".to_owned(),
            format!("draft-abc={token}"),
            format!("draft={token}"),
            "session=b".to_owned(),
        ];
        assert_eq!(on, expected.map(|pair| format!("{pair}; HttpOnly; SameSite=Lax; Path=/")));
        let off = CookieNames::LOOPBACK.share(&sent, false);
        assert_eq!(off, ["shared=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"]);
    }
}
