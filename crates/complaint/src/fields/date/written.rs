//! Splits dates as people write them into the three boxes.
//!
//! Examples are `12/03/2025` in the day's box, `12th`, `Tuesday 12 March 2025` and `2025-03-12`. An ambiguous date stays as it
//! was typed.

use time::{Date, Month};

use crate::fields::date::{DateInput, DateProblem, MONTHS, number, read_month};
use crate::fields::typed::plain;

/// Small words around a day that are ignored, in English and Welsh.
const FILLERS: [&str; 7] = ["the", "of", "on", "o", "mis", "y", "ar"];
const WEEKDAYS: [&str; 14] = [
    "monday",
    "tuesday",
    "wednesday",
    "thursday",
    "friday",
    "saturday",
    "sunday",
    "llun",
    "mawrth",
    "mercher",
    "iau",
    "gwener",
    "sadwrn",
    "sul",
];

/// Welsh month names with soft mutation, as written after "o" and "i".
const SOFT: [(&str, u8); 6] = [
    ("fawrth", 3),
    ("fai", 5),
    ("fehefin", 6),
    ("orffennaf", 7),
    ("fedi", 9),
    ("dachwedd", 11),
];

/// Returns the date with each part in its own box.
///
/// Fails if a box contains more than its own part and the boxes together are not one date.
pub(crate) fn split_into_boxes(typed: &DateInput) -> Result<DateInput, DateProblem> {
    if typed.unknown || typed.is_empty() {
        return Ok(typed.clone());
    }
    let boxes = [&typed.day, &typed.month, &typed.year].map(|part| parts(&plain(part)));
    // Each box contains its own part, as its label says.
    let filled = boxes.iter().filter(|part| !part.is_empty()).count();
    let several = boxes.iter().filter(|part| part.len() > 1).count();
    let is_long = |part: &Part| matches!(part, Part::Number(digits) if digits.len() > 4);
    if several > 0 || filled == 1 && (!typed.day.is_empty() || boxes.iter().flatten().any(is_long)) {
        let all: Vec<Part> = boxes.iter().flatten().cloned().collect();
        if let Some(read) = date_from_parts(&all) {
            return Ok(read);
        }
    }
    if several > 0 {
        let wrong = boxes.iter().position(|part| part.len() > 1);
        return Err(match wrong.filter(|_| several == 1 && filled == 3) {
            Some(0) => DateProblem::Day,
            Some(1) => DateProblem::Month,
            Some(_) => DateProblem::Year,
            None => DateProblem::NotReal,
        });
    }
    let [day, month, year] = boxes;
    let text = |part: Vec<Part>, raw: &str| match part.into_iter().next() {
        Some(Part::Number(digits)) => digits,
        Some(Part::Month(month)) => u8::from(month).to_string(),
        Some(Part::Word(word)) => word,
        // A weekday alone in its box is not a part of a date.
        None => plain(raw),
    };
    Ok(DateInput {
        day: text(day, &typed.day).trim_start_matches('0').to_owned().or_zero(&typed.day),
        month: text(month, &typed.month),
        year: text(year, &typed.year),
        unknown: false,
    })
}

/// Keeps a box of zeros as "0": it is not a day, but it is not empty either.
trait OrNought {
    fn or_zero(self, raw: &str) -> String;
}

impl OrNought for String {
    fn or_zero(self, raw: &str) -> String {
        if self.is_empty() && !plain(raw).is_empty() {
            "0".to_owned()
        } else {
            self
        }
    }
}

/// A part of a written date.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Number(String),
    Month(Month),
    Word(String),
}

/// Returns the date parts of a text, without words that mean nothing for a date.
fn parts(text: &str) -> Vec<Part> {
    let lower = text.to_lowercase();
    let day = before_time(&lower);
    let mut words: Vec<String> = Vec::new();
    let mut last = ' ';
    for c in day.chars() {
        let kind = |c: char| (c.is_ascii_digit(), c.is_alphabetic());
        if c.is_alphanumeric() && kind(c) == kind(last) {
            if let Some(word) = words.last_mut() {
                word.push(c);
            }
        } else if !matches!(c, ' ' | '/' | '-' | '.' | ',' | '\'' | '(' | ')' | '"' | '_' | '\\') {
            words.push(c.to_string());
        }
        last = c;
    }
    let mut parts: Vec<Part> = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let after_number = at > 0 && words[at - 1].bytes().all(|b| b.is_ascii_digit());
        let is_ending = matches!(
            word.as_str(),
            "st" | "nd" | "rd" | "th" | "af" | "il" | "ydd" | "fed" | "ed" | "eg" | "ain"
        );
        if word.bytes().all(|b| b.is_ascii_digit()) {
            parts.push(Part::Number(word.clone()));
        } else if after_number && is_ending || FILLERS.contains(&word.as_str()) {
        } else if let Some(month) = month(word) {
            parts.push(Part::Month(month));
        } else if !is_weekday(word) {
            parts.push(Part::Word(word.clone()));
        }
    }
    // "Dydd Mawrth 12 Ebrill": "Mawrth" means Tuesday and March; a second month shows which is meant.
    let months = parts.iter().filter(|part| matches!(part, Part::Month(_))).count();
    if months > 1
        && words.iter().any(|word| word == "mawrth")
        && let Some(at) = parts.iter().position(|part| *part == Part::Month(Month::March))
    {
        parts.remove(at);
    }
    parts
}

/// Returns the text before a time of day: "2025-03-12T10:30", "12 March 2025 at 10:30".
fn before_time(text: &str) -> &str {
    let bytes = text.as_bytes();
    let is_digit = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_digit);
    let colon = text
        .match_indices(':')
        .map(|(at, _)| at)
        .find(|at| *at > 0 && is_digit(at - 1) && is_digit(at + 1));
    let Some(colon) = colon else { return text };
    let before = text[..colon].trim_end_matches(|c: char| c.is_ascii_digit());
    let joined = before.strip_suffix('t').filter(|date| date.ends_with(|c: char| c.is_ascii_digit()));
    let before = joined.unwrap_or(before).trim_end();
    before.strip_suffix(" at").unwrap_or(before)
}

fn is_weekday(word: &str) -> bool {
    word == "dydd"
        || word.len() >= 3 && WEEKDAYS.iter().any(|day| day.starts_with(word))
        || matches!(word, "tues" | "weds" | "thur" | "thurs")
}

/// Reads a month's name: whole, abbreviated, with soft mutation, or with a typing slip that fits only one month.
fn month(word: &str) -> Option<Month> {
    if let Some(month) = word.chars().all(char::is_alphabetic).then(|| read_month(word)).flatten() {
        return Some(month);
    }
    if let Some((_, month)) = SOFT.iter().find(|(name, _)| *name == word) {
        return Month::try_from(*month).ok();
    }
    let length = word.chars().count();
    if length < 5 || is_weekday(word) {
        return None;
    }
    let allowed = if length < 7 { 1 } else { 2 };
    let near = MONTHS
        .iter()
        .enumerate()
        .filter(|(_, names)| names.iter().any(|name| strsim::osa_distance(name, word) <= allowed));
    let mut near = near.map(|(at, _)| at + 1);
    let only = near.next().filter(|_| near.next().is_none())?;
    Month::try_from(u8::try_from(only).ok()?).ok()
}

/// Returns the date that the parts form, if their order is one of a date's.
///
/// Numbers alone are day, month, year, as in the UK. The month comes first only where the day first gives no date.
fn date_from_parts(parts: &[Part]) -> Option<DateInput> {
    use Part::{Month as Named, Number};
    let year = |text: &str| text.len() == 4;
    let made = |day: &str, month: String, year: &str| DateInput {
        day: day.trim_start_matches('0').to_owned().or_zero(day),
        month,
        year: year.to_owned(),
        unknown: false,
    };
    let name = |month: &Month| u8::from(*month).to_string();
    match parts {
        [Number(y), Number(m), Number(d)] if year(y) => Some(made(d, m.clone(), y)),
        [Number(d), Number(m), Number(y)] => {
            let british = made(d, m.clone(), y);
            let american = made(m, d.clone(), y);
            let only_american = !is_month(m) && is_month(d) && number(m).is_some_and(|day| (13..=31).contains(&day));
            Some(if only_american { american } else { british })
        }
        [Number(d), Named(m), Number(y)] if !year(d) => Some(made(d, name(m), y)),
        [Named(m), Number(d), Number(y)] if !year(d) => Some(made(d, name(m), y)),
        [Number(y), Named(m), Number(d)] if year(y) => Some(made(d, name(m), y)),
        [Named(m), Number(y)] | [Number(y), Named(m)] if year(y) => Some(without_day(name(m), y)),
        [Number(m), Number(y)] | [Number(y), Number(m)] if year(y) && !year(m) => Some(without_day(m.clone(), y)),
        // A day and a month: the year is missing.
        [Number(d), Named(m)] | [Named(m), Number(d)] => Some(made(d, name(m), "")),
        [Number(d), Number(m)] => Some(made(d, m.clone(), "")),
        [Number(all)] if all.len() == 8 => run_together(all),
        [Number(all)] if all.len() == 6 => Some(made(&all[..2], all[2..4].to_owned(), &all[4..])),
        [Named(m)] => Some(without_day(name(m), "")),
        _ => None,
    }
}

fn is_month(text: &str) -> bool {
    number(text).is_some_and(|month| (1..=12).contains(&month))
}

fn without_day(month: String, year: &str) -> DateInput {
    DateInput {
        month,
        year: year.to_owned(),
        ..DateInput::default()
    }
}

/// Reads `12032025` or `20250312`, whichever is a date. Returns `None` if both are.
fn run_together(all: &str) -> Option<DateInput> {
    let read = |day: &str, month: &str, year: &str| {
        let (day, month) = (number(day)?, number(month)?);
        let year: i32 = number(year).filter(|year| (1900..2100).contains(year))?.into();
        let month = Month::try_from(u8::try_from(month).ok()?).ok()?;
        let date = Date::from_calendar_date(year, month, u8::try_from(day).ok()?).ok()?;
        Some(DateInput::exact(date))
    };
    let (ours, iso) = (read(&all[..2], &all[2..4], &all[4..]), read(&all[6..], &all[4..6], &all[..4]));
    match (ours, iso) {
        (Some(date), None) | (None, Some(date)) => Some(date),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fields::date::PartialDate;
    use rstest::rstest;

    fn boxes(day: &str, month: &str, year: &str) -> DateInput {
        DateInput {
            day: day.into(),
            month: month.into(),
            year: year.into(),
            unknown: false,
        }
    }

    const DAY: PartialDate = PartialDate {
        year: 2025,
        month: Month::March,
        day: Some(12),
    };
    const MONTH: PartialDate = PartialDate { day: None, ..DAY };

    #[rstest]
    #[case("12/03/2025")]
    #[case("12/3/2025")]
    #[case("12-03-2025")]
    #[case("12\u{2013}03\u{2013}2025")]
    #[case("12.03.2025")]
    #[case("12 03 2025")]
    #[case("12. 3. 2025.")]
    #[case("2025-03-12")]
    #[case("2025-03-12T10:30:00Z")]
    #[case("2025/03/12")]
    #[case("12 March 2025")]
    #[case("12 March, 2025")]
    #[case("12th March 2025")]
    #[case("the 12th of March 2025")]
    #[case("Wednesday 12 March 2025")]
    #[case("Wed, 12 Mar 2025")]
    #[case("March 12, 2025")]
    #[case("Mar 12th 2025")]
    #[case("12-Mar-2025")]
    #[case("12mar2025")]
    #[case("12 Mrach 2025")]
    #[case("12 March 2025 at 10:30")]
    #[case("12032025")]
    #[case("20250312")]
    #[case("12 Mawrth 2025")]
    #[case("12 o Fawrth 2025")]
    #[case("12fed o Fawrth 2025")]
    #[case("dydd Mercher 12 Mawrth 2025")]
    #[case("dydd Mawrth 12 Mawrth 2025")]
    #[case("١٢/٠٣/٢٠٢٥")]
    #[case("１２／０３／２０２５")]
    #[case("\u{200F}12/03/2025\u{200B}")]
    fn a_whole_date_in_any_box_is_read(#[case] typed: &str) {
        for at in [boxes(typed, "", ""), boxes("", typed, ""), boxes("", "", typed)] {
            assert_eq!(at.read(), Ok(Some(DAY)), "{at:?}");
            assert_eq!(at.tidy(), boxes("12", "3", "2025"));
        }
    }

    #[rstest]
    #[case("12th", "March", "2025")]
    #[case("12.", "03.", "2025.")]
    #[case("Wed 12", "Mar", "2025")]
    #[case("12", "of March", "2025")]
    #[case("12", "mis Mawrth", "2025")]
    #[case("012", "003", "2025")]
    #[case("12 March", "", "2025")]
    #[case("12", "March 2025", "")]
    #[case("12/3", "", "2025")]
    #[case("\u{200E}12", "\u{A0}3", "2025\u{200B}")]
    #[case("１２", "३", "۲۰۲۵")]
    fn parts_in_their_boxes_are_read(#[case] day: &str, #[case] month: &str, #[case] year: &str) {
        assert_eq!(boxes(day, month, year).read(), Ok(Some(DAY)));
    }

    #[rstest]
    #[case("March 2025")]
    #[case("03/2025")]
    #[case("2025-03")]
    #[case("Mawrth 2025")]
    fn a_month_alone_is_read(#[case] typed: &str) {
        assert_eq!(boxes(typed, "", "").read(), Ok(Some(MONTH)));
        assert_eq!(boxes("", typed, "").read(), Ok(Some(MONTH)));
    }

    #[rstest]
    #[case("27/03/2025", 27, Month::March)]
    #[case("03/27/2025", 27, Month::March)]
    #[case("03/04/2025", 3, Month::April)]
    fn numbers_are_read_as_in_this_country(#[case] typed: &str, #[case] day: u8, #[case] month: Month) {
        let expected = PartialDate {
            year: 2025,
            month,
            day: Some(day),
        };
        assert_eq!(boxes(typed, "", "").read(), Ok(Some(expected)));
    }

    #[rstest]
    #[case("12/03/25", "", "", DateProblem::YearShort)]
    #[case("120325", "", "", DateProblem::YearShort)]
    #[case("12", "03", "'25", DateProblem::YearShort)]
    #[case("12 March", "", "", DateProblem::YearMissing)]
    #[case("12/03", "", "", DateProblem::YearMissing)]
    #[case("12", "", "2025", DateProblem::MonthMissing)]
    #[case("12", "", "", DateProblem::MonthMissing)]
    #[case("32/03/2025", "", "", DateProblem::Day)]
    #[case("12/13/2025x", "", "", DateProblem::NotReal)]
    #[case("soon", "", "", DateProblem::MonthMissing)]
    #[case("12 or 13", "3", "2025", DateProblem::Day)]
    #[case("12", "March or April", "2025", DateProblem::Month)]
    #[case("12", "3", "2024 or 2025", DateProblem::Year)]
    #[case("12/03/2025", "12/03/2025", "", DateProblem::NotReal)]
    #[case("00", "3", "2025", DateProblem::Day)]
    #[case("the first", "3", "2025", DateProblem::Day)]
    #[case("12", "Smerch", "2025", DateProblem::Month)]
    #[case("12", "0", "2025", DateProblem::Month)]
    #[case("12", "3", "MMXXV", DateProblem::Year)]
    #[case("12", "3", "1825", DateProblem::Year)]
    fn the_part_that_is_wrong_is_named(#[case] day: &str, #[case] month: &str, #[case] year: &str, #[case] problem: DateProblem) {
        assert_eq!(boxes(day, month, year).read(), Err(problem));
    }

    #[rstest]
    #[case("29/02/2025", 28)]
    #[case("30 February 2024", 29)]
    #[case("31.04.2025", 30)]
    fn a_month_that_is_shorter_says_how_long_it_is(#[case] typed: &str, #[case] days: u8) {
        let Err(DateProblem::MonthShorter { last }) = boxes(typed, "", "").read() else {
            panic!("{typed}");
        };
        assert_eq!(last.day(), days);
    }
}
