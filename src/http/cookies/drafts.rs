//! The cookies of the drafts that a browser holds: one per draft, named by the draft's number.

use axum::http::{HeaderMap, HeaderValue};
use time::Duration;

use crate::http::cookies::{CookieNames, bearer, change_cookies, cookies};
use crate::http::draft_number::{DRAFT_NUMBER_HEADER, DraftNumber};
use service::access::token::DraftToken;

impl CookieNames {
    /// Returns the token of the draft that the request is for: from `Authorization: Bearer`, otherwise from that draft's cookie.
    ///
    /// The bearer token goes first, because the caller chose to send it.
    pub fn draft_token(&self, headers: &HeaderMap) -> Option<DraftToken> {
        if let Some(token) = bearer(headers) {
            return token.parse().ok();
        }
        let chosen = headers
            .get(DRAFT_NUMBER_HEADER)
            .and_then(|number| DraftNumber::parse(number.to_str().ok()?));
        self.cookie_unless_left(headers, &self.draft_name(&chosen.unwrap_or_default()))?
            .parse()
            .ok()
    }

    /// Lists all drafts that the browser holds, in the order of their numbers. Empty for a person who has left.
    pub fn held_drafts(&self, headers: &HeaderMap) -> Vec<(DraftNumber, DraftToken)> {
        if self.has_left(headers) {
            return Vec::new();
        }
        let mut held: Vec<_> = self
            .draft_cookies(headers)
            .filter_map(|(number, token)| Some((number, token.parse().ok()?)))
            .collect();
        held.sort_by(|(one, _), (other, _)| one.cmp(other));
        held.dedup_by(|(one, _), (other, _)| one == other);
        held
    }

    /// Returns the tokens of these drafts, after the request's bearer token if it has one.
    pub fn draft_tokens(&self, headers: &HeaderMap) -> Vec<DraftToken> {
        let shown = bearer(headers).and_then(|token| token.parse().ok());
        let held = self.held_drafts(headers).into_iter().map(|(_, token)| token);
        shown.into_iter().chain(held).collect()
    }

    /// Lists the numbers and values of all draft cookies, valid or not.
    pub(crate) fn draft_cookies<'a>(&'a self, headers: &'a HeaderMap) -> impl Iterator<Item = (DraftNumber, &'a str)> + 'a {
        cookies(headers).filter_map(|cookie| {
            let rest = cookie.name().strip_prefix(self.draft)?;
            let number = match rest.strip_prefix('-') {
                Some(number) => DraftNumber::parse(number)?,
                None if rest.is_empty() => DraftNumber::default(),
                None => return None,
            };
            let value = cookie.value_raw().filter(|value| !value.is_empty())?;
            Some((number, value))
        })
    }

    pub fn draft_name(&self, number: &DraftNumber) -> String {
        if *number == DraftNumber::default() {
            self.draft.to_owned()
        } else {
            format!("{}-{number}", self.draft)
        }
    }

    /// Returns a `Set-Cookie` that stores the draft the request is for, for `max_age`.
    pub fn set_draft(&self, token: &DraftToken, max_age: Duration) -> HeaderValue {
        self.set(self.draft, &token.to_string(), max_age)
    }

    /// Returns a `Set-Cookie` that stores the draft with this number for `max_age`, whichever draft the request is for.
    pub fn set_draft_of(&self, number: &DraftNumber, token: &DraftToken, max_age: Duration) -> HeaderValue {
        self.set(&format!("{}-{number}", self.draft), &token.to_string(), max_age)
    }

    /// Returns a `Set-Cookie` that deletes the draft the request is for.
    pub fn clear_draft(&self) -> HeaderValue {
        self.set(self.draft, "", Duration::ZERO)
    }

    /// Returns a `Set-Cookie` that deletes the draft with this number.
    pub fn clear_draft_of(&self, number: &DraftNumber) -> HeaderValue {
        self.set(&format!("{}-{number}", self.draft), "", Duration::ZERO)
    }

    /// Renames the draft cookies of a response to the names under which the browser keeps them.
    ///
    /// A handler sets the cookie of "the draft" and does not know its number.
    pub(crate) fn rename_draft_cookies(&self, answer: &mut HeaderMap, chosen: Option<&DraftNumber>) {
        change_cookies(answer, |cookie| {
            let number = match cookie.name().strip_prefix(self.draft) {
                Some("") => chosen.cloned(),
                Some(number) => number.strip_prefix('-').and_then(DraftNumber::parse),
                None => None,
            };
            if let Some(number) = number {
                cookie.set_name(self.draft_name(&number));
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::header;
    use rstest::rstest;

    const ONE: &str = "0193f5a0-0000-7000-8000-000000000001.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    const TWO: &str = "0193f5a0-0000-7000-8000-000000000002.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn sent(cookies: &str, chosen: &str) -> HeaderMap {
        let mut headers: HeaderMap = [(header::COOKIE, HeaderValue::try_from(cookies).unwrap())].into_iter().collect();
        if !chosen.is_empty() {
            headers.insert(DRAFT_NUMBER_HEADER, HeaderValue::try_from(chosen).unwrap());
        }
        headers
    }

    #[rstest]
    #[case("", Some(ONE))]
    #[case("draft", Some(ONE))]
    #[case("abc", Some(TWO))]
    #[case("abd", None)]
    fn a_request_speaks_for_the_draft_it_is_for(#[case] chosen: &str, #[case] expected: Option<&str>) {
        let headers = sent(&format!("draft={ONE}; draft-abc={TWO}; drafty=1; draft-A=2"), chosen);
        let token = CookieNames::LOOPBACK.draft_token(&headers).map(|token| token.to_string());
        assert_eq!(token.as_deref(), expected);
    }

    #[test]
    fn all_drafts_of_a_browser_are_found_and_nothing_else() {
        let names = CookieNames::SECURE;
        let headers = sent(
            &format!("__Host-draft-b={ONE}; __Host-draft={TWO}; __Host-draft-c=rubbish; draft-d={ONE}; __Host-draft-b={TWO}"),
            "",
        );
        let held: Vec<_> = names
            .held_drafts(&headers)
            .into_iter()
            .map(|(number, token)| (number.to_string(), token.to_string()))
            .collect();
        assert_eq!(held, [("b".to_owned(), ONE.to_owned()), ("draft".to_owned(), TWO.to_owned())]);
        let left = sent(&format!("__Host-draft-b={ONE}; __Host-left=1"), "");
        assert!(names.held_drafts(&left).is_empty());
    }

    #[test]
    fn an_answer_sets_the_cookie_of_the_number() {
        let token: DraftToken = ONE.parse().unwrap();
        let number = DraftNumber::parse("abc").unwrap();
        let names = CookieNames::LOOPBACK;
        let set = |lines: Vec<HeaderValue>, chosen: Option<&DraftNumber>| {
            let mut answer = HeaderMap::new();
            for line in lines {
                answer.append(header::SET_COOKIE, line);
            }
            names.rename_draft_cookies(&mut answer, chosen);
            let lines = answer.get_all(header::SET_COOKIE).iter();
            lines
                .map(|line| line.to_str().unwrap().split(';').next().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        let day = Duration::DAY;
        assert_eq!(
            set(vec![names.set_draft(&token, day), names.set_language("cy")], Some(&number)),
            [format!("draft-abc={ONE}"), "language=cy".into()]
        );
        assert_eq!(set(vec![names.set_draft(&token, day)], None), [format!("draft={ONE}")]);
        assert_eq!(set(vec![names.clear_draft()], Some(&number)), ["draft-abc="]);
        assert_eq!(
            set(vec![names.set_draft_of(&DraftNumber::default(), &token, day)], Some(&number)),
            [format!("draft={ONE}")]
        );
        assert_eq!(
            set(vec![names.clear_draft_of(&DraftNumber::parse("b").unwrap())], Some(&number)),
            ["draft-b="]
        );
    }
}
