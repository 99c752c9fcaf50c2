//! Parameters of a page's address. Any address may also carry the number of its draft, so a query is never compared as a whole.

use axum::http::Uri;

/// Returns the decoded value of the first parameter with this name.
pub fn value(uri: &Uri, name: &str) -> Option<String> {
    let query = uri.query()?.as_bytes();
    form_urlencoded::parse(query)
        .find(|(found, _)| found == name)
        .map(|(_, value)| value.into_owned())
}

/// Returns which of these actions the previous request completed: the value of `done`.
pub fn done(uri: &Uri, actions: &[&'static str]) -> Option<&'static str> {
    let done = value(uri, "done")?;
    actions.iter().copied().find(|action| *action == done)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("/save-and-return?done=email", Some("email"))]
    #[case("/save-and-return?done=email&draft=0a1b2c3d4e", Some("email"))]
    #[case("/save-and-return?draft=0a1b2c3d4e&done=stop", Some("stop"))]
    #[case("/save-and-return?done=", None)]
    #[case("/save-and-return?done=anything", None)]
    #[case("/save-and-return?undone=email", None)]
    #[case("/save-and-return", None)]
    fn what_was_done_is_found_beside_the_draft(#[case] address: &str, #[case] expected: Option<&str>) {
        assert_eq!(done(&address.parse().unwrap(), &["email", "stop"]), expected);
    }

    #[test]
    fn values_are_decoded() {
        assert_eq!(
            value(&"/sign-in/code?for=a%2Bb&draft=1".parse().unwrap(), "for").as_deref(),
            Some("a+b")
        );
    }
}
