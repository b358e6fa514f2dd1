//! Byte ranges (RFC 9110, section 14).

use std::ops::RangeInclusive;

use crate::prelude::*;

/// What part of a content is to be answered.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Wanted {
    /// 200
    Whole,
    /// 206
    Part(RangeInclusive<u64>),
    /// 416
    Unsatisfiable,
}

/// Follows `Range`. One that makes no sense, or several at once, are answered with the whole, as the RFC allows.
pub(super) fn wanted(headers: &HeaderMap, size: u64) -> Wanted {
    let text = headers.get(header::RANGE).and_then(|value| value.to_str().ok());
    text.and_then(|text| parse(text, size)).unwrap_or(Wanted::Whole)
}

fn parse(text: &str, size: u64) -> Option<Wanted> {
    let (unit, set) = text.split_once('=')?;
    if !unit.trim().eq_ignore_ascii_case("bytes") {
        return None;
    }
    let (first, last) = set.trim().split_once('-')?;
    let number = |digits: &str| {
        // Only digits: `parse` would take a sign too.
        digits.bytes().all(|byte| byte.is_ascii_digit()).then(|| digits.parse::<u64>().unwrap_or(u64::MAX))
    };
    let (first, last) = match (first.is_empty(), last.is_empty()) {
        (true, true) => return None,
        (true, false) => match number(last)? {
            0 => return Some(Wanted::Unsatisfiable),
            length => (size.saturating_sub(length), u64::MAX),
        },
        (false, true) => (number(first)?, u64::MAX),
        (false, false) => (number(first)?, number(last)?),
    };
    if last < first {
        return None;
    }
    if first >= size {
        return Some(Wanted::Unsatisfiable);
    }
    Some(Wanted::Part(first..=last.min(size - 1)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(range: &str, size: u64) -> Wanted {
        let headers = HeaderMap::from_iter([(header::RANGE, HeaderValue::from_str(range).unwrap())]);
        wanted(&headers, size)
    }

    #[test]
    fn one_range_is_answered() {
        for (text, expected) in [
            ("bytes=0-0", 0..=0),
            ("bytes=2-5", 2..=5),
            ("bytes=2-", 2..=9),
            ("bytes=-3", 7..=9),
            ("bytes=-99", 0..=9),
            ("Bytes = 9-99".replace(' ', "").as_str(), 9..=9),
            ("bytes=9-99999999999999999999", 9..=9),
        ] {
            assert_eq!(range(text, 10), Wanted::Part(expected), "{text}");
        }
    }

    #[test]
    fn a_range_past_the_end_is_unsatisfiable() {
        for text in ["bytes=10-", "bytes=10-20", "bytes=-0"] {
            assert_eq!(range(text, 10), Wanted::Unsatisfiable, "{text}");
        }
        assert_eq!(range("bytes=0-", 0), Wanted::Unsatisfiable);
    }

    #[test]
    fn a_malformed_range_is_ignored() {
        for text in [
            "",
            "bytes",
            "bytes=",
            "bytes=-",
            "bytes=5-2",
            "bytes=a-b",
            "bytes=+1-2",
            "lines=1-2",
            "bytes=0-1,3-4",
        ] {
            assert_eq!(range(text, 10), Wanted::Whole, "{text}");
        }
    }
}
