//! The language of a response: the one chosen on a page, otherwise the best of the browser's that is offered.

use std::sync::Arc;

use axum::http::{HeaderMap, header};

use crate::http::cookies::CookieNames;
use text::Language;

/// The offered languages. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Languages {
    offered: Arc<[Language]>,
    cookies: CookieNames,
}

impl Languages {
    /// `offered` is in the order in which people see the languages. The first is the fallback.
    pub fn new(offered: impl IntoIterator<Item = Language>, cookies: CookieNames) -> Self {
        Self {
            offered: offered.into_iter().collect(),
            cookies,
        }
    }

    pub fn offered(&self) -> &Arc<[Language]> {
        &self.offered
    }

    /// Returns the language with this tag, if it is offered.
    pub fn find_offered(&self, tag: &str) -> Option<Language> {
        Language::of_tag(tag).filter(|language| self.offered.contains(language))
    }

    /// Returns the language in which to answer a request.
    pub fn negotiate(&self, headers: &HeaderMap) -> Language {
        let chosen = self.cookies.language(headers).and_then(|tag| self.find_offered(tag));
        chosen
            .or_else(|| self.accepted(headers))
            .or_else(|| self.offered.first().copied())
            .unwrap_or_default()
    }

    /// Returns the offered language with the greatest weight in `Accept-Language`, the first of equals. `cy-GB` also matches `cy`.
    fn accepted(&self, headers: &HeaderMap) -> Option<Language> {
        let lines = headers
            .get_all(header::ACCEPT_LANGUAGE)
            .iter()
            .filter_map(|line| line.to_str().ok());
        let mut best: Option<(Language, u16)> = None;
        for range in lines.flat_map(|line| line.split(',')) {
            let (tag, parameters) = range.split_once(';').unwrap_or((range, ""));
            let tag = tag.trim();
            let family = tag.split('-').next().unwrap_or(tag);
            let Some(language) = self.find_offered(tag).or_else(|| self.find_offered(family)) else {
                continue;
            };
            let weight = weight(parameters);
            if weight > best.map_or(0, |(_, weight)| weight) {
                best = Some((language, weight));
            }
        }
        best.map(|(language, _)| language)
    }
}

/// Parses `q=0.8` to thousandths. Returns 1000 if there is no weight, and 0 if it cannot be parsed.
fn weight(parameters: &str) -> u16 {
    let Some((_, digits)) = parameters.split_once("q=") else {
        return 1000;
    };
    let (whole, part) = digits.trim().split_once('.').unwrap_or((digits.trim(), ""));
    let thousandths = format!("{part:0<3}");
    match (whole, thousandths.parse::<u16>()) {
        ("1", _) => 1000,
        ("0", Ok(part)) => part.min(999),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn language(headers: &[(header::HeaderName, &str)]) -> &'static str {
        let offered = ["en", "cy"].map(|tag| Language::of_tag(tag).unwrap());
        let headers = headers.iter().map(|(name, value)| (name.clone(), value.parse().unwrap()));
        Languages::new(offered, CookieNames::LOOPBACK).negotiate(&headers.collect()).tag()
    }

    #[rstest]
    #[case("", "en")]
    #[case("cy", "cy")]
    #[case("CY-gb", "cy")]
    #[case("en-GB, cy;q=0.9", "en")]
    #[case("cy;q=0.9, en;q=0.8", "cy")]
    #[case("en;q=0.50, cy;q=0.501", "cy")]
    #[case("fr, de;q=0.7", "en")]
    #[case("fr, cy;q=0.1", "cy")]
    #[case("cy;q=0", "en")]
    #[case("cy;q=0, en;q=0.1", "en")]
    #[case("cy;q=rubbish", "en")]
    #[case("ar-XB, en-XA", "en")]
    #[case(",;=,*", "en")]
    fn the_browsers_wish_is_read(#[case] accept: &str, #[case] expected: &str) {
        assert_eq!(language(&[(header::ACCEPT_LANGUAGE, accept)]), expected);
    }

    #[rstest]
    #[case("language=cy", "cy")]
    #[case("a=b; language=en", "en")]
    #[case("language=ar-XB", "cy")]
    #[case("language=", "cy")]
    #[case("__Host-language=en", "cy")]
    fn what_was_chosen_goes_first(#[case] cookie: &str, #[case] expected: &str) {
        assert_eq!(language(&[(header::COOKIE, cookie), (header::ACCEPT_LANGUAGE, "cy")]), expected);
    }

    #[test]
    fn there_is_always_a_language() {
        assert_eq!(Languages::new([], CookieNames::SECURE).negotiate(&HeaderMap::new()).tag(), "en");
    }
}
