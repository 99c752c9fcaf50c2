//! Devices that other people use: cookies last only until the browser is closed.

use axum::http::{HeaderMap, HeaderValue, header};
use time::Duration;

use crate::http::cookies::{CookieNames, cookie};

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
        let at_hand = drafts
            .chain(session)
            .map(|(name, value)| self.set_cookie_header(&name, &value, "; HttpOnly"));
        [self.set_cookie_header(self.shared, "1", "; HttpOnly")]
            .into_iter()
            .chain(at_hand)
            .collect()
    }

    /// Makes every cookie of a response last only until the browser is closed.
    ///
    /// This is applied to each response to a shared device, so that no handler has to remember it.
    pub fn make_session_cookies(answer: &mut HeaderMap) {
        let lines: Vec<HeaderValue> = answer.get_all(header::SET_COOKIE).iter().map(without_max_age).collect();
        answer.remove(header::SET_COOKIE);
        for line in lines {
            answer.append(header::SET_COOKIE, line);
        }
    }
}

/// Removes `Max-Age` from a `Set-Cookie`, unless it deletes the cookie.
fn without_max_age(line: &HeaderValue) -> HeaderValue {
    let Ok(text) = line.to_str() else { return line.clone() };
    let lasts = |part: &&str| part.trim().starts_with("Max-Age=") && part.trim() != "Max-Age=0";
    let kept: Vec<&str> = text.split(';').filter(|part| !lasts(part)).collect();
    let mut shorter = HeaderValue::try_from(kept.join(";")).unwrap_or_else(|_| line.clone());
    shorter.set_sensitive(line.is_sensitive());
    shorter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_cookies_that_are_forgotten_keep_their_age() {
        let mut answer = HeaderMap::new();
        for line in ["draft=a; Path=/; Max-Age=9; HttpOnly", "session=; Path=/; Max-Age=0; HttpOnly"] {
            answer.append(header::SET_COOKIE, HeaderValue::from_static(line));
        }
        CookieNames::make_session_cookies(&mut answer);
        let lines: Vec<&HeaderValue> = answer.get_all(header::SET_COOKIE).iter().collect();
        assert_eq!(lines, ["draft=a; Path=/; HttpOnly", "session=; Path=/; Max-Age=0; HttpOnly"]);
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
        assert_eq!(on, expected.map(|pair| format!("{pair}; Path=/; HttpOnly; SameSite=Lax")));
        let off = CookieNames::LOOPBACK.share(&sent, false);
        assert_eq!(off, ["shared=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax"]);
    }
}
