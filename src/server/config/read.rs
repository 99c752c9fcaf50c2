//! Reads the configuration: defaults, then a TOML file, then environment variables, then flags. All faults are found in one run.

use std::fmt::{Display, Formatter};
use std::path::Path;

use figment::error::{Actual, Kind};
use figment::providers::{Env, Format, Serialized, Toml};
use figment::value::{Dict, Value};
use figment::{Figment, Profile, Provider};
use serde::Serialize;

use super::{Config, ConfigError, without_password};

/// The prefix of environment variables; `__` separates a section from its setting: `ONRECORD_LOG__FORMAT=json`.
pub(super) const ENVIRONMENT: &str = "ONRECORD_";

/// Variables with our prefix that are not settings: the configuration file, and variables of tests and tools.
const NO_SETTINGS: [&str; 5] = ["config", "chromium", "server", "hostile", "load"];

/// Settings whose values are never printed.
pub(super) const SECRET: [&str; 4] = ["database_url", "mail.smtp_url", "sms.webhook_url", "sms.webhook_secret"];

/// The largest edit distance at which another name is suggested.
const NEAR: usize = 2;

/// All faults of a configuration, one per line.
#[derive(Debug)]
pub struct Faults(pub Vec<ConfigError>);

impl Display for Faults {
    fn fmt(&self, f: &mut Formatter<'_>) -> std::fmt::Result {
        for (n, fault) in self.0.iter().enumerate() {
            write!(f, "{}{fault}", if n > 0 { "\n" } else { "" })?;
        }
        Ok(())
    }
}

impl std::error::Error for Faults {}

impl Faults {
    pub(super) fn none_of(faults: Vec<ConfigError>) -> Result<(), Self> {
        if faults.is_empty() { Ok(()) } else { Err(Self(faults)) }
    }
}

impl From<ConfigError> for Faults {
    fn from(fault: ConfigError) -> Self {
        Self(vec![fault])
    }
}

impl Config {
    /// Reads the configuration. `flags` are the command-line settings, `None` for those not given.
    pub fn load(file: Option<&Path>, flags: impl Serialize) -> Result<Self, Faults> {
        let (config, faults) = Self::read(file, flags);
        Faults::none_of(faults)?;
        Ok(config)
    }

    /// Reads the configuration as far as possible. A setting with a fault keeps its default.
    pub fn read(file: Option<&Path>, flags: impl Serialize) -> (Self, Vec<ConfigError>) {
        let mut faults = Vec::new();
        let mut figment = Figment::from(Serialized::defaults(Self::default()));
        match file.map(read_file) {
            Some(Ok(text)) => figment = figment.merge(Toml::string(&text)),
            Some(Err(fault)) => faults.push(fault),
            None => {}
        }
        let environment = environment(&mut faults);
        let merged = figment
            .merge(Serialized::defaults(&environment))
            .merge(Serialized::defaults(flags))
            .data();
        let mut values = merged
            .ok()
            .and_then(|mut profiles| profiles.remove(&Profile::Default))
            .unwrap_or_default();
        let config = loop {
            let error = match Figment::from(Serialized::defaults(&values)).extract::<Self>() {
                Ok(config) => break config,
                Err(error) => error,
            };
            let mut is_removed = false;
            for error in error {
                let mut path = error.path.clone();
                if let Kind::UnknownField(name, _) = &error.kind
                    && path.last() != Some(name)
                {
                    path.push(name.clone());
                }
                let shown = path.join(".");
                is_removed |= remove(&mut values, &path);
                // The loop removed the missing value just before, and recorded its fault.
                if error.missing() && !faults.is_empty() {
                    continue;
                }
                faults.push(ConfigError::Unreadable(format!(
                    "{shown}: {}{}",
                    what_is_wrong(&shown, &error.kind),
                    from_where(&environment, &path)
                )));
            }
            // A fault that belongs to no value would repeat for ever.
            if !is_removed {
                break Self::default();
            }
        };
        faults.extend(config.faults());
        (config, faults)
    }
}

/// Reads the file and checks that it is TOML.
fn read_file(path: &Path) -> Result<String, ConfigError> {
    if !path.is_file() {
        return Err(ConfigError::NoFile(path.to_owned()));
    }
    let unreadable = |why: String| ConfigError::Unreadable(format!("{}: {why}", path.display()));
    let text = std::fs::read_to_string(path).map_err(|e| unreadable(e.to_string()))?;
    match text.parse::<toml::Table>() {
        Ok(_) => Ok(text),
        // The parser's own message quotes the line, which may contain a password.
        Err(e) => {
            let before = e.span().and_then(|span| text.get(..span.start)).unwrap_or_default();
            let line = before.matches('\n').count() + 1;
            Err(unreadable(format!("line {line} is not TOML: {}", e.message().replace('\n', " "))))
        }
    }
}

/// Reads the settings from environment variables, as text if the setting is a text. Variables that name no setting are faults.
fn environment(faults: &mut Vec<ConfigError>) -> Dict {
    let defaults = serde_json::to_value(Config::default()).unwrap_or_default();
    let mut names: Vec<String> = defaults.as_object().into_iter().flat_map(|fields| fields.keys().cloned()).collect();
    names.push("database_url".to_owned());
    let mut settings = Dict::new();
    for (key, text) in Env::prefixed(ENVIRONMENT).lowercase(true).iter() {
        let path: Vec<String> = key.as_str().split("__").map(ToOwned::to_owned).collect();
        let Some(first) = path.first() else { continue };
        if !names.contains(first) {
            let tool = NO_SETTINGS.contains(&first.as_str()) || first.starts_with("test_");
            let meant = nearest(first, names.iter().map(String::as_str));
            if !tool && (path.len() > 1 || meant.is_some()) {
                faults.push(ConfigError::Unreadable(format!(
                    "{}: there is no such setting for an environment variable{}",
                    variable(&path),
                    meant.map_or_else(String::new, |name| format!("; did you mean {}?", variable(&[name.to_owned()]))),
                )));
            }
            continue;
        }
        // A telephone number must stay a text, although it parses as a number.
        let known = defaults.pointer(&format!("/{}", path.join("/")));
        let is_text = known.is_none_or(|known| known.is_string() || known.is_null());
        let value = if is_text {
            Value::from(text)
        } else {
            text.parse().unwrap_or_else(|_| Value::from(text))
        };
        put(&mut settings, &path, value);
    }
    settings
}

/// Inserts a value at a path, creating the sections on the way.
fn put(dict: &mut Dict, path: &[String], value: Value) {
    let [first, rest @ ..] = path else { return };
    if rest.is_empty() {
        dict.insert(first.clone(), value);
        return;
    }
    let section = dict.entry(first.clone()).or_insert_with(|| Value::from(Dict::new()));
    if let Value::Dict(_, inner) = section {
        put(inner, rest, value);
    } else {
        let mut inner = Dict::new();
        put(&mut inner, rest, value);
        *section = Value::from(inner);
    }
}

/// Removes the value at a path, or else the nearest section around it. Returns false if there is neither.
fn remove(dict: &mut Dict, path: &[String]) -> bool {
    let [first, rest @ ..] = path else { return false };
    if !rest.is_empty()
        && let Some(Value::Dict(_, inner)) = dict.get_mut(first)
        && remove(inner, rest)
    {
        return true;
    }
    dict.remove(first).is_some()
}

/// Names the environment variable that set a value, if there is one.
fn from_where(environment: &Dict, path: &[String]) -> String {
    let mut dict = environment;
    for (n, part) in path.iter().enumerate() {
        match dict.get(part) {
            Some(Value::Dict(_, inner)) if n + 1 < path.len() => dict = inner,
            Some(_) => return format!(" (environment variable {})", variable(&path[..=n])),
            None => return String::new(),
        }
    }
    String::new()
}

fn variable(path: &[String]) -> String {
    format!("{ENVIRONMENT}{}", path.join("__").to_ascii_uppercase())
}

/// Describes the fault of a value, without the value itself if it may be secret.
fn what_is_wrong(path: &str, kind: &Kind) -> String {
    let is_secret = SECRET.iter().any(|secret| secret.starts_with(path) || path.starts_with(secret));
    match kind {
        Kind::UnknownField(name, expected) => {
            let meant = nearest(name, expected.iter().copied());
            let meant = meant.map_or_else(String::new, |meant| format!("; did you mean {meant}?"));
            format!("there is no such setting{meant}")
        }
        Kind::UnknownVariant(_, expected) => format!("must be one of {}", expected.join(", ")),
        Kind::InvalidType(found, expected) | Kind::InvalidValue(found, expected) => {
            if matches!(found, Actual::Unsigned(0) | Actual::Signed(0)) && expected.contains("nonzero") {
                return "must be at least 1".to_owned();
            }
            format!("must be {}, and is {}", expectation(expected), found_kind(found))
        }
        Kind::Message(_) | Kind::Unsupported(_) | Kind::UnsupportedKey(..) if is_secret => "must be a text".to_owned(),
        Kind::Message(why) if why.contains("socket address") => "must be an address such as 127.0.0.1:8080".to_owned(),
        Kind::Message(why) => without_password(why),
        other => without_password(&other.to_string()),
    }
}

fn expectation(expected: &str) -> String {
    let number = |most: u128| format!("a whole number from 0 to {most}");
    match expected {
        e if e.contains("u32") => number(u32::MAX.into()),
        e if e.contains("u64") || e.contains("usize") => number(u64::MAX.into()),
        e if e.contains("string") || e.contains("path") || e.contains("socket address") => "a text in quotes".to_owned(),
        e if e.contains("sequence") => "a list in square brackets".to_owned(),
        e if e.contains("struct") || e.contains("map") => "a section".to_owned(),
        e if e.contains("bool") => "true or false".to_owned(),
        e => e.to_owned(),
    }
}

fn found_kind(found: &Actual) -> &'static str {
    match found {
        Actual::Bool(_) => "true or false",
        // TOML integers are always read as signed.
        Actual::Signed(..0) => "a number below zero",
        Actual::Unsigned(_) | Actual::Signed(_) => "a number",
        Actual::Float(_) => "a number with a fraction",
        Actual::Str(_) | Actual::Char(_) => "a text",
        Actual::Seq => "a list",
        Actual::Map => "a section",
        _ => "something else",
    }
}

/// Returns the name that was probably meant.
fn nearest<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let distance = |known: &str| strsim::osa_distance(known, name);
    let nearest = known.min_by_key(|known| distance(known))?;
    (distance(nearest) <= NEAR && nearest.len() > NEAR).then_some(nearest)
}
