//! Phone numbers, in any spacing.

/// Whether this can be a phone number: 9 to 15 digits (E.164's limit) with the usual signs between them.
#[must_use]
pub fn is_plausible(number: &str) -> bool {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let signs_only = number
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, ' ' | '+' | '(' | ')' | '-' | '.' | '/'));
    let plus_leads = number.rfind('+').is_none_or(|at| at == 0);
    signs_only && plus_leads && (9..=15).contains(&digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("01632 960 001", true)]
    #[case("07700 900 982", true)]
    #[case("+44 (0)808 157 0192", true)]
    #[case("07700.900.982", true)]
    #[case("1234", false)]
    #[case("call my daughter", false)]
    #[case("07700 900 982 +", false)]
    fn numbers(#[case] typed: &str, #[case] plausible: bool) {
        assert_eq!(is_plausible(typed), plausible);
    }
}
