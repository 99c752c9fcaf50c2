//! Parses `Range: bytes=…` (RFC 9110, section 14). Multiple ranges are not supported: the whole file is returned.

/// The requested part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// The whole file: there is no range, or one that is not supported. A server may always answer with the whole file.
    Whole,
    /// These bytes, both ends included.
    Part { first: u64, last: u64 },
    /// A range without any byte of the file.
    Beyond,
}

/// Parses the header for a file of `length` bytes.
pub fn wanted(header: Option<&str>, length: u64) -> Wanted {
    let Some((first, last)) = header.and_then(|h| h.trim().strip_prefix("bytes=")).and_then(|h| h.split_once('-')) else {
        return Wanted::Whole;
    };
    let number = |text: &str| (text.bytes().all(|b| b.is_ascii_digit()) && text.len() < 19).then(|| text.parse().ok());
    match (number(first), number(last)) {
        // The last `count` bytes.
        (Some(None), Some(Some(0))) => Wanted::Beyond,
        (Some(None), Some(Some(count))) if length > 0 => Wanted::Part {
            first: length.saturating_sub(count),
            last: length - 1,
        },
        (Some(Some(first)), Some(last)) => match last {
            Some(last) if last < first => Wanted::Whole,
            _ if first >= length => Wanted::Beyond,
            last => Wanted::Part {
                first,
                last: last.unwrap_or(u64::MAX).min(length - 1),
            },
        },
        _ => Wanted::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(None, Wanted::Whole)]
    #[case(Some("bytes=0-"), Wanted::Part { first: 0, last: 9 })]
    #[case(Some("bytes=3-5"), Wanted::Part { first: 3, last: 5 })]
    #[case(Some("bytes=3-500"), Wanted::Part { first: 3, last: 9 })]
    #[case(Some("bytes=-4"), Wanted::Part { first: 6, last: 9 })]
    #[case(Some("bytes=-400"), Wanted::Part { first: 0, last: 9 })]
    #[case(Some("bytes=10-"), Wanted::Beyond)]
    #[case(Some("bytes=-0"), Wanted::Beyond)]
    #[case(Some("bytes=5-3"), Wanted::Whole)]
    #[case(Some("bytes=0-1,4-5"), Wanted::Whole)]
    #[case(Some("bytes=-"), Wanted::Whole)]
    #[case(Some("bytes=99999999999999999999-"), Wanted::Whole)]
    #[case(Some("items=0-1"), Wanted::Whole)]
    fn ranges_of_ten_bytes(#[case] header: Option<&str>, #[case] expected: Wanted) {
        assert_eq!(wanted(header, 10), expected);
    }
}
