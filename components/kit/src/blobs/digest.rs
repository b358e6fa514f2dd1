//! SHA-256 digests, and the header fields that carry them (RFC 9530).

use std::fmt;

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use sha2::{Digest as _, Sha256};

use crate::prelude::*;

/// Of the content of this message.
const CONTENT_DIGEST: &str = "content-digest";
/// Of the representation, which a request that isn't partial has as its content.
const REPR_DIGEST: &str = "repr-digest";
const ALGORITHM: &str = "sha-256";

/// A SHA-256.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Sha256Digest(pub [u8; 32]);

/// In hexadecimal.
impl fmt::Display for Sha256Digest {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl Sha256Digest {
    /// Of these bytes.
    pub fn of(content: &[u8]) -> Self {
        Self(Sha256::digest(content).into())
    }

    /// From 64 hexadecimal digits; `None` if it is anything else.
    pub fn from_hex(text: &str) -> Option<Self> {
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

    /// The value of `Repr-Digest`.
    pub fn header(self) -> HeaderValue {
        let value = format!("{ALGORITHM}=:{}:", BASE64.encode(self.0));
        HeaderValue::from_str(&value).unwrap_or_else(|_| HeaderValue::from_static(""))
    }

    /// What `Content-Digest` or `Repr-Digest` says that a request's body is, if one does. Other algorithms are left alone,
    /// as the RFC asks; 400 if it can't be read, or if the two differ.
    pub fn stated(headers: &HeaderMap) -> Result<Option<Self>, Problem> {
        let mut stated = None;
        for name in [CONTENT_DIGEST, REPR_DIGEST] {
            for value in headers.get_all(name) {
                let wrong = || {
                    let message =
                        "Must be like sha-256=:<32 bytes in base64>:, and the same in both headers.";
                    Problem::malformed(Violation::new("MALFORMED", message).at(format!("/header/{name}")))
                };
                for member in value.to_str().map_err(|_| wrong())?.split(',') {
                    let (algorithm, digest) = member.trim().split_once('=').ok_or_else(wrong)?;
                    if algorithm != ALGORITHM {
                        continue;
                    }
                    let digest = digest.strip_prefix(':').and_then(|digest| digest.strip_suffix(':'));
                    let bytes = digest.and_then(|digest| BASE64.decode(digest).ok()).ok_or_else(wrong)?;
                    let digest = Self(bytes.try_into().map_err(|_| wrong())?);
                    if stated.replace(digest).is_some_and(|other| other != digest) {
                        return Err(wrong());
                    }
                }
            }
        }
        Ok(stated)
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

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_digest_is_read_from_the_header_as_it_is_written() {
        let digest = Sha256Digest([0xa7; 32]);
        let header = digest.header().to_str().unwrap().to_owned();
        for name in [CONTENT_DIGEST, REPR_DIGEST] {
            assert_eq!(Sha256Digest::stated(&headers(&[(name, &header)])).unwrap(), Some(digest));
            let with_others = format!("md5=:AAAA:, {header}");
            assert_eq!(Sha256Digest::stated(&headers(&[(name, &with_others)])).unwrap(), Some(digest));
        }
        assert_eq!(Sha256Digest::stated(&headers(&[])).unwrap(), None);
        assert_eq!(Sha256Digest::stated(&headers(&[(REPR_DIGEST, "sha-512=:AAAA:")])).unwrap(), None);
    }

    #[test]
    fn a_malformed_or_contradictory_digest_is_400() {
        let (one, other) = (Sha256Digest([1; 32]).header(), Sha256Digest([2; 32]).header());
        for bad in [
            headers(&[(REPR_DIGEST, "junk")]),
            headers(&[(REPR_DIGEST, "sha-256=AAAA")]),
            headers(&[(REPR_DIGEST, "sha-256=:AAAA:")]),
            headers(&[(REPR_DIGEST, one.to_str().unwrap()), (CONTENT_DIGEST, other.to_str().unwrap())]),
        ] {
            assert_eq!(Sha256Digest::stated(&bad).unwrap_err().status(), 400, "{bad:?}");
        }
    }
}
