//! Numbers in answers: as they are written in figures, of any size.

use num_bigint::BigInt;
use num_rational::BigRational;

use super::fraction::Fraction;

/// Longer ones are no answer that somebody means.
const LENGTH: usize = 60;
const EXPONENT: i32 = 60;

/// The number that a text means: digits with at most one point, a sign before them, and perhaps an exponent (`-1.5e-3`). A comma is
/// read as neither a point nor a separator of thousands, since it means the one here and the other there.
pub(crate) fn read(text: &str) -> Option<Fraction> {
    let text = text.trim().replace('\u{2212}', "-");
    if text.len() > LENGTH {
        return None;
    }
    let (digits, exponent) = match text.split_once(['e', 'E']) {
        Some((digits, exponent)) => (digits, exponent.parse::<i32>().ok()?),
        None => (text.as_str(), 0),
    };
    let (negative, digits) = match digits.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, digits.strip_prefix('+').unwrap_or(digits)),
    };
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{rest}");
    if all.is_empty() || !all.bytes().all(|byte| byte.is_ascii_digit()) || exponent.abs() > EXPONENT {
        return None;
    }
    let number: BigInt = all.parse().ok()?;
    let number = BigRational::from_integer(if negative { -number } else { number });
    let places = i32::try_from(rest.len()).ok()?;
    let ten = BigRational::from_integer(BigInt::from(10));
    Some(Fraction::from(number * ten.pow(exponent - places)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_exactly_and_nothing_else_is() {
        for (text, exact) in [
            ("3.14", "157/50"),
            (" -2 ", "-2"),
            ("\u{2212}2", "-2"),
            ("+.5", "1/2"),
            ("5.", "5"),
            ("1.5e3", "1500"),
            ("15E-1", "3/2"),
        ] {
            assert_eq!(read(text).unwrap().to_string(), exact, "{text}");
        }
        for text in ["", ".", "-", "3,14", "1 000", "e3", "1e", "1e99", "0x10", "NaN", "1.2.3", "--1"] {
            assert_eq!(read(text), None, "{text}");
        }
    }
}
