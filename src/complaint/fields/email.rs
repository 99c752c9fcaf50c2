//! Email addresses: enough of a check to catch a slip, little enough never to refuse a real one.

/// The longest an email address may be, in characters (RFC 5321).
pub const MAX: usize = 254;

/// Whether this can be an email address: something, one `@`, then a domain with a dot in it.
///
/// Whether anyone reads it only a message can tell, so nothing finer is tried.
#[must_use]
pub fn is_plausible(address: &str) -> bool {
    if address.len() > MAX
        || address
            .chars()
            .any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>' | ',' | ';'))
    {
        return false;
    }
    let Some((name, domain)) = address.rsplit_once('@') else {
        return false;
    };
    let label = |l: &str| !l.is_empty() && !l.starts_with('-') && !l.ends_with('-') && l.chars().all(|c| c.is_alphanumeric() || c == '-');
    !name.is_empty()
        && !name.contains('@')
        && !name.starts_with('.')
        && !name.ends_with('.')
        && !name.contains("..")
        && domain.contains('.')
        && domain.split('.').all(label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("name@example.org")]
    #[case("o'neill+housing@mail.example.co.uk")]
    #[case("josé@exämple.org")]
    fn plausible(#[case] address: &str) {
        assert!(is_plausible(address));
    }

    #[rstest]
    #[case("")]
    #[case("name")]
    #[case("name@example")]
    #[case("name @example.org")]
    #[case("a@b@example.org")]
    #[case("name@example..org")]
    #[case("<name@example.org>")]
    #[case(".name@example.org")]
    fn not_plausible(#[case] address: &str) {
        assert!(!is_plausible(address));
    }
}
