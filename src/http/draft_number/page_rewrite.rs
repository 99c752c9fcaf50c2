//! Rewrites a finished page: the draft's number in links and forms, and language buttons that keep what is typed.
//!
//! The whole page is rewritten, so that no page and no part of one can forget it.

use std::cell::RefCell;

use lol_html::html_content::{ContentType, Element};
use lol_html::{HandlerResult, RewriteStrSettings, element, rewrite_str};

use crate::http::draft_number::{DraftNumber, NEW_DRAFT_PATH, is_of_draft};
use complaint::StepId;

/// The form of a page that takes a person's input. It shows validation errors itself, and says so by this attribute.
const TYPED: &str = "form[novalidate]";

/// The id given to such a form, for the buttons outside it that submit it.
const TYPED_ID: &str = "typed";

/// The data needed to rewrite a page.
pub(crate) struct Finish<'a> {
    /// The draft that the page belongs to.
    pub(crate) number: Option<&'a DraftNumber>,
    /// Whether the browser holds no draft. Then the link to another complaint leads directly to its first question.
    pub(crate) is_first: bool,
    /// The messages on the page about what was typed, to be shown again in another language.
    pub(crate) state: Option<&'a str>,
}

/// The facts that the language buttons need about the form, which comes after them.
#[derive(Default)]
struct TypedForm {
    /// The form's own id, which the form of a question has.
    id: Option<String>,
    is_there: bool,
    /// Name and value of the form's first button, which Enter presses.
    first: Option<(String, String)>,
}

impl Finish<'_> {
    /// Returns the rewritten page, or `None` if the text is not HTML.
    pub(crate) fn finish(&self, html: &str) -> Option<String> {
        let form = typed_form(html)?;
        let back = RefCell::new(String::new());
        let is_marked = RefCell::new(false);
        let mut handlers = vec![
            element!("html", |root| self.name_page(root)),
            element!("a[href], form[action], button[formaction]", |element| self.name(element)),
        ];
        if form.is_there {
            let id = form.id.as_deref().unwrap_or(TYPED_ID);
            if form.id.is_none() {
                handlers.push(element!(TYPED, |element| {
                    if !is_marked.replace(true) {
                        element.set_attribute("id", TYPED_ID)?;
                    }
                    Ok(())
                }));
                handlers.push(element!(".or-language-switch input[name=back]", |input| {
                    back.replace(input.get_attribute("value").unwrap_or_default());
                    if let Some((name, value)) = &form.first {
                        input.after(&default_button(name, value), ContentType::Html);
                    }
                    Ok(())
                }));
                handlers.push(element!(".or-language-switch button[name=language]", |button| {
                    let language = button.get_attribute("value").unwrap_or_default();
                    let back = back.borrow();
                    let and = if back.contains('?') { "&amp;" } else { "?" };
                    button.set_attribute("form", TYPED_ID)?;
                    button.set_attribute("formaction", &format!("{back}{and}language={language}"))?;
                    button.set_attribute("formenctype", "application/x-www-form-urlencoded")?;
                    Ok(())
                }));
            }
            if let Some(state) = self.state {
                let value = html_escape::encode_double_quoted_attribute(state);
                let hidden = format!("<input type=\"hidden\" form=\"{id}\" name=\"{STATE}\" value=\"{value}\">");
                handlers.push(element!("form.or-language-switch", move |switch| {
                    switch.append(&hidden, ContentType::Html);
                    Ok(())
                }));
            }
            let settings = RewriteStrSettings {
                element_content_handlers: handlers,
                ..RewriteStrSettings::new()
            };
            return rewrite_str(html, settings).ok();
        }
        let settings = RewriteStrSettings {
            element_content_handlers: handlers,
            ..RewriteStrSettings::new()
        };
        rewrite_str(html, settings).ok()
    }

    fn name_page(&self, root: &mut Element<'_, '_>) -> HandlerResult {
        if let Some(number) = self.number {
            root.set_attribute("data-draft", &number.to_string())?;
            // The browser holds no draft cookie. A draft stored only on the phone is preferred to a new one.
            if self.is_first {
                root.set_attribute("data-first", "")?;
            }
        }
        Ok(())
    }

    fn name(&self, element: &mut Element<'_, '_>) -> HandlerResult {
        let Some(number) = self.number else { return Ok(()) };
        for attribute in ["href", "action", "formaction"] {
            let Some(address) = element.get_attribute(attribute) else {
                continue;
            };
            let path = address.split(['?', '#']).next().unwrap_or_default();
            if path == NEW_DRAFT_PATH && self.is_first {
                element.set_attribute(attribute, &number.add_to_address(&StepId::Role.path()))?;
            } else if is_of_draft(path) {
                let named = number.add_to_address(&address).replace("&amp;", "&").replace('&', "&amp;");
                element.set_attribute(attribute, &named)?;
            }
        }
        Ok(())
    }
}

/// The field that carries the messages about what was typed.
pub const STATE: &str = "state";

/// Returns an invisible button to put before the language buttons. Enter in a field presses the first button of its form.
fn default_button(name: &str, value: &str) -> String {
    let [name, value] = [name, value].map(|text| html_escape::encode_double_quoted_attribute(text).into_owned());
    let named = if name.is_empty() {
        String::new()
    } else {
        format!(" name=\"{name}\" value=\"{value}\"")
    };
    format!("<button form=\"{TYPED_ID}\"{named} class=\"govuk-visually-hidden\" tabindex=\"-1\" aria-hidden=\"true\"></button>")
}

/// Finds the form of a page beforehand, because the language buttons come before it.
fn typed_form(html: &str) -> Option<TypedForm> {
    if !html.contains("novalidate") {
        return Some(TypedForm::default());
    }
    let found = RefCell::new(TypedForm::default());
    let forms = RefCell::new(0);
    let settings = RewriteStrSettings {
        element_content_handlers: vec![
            element!(TYPED, |form| {
                *forms.borrow_mut() += 1;
                if *forms.borrow() == 1 {
                    let mut found = found.borrow_mut();
                    found.is_there = true;
                    found.id = form.get_attribute("id");
                }
                Ok(())
            }),
            element!("form[novalidate] button", |button| {
                if *forms.borrow() == 1 && button.get_attribute("type").is_none_or(|kind| kind == "submit") {
                    let given = |name: &str| {
                        let value = button.get_attribute(name).unwrap_or_default();
                        html_escape::decode_html_entities(&value).into_owned()
                    };
                    let first = (given("name"), given("value"));
                    found.borrow_mut().first.get_or_insert(first);
                }
                Ok(())
            }),
        ],
        ..RewriteStrSettings::new()
    };
    rewrite_str(html, settings).ok()?;
    Some(found.into_inner())
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
        finish.finish(html).unwrap()
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
            finish.finish(&page).unwrap(),
            "<form class=\"or-language-switch\" action=\"/language\"><input type=\"hidden\" name=\"back\" value=\"/join?a=1&amp;b\">\
            <button form=\"typed\" name=\"open\" value=\"&quot;yes\" class=\"govuk-visually-hidden\" tabindex=\"-1\" aria-hidden=\"true\"></button>\
            <button name=\"language\" value=\"cy\" form=\"typed\" formaction=\"/join?a=1&amp;b&amp;language=cy\" formenctype=\"application/x-www-form-urlencoded\">Cymraeg</button>\
            <input type=\"hidden\" form=\"typed\" name=\"state\" value=\"{&quot;a&quot;:1}\"></form>\
            <form method=\"post\" novalidate id=\"typed\"><input name=\"code\"><button name=\"open\" value=\"&quot;yes\">Go</button></form>"
        );
        let nothing_typed = format!("{switch}<form method=\"post\"><button>Delete</button></form>");
        assert_eq!(finish.finish(&nothing_typed).unwrap(), nothing_typed);
    }
}
