//! `GET /api/docs`: the API reference as HTML, generated from the OpenAPI document without any script.
//!
//! The usual viewers load themselves from a third-party host, which the content security policy forbids and which an office
//! without internet access cannot reach. The page is for developers and therefore only in English.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::header;
use axum::response::IntoResponse;
use html_escape::encode_text as text;
use serde_json::Value;

use crate::http::api::description;

/// The methods, in display order.
const METHODS: [&str; 5] = ["get", "post", "put", "patch", "delete"];

/// Serves the page.
pub async fn handler() -> impl IntoResponse {
    static WRITTEN: LazyLock<Bytes> = LazyLock::new(|| page(description::document()).unwrap_or_default().into());
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=300"),
    ];
    (headers, WRITTEN.clone())
}

/// Serves the page's style sheet. It is a separate file because the content security policy forbids inline styles.
pub async fn styles() -> impl IntoResponse {
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=3600"),
    ];
    (headers, include_str!("page.css"))
}

fn page(api: &Value) -> Result<String, std::fmt::Error> {
    let mut out = String::new();
    let title = string(&api["info"]["title"]);
    write!(
        out,
        "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <title>{title} API</title><link rel=\"stylesheet\" href=\"/api/docs.css\"></head><body><main><h1>{title} API</h1>"
    )?;
    for paragraph in api["info"]["description"].as_str().unwrap_or_default().split("\n\n") {
        write!(out, "<p>{}</p>", prose(paragraph))?;
    }
    out.push_str("<p><a href=\"/api/v1/openapi.json\">The same as OpenAPI 3.1</a></p>");
    out.push_str("<h2 id=\"auth\">Who is calling</h2><dl>");
    for (name, scheme) in entries(&api["components"]["securitySchemes"]) {
        write!(
            out,
            "<dt id=\"auth-{0}\">{0}</dt><dd>{1}</dd>",
            text(name),
            prose(&string(&scheme["description"]))
        )?;
    }
    out.push_str("</dl>");
    for tag in list(&api["tags"]) {
        write!(
            out,
            "<h2>{}</h2><p>{}</p>",
            string(&tag["name"]),
            prose(&string(&tag["description"]))
        )?;
        for (path, item) in entries(&api["paths"]) {
            for method in METHODS {
                let call = &item[method];
                if call["tags"][0] == tag["name"] {
                    operation(&mut out, method, path, call)?;
                }
            }
        }
    }
    out.push_str("<h2>Shapes</h2>");
    for (name, schema) in entries(&api["components"]["schemas"]) {
        write!(out, "<details id=\"{0}\"><summary>{0}</summary>", text(name))?;
        write!(out, "<pre tabindex=\"0\">{}</pre></details>", text(&format!("{schema:#}")))?;
    }
    out.push_str("</main></body></html>\n");
    Ok(out)
}

fn operation(out: &mut String, method: &str, path: &str, call: &Value) -> std::fmt::Result {
    let id = string(&call["operationId"]);
    let method = method.to_uppercase();
    write!(
        out,
        "<section id=\"{id}\"><h3><code>{method} {}</code></h3><p>{}</p>",
        text(path),
        prose(&string(&call["summary"]))
    )?;
    if let Some(more) = call["description"].as_str() {
        write!(out, "<p>{}</p>", prose(&text(more)))?;
    }
    let ways: Vec<String> = list(&call["security"])
        .flat_map(entries)
        .map(|(name, _)| format!("<a href=\"#auth-{0}\">{0}</a>", text(name)))
        .collect();
    if !ways.is_empty() {
        write!(out, "<p>Needs: {}</p>", ways.join(" or "))?;
    }
    out.push_str("<table><thead><tr><th scope=\"col\">In</th><th scope=\"col\">Name</th><th scope=\"col\">What</th></tr></thead><tbody>");
    for parameter in list(&call["parameters"]) {
        row(
            out,
            &string(&parameter["in"]),
            &string(&parameter["name"]),
            &string(&parameter["description"]),
        )?;
    }
    for (media_type, content) in entries(&call["requestBody"]["content"]) {
        row(out, "body", &text(media_type), &shape(&content["schema"]))?;
    }
    for (status, answer) in entries(&call["responses"]) {
        let shapes: Vec<String> = entries(&answer["content"]).map(|(_, content)| shape(&content["schema"])).collect();
        row(
            out,
            "answer",
            &text(status),
            &format!("{} {}", string(&answer["description"]), shapes.join(", ")),
        )?;
    }
    out.push_str("</tbody></table></section>");
    Ok(())
}

fn row(out: &mut String, place: &str, name: &str, what: &str) -> std::fmt::Result {
    write!(out, "<tr><td>{place}</td><td><code>{name}</code></td><td>{}</td></tr>", prose(what))
}

/// Links to a named schema; returns an empty string for an inline schema.
fn shape(schema: &Value) -> String {
    let reference = schema["$ref"].as_str().or_else(|| schema["items"]["$ref"].as_str());
    let name = reference.and_then(|r| r.rsplit('/').next()).map(text);
    name.map_or_else(String::new, |name| format!("<a href=\"#{name}\">{name}</a>"))
}

fn string(value: &Value) -> String {
    text(value.as_str().unwrap_or_default()).into_owned()
}

/// Marks up text between backticks as code. The text must be escaped already.
fn prose(escaped: &str) -> String {
    let mut out = String::new();
    for (i, part) in escaped.split('`').enumerate() {
        if i % 2 == 1 {
            let _ = write!(out, "<code>{part}</code>");
        } else {
            out.push_str(part);
        }
    }
    out
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn entries(value: &Value) -> impl Iterator<Item = (&str, &Value)> {
    value.as_object().into_iter().flatten().map(|(name, value)| (name.as_str(), value))
}
