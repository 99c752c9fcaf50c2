//! Generates `example.toml` and the table of settings in `docs/server.md` from the doc comments of the settings.
//!
//! The first paragraph of a field's doc comment describes the setting, and that of a struct's doc comment the section. Later paragraphs
//! are for developers only. The range of a number comes from its rule. A last line `Example: …` has the text that the example shows, commented out, for a setting without a default.

use std::fmt::Write;
use std::path::Path;

use figment::Figment;
use figment::providers::{Format, Toml};
use serde_json::Value;

use super::read::SECRET;
use super::{Config, ConfigError};
use crate::server::brand::BrandError;

const EXAMPLE_FILE: &str = "src/server/config/example.toml";
const PAGE: &str = "docs/server.md";

/// The comments around the table in [`PAGE`].
const TABLE_BEGINS: &str = "<!-- Table of settings, generated from doc comments by src/server/config/descriptions.rs -->\n";
const TABLE_ENDS: &str = "<!-- End of the table of settings -->\n";

/// The file of most sections.
const SECTIONS_FILE: &str = "src/server/config/sections.rs";

/// The path of each section, the file of its struct, and the struct's name. The outputs have the same order.
const SECTIONS: [(&str, &str, &str); 17] = [
    ("", "src/server/config.rs", "Config"),
    ("organisation", "src/app/portal.rs", "Organisation"),
    ("service", "crates/service/src/settings.rs", "Settings"),
    (
        "service.contact_hours",
        "crates/service/src/notifications/contact_hours.rs",
        "ContactHours",
    ),
    ("service.evidence", "crates/evidence/src/limits.rs", "Limits"),
    ("service.space", "crates/evidence/src/disk_budget.rs", "Space"),
    ("limits", "src/http/limits.rs", "Quotas"),
    ("uploads", SECTIONS_FILE, "Uploads"),
    ("pages", SECTIONS_FILE, "Pages"),
    ("connections", SECTIONS_FILE, "Connections"),
    ("scanner", SECTIONS_FILE, "Scanner"),
    ("safety", SECTIONS_FILE, "Safety"),
    ("mail", SECTIONS_FILE, "Mail"),
    ("sms", SECTIONS_FILE, "Sms"),
    ("deliveries", SECTIONS_FILE, "Deliveries"),
    ("metrics", SECTIONS_FILE, "Metrics"),
    ("log", SECTIONS_FILE, "Log"),
];

/// A section with its settings.
struct Section {
    path: &'static str,
    /// The lines of the description.
    description: Vec<String>,
    settings: Vec<Setting>,
}

struct Setting {
    name: String,
    /// The path in the configuration: `log.format`.
    path: String,
    description: Vec<String>,
    /// The default in TOML.
    default: Option<String>,
    example: Option<String>,
}

fn source(path: &str) -> String {
    std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Reads all sections with their doc comments and defaults.
fn sections() -> Vec<Section> {
    let defaults = serde_json::to_value(Config::default()).unwrap();
    let section = |(path, file, name): (&'static str, &str, &str)| {
        let (description, fields) = doc_comments(&source(file), name);
        let settings = fields
            .into_iter()
            .map(|(field, docs)| (join(path, &field), field, docs))
            .filter(|(path, ..)| !SECTIONS.iter().any(|(section, ..)| *section == *path));
        let settings = settings.map(|(path, name, mut description)| {
            let example = description.pop_if(|line| line.starts_with("Example: "));
            let example = example.map(|line| line.trim_start_matches("Example: ").trim_matches('`').to_owned());
            let default = defaults.pointer(&format!("/{}", path.replace('.', "/"))).and_then(toml);
            assert!(
                !description.is_empty(),
                "{path} has no doc comment, or its section is not in SECTIONS"
            );
            assert_ne!(
                default.is_some(),
                example.is_some(),
                "{path} needs either a default or a line `Example: `"
            );
            Setting {
                name,
                path,
                description,
                default,
                example,
            }
        });
        Section {
            path,
            description,
            settings: settings.collect(),
        }
    };
    SECTIONS.into_iter().map(section).collect()
}

/// Returns the doc comment of a struct, and the name and doc comment of each public field that is a setting. Of each comment it returns
/// the lines of the first paragraph, and the range of a number.
fn doc_comments(source: &str, name: &str) -> (Vec<String>, Vec<(String, Vec<String>)>) {
    let first = |docs: &[&str]| {
        docs.iter()
            .take_while(|line| !line.is_empty())
            .map(|line| (*line).to_owned())
            .collect()
    };
    let (mut docs, mut is_skipped, mut limits) = (Vec::new(), false, None);
    let (mut description, mut fields) = (None, Vec::new());
    for line in source.lines().map(str::trim) {
        if let Some(text) = line.strip_prefix("///") {
            docs.push(text.trim());
            continue;
        }
        if line.starts_with("#[") {
            is_skipped |= line == "#[serde(skip)]";
            limits = range(line).or(limits);
            continue;
        }
        if line == format!("pub struct {name} {{") {
            description = Some(first(&docs));
        } else if let Some(description) = description.take_if(|_| line == "}") {
            return (description, fields);
        } else if let Some((field, _)) = line.strip_prefix("pub ").and_then(|field| field.split_once(':'))
            && description.is_some()
            && !is_skipped
        {
            let mut description = first(&docs);
            description.extend(limits);
            fields.push((field.to_owned(), description));
        }
        (docs, is_skipped, limits) = (Vec::new(), false, None);
    }
    panic!("there is no struct {name}");
}

/// Returns the sentence for the range in an attribute. A limit that is a constant only keeps sums small, and is not named.
fn range(attribute: &str) -> Option<String> {
    let rule = attribute.strip_prefix("#[validate(")?;
    let number = |before: &str| rule.split_once(before)?.1.split([',', ')', '>']).next();
    let (least, most) = match number("at_most::<") {
        Some(most) => ("1", most),
        None => (number("min = ").unwrap_or("0"), number("max = ")?),
    };
    most.starts_with(|c: char| c.is_ascii_digit())
        .then(|| format!("{least} to {most}."))
}

fn join(section: &str, name: &str) -> String {
    if section.is_empty() {
        name.to_owned()
    } else {
        format!("{section}.{name}")
    }
}

/// Writes a value as TOML, whose texts and arrays are those of JSON. Returns `None` for null.
fn toml(value: &Value) -> Option<String> {
    Some(match value {
        Value::Null => return None,
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .filter_map(|(name, value)| Some(format!("{name} = {}", toml(value)?)))
                .collect();
            format!("{{ {} }}", fields.join(", "))
        }
        Value::Array(items) => format!("[{}]", items.iter().filter_map(toml).collect::<Vec<_>>().join(", ")),
        Value::Number(number) => thousands(&number.to_string()),
        other => other.to_string(),
    })
}

/// Separates the thousands of a number from 10,000: `25_000_000`.
fn thousands(digits: &str) -> String {
    let mut out = String::new();
    for (n, digit) in digits.chars().enumerate() {
        if digits.len() > 4 && n > 0 && (digits.len() - n).is_multiple_of(3) {
            out.push('_');
        }
        out.push(digit);
    }
    out
}

/// Returns the example configuration.
fn example() -> String {
    let mut out = String::from(
        "# On Record: all settings with their defaults. Environment variables override this file\n# (ONRECORD_LISTEN, ONRECORD_LOG__FORMAT); command-line flags override both.\n",
    );
    let comment = |lines: &[String]| lines.iter().flat_map(|line| ["# ", line, "\n"]).collect::<String>();
    for section in sections() {
        if !section.path.is_empty() {
            write!(out, "\n{}[{}]\n", comment(&section.description), section.path).unwrap();
        }
        for setting in section.settings {
            let (name, description) = (&setting.name, comment(&setting.description));
            match setting.default {
                Some(default) => write!(out, "\n{description}{name} = {default}\n"),
                None => write!(out, "\n{description}# {name} = \"{}\"\n", setting.example.unwrap_or_default()),
            }
            .unwrap();
        }
    }
    out
}

/// Returns the table of settings in Markdown.
fn table() -> String {
    let mut out = String::from("| setting | default | |\n|---|---|---|\n");
    for section in sections() {
        if !section.path.is_empty() {
            writeln!(out, "| **`[{}]`** | | {} |", section.path, section.description.join(" ")).unwrap();
        }
        for setting in section.settings {
            let default = setting.default.map_or_else(String::new, |default| format!(" `{default}`"));
            writeln!(out, "| `{}` |{default} | {} |", setting.path, setting.description.join(" ")).unwrap();
        }
    }
    out
}

/// Checks that a committed file has its generated text. With `ONRECORD_RENEW` in the environment, writes the file first.
fn assert_committed(path: &str, generated: &str) {
    if std::env::var_os("ONRECORD_RENEW").is_some() {
        std::fs::write(Path::new(env!("CARGO_MANIFEST_DIR")).join(path), generated).unwrap();
    }
    assert!(
        source(path) == generated,
        "{path} differs from the doc comments or defaults of the settings. Renew it:\n\
         ONRECORD_RENEW=1 cargo test --lib config::descriptions"
    );
}

#[test]
fn the_committed_example_is_the_generated_one() {
    assert_committed(EXAMPLE_FILE, &example());
}

#[test]
fn the_committed_table_is_the_generated_one() {
    let page = source(PAGE);
    let (before, rest) = page.split_once(TABLE_BEGINS).expect("the comment before the table");
    let (_, after) = rest.split_once(TABLE_ENDS).expect("the comment after the table");
    // Without the empty lines, a comment in HTML would contain the table.
    assert_committed(PAGE, &format!("{before}{TABLE_BEGINS}\n{}\n{TABLE_ENDS}{after}", table()));
}

#[test]
fn every_setting_is_described() {
    /// Collects the path of each value. A rate limit, or the days of each status, is one value.
    fn paths(prefix: &str, value: &Value, out: &mut Vec<String>) {
        let is_one = |fields: &serde_json::Map<_, _>| fields.contains_key("per_minute") || fields.contains_key("awaiting_resident");
        match value.as_object().filter(|fields| !is_one(fields)) {
            Some(fields) => fields.iter().for_each(|(name, value)| paths(&join(prefix, name), value, out)),
            None => out.push(prefix.to_owned()),
        }
    }
    let mut all: Vec<String> = SECRET.map(ToOwned::to_owned).to_vec();
    paths("", &serde_json::to_value(Config::default()).unwrap(), &mut all);
    all.sort();
    let mut described: Vec<String> = sections().into_iter().flat_map(|it| it.settings).map(|it| it.path).collect();
    described.sort();
    assert_eq!(described, all);
}

#[test]
fn the_example_has_the_defaults() {
    let read: Config = Figment::from(Toml::string(&example())).extract().unwrap();
    let json = |config: &Config| serde_json::to_value(config).unwrap();
    assert_eq!(json(&read), json(&Config::default()));
}

#[test]
fn the_example_values_are_valid() {
    let is_setting = |line: &str| line.split_once(" = ").is_some_and(|(name, _)| !name.contains(' '));
    let all: String = example()
        .lines()
        .flat_map(|line| [line.strip_prefix("# ").filter(|rest| is_setting(rest)).unwrap_or(line), "\n"])
        .collect();
    let read: Config = Figment::from(Toml::string(&all)).extract().unwrap();
    assert!(read.database_url.is_some() && read.public_url.is_some() && read.organisation.phone.is_some());
    // The files that the example names do not exist.
    let faults = read.faults();
    assert!(
        faults
            .iter()
            .all(|fault| matches!(fault, ConfigError::DataFile(_) | ConfigError::Brand(BrandError::Unreadable(..)))),
        "{faults:?}"
    );
}

#[test]
fn only_first_paragraphs_of_public_settings_are_read() {
    let source = "/// Other.\npub struct Other {\n    /// X.\n    pub x: u8,\n}\n\n/// One\n/// section.\n///\n/// Why.\n#[derive(Debug)]\n\
                  pub struct One {\n    /// A.\n    ///\n    /// Why.\n    #[validate(range(min = 1, max = 9_000))]\n    pub a: u8,\n    /// Skipped.\n    #[serde(skip)]\n    pub b: u8,\n    \
                  pub c: u8,\n}\n";
    let texts = |lines: &[&str]| lines.iter().map(|line| (*line).to_owned()).collect::<Vec<_>>();
    let fields = vec![("a".to_owned(), texts(&["A.", "1 to 9_000."])), ("c".to_owned(), texts(&[]))];
    assert_eq!(doc_comments(source, "One"), (texts(&["One", "section."]), fields));
}
