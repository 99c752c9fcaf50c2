//! Writes iCalendar files (RFC 5545). A crate would bring a parser, another date library and time zones; all-day entries need only this.

use time::{Date, OffsetDateTime, UtcOffset};

/// An all-day entry with a title.
pub(crate) struct Entry {
    /// The same for the same entry in every file, so that a calendar replaces the entry (RFC 7986, 5.3: a UUID).
    pub(crate) uid: String,
    /// When the entry came into being.
    pub(crate) stamp: OffsetDateTime,
    pub(crate) date: Date,
    pub(crate) title: String,
}

/// The longest line, in bytes, without its line break (RFC 5545, 3.1).
const LINE: usize = 75;

/// Returns the calendar file.
pub(crate) fn ics(entries: &[Entry]) -> String {
    let mut out = String::new();
    // The standard requires the name of a program. Ours must reveal nothing.
    for text in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//Dates//Dates//EN", "CALSCALE:GREGORIAN"] {
        line(&mut out, text);
    }
    for entry in entries {
        line(&mut out, "BEGIN:VEVENT");
        line(&mut out, &format!("UID:{}", entry.uid));
        line(&mut out, &format!("DTSTAMP:{}", instant(entry.stamp)));
        // Without an end it lasts that one day (3.6.1).
        line(&mut out, &format!("DTSTART;VALUE=DATE:{}", day(entry.date)));
        line(&mut out, &format!("SUMMARY:{}", escaped(&entry.title)));
        line(&mut out, "CLASS:PRIVATE");
        // The day stays free for other entries.
        line(&mut out, "TRANSP:TRANSPARENT");
        line(&mut out, "END:VEVENT");
    }
    line(&mut out, "END:VCALENDAR");
    out
}

/// Writes a line, folded where it is too long; never inside a character.
fn line(out: &mut String, text: &str) {
    let mut room = LINE;
    for c in text.chars() {
        if c.len_utf8() > room {
            out.push_str("\r\n ");
            room = LINE - 1;
        }
        out.push(c);
        room -= c.len_utf8();
    }
    out.push_str("\r\n");
}

/// Escapes text for a value (3.3.11). Control characters are not allowed there and are dropped.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ';' | ',' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

fn day(date: Date) -> String {
    format!("{:04}{:02}{:02}", date.year(), u8::from(date.month()), date.day())
}

fn instant(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    format!("{}T{:02}{:02}{:02}Z", day(at.date()), at.hour(), at.minute(), at.second())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use time::macros::{date, datetime};

    fn entry(title: &str) -> Entry {
        Entry {
            uid: "0f0f0f0f-0000-8000-8000-000000000001".into(),
            stamp: datetime!(2026-11-23 10:30:05 +1),
            date: date!(2026 - 12 - 11),
            title: title.into(),
        }
    }

    #[test]
    fn a_file_is_as_the_standard_has_it() {
        let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Dates//Dates//EN\r\nCALSCALE:GREGORIAN\r\nBEGIN:VEVENT\r\n\
            UID:0f0f0f0f-0000-8000-8000-000000000001\r\nDTSTAMP:20261123T093005Z\r\nDTSTART;VALUE=DATE:20261211\r\n\
            SUMMARY:One\\, two\\; three \\\\ four\\nfive\r\nCLASS:PRIVATE\r\nTRANSP:TRANSPARENT\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(ics(&[entry("One, two; three \\ four\nfi\u{7}ve")]), expected);
    }

    proptest! {
        #[test]
        fn long_titles_are_folded_and_come_back_whole(title in "[a-zŵŷé🏠 ]{0,300}") {
            let file = ics(&[entry(&title)]);
            prop_assert!(file.split("\r\n").all(|line| line.len() <= LINE));
            let unfolded = file.replace("\r\n ", "");
            let expected = format!("SUMMARY:{title}");
            prop_assert!(unfolded.split("\r\n").any(|line| line == expected));
        }
    }
}
