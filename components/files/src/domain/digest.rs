//! SHA-256 digests.

use std::fmt;

use lyceum_kit::prelude::*;

/// A SHA-256.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Sha256Digest(pub(crate) [u8; 32]);

/// In hexadecimal.
impl fmt::Display for Sha256Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl Sha256Digest {
    /// From 64 hexadecimal digits.
    pub(crate) fn from_hex(text: &str) -> Option<Self> {
        let nibble = |digit: u8| u8::try_from(char::from(digit).to_digit(16)?).ok();
        let digits = text.as_bytes().chunks_exact(2);
        let bytes: Option<Vec<u8>> = digits
            .map(|pair| match pair {
                [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
                _ => None,
            })
            .collect();
        Some(Self(bytes?.try_into().ok()?)).filter(|_| text.len() == 64)
    }
}

impl IntoValue for Sha256Digest {
    fn into_value(self) -> Value {
        self.to_string().into_value()
    }
}

impl FromValue for Sha256Digest {
    fn from_value(value: Value) -> Option<Self> {
        Self::from_hex(&String::from_value(value)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_read_as_they_are_written() {
        let digest = Sha256Digest([0xa7; 32]);
        assert_eq!(Sha256Digest::from_hex(&digest.to_string()), Some(digest));
        assert_eq!(Sha256Digest::from_hex(&"A7".repeat(32)), Some(digest));
        for bad in ["", "a7", &"g7".repeat(32), &"a7".repeat(33), &"é".repeat(32)] {
            assert_eq!(Sha256Digest::from_hex(bad), None, "{bad}");
        }
    }
}
