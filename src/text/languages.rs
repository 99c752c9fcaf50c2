//! The languages there are. Adding one is a folder in `locales/` and a line in [`LANGUAGES`].
//!
//! The build reads this file too, and the four beside it that know nothing of the rest.

use super::plural::{self, Plural};

/// What has to be known about a language besides its sentences.
#[derive(Debug)]
pub struct About {
    /// Its BCP 47 tag, which is also its folder in `locales/`.
    pub tag: &'static str,
    /// Its name in itself, for whoever looks for it among others.
    pub own_name: &'static str,
    /// `ltr` or `rtl`.
    pub direction: &'static str,
    /// Which form of a sentence goes with a number.
    pub plural: fn(u64) -> Plural,
    /// Whether a speaker has read the sentences; pages say so when nobody has.
    pub reviewed: bool,
}

/// All of them. The first is the one others fall back to. The last two are made from it by code and try a page out: longer
/// words with accents, and words from right to left. They are offered only where the configuration says so.
pub static LANGUAGES: [About; 4] = [
    about("en", "English", "ltr", plural::english, true),
    about("cy", "Cymraeg", "ltr", plural::welsh, false),
    about("en-XA", "[Àccéntéd]", "ltr", plural::english, true),
    about("ar-XB", "Right to left", "rtl", plural::english, true),
];

const fn about(tag: &'static str, own_name: &'static str, direction: &'static str, plural: fn(u64) -> Plural, reviewed: bool) -> About {
    About {
        tag,
        own_name,
        direction,
        plural,
        reviewed,
    }
}
