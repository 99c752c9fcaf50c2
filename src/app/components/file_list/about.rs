//! What is known and said about a file, and the forms that change it.
//!
//! The forms are written as HTML, not as views: there is one for each file, every view of them would be code that a phone
//! downloads, and nothing in them changes but when the whole of one is drawn anew.

use std::fmt::Write;

use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use crate::app::components::errors::Errors;
use crate::app::components::textarea::textarea_html;
use crate::app::words::{language, say_with};
use crate::complaint::Fields;
use crate::complaint::description::{CAPTION, SHOWS, field_id};
use crate::complaint::fields::iso_date;
use crate::complaint::view::FileView;
use crate::text::Language;

/// What the addresses of the two forms end in.
pub const DESCRIBE: &str = "/describe";
pub const WITHOUT_PLACE: &str = "/without-place";

/// What the forms of files need. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Forms {
    pub errors: Errors,
    /// What was typed, when one of the forms came back.
    pub given: StoredValue<Fields>,
    /// Called with a file's id when one of its forms is sent, when the page is alive.
    pub submit: Callback<(SubmitEvent, String)>,
}

/// Lines that tell what is known and said about a file: its name for it, what it shows, when it was taken.
#[must_use]
pub fn said_about(language: Language, file: &FileView) -> Vec<String> {
    let copy = file.original_sha256.as_ref().map(|_| language.say("files.is_copy"));
    [file.caption.clone(), file.shows.clone(), taken(language, file), copy]
        .into_iter()
        .flatten()
        .collect()
}

/// When the camera says it was taken. A camera knows no time zone, so the clock is named.
fn taken(language: Language, file: &FileView) -> Option<String> {
    let at = file.taken_at.as_deref()?;
    let (date, time) = (iso_date::parse(at.get(..10)?)?, at.get(11..16)?);
    let values = [("date", language.date(date)), ("time", time.to_owned())];
    Some(language.say_with("files.taken", &values))
}

/// What stands below a file's name.
pub(super) fn about_file(file: &FileView, page: &str, forms: Forms) -> AnyView {
    let (file, page, id) = (file.clone(), page.to_owned(), file.id.clone());
    let language = language();
    let fields = [CAPTION, SHOWS].map(|name| field_id(name, &file.id));
    let errors = Memo::new(move |_| fields.each_ref().map(|field| forms.errors.of(field)));
    let html = move || forms.given.with_value(|given| html(language, &file, &page, given, &errors.get()));
    view! {
        <div
            class="or-file-list__more"
            on:submit=move |event: SubmitEvent| forms.submit.run((event, id.clone()))
            inner_html=html
        ></div>
    }
    .into_any()
}

/// The same as HTML. `errors` are those of the caption and of what it shows.
fn html(language: Language, file: &FileView, page: &str, given: &Fields, errors: &[Option<String>; 2]) -> String {
    let mut out = String::new();
    for line in said_about(language, file) {
        said(&mut out, &line);
    }
    let say = |key: &str| escaped(&language.say(key));
    let (id, page) = (escaped(&file.id), escaped(page));
    let name = escaped(&file.filename);
    let of = format!("<span class=\"govuk-visually-hidden\">: {name}</span>");
    let form = |to: &str, class: &str| {
        format!(
            "<form method=\"post\" action=\"{page}{to}\" class=\"{class}\" novalidate><input type=\"hidden\" name=\"id\" value=\"{id}\">"
        )
    };
    if file.has_place {
        said(&mut out, &language.say("files.has_place"));
        let (form, button) = (form(WITHOUT_PLACE, ""), say("files.without_place"));
        // Writing to a string does not fail, here and below.
        let _ = write!(
            out,
            "{form}<button class=\"or-file-list__button\" type=\"submit\">{button}{of}</button></form>"
        );
    }
    let came_back = given.raw("id") == file.id;
    let value = |field: &str, stored: &Option<String>| {
        if came_back {
            given.raw(field).to_owned()
        } else {
            stored.clone().unwrap_or_default()
        }
    };
    let is_new = file.caption.is_none() && file.shows.is_none();
    let summary = say(if is_new { "files.describe" } else { "files.describe_again" });
    let open = if came_back { " open" } else { "" };
    let form = form(DESCRIBE, "govuk-details__text");
    let _ = write!(
        out,
        "<details class=\"govuk-details or-file-list__details\"{open}><summary class=\"govuk-details__summary\">\
         <span class=\"govuk-details__summary-text\">{summary}{of}</span></summary>{form}"
    );
    for (field, stored, error) in [(CAPTION, &file.caption, &errors[0]), (SHOWS, &file.shows, &errors[1])] {
        let at = escaped(&field_id(field, &file.id));
        let label = say(&format!("files.{field}"));
        let kind = if field == SHOWS { "textarea" } else { "input" };
        let (mut group, mut class, mut message) = ("govuk-form-group".to_owned(), format!("class=\"govuk-{kind}\""), String::new());
        if let Some(error) = error {
            group.push_str(" govuk-form-group--error");
            class = format!("class=\"govuk-{kind} govuk-{kind}--error\" aria-describedby=\"{at}-error\"");
            let (prefix, error) = (say("form.error_prefix"), escaped(error));
            message = format!(
                "<p id=\"{at}-error\" class=\"govuk-error-message\"><span class=\"govuk-visually-hidden\">{prefix} </span>{error}</p>"
            );
        }
        let value = value(field, stored);
        let box_ = if field == SHOWS {
            textarea_html(&at, field, 3, &class, &value)
        } else {
            let value = escaped(&value);
            format!("<input id=\"{at}\" name=\"{field}\" type=\"text\" value=\"{value}\" autocomplete=\"off\" {class}>")
        };
        let _ = write!(
            out,
            "<div class=\"{group}\"><label class=\"govuk-label\" for=\"{at}\">{label}</label>{message}{box_}</div>"
        );
    }
    let save = say("files.describe_save");
    let _ = write!(
        out,
        "<button type=\"submit\" class=\"govuk-button govuk-button--secondary\">{save}{of}</button></form></details>"
    );
    out
}

fn said(out: &mut String, line: &str) {
    let _ = write!(out, "<p class=\"or-file-list__said or-user-text\">{}</p>", escaped(line));
}

/// Text as HTML, in an element or between double quotes.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}

/// The lines about several files, for a list of answers: each file's name, then what is said of it.
#[must_use]
pub fn list(language: Language, files: &[&FileView]) -> Vec<String> {
    let line = |file: &&FileView| {
        let said = said_about(language, file);
        let what = file.filename.as_str();
        (!said.is_empty()).then(|| say_with("check.labelled", &[("what", what), ("value", said.join("\n").as_str())]))
    };
    files.iter().filter_map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::complaint::view::{FileState, Purpose};

    #[test]
    fn nothing_a_person_types_becomes_markup() {
        let nasty = "\"><script>alert(1)</script></textarea>";
        let file = FileView {
            id: "7".into(),
            filename: nasty.into(),
            media_type: "image/jpeg".into(),
            bytes: 1,
            sha256: String::new(),
            state: FileState::Scanning,
            reason: None,
            purpose: Purpose::Evidence,
            received_at: String::new(),
            taken_at: None,
            has_place: true,
            caption: Some(nasty.into()),
            shows: Some(nasty.into()),
            original_sha256: None,
        };
        let typed = Fields(
            [("id", "7"), (CAPTION, nasty), (SHOWS, nasty)]
                .map(|(n, v)| (n.into(), v.into()))
                .to_vec(),
        );
        for given in [Fields::default(), typed] {
            let html = html(Language::default(), &file, "/complaint/evidence", &given, &[Some(nasty.into()), None]);
            assert!(!html.contains("<script>") && !html.contains("\"\">"), "{html}");
            assert_eq!(html.matches("</textarea>").count(), 1, "{html}");
        }
    }
}
