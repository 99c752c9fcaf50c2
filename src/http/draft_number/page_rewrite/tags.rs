//! Finds the tags of a rendered page.

use std::ops::Range;

/// Elements whose content is text, whatever it looks like.
const TEXT_ELEMENTS: [&str; 4] = ["script", "style", "textarea", "title"];

/// A start tag or an end tag.
pub(super) struct Tag<'a> {
    /// The element's name, of an end tag with a slash: `a`, `/form`.
    pub(super) name: &'a str,
    /// Where the tag begins in the page, and the position after its end.
    pub(super) start: usize,
    pub(super) end: usize,
    page: &'a str,
}

impl<'a> Tag<'a> {
    /// Returns the value of an attribute as it is written, with its escapes; `""` if it has none.
    pub(super) fn attribute(&self, name: &str) -> Option<&'a str> {
        let (_, value) = self.attributes().find(|(named, _)| *named == name)?;
        Some(&self.page[value])
    }

    /// Returns the attributes: their names, and where their values are in the page.
    pub(super) fn attributes(&self) -> impl Iterator<Item = (&'a str, Range<usize>)> + use<'a> {
        let page = self.page;
        let (mut at, end) = (self.start + 1 + self.name.len(), self.end - 1);
        std::iter::from_fn(move || {
            let rest = &page[at..end];
            let start = at + rest.find(|c: char| !c.is_ascii_whitespace() && c != '/')?;
            let rest = &page[start..end];
            let length = rest.find(|c: char| c == '=' || c == '/' || c.is_ascii_whitespace());
            let name = &rest[..length.unwrap_or(rest.len())];
            let mut value = start + name.len()..start + name.len();
            at = value.end;
            if let Some(quoted) = rest[name.len()..].strip_prefix("=\"") {
                value.start += 2;
                value.end = value.start + quoted.find('"')?;
                at = value.end + 1;
            }
            Some((name, value))
        })
    }
}

/// Returns the tags of a page, in their order. Comments and the content of [`TEXT_ELEMENTS`] are skipped.
pub(super) fn tags(page: &str) -> impl Iterator<Item = Tag<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + page[at..].find('<')?;
            let rest = &page[start + 1..];
            if let Some(comment) = rest.strip_prefix("!--") {
                at = start + 4 + comment.find("-->")?;
                continue;
            }
            let name = &rest[..rest.find(|c: char| c == '>' || c.is_ascii_whitespace())?];
            if !name.trim_start_matches('/').starts_with(|c: char| c.is_ascii_alphabetic()) {
                at = start + 1;
                continue;
            }
            let end = start + 1 + end_of_tag(rest)?;
            at = end;
            if TEXT_ELEMENTS.contains(&name) {
                at += page[end..].find(&format!("</{name}"))?;
            }
            return Some(Tag { name, start, end, page });
        }
    })
}

/// Returns the position after the first `>` that is not in quotes.
fn end_of_tag(tag: &str) -> Option<usize> {
    let mut quoted = false;
    let end = tag.bytes().position(|byte| {
        quoted ^= byte == b'"';
        byte == b'>' && !quoted
    })?;
    Some(end + 1)
}
