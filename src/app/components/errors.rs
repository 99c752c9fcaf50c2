//! The errors of the form on the page, for the summary and for each field.

use leptos::prelude::*;

use crate::app::words::{language, say};
use complaint::FieldError;
use text::Language;

/// The errors of the form on the page. Cheap to copy; changing it changes the summary, the fields and the title.
#[derive(Clone, Copy)]
pub struct Errors {
    list: RwSignal<Vec<FieldError>>,
    language: Language,
}

/// The errors of the page that is being rendered. If it is in context, the summary of errors puts them into it.
#[derive(Clone, Copy)]
pub struct ErrorsOfPage(pub StoredValue<Option<Errors>>);

impl Errors {
    /// Starts with the errors that the server found.
    pub fn new(found: Vec<FieldError>) -> Self {
        Self {
            list: RwSignal::new(found),
            language: language(),
        }
    }

    pub fn set(self, found: Vec<FieldError>) {
        self.list.set(found);
    }

    /// Whether there are errors.
    pub fn any(self) -> bool {
        self.list.with(|list| !list.is_empty())
    }

    /// Returns each error's field and sentence, in page order.
    pub fn all(self) -> Vec<(String, String)> {
        self.list
            .with(|list| list.iter().map(|e| (e.field.to_string(), self.language.say_error(e))).collect())
    }

    /// Returns the sentence for a field, by the field's name or the name of one of its parts.
    pub fn of(self, name: &str) -> Option<String> {
        self.list.with(|list| {
            let found = list.iter().find(|e| e.field == name || e.pointer.strip_prefix('/') == Some(name));
            found.map(|e| self.language.say_error(e))
        })
    }
}

/// Returns the class of a form group, which shows a bar beside a field with an error.
pub fn group_class(errors: Errors, name: &'static str) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    move || {
        if errors.of(name).is_some() {
            "govuk-form-group govuk-form-group--error"
        } else {
            "govuk-form-group"
        }
    }
}

/// Returns a field's `aria-describedby`: its hint and, if there is one, its error.
pub fn described_by(errors: Errors, name: &'static str, hint: bool) -> impl Fn() -> Option<String> + Copy + Send + Sync + 'static {
    move || {
        let mut ids = Vec::new();
        if hint {
            ids.push(format!("{name}-hint"));
        }
        if errors.of(name).is_some() {
            ids.push(format!("{name}-error"));
        }
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}

/// The error at a field, in the words of the summary.
#[component]
pub fn FieldMessage(errors: Errors, name: &'static str) -> impl IntoView {
    let prefix = StoredValue::new(say("form.error_prefix"));
    move || {
        errors.of(name).map(|message| {
            view! {
                <p id=format!("{name}-error") class="govuk-error-message">
                    <span class="govuk-visually-hidden">{prefix.get_value()}" "</span>
                    {message}
                </p>
            }
        })
    }
}
