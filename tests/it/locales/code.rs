//! A minimal Rust scanner that finds string literals and the text between brackets.

/// A string literal: its start in the code, and its text with escapes as written.
pub struct Literal<'a> {
    pub at: usize,
    pub text: &'a str,
}

/// Removes comments, doc comments included. A `//` inside a literal stays.
pub fn without_comments(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for line in text.lines() {
        let inside = |at: usize| line[..at].matches('"').count() % 2 == 1;
        let end = line
            .match_indices("//")
            .map(|(at, _)| at)
            .find(|at| !inside(*at))
            .unwrap_or(line.len());
        out.push_str(&line[..end]);
        out.push('\n');
    }
    out
}

/// Removes every item, field or statement that only the server compiles, or only the `other` Wasm.
pub fn without_items_of_the_server(code: &str, other: &str) -> String {
    const ATTRIBUTE: &str = "#[cfg(feature = \"ssr\")]";
    let mut code = code.to_owned();
    for feature in ["server", "openapi", other] {
        code = code.replace(&format!("#[cfg(feature = \"{feature}\")]"), ATTRIBUTE);
        code = code.replace(&format!("#[cfg(all(feature = \"hydrate\", feature = \"{feature}\"))]"), ATTRIBUTE);
    }
    let mut out = String::with_capacity(code.len());
    let mut rest = code.as_str();
    while let Some((before, after)) = rest.split_once(ATTRIBUTE) {
        out.push_str(before);
        rest = &after[end_of_item(after)..];
    }
    out.push_str(rest);
    out
}

/// Returns the end of the first item: at its own `;` or `,`, or where its last bracket closes.
fn end_of_item(code: &str) -> usize {
    let (mut depth, mut in_literal, mut escaped) = (0, false, false);
    for (at, c) in code.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if in_literal => escaped = true,
            '"' => in_literal = !in_literal,
            _ if in_literal => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' => depth -= 1,
            '}' => {
                depth -= 1;
                if depth <= 0 {
                    return at + 1;
                }
            }
            ';' | ',' if depth == 0 => return at + 1,
            _ => {}
        }
    }
    code.len()
}

/// Returns the string literals of some code, in order, raw strings included.
pub fn literals(code: &str) -> Vec<Literal<'_>> {
    let mut found = Vec::new();
    let bytes = code.as_bytes();
    let mut at = 0;
    while let Some(quote) = code[at..].find('"').map(|i| at + i) {
        // The character literal '"' starts no string.
        if quote > 0 && bytes[quote - 1] == b'\'' && bytes.get(quote + 1) == Some(&b'\'') {
            at = quote + 1;
            continue;
        }
        let start = quote + 1;
        let mut end = start;
        while end < bytes.len() && bytes[end] != b'"' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        let Some(text) = code.get(start..end) else { break };
        found.push(Literal { at: start, text });
        at = end + 1;
    }
    found
}

/// Returns the text between the brackets of every call of this function. Functions whose names only end in it do not count.
pub fn arguments<'a>(code: &'a str, call: &str) -> Vec<&'a str> {
    let is_name = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let starts = code
        .match_indices(call)
        .filter(|(at, _)| call.starts_with('.') || !code[..*at].ends_with(is_name));
    starts
        .filter_map(|(at, _)| {
            let open = at + call.find('(')? + 1;
            let mut depth = 1;
            let mut in_literal = false;
            let mut escaped = false;
            for (i, c) in code[open..].char_indices() {
                match c {
                    _ if escaped => escaped = false,
                    '\\' => escaped = true,
                    '"' => in_literal = !in_literal,
                    '(' if !in_literal => depth += 1,
                    ')' if !in_literal => depth -= 1,
                    _ => {}
                }
                if depth == 0 {
                    return Some(&code[open..open + i]);
                }
            }
            None
        })
        .collect()
}

/// Returns the names in `("name", value)` pairs. Follows a list that was built before the call.
pub fn names(arguments: &str, code: &str) -> Vec<String> {
    let list = match arguments.rsplit_once('&').map(|(_, last)| last.trim().trim_end_matches(',')) {
        Some(name) if name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_') => {
            let here = arguments.as_ptr() as usize - code.as_ptr() as usize;
            let made = code[..here].rfind(&format!("let {name} = [")).expect("the list is made before");
            code[made..].split("];").next().unwrap_or_default()
        }
        _ => arguments,
    };
    let is_first = |l: &Literal<'_>| list[..l.at - 1].ends_with('(') && list[l.at + l.text.len() + 1..].starts_with(',');
    let firsts = literals(list).into_iter().filter(is_first);
    firsts.map(|l| l.text.to_owned()).collect()
}

/// Returns the text around each `{...}` of a template. A `%{...}` is a placeholder of a sentence and does not count.
pub fn pieces(template: &str) -> Vec<String> {
    if template.contains("%{") {
        return Vec::new();
    }
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        pieces.push(before.to_owned());
        let Some((_, after)) = after.split_once('}') else {
            return Vec::new();
        };
        rest = after;
    }
    pieces.push(rest.to_owned());
    pieces
}
