//! The header fields that carry digests (RFC 9530).

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use lyceum_kit::prelude::*;

use crate::domain::digest::Sha256Digest;

/// Of the content of this message.
const CONTENT_DIGEST: &str = "content-digest";
/// Of the representation, which a request that isn't partial has as its content.
const REPR_DIGEST: &str = "repr-digest";
const ALGORITHM: &str = "sha-256";

/// The value of `Repr-Digest`.
pub(super) fn header(digest: Sha256Digest) -> HeaderValue {
    let value = format!("{ALGORITHM}=:{}:", BASE64.encode(digest.0));
    HeaderValue::from_str(&value).unwrap_or_else(|_| HeaderValue::from_static(""))
}

/// What the request says that its body is, if it does. Other algorithms are left alone, as the RFC asks.
pub(super) fn stated(headers: &HeaderMap) -> Result<Option<Sha256Digest>, Problem> {
    let mut stated = None;
    for name in [CONTENT_DIGEST, REPR_DIGEST] {
        for value in headers.get_all(name) {
            let wrong = || {
                let message = "Must be like sha-256=:<32 bytes in base64>:, and the same in both headers.";
                Problem::malformed(Violation::new("MALFORMED", message).at(format!("/header/{name}")))
            };
            for member in value.to_str().map_err(|_| wrong())?.split(',') {
                let (algorithm, digest) = member.trim().split_once('=').ok_or_else(wrong)?;
                if algorithm != ALGORITHM {
                    continue;
                }
                let digest = digest.strip_prefix(':').and_then(|digest| digest.strip_suffix(':'));
                let bytes = digest.and_then(|digest| BASE64.decode(digest).ok()).ok_or_else(wrong)?;
                let digest = Sha256Digest(bytes.try_into().map_err(|_| wrong())?);
                if stated.replace(digest).is_some_and(|other| other != digest) {
                    return Err(wrong());
                }
            }
        }
    }
    Ok(stated)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pair = |(name, value): &(&'static str, &str)| {
            (HeaderName::from_static(name), HeaderValue::from_str(value).unwrap())
        };
        pairs.iter().map(pair).collect()
    }

    #[test]
    fn a_digest_is_read_from_the_header_as_it_is_written() {
        let digest = Sha256Digest([0xa7; 32]);
        let header = header(digest).to_str().unwrap().to_owned();
        for name in [CONTENT_DIGEST, REPR_DIGEST] {
            assert_eq!(stated(&headers(&[(name, &header)])).unwrap(), Some(digest));
            let with_others = format!("md5=:AAAA:, {header}");
            assert_eq!(stated(&headers(&[(name, &with_others)])).unwrap(), Some(digest));
        }
        assert_eq!(stated(&headers(&[])).unwrap(), None);
        assert_eq!(stated(&headers(&[(REPR_DIGEST, "sha-512=:AAAA:")])).unwrap(), None);
    }

    #[test]
    fn what_is_no_digest_is_400() {
        let (one, other) = (header(Sha256Digest([1; 32])), header(Sha256Digest([2; 32])));
        for bad in [
            headers(&[(REPR_DIGEST, "junk")]),
            headers(&[(REPR_DIGEST, "sha-256=AAAA")]),
            headers(&[(REPR_DIGEST, "sha-256=:AAAA:")]),
            headers(&[(REPR_DIGEST, one.to_str().unwrap()), (CONTENT_DIGEST, other.to_str().unwrap())]),
        ] {
            assert_eq!(stated(&bad).unwrap_err().status(), 400, "{bad:?}");
        }
    }
}
