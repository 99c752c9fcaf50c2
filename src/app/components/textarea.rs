//! A field for a long answer. The only raw `<textarea>` of the project.

use leptos::prelude::*;

use super::Errors;
use super::errors::{FieldMessage, described_by, group_class};
use super::heading::HEADING_ID;

/// Encodes a value as the inner HTML of a `<textarea>`.
///
/// Leptos 0.8 does not escape a textarea's children, so `</textarea><script>` would become live markup. Instead the value is encoded
/// here and set as inner HTML. The HTML parser drops one newline after the opening tag. On the server, a value that begins with a
/// newline therefore gets another one before it. In the browser, where inner HTML is set on an existing element, no newline is dropped.
fn inner_html(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 8);
    if cfg!(feature = "ssr") && value.starts_with('\n') {
        out.push('\n');
    }
    for c in value.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            c => out.push(c),
        }
    }
    out
}

/// A labelled field for a long answer. Uncontrolled: text typed before hydration stays.
#[component]
pub fn Textarea(
    name: &'static str,
    #[prop(into)] label: String,
    /// Whether the label is the page's `h1`.
    #[prop(optional)]
    heading: bool,
    #[prop(into)] value: String,
    errors: Errors,
    /// No hint if empty.
    #[prop(optional, into)]
    hint: String,
    #[prop(default = 8)] rows: u8,
) -> impl IntoView {
    let described = described_by(errors, name, !hint.is_empty());
    let label = if heading {
        view! {
            <h1 id=HEADING_ID class="govuk-label-wrapper" tabindex="-1">
                <label class="govuk-label govuk-label--l" for=name>{label}</label>
            </h1>
        }
        .into_any()
    } else {
        view! { <label class="govuk-label govuk-label--m" for=name>{label}</label> }.into_any()
    };
    view! {
        <div class=group_class(errors, name)>
            {label}
            {(!hint.is_empty()).then(|| view! { <div id=format!("{name}-hint") class="govuk-hint">{hint}</div> })}
            <FieldMessage errors name/>
            <textarea
                class=move || if errors.of(name).is_some() { "govuk-textarea govuk-textarea--error" } else { "govuk-textarea" }
                id=name
                name=name
                rows=rows.to_string()
                aria-describedby=described
                inner_html=inner_html(&value)
            ></textarea>
        </div>
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_a_person_types_leaves_the_field() {
        assert_eq!(
            inner_html("</textarea><script>alert(1)</script>"),
            "&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt;"
        );
        assert_eq!(inner_html("&lt;"), "&amp;lt;");
    }

    #[test]
    fn a_first_line_that_is_empty_stays() {
        assert_eq!(
            inner_html("\nsecond"),
            if cfg!(feature = "ssr") { "\n\nsecond" } else { "\nsecond" }
        );
    }

    #[test]
    fn the_server_renders_it_encoded() {
        let owner = Owner::new();
        let html =
            owner.with(|| view! { <Textarea name="t" label="Label" value="</textarea><script>x" errors=Errors::new(vec![])/> }.to_html());
        assert!(html.contains("&lt;/textarea&gt;&lt;script&gt;x</textarea>"), "{html}");
    }
}
