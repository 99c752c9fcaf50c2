//! *Exit this page*: deletes the cookies of drafts and of the session, at the latest when the person returns.
//!
//! The page sets the cookie `left` itself, before it requests anything: scripts cannot delete the other cookies, and the network may be
//! slow or gone. From then on the other cookies are ignored, and a person who presses Back is sent away again.

use axum::http::{HeaderMap, HeaderValue, header};
use time::Duration;

use crate::http::cookies::{CookieNames, cookie, cookies, set_cookie};

/// How long Back leads away from the portal. Longer than an onlooker stays, too short to hinder the person later.
pub const LEFT_FOR: Duration = Duration::hours(1);

impl CookieNames {
    /// Whether the person left by *Exit this page* a short while ago and has not returned since.
    pub fn has_left(&self, headers: &HeaderMap) -> bool {
        cookie(headers, self.left).is_some()
    }

    /// Returns the session of a person who is leaving, whether or not the page has set the `left` cookie.
    pub fn leaving_session(&self, headers: &HeaderMap) -> Option<String> {
        cookie(headers, self.session).map(str::to_owned)
    }

    /// Removes the `left` cookie from a request. For the text that was typed just before leaving: the browser may send it with the cookie that
    /// the page sets at once afterwards.
    pub fn remove_left(&self, headers: &mut HeaderMap) {
        let others = cookies(headers).filter(|cookie| cookie.name() != self.left);
        let others: Vec<String> = others.map(|cookie| cookie.to_string()).collect();
        match HeaderValue::try_from(others.join("; ")) {
            Ok(line) => headers.insert(header::COOKIE, line),
            Err(_) => headers.remove(header::COOKIE),
        };
    }

    /// Returns the `Set-Cookie` headers of leaving, which delete drafts and session and set the `left` cookie.
    ///
    /// A script sets the `left` cookie too, so scripts may read it.
    pub fn leave(&self, headers: &HeaderMap) -> Vec<HeaderValue> {
        let left = self.build(self.left, "1").max_age(LEFT_FOR).build();
        let drafts = self.draft_cookies(headers).map(|(number, _)| self.clear_draft_of(&number));
        let others = [self.clear_session(), set_cookie(&left)];
        drafts.chain(others).collect()
    }

    /// Completes the response to a person who has returned: deletes the cookies that their browser should have deleted.
    ///
    /// Cookies that the response itself sets stay. `sent` are the headers of the request.
    pub fn clear_stale_cookies(&self, sent: &HeaderMap, answer: &mut HeaderMap) {
        let set: Vec<String> = answer
            .get_all(header::SET_COOKIE)
            .iter()
            .filter_map(|line| line.to_str().ok()?.split_once('=').map(|(name, _)| name.to_owned()))
            .collect();
        let drafts = self.draft_cookies(sent).map(|(number, _)| self.draft_name(&number));
        let others = [self.session, self.left].map(str::to_owned);
        for name in drafts.chain(others) {
            if !set.contains(&name) {
                answer.append(header::SET_COOKIE, self.set(&name, "", Duration::ZERO));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: CookieNames = CookieNames::LOOPBACK;
    const TOKEN: &str = "0193f5a0-0000-7000-8000-000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn sent(cookies: &str) -> HeaderMap {
        [(header::COOKIE, HeaderValue::try_from(cookies).unwrap())].into_iter().collect()
    }

    #[test]
    fn the_cookies_of_one_who_left_open_nothing() {
        let here = sent(&format!("draft={TOKEN}; session=abc"));
        assert!(NAMES.draft_token(&here).is_some() && NAMES.session_token(&here).is_some());
        let left = sent(&format!("draft={TOKEN}; session=abc; left=1"));
        assert_eq!((NAMES.draft_token(&left), NAMES.session_token(&left)), (None, None));
        assert_eq!(NAMES.leaving_session(&left).as_deref(), Some("abc"));
        let mut bearer = left;
        bearer.insert(header::AUTHORIZATION, HeaderValue::try_from(format!("Bearer {TOKEN}")).unwrap());
        assert!(NAMES.draft_token(&bearer).is_some(), "a bearer token works after the browser left");
    }

    #[test]
    fn who_comes_back_keeps_what_the_answer_sets_and_nothing_else() {
        let mut answer = HeaderMap::new();
        answer.append(header::SET_COOKIE, HeaderValue::from_static("draft=new; Path=/; Max-Age=9"));
        NAMES.clear_stale_cookies(&sent("draft=old; draft-abc=other; left=1"), &mut answer);
        let lines: Vec<&str> = answer.get_all(header::SET_COOKIE).iter().map(|l| l.to_str().unwrap()).collect();
        assert_eq!(
            lines,
            [
                "draft=new; Path=/; Max-Age=9",
                "draft-abc=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0",
                "session=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0",
                "left=; HttpOnly; SameSite=Lax; Path=/; Max-Age=0"
            ]
        );
    }

    #[test]
    fn leaving_takes_every_draft_and_leaves_a_mark_that_the_page_can_read() {
        let mut answer = HeaderMap::new();
        let here = [(header::COOKIE, HeaderValue::from_static("__Host-draft=a; __Host-draft-b=rubbish"))];
        for line in CookieNames::SECURE.leave(&here.into_iter().collect()) {
            answer.append(header::SET_COOKIE, line);
        }
        CookieNames::SECURE.rename_draft_cookies(&mut answer, None);
        let lines: Vec<&str> = answer
            .get_all(header::SET_COOKIE)
            .iter()
            .map(|line| line.to_str().unwrap())
            .collect();
        let names: Vec<&str> = lines.iter().map(|line| line.split('=').next().unwrap()).collect();
        assert_eq!(names, ["__Host-draft", "__Host-draft-b", "__Host-session", "__Host-left"]);
        assert!(lines[..3].iter().all(|line| line.contains("Max-Age=0")));
        assert_eq!(lines[3], "__Host-left=1; SameSite=Lax; Secure; Path=/; Max-Age=3600");
    }
}
