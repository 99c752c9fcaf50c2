//! Parses `Range: bytes=…` (RFC 9110, section 14). Multiple ranges are not supported: the whole file is returned.

/// The requested part of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestedRange {
    /// The whole file: there is no range, or one that is not supported. A server may always answer with the whole file.
    Whole,
    /// These bytes, both ends included.
    Part { first: u64, last: u64 },
    /// A range without any byte of the file.
    Unsatisfiable,
}

/// Parses the header for a file of `length` bytes.
pub fn wanted(header: Option<&str>, length: u64) -> RequestedRange {
    let Some((first, last)) = header.and_then(|h| h.trim().strip_prefix("bytes=")).and_then(|h| h.split_once('-')) else {
        return RequestedRange::Whole;
    };
    let number = |text: &str| (text.bytes().all(|b| b.is_ascii_digit()) && text.len() < 19).then(|| text.parse().ok());
    match (number(first), number(last)) {
        // The last `count` bytes.
        (Some(None), Some(Some(0))) => RequestedRange::Unsatisfiable,
        (Some(None), Some(Some(count))) if length > 0 => RequestedRange::Part {
            first: length.saturating_sub(count),
            last: length - 1,
        },
        (Some(Some(first)), Some(last)) => match last {
            Some(last) if last < first => RequestedRange::Whole,
            _ if first >= length => RequestedRange::Unsatisfiable,
            last => RequestedRange::Part {
                first,
                last: last.unwrap_or(u64::MAX).min(length - 1),
            },
        },
        _ => RequestedRange::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(None, RequestedRange::Whole)]
    #[case(Some("bytes=0-"), RequestedRange::Part { first: 0, last: 9 })]
    #[case(Some("bytes=3-5"), RequestedRange::Part { first: 3, last: 5 })]
    #[case(Some("bytes=3-500"), RequestedRange::Part { first: 3, last: 9 })]
    #[case(Some("bytes=-4"), RequestedRange::Part { first: 6, last: 9 })]
    #[case(Some("bytes=-400"), RequestedRange::Part { first: 0, last: 9 })]
    #[case(Some("bytes=10-"), RequestedRange::Unsatisfiable)]
    #[case(Some("bytes=-0"), RequestedRange::Unsatisfiable)]
    #[case(Some("bytes=5-3"), RequestedRange::Whole)]
    #[case(Some("bytes=0-1,4-5"), RequestedRange::Whole)]
    #[case(Some("bytes=-"), RequestedRange::Whole)]
    #[case(Some("bytes=99999999999999999999-"), RequestedRange::Whole)]
    #[case(Some("items=0-1"), RequestedRange::Whole)]
    fn ranges_of_ten_bytes(#[case] header: Option<&str>, #[case] expected: RequestedRange) {
        assert_eq!(wanted(header, 10), expected);
    }
}
