//! Rewrites a finished page: the draft's number in links and forms, and language buttons that keep what is typed.
//!
//! The whole page is rewritten, so that no page and no part of one can forget it. Only our own renderer writes these pages: it
//! escapes what people wrote, quotes every value with `"`, and closes every form.

mod tags;

use std::borrow::Cow;
use std::ops::Range;

use crate::http::draft_number::{DraftNumber, NEW_DRAFT_PATH, is_of_draft};
use complaint::StepId;
use tags::{Tag, tags};

/// The id given to the form of a page, for the buttons outside it that submit it.
const TYPED_ID: &str = "typed";

/// The class of the form with the language buttons.
const LANGUAGE_SWITCH: &str = "or-language-switch";

/// The tags that are rewritten, or that end a form.
const REWRITTEN: [&str; 6] = ["html", "a", "form", "/form", "button", "input"];

/// The data needed to rewrite a page.
pub(crate) struct Finish<'a> {
    /// The draft that the page belongs to.
    pub(crate) number: Option<&'a DraftNumber>,
    /// Whether the browser holds no draft. Then the link to another complaint leads directly to its first question.
    pub(crate) is_first: bool,
    /// The messages on the page about what was typed, to be shown again in another language.
    pub(crate) state: Option<&'a str>,
}

/// The form of a page that takes a person's input. It shows validation errors itself, and says so by the attribute `novalidate`.
struct TypedForm<'a> {
    /// Its place among the tags.
    place: usize,
    /// The form's own id, which the form of a question has.
    id: Option<&'a str>,
    /// Name and value of the form's first button, which Enter presses.
    first: Option<(&'a str, &'a str)>,
}

/// A page being rewritten.
struct Page<'a> {
    html: &'a str,
    /// The page up to `copied`, rewritten.
    text: String,
    copied: usize,
}

impl Page<'_> {
    /// Replaces a part of the page. Parts are replaced in their order in the page.
    fn replace(&mut self, part: Range<usize>, by: &str) {
        self.text.push_str(&self.html[self.copied..part.start]);
        self.text.push_str(by);
        self.copied = part.end;
    }

    fn insert(&mut self, at: usize, text: &str) {
        self.replace(at..at, text);
    }

    fn finish(mut self) -> String {
        self.text.push_str(&self.html[self.copied..]);
        self.text
    }
}

impl Finish<'_> {
    /// Returns the rewritten page.
    pub(crate) fn finish(&self, html: &str) -> String {
        let tags: Vec<Tag<'_>> = tags(html).filter(|tag| REWRITTEN.contains(&tag.name)).collect();
        let form = typed_form(&tags);
        // The language buttons of a form with an id name it already.
        let unnamed = form.as_ref().filter(|form| form.id.is_none());
        let mut page = Page {
            html,
            text: String::with_capacity(html.len() + html.len() / 8),
            copied: 0,
        };
        // Inside the form with the language buttons: the address to return to.
        let mut switch: Option<&str> = None;
        for (place, tag) in tags.iter().enumerate() {
            match (tag.name, switch, unnamed) {
                ("html", ..) => self.name_page(tag, &mut page),
                ("form", ..) => {
                    self.name(tag, &mut page);
                    if unnamed.is_some_and(|form| form.place == place) {
                        page.insert(tag.end - 1, &format!(" id=\"{TYPED_ID}\""));
                    }
                    if has_class(tag, LANGUAGE_SWITCH) {
                        switch = Some("");
                    }
                }
                ("/form", Some(_), _) => {
                    if let (Some(form), Some(state)) = (&form, self.state) {
                        let id = form.id.unwrap_or(TYPED_ID);
                        let value = html_escape::encode_double_quoted_attribute(state);
                        let hidden = format!("<input type=\"hidden\" form=\"{id}\" name=\"{STATE}\" value=\"{value}\">");
                        page.insert(tag.start, &hidden);
                    }
                    switch = None;
                }
                ("input", Some(_), Some(form)) if tag.attribute("name") == Some("back") => {
                    switch = tag.attribute("value").or(Some(""));
                    if let Some((name, value)) = form.first {
                        page.insert(tag.end, &default_button(name, value));
                    }
                }
                ("button", Some(back), Some(_)) if tag.attribute("name") == Some("language") => {
                    let language = tag.attribute("value").unwrap_or_default();
                    let and = if back.contains('?') { "&amp;" } else { "?" };
                    let attributes = format!(
                        " form=\"{TYPED_ID}\" formaction=\"{back}{and}language={language}\" formenctype=\"application/x-www-form-urlencoded\""
                    );
                    page.insert(tag.end - 1, &attributes);
                }
                ("a" | "button", ..) => self.name(tag, &mut page),
                _ => {}
            }
        }
        page.finish()
    }

    fn name_page(&self, root: &Tag<'_>, page: &mut Page<'_>) {
        let Some(number) = self.number else { return };
        // The browser holds no draft cookie. A draft stored only on the phone is preferred to a new one.
        let first = if self.is_first { " data-first=\"\"" } else { "" };
        page.insert(root.end - 1, &format!(" data-draft=\"{number}\"{first}"));
    }

    /// Adds the number to the addresses of a link, form or button.
    fn name(&self, tag: &Tag<'_>, page: &mut Page<'_>) {
        let Some(number) = self.number else { return };
        for (name, value) in tag.attributes() {
            if !["href", "action", "formaction"].contains(&name) {
                continue;
            }
            let address = &page.html[value.clone()];
            let path = address.split(['?', '#']).next().unwrap_or_default();
            if path == NEW_DRAFT_PATH && self.is_first {
                page.replace(value, &number.add_to_address(&StepId::Role.path()));
            } else if is_of_draft(path) {
                let named = number.add_to_address(address).replace("&amp;", "&").replace('&', "&amp;");
                page.replace(value, &named);
            }
        }
    }
}

/// The field that carries the messages about what was typed.
pub const STATE: &str = "state";

/// Returns an invisible button to put before the language buttons. Enter in a field presses the first button of its form. `name` and
/// `value` are escaped already.
fn default_button(name: &str, value: &str) -> String {
    let named = if name.is_empty() {
        Cow::Borrowed("")
    } else {
        Cow::Owned(format!(" name=\"{name}\" value=\"{value}\""))
    };
    format!("<button form=\"{TYPED_ID}\"{named} class=\"govuk-visually-hidden\" tabindex=\"-1\" aria-hidden=\"true\"></button>")
}

fn has_class(tag: &Tag<'_>, class: &str) -> bool {
    tag.attribute("class")
        .is_some_and(|classes| classes.split(' ').any(|one| one == class))
}

/// Finds the form of a page beforehand, because the language buttons come before it.
fn typed_form<'a>(tags: &[Tag<'a>]) -> Option<TypedForm<'a>> {
    let place = tags
        .iter()
        .position(|tag| tag.name == "form" && tag.attribute("novalidate").is_some())?;
    let mut within = tags[place + 1..].iter().take_while(|tag| tag.name != "/form");
    let first = within.find(|tag| tag.name == "button" && tag.attribute("type").is_none_or(|kind| kind == "submit"));
    let given = |tag: &Tag<'a>, name| tag.attribute(name).unwrap_or_default();
    Some(TypedForm {
        place,
        id: tags[place].attribute("id"),
        first: first.map(|button| (given(button, "name"), given(button, "value"))),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(html: &str, is_first: bool) -> String {
        let number = DraftNumber::parse("abc").unwrap();
        let finish = Finish {
            number: Some(&number),
            is_first,
            state: None,
        };
        finish.finish(html)
    }

    #[test]
    fn every_way_to_a_page_of_the_draft_names_it() {
        let page = "<!DOCTYPE html><html lang=\"en\"><a href=\"/complaint/name?from=check&amp;x=1\">a</a><a href=\"/help\">b</a>\
            <a href=\"#main\">c</a><form action=\"/complaint/name\" method=\"post\"><button formaction=\"/save-and-return\">d</button></form>\
            <a href=\"/complaint/name?draft=other\">e</a><a href=\"https://elsewhere.example/complaint/name\">f</a></html>";
        assert_eq!(
            named(page, false),
            "<!DOCTYPE html><html lang=\"en\" data-draft=\"abc\"><a href=\"/complaint/name?draft=abc&amp;from=check&amp;x=1\">a</a><a href=\"/help\">b</a>\
            <a href=\"#main\">c</a><form action=\"/complaint/name?draft=abc\" method=\"post\"><button formaction=\"/save-and-return?draft=abc\">d</button></form>\
            <a href=\"/complaint/name?draft=other\">e</a><a href=\"https://elsewhere.example/complaint/name\">f</a></html>"
        );
    }

    #[test]
    fn what_a_person_wrote_stays_as_it_is() {
        let page = "<p>href=\"/complaint/name\" &lt;a href=\"/complaint/name\"&gt;</p><textarea><a href=\"/complaint/name\"></textarea>\
            <script>const a = '<a href=\"/complaint/name\">';</script><input value=\"<a href='/complaint/name'>\">";
        assert_eq!(named(page, false), page);
    }

    #[test]
    fn another_complaint_begins_at_once_only_when_there_is_none() {
        let page = "<a href=\"/complaint/new\">a</a>";
        assert_eq!(named(page, true), "<a href=\"/complaint/who-are-you?draft=abc\">a</a>");
        assert_eq!(named(page, false), page);
    }

    #[test]
    fn what_is_typed_goes_along_to_another_language() {
        let switch = "<form class=\"or-language-switch\" action=\"/language\"><input type=\"hidden\" name=\"back\" value=\"/join?a=1&amp;b\">\
            <button name=\"language\" value=\"cy\">Cymraeg</button></form>";
        let page = format!(
            "{switch}<form method=\"post\" novalidate><input name=\"code\"><button name=\"open\" value=\"&quot;yes\">Go</button></form>"
        );
        let finish = Finish {
            number: None,
            is_first: false,
            state: Some("{\"a\":1}"),
        };
        assert_eq!(
            finish.finish(&page),
            "<form class=\"or-language-switch\" action=\"/language\"><input type=\"hidden\" name=\"back\" value=\"/join?a=1&amp;b\">\
            <button form=\"typed\" name=\"open\" value=\"&quot;yes\" class=\"govuk-visually-hidden\" tabindex=\"-1\" aria-hidden=\"true\"></button>\
            <button name=\"language\" value=\"cy\" form=\"typed\" formaction=\"/join?a=1&amp;b&amp;language=cy\" formenctype=\"application/x-www-form-urlencoded\">Cymraeg</button>\
            <input type=\"hidden\" form=\"typed\" name=\"state\" value=\"{&quot;a&quot;:1}\"></form>\
            <form method=\"post\" novalidate id=\"typed\"><input name=\"code\"><button name=\"open\" value=\"&quot;yes\">Go</button></form>"
        );
        let nothing_typed = format!("{switch}<form method=\"post\"><button>Delete</button></form>");
        assert_eq!(finish.finish(&nothing_typed), nothing_typed);
    }
}
