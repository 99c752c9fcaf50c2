//! The answers of one complaint, by question.
//!
//! Only checked answers are added ([`crate::check()`]). Deserializing does not check again: stored JSON was checked before it was
//! saved.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::de::{self, MapAccess, SeqAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::fields::DateInput;
use crate::fields::form::{Choice, Fields};
use crate::questionnaire::question::Input;
use crate::questionnaire::question_ref::QuestionRef;
use crate::questionnaire::questions::{CategoryKind, RoleKind, StageKind};
use crate::questionnaire::steps::{self, StepId};

/// The value of one field. It is never empty: an empty field has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Value {
    /// A text, a choice's code, a date as `YYYY-MM-DD`, or `unknown` for a date that the person does not know.
    Text(String),
    /// The codes of several choices, in the order of the list.
    Many(Vec<String>),
    /// A date of which only the month is known.
    Month { year: i32, month: u8 },
    /// A ticked checkbox.
    Ticked,
}

/// The answer to one page: its values by field name, in the order of the page.
///
/// A page without fields (a notice or a file page) gets an empty answer, which records that the person saw the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answer(pub(crate) Vec<(Cow<'static, str>, Value)>);

/// An answer that passed its question's rules. Only [`crate::questionnaire::check::check`] creates one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckedAnswer {
    pub(crate) place: QuestionRef,
    pub(crate) answer: Answer,
}

/// The checked answers so far, by question. In JSON an unanswered question is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answers(BTreeMap<QuestionRef, Answer>);

impl Answer {
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.0.iter().find(|(n, _)| n == name).map(|(_, v)| v)
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns a field's text, or an empty string.
    pub fn text(&self, name: &str) -> &str {
        match self.value(name) {
            Some(Value::Text(text)) => text,
            _ => "",
        }
    }

    /// Returns whether a field's value is the code or contains it.
    pub fn has_choice(&self, name: &str, code: &str) -> bool {
        match self.value(name) {
            Some(Value::Text(text)) => text == code,
            Some(Value::Many(codes)) => codes.iter().any(|c| c == code),
            _ => false,
        }
    }

    pub fn date(&self, name: &str) -> Option<DateInput> {
        match self.value(name)? {
            Value::Text(text) => DateInput::parse(text),
            Value::Month { year, month } => Some(DateInput {
                month: month.to_string(),
                year: year.to_string(),
                ..DateInput::default()
            }),
            Value::Many(_) | Value::Ticked => None,
        }
    }

    /// Returns the form fields that would post this answer.
    pub fn to_fields(&self, place: QuestionRef) -> Fields {
        let mut fields = Vec::new();
        for field in steps::question(place.step).fields() {
            let Some(value) = self.value(field.name) else { continue };
            let name = field.name;
            match (field.input, value) {
                (Input::Date(_), _) => {
                    let Some(date) = self.date(name) else { continue };
                    for (part, value) in [("day", date.day), ("month", date.month), ("year", date.year)] {
                        fields.push((format!("{name}-{part}"), value));
                    }
                    if date.unknown {
                        fields.push((format!("{name}-unknown"), "yes".into()));
                    }
                }
                (_, Value::Text(text)) => fields.push((name.into(), text.clone())),
                (_, Value::Many(codes)) => fields.extend(codes.iter().map(|code| (name.to_owned(), code.clone()))),
                (_, Value::Ticked) => fields.push((name.into(), "yes".into())),
                (_, Value::Month { .. }) => {}
            }
        }
        Fields(fields)
    }

    /// Returns a copy without fields that are no longer asked and choices that are no longer offered.
    pub(crate) fn without_unasked(&self, place: QuestionRef, answers: &Answers) -> Self {
        let question = steps::question(place.step);
        let kept = self.0.iter().filter_map(|(name, value)| {
            let field = question.field(name)?;
            if !(field.when)(answers, place.issue) {
                return None;
            }
            let value = match (field.input, value) {
                (Input::One(options), Value::Text(code)) => {
                    options(answers, place.issue).contains(&code.as_str()).then(|| value.clone())?
                }
                (Input::Many(options), Value::Many(codes)) => {
                    let offered = options(answers, place.issue);
                    let codes: Vec<String> = codes.iter().filter(|c| offered.contains(&c.as_str())).cloned().collect();
                    (!codes.is_empty()).then_some(Value::Many(codes))?
                }
                _ => value.clone(),
            };
            Some((name.clone(), value))
        });
        Self(kept.collect())
    }

    /// Returns a short fingerprint that shows whether another device changed the answer since a page was rendered.
    ///
    /// It is the 64-bit FNV-1a hash of the JSON, so it is not a secret, and it proves nothing.
    ///
    /// # Panics
    /// Never: an answer can always be serialized.
    pub fn fingerprint(&self) -> String {
        fingerprint_of_json(&serde_json::to_string(self).expect("answers can be serialized as JSON"))
    }
}

/// Returns the [`Answer::fingerprint`] of an answer's JSON.
pub fn fingerprint_of_json(json: &str) -> String {
    let hash = json.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{hash:016x}")
}

impl CheckedAnswer {
    pub fn place(&self) -> QuestionRef {
        self.place
    }

    pub fn answer(&self) -> &Answer {
        &self.answer
    }

    /// Returns whether saving this answer would overwrite a change made on another device.
    ///
    /// That is so if the stored answer differs from this one and from the answer on the rendered page. `seen` is that answer's
    /// fingerprint, empty if there was none.
    pub fn would_overwrite(&self, stored: Option<&Answer>, seen: &str) -> bool {
        stored.is_some_and(|stored| *stored != self.answer && stored.fingerprint() != seen)
    }

    /// Returns the answer as the JSON body that `PUT /api/v1/drafts/{id}/answers/{step}` takes.
    ///
    /// # Panics
    /// Never: an answer can always be serialized.
    pub fn to_json(&self) -> String {
        serde_json::to_string(&self.answer).expect("answers can be serialized as JSON")
    }
}

impl Answers {
    pub fn get(&self, place: impl Into<QuestionRef>) -> Option<&Answer> {
        self.0.get(&place.into())
    }

    pub fn has(&self, place: impl Into<QuestionRef>) -> bool {
        self.0.contains_key(&place.into())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub fn iter(&self) -> impl Iterator<Item = (QuestionRef, &Answer)> {
        self.0.iter().map(|(place, answer)| (*place, answer))
    }

    /// Returns the questions that have an answer.
    pub fn places(&self) -> impl Iterator<Item = QuestionRef> {
        self.0.keys().copied()
    }

    /// Returns whether a field's value is the code or contains it.
    pub fn is(&self, place: QuestionRef, field: &str, code: &str) -> bool {
        self.0.get(&place).is_some_and(|answer| answer.has_choice(field, code))
    }

    /// Same as [`Self::is`], for a question that is asked once.
    pub fn has_choice_once(&self, step: StepId, field: &str, code: &str) -> bool {
        self.is(QuestionRef { step, issue: 0 }, field, code)
    }

    /// Returns whether a field has a value, for a question that is asked once.
    pub fn has_value_once(&self, step: StepId, field: &str) -> bool {
        self.0
            .get(&QuestionRef { step, issue: 0 })
            .is_some_and(|a| a.value(field).is_some())
    }

    /// Returns a field's text, or an empty string.
    pub fn text(&self, place: impl Into<QuestionRef>, field: &str) -> &str {
        self.get(place).map_or("", |answer| answer.text(field))
    }

    /// Returns who is filling in the questionnaire, if answered.
    pub fn role_kind(&self) -> Option<RoleKind> {
        RoleKind::parse(self.text(StepId::Role, "role"))
    }

    /// Returns the complaint's stage with the landlord, if answered.
    pub fn stage_kind(&self) -> Option<StageKind> {
        StageKind::parse(self.text(StepId::Stage, "stage"))
    }

    /// Returns an issue's category, if answered.
    pub fn category_kind(&self, issue: u8) -> Option<CategoryKind> {
        CategoryKind::parse(self.text(QuestionRef::for_issue(StepId::Category, issue.max(1)), "category"))
    }

    /// Stores an answer, replacing an earlier one, and removes the answers that it rules out.
    pub fn put(&mut self, answer: CheckedAnswer) {
        self.0.insert(answer.place, answer.answer);
        steps::prune(self);
    }

    /// Returns each answer with the JSON body that saves it.
    ///
    /// # Panics
    /// Never: an answer can always be serialized.
    pub fn bodies(&self) -> Vec<(QuestionRef, String)> {
        let body = |answer: &Answer| serde_json::to_string(answer).expect("answers can be serialized as JSON");
        self.0.iter().map(|(place, answer)| (*place, body(answer))).collect()
    }

    /// Removes one of several issues and renumbers those after it.
    pub fn remove_issue(&mut self, issue: u8) {
        let count = steps::issue_count(self);
        if issue == 0 || issue > count || count == 1 {
            return;
        }
        // The new last issue gets the old last issue's answer to "is there another?". Its own answer would announce the removed
        // one.
        let last = QuestionRef::for_issue(StepId::MoreIssues, count);
        let more = self.0.get(&last).cloned();
        let old = std::mem::take(&mut self.0);
        for (place, answer) in old {
            match place.issue.cmp(&issue) {
                std::cmp::Ordering::Less => {
                    self.0.insert(place, answer);
                }
                std::cmp::Ordering::Equal => {}
                std::cmp::Ordering::Greater => {
                    self.0.insert(
                        QuestionRef {
                            issue: place.issue - 1,
                            ..place
                        },
                        answer,
                    );
                }
            }
        }
        let new_last = QuestionRef::for_issue(StepId::MoreIssues, count - 1);
        match more {
            Some(more) => self.0.insert(new_last, more),
            None => self.0.remove(&new_last),
        };
        steps::prune(self);
    }

    /// Removes one answer, without pruning the answers that depend on it.
    pub fn remove(&mut self, place: QuestionRef) {
        self.0.remove(&place);
    }

    /// Puts newer answers in place of these. Answers that the newer ones rule out stay.
    pub fn replace_with(&mut self, newer: &Self) {
        self.0.extend(newer.0.iter().map(|(place, answer)| (*place, answer.clone())));
    }

    pub(crate) fn set(&mut self, place: QuestionRef, answer: Answer) {
        self.0.insert(place, answer);
    }
}

impl Serialize for Value {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Text(text) => serializer.serialize_str(text),
            Self::Many(codes) => codes.serialize(serializer),
            Self::Month { year, month } => {
                let mut map = serializer.serialize_map(Some(2))?;
                map.serialize_entry("year", year)?;
                map.serialize_entry("month", month)?;
                map.end()
            }
            Self::Ticked => serializer.serialize_bool(true),
        }
    }
}

impl Serialize for Answer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}

impl Serialize for Answers {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(place, answer)| (place.code(), answer)))
    }
}

impl<'de> Deserialize<'de> for Value {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ValueVisitor;
        impl<'de> Visitor<'de> for ValueVisitor {
            type Value = Value;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an answer")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Value, E> {
                Ok(Value::Text(text.to_owned()))
            }
            fn visit_bool<E: de::Error>(self, _: bool) -> Result<Value, E> {
                Ok(Value::Ticked)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
                let mut codes = Vec::new();
                while let Some(code) = seq.next_element()? {
                    codes.push(code);
                }
                Ok(Value::Many(codes))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
                let (mut year, mut month) = (0, 0);
                while let Some(part) = map.next_key::<String>()? {
                    let number: i32 = map.next_value()?;
                    match part.as_str() {
                        "year" => year = number,
                        _ => month = u8::try_from(number).unwrap_or(0),
                    }
                }
                Ok(Value::Month { year, month })
            }
        }
        deserializer.deserialize_any(ValueVisitor)
    }
}

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let fields = BTreeMap::<String, Option<Value>>::deserialize(deserializer)?;
        let filled = fields.into_iter().filter_map(|(name, value)| Some((Cow::Owned(name), value?)));
        Ok(Self(filled.filter(|(_, value)| *value != Value::Text(String::new())).collect()))
    }
}

impl<'de> Deserialize<'de> for Answers {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let places = BTreeMap::<String, Answer>::deserialize(deserializer)?;
        let mut answers = Self::default();
        for (code, mut answer) in places {
            let Some(place) = QuestionRef::parse(&code) else {
                return Err(de::Error::custom(format_args!("no question {code}")));
            };
            // Sorted in the order of the page, so that equal answers compare equal.
            let fields = steps::question(place.step).fields();
            answer.0.sort_by_key(|(name, _)| fields.iter().position(|f| f.name == *name));
            answers.0.insert(place, answer);
        }
        Ok(answers)
    }
}

#[cfg(feature = "openapi")]
pub mod description;
mod shared;

pub use shared::is_private;
