//! The languages of the portal. To add one, add a folder to `locales/` and a line to [`LANGUAGES`].
//!
//! `xtask` compiles this file and the four files beside it too, so these five must not use the rest of the crate.

use crate::plural::{self, Plural};
#[cfg(debug_assertions)]
use crate::pseudo;

/// The properties of a language besides its sentences.
#[derive(Debug)]
pub struct About {
    /// The BCP 47 tag, which is also the language's folder in `locales/`.
    pub tag: &'static str,
    /// The language's name in that language, for people who look for it among others.
    pub own_name: &'static str,
    /// `ltr` or `rtl`.
    pub direction: &'static str,
    /// Returns the plural form that goes with a number.
    pub plural: fn(u64) -> Plural,
    /// Whether a speaker has reviewed the sentences; otherwise pages show a notice.
    pub reviewed: bool,
    /// Generates a sentence of a pseudo-language from the English one. `None` for a language that people translate.
    pub generate: Option<fn(&str) -> String>,
}

/// All languages. The first is the fallback of the others.
///
/// Debug builds have two more, the pseudo-languages for testing pages: longer words with accents, and right-to-left words.
/// They are offered only where the configuration lists them. A release build does not contain them.
pub static LANGUAGES: &[About] = &[
    about("en", "English", "ltr", plural::english, true),
    about("cy", "Cymraeg", "ltr", plural::welsh, false),
    #[cfg(debug_assertions)]
    generated("en-XA", "[Àccéntéd]", "ltr", pseudo::accented),
    #[cfg(debug_assertions)]
    generated("ar-XB", "Right to left", "rtl", pseudo::right_to_left),
];

const fn about(tag: &'static str, own_name: &'static str, direction: &'static str, plural: fn(u64) -> Plural, reviewed: bool) -> About {
    About {
        tag,
        own_name,
        direction,
        plural,
        reviewed,
        generate: None,
    }
}

#[cfg(debug_assertions)]
const fn generated(tag: &'static str, own_name: &'static str, direction: &'static str, generate: fn(&str) -> String) -> About {
    About {
        generate: Some(generate),
        ..about(tag, own_name, direction, plural::english, true)
    }
}
