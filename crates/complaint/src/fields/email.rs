//! Email addresses: a check that catches typing slips, but never refuses a real address.

use crate::fields::typed::plain;

/// The maximum length of an email address (RFC 5321). The check here counts bytes.
pub const MAX: usize = 254;

/// Why a text is not an email address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum EmailProblem {
    /// It does not have the form of an address.
    NotPlausible,
    /// It contains two or more addresses.
    #[cfg(feature = "server")]
    Several,
    /// It contains letters of another script that look like the letters of this address.
    #[cfg(feature = "server")]
    LooksLike(String),
}

impl EmailProblem {
    /// Returns the error for a field with this problem.
    pub fn at(self, field: &'static str) -> crate::FieldError {
        use crate::FieldError;
        match self {
            Self::NotPlausible => FieldError::new(field, "email_not_plausible"),
            #[cfg(feature = "server")]
            Self::Several => FieldError::new(field, "email_several"),
            #[cfg(feature = "server")]
            Self::LooksLike(meant) => FieldError::new(field, "email_looks_like").with("meant", meant),
        }
    }
}

/// Reads an email address as people type and paste it.
///
/// Accepts `mailto:`, a name before the address, brackets, quotes or a full stop around it, full-width letters, and invisible
/// characters.
pub fn read(typed: &str) -> Result<String, EmailProblem> {
    #[cfg(feature = "server")]
    let address = server::clean(typed)?;
    #[cfg(not(feature = "server"))]
    let address = plain(typed);
    if !is_plausible(&address) {
        return Err(EmailProblem::NotPlausible);
    }
    #[cfg(feature = "server")]
    if let Some(meant) = server::looks_like(&address) {
        return Err(EmailProblem::LooksLike(meant));
    }
    Ok(address)
}

/// Returns whether the text can be an email address: a name, one `@`, and a domain with a dot.
///
/// Nothing finer is checked: only a message can show whether a person reads that mailbox.
fn is_plausible(address: &str) -> bool {
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

#[cfg(feature = "server")]
pub use server::{mailbox, tidy, to_send};

#[cfg(feature = "server")]
mod server {
    use super::{EmailProblem, is_plausible, plain};

    /// Characters around an address that are not part of it. An address may begin with a quote or a brace, but ends with neither.
    const AROUND: [char; 14] = ['<', '>', '(', ')', '[', ']', '{', '}', '"', '\'', ',', ';', ':', '.'];
    const BEFORE: [char; 8] = ['<', '(', '[', '"', ',', ';', ':', '.'];

    fn bare(text: &str) -> &str {
        let address = text.trim().trim_end_matches(AROUND).trim_end();
        let after = &text[text.find(address).unwrap_or_default() + address.len()..];
        let paired = |c: char| BEFORE.contains(&c) || c == '\'' && after.contains('\'') || c == '{' && after.contains('}');
        address.trim_start_matches(|c: char| paired(c) || c == ' ')
    }

    pub(crate) fn clean(typed: &str) -> Result<String, EmailProblem> {
        let plain = plain(typed);
        // Only the address of `Wren Example <wren@example.org>`; the name may contain anything.
        let inner = match (plain.rfind('<'), plain.rfind('>')) {
            (Some(from), Some(to)) if from < to && plain[from..to].contains('@') && !plain[..from].contains('<') => &plain[from + 1..to],
            _ => &plain,
        };
        let joined = without_scheme(bare(inner)).replace(" @", "@").replace("@ ", "@");
        let joined = bare(&joined);
        let parts = joined.split([' ', ',', ';', '/', '|']).map(bare);
        let addresses: Vec<&str> = parts.clone().filter(|part| is_plausible(part)).collect();
        if addresses.len() > 1 {
            return Err(EmailProblem::Several);
        }
        // Drops one label before the address: "Email: wren@example.org". More words may be a different answer.
        let words: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        let address = match (&words[..], &addresses[..]) {
            ([label, _], [address]) if is_label(label) => address,
            _ => joined,
        };
        Ok(unicode_domain(address))
    }

    fn is_label(word: &str) -> bool {
        ["email", "e-mail", "mail", "ebost", "e-bost", "mailto"]
            .iter()
            .any(|label| word.eq_ignore_ascii_case(label))
    }

    fn without_scheme(text: &str) -> &str {
        let scheme = text.get(..7).is_some_and(|scheme| scheme.eq_ignore_ascii_case("mailto:"));
        if !scheme {
            return text;
        }
        let rest = text[7..].trim_start();
        rest.split_once('?').map_or(rest, |(address, _)| address)
    }

    /// Returns the address with its domain in Unicode instead of `xn--`.
    fn unicode_domain(address: &str) -> String {
        let Some((name, domain)) = address
            .rsplit_once('@')
            .filter(|(_, domain)| domain.to_ascii_lowercase().contains("xn--"))
        else {
            return address.to_owned();
        };
        match idna::domain_to_unicode(domain) {
            (unicode, Ok(())) => format!("{name}@{unicode}"),
            _ => address.to_owned(),
        }
    }

    /// Returns the ASCII address that this address looks like, if it contains look-alike letters.
    pub(crate) fn looks_like(address: &str) -> Option<String> {
        if address.is_ascii() {
            return None;
        }
        let plain: String = address.chars().map(plain_letter).collect();
        (plain.is_ascii() && is_plausible(&plain)).then_some(plain)
    }

    /// Returns the ASCII letter that looks like a letter of another script, or the letter itself.
    fn plain_letter(c: char) -> char {
        if c.is_ascii() {
            return c;
        }
        let of = |c: char| unicode_security::skeleton(c.encode_utf8(&mut [0; 4])).collect::<String>();
        let drawn = of(c);
        let same = |ascii: &char| of(*ascii) == drawn;
        ('a'..='z').chain('0'..='9').chain('A'..='Z').find(same).unwrap_or(c)
    }

    /// Returns the address alone, of a text that [`super::read`] accepts.
    pub fn tidy(typed: &str) -> String {
        clean(typed).unwrap_or_else(|_| plain(typed))
    }

    /// Returns the key of a mailbox, which is equal for all usual spellings of an address.
    pub fn mailbox(address: &str) -> String {
        tidy(address).to_lowercase()
    }

    /// Returns the address for sending, with a non-ASCII domain as `xn--` (RFC 5891). Returns `None` for other texts.
    pub fn to_send(address: &str) -> Option<String> {
        let address = clean(address).ok()?;
        let (name, domain) = address.rsplit_once('@')?;
        if domain.is_ascii() {
            return Some(address);
        }
        let domain = idna::domain_to_ascii_strict(domain).ok()?;
        Some(format!("{name}@{domain}"))
    }
}

#[cfg(all(test, feature = "server"))]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("name@example.org", "name@example.org")]
    #[case("o'neill+housing@mail.example.co.uk", "o'neill+housing@mail.example.co.uk")]
    #[case("josé@exämple.org", "josé@exämple.org")]
    #[case("jose\u{301}@example.org", "josé@example.org")]
    #[case("name@xn--exmple-cua.org", "name@exämple.org")]
    #[case("name@example.org\u{200B}", "name@example.org")]
    #[case("\u{202A}name@example.org\u{202C}", "name@example.org")]
    #[case("na\u{AD}me@exam\u{2060}ple.org", "name@example.org")]
    #[case("\u{A0}name@example.org\u{3000}", "name@example.org")]
    #[case("mailto:name@example.org", "name@example.org")]
    #[case("MailTo: name@example.org?subject=Mould", "name@example.org")]
    #[case("<mailto:name@example.org>", "name@example.org")]
    #[case("<name@example.org>", "name@example.org")]
    #[case("Wren Example <name@example.org>", "name@example.org")]
    #[case("\"Example, Wren\" <name@example.org>;", "name@example.org")]
    #[case("'name@example.org'", "name@example.org")]
    #[case("\u{201C}name@example.org\u{201D}", "name@example.org")]
    #[case("(name@example.org)", "name@example.org")]
    #[case("name@example.org.", "name@example.org")]
    #[case(".name@example.org", "name@example.org")]
    #[case("name@example.org,", "name@example.org")]
    #[case("name@example.org;", "name@example.org")]
    #[case("Email: name@example.org", "name@example.org")]
    #[case("name @ example.org", "name@example.org")]
    #[case("o\u{2019}neill@example.org", "o'neill@example.org")]
    #[case("ｎａｍｅ＠ｅｘａｍｐｌｅ．ｏｒｇ", "name@example.org")]
    #[case("name@example。org", "name@example.org")]
    #[case("first\u{2011}last@example.org", "first-last@example.org")]
    #[case("{brace`d}@example.org", "{brace`d}@example.org")]
    #[case("'quote@example.org", "'quote@example.org")]
    #[case("either/or@example.org", "either/or@example.org")]
    #[case("wren@пример.рф", "wren@пример.рф")]
    fn one_address_is_read(#[case] typed: &str, #[case] address: &str) {
        assert_eq!(read(typed), Ok(address.to_owned()));
        assert_eq!(
            read(address),
            Ok(address.to_owned()),
            "the canonical spelling must be read unchanged"
        );
    }

    #[rstest]
    #[case("")]
    #[case("name")]
    #[case("name@example")]
    #[case("first last@example.org")]
    #[case("a@b@example.org")]
    #[case("name@example..org")]
    #[case("ask my daughter name@example.org")]
    #[case("\u{200B}")]
    fn other_things_are_not(#[case] typed: &str) {
        assert_eq!(read(typed), Err(EmailProblem::NotPlausible));
    }

    #[rstest]
    #[case("wren@example.org, robin@example.org")]
    #[case("wren@example.org;robin@example.org")]
    #[case("wren@example.org or robin@example.org")]
    #[case("wren@example.org/robin@example.org")]
    #[case("wren@example.org\u{2028}robin@example.org")]
    #[case("Wren <wren@example.org>, Robin <robin@example.org>")]
    fn two_addresses_are_two(#[case] typed: &str) {
        assert_eq!(read(typed), Err(EmailProblem::Several));
    }

    #[rstest]
    #[case("wren@exаmple.org", "wren@example.org")]
    #[case("wrеn@example.org", "wren@example.org")]
    #[case("wren@example.сom", "wren@example.com")]
    #[case("wren@examρle.org", "wren@example.org")]
    #[case("wren@exɑmple.org", "wren@example.org")]
    fn letters_that_look_like_others_are_asked_about(#[case] typed: &str, #[case] meant: &str) {
        assert_eq!(read(typed), Err(EmailProblem::LooksLike(meant.to_owned())));
    }

    #[test]
    fn a_mailbox_has_one_key_and_travels_in_ascii() {
        for same in [
            "Wren@Example.org",
            " wren@example.org\u{200B}",
            "mailto:wren@example.org",
            "Wren <WREN@example.org>",
        ] {
            assert_eq!(mailbox(same), "wren@example.org", "{same}");
        }
        assert_eq!(mailbox("wren@xn--exmple-cua.org"), mailbox("wren@Exämple.org"));
        assert_eq!(to_send("wren@exämple.org").as_deref(), Some("wren@xn--exmple-cua.org"));
        assert_eq!(to_send("wren@cymuned.cymru").as_deref(), Some("wren@cymuned.cymru"));
        assert_eq!(to_send("josé@tŷ.cymru").as_deref(), Some("josé@xn--t-foa.cymru"));
        assert_eq!(to_send("wren"), None);
    }
}
