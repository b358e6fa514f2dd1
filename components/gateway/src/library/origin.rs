//! Pages of other sites: the older library's framework broke off at each of their requests.

use http::{Uri, uri::Authority};
use lyceum_kit::prelude::*;

use crate::public_address;

/// Whether a page of another site sends this. What a browser says of a page of this one is no request across origins.
pub(crate) fn is_foreign(uri: &Uri, headers: &HeaderMap) -> Result<bool, Problem> {
    let Some(origin) = headers.get(header::ORIGIN) else { return Ok(false) };
    let own = public_address::base(uri)?.as_deref().and_then(site);
    let said = origin.to_str().ok().and_then(site);
    Ok(own.is_none() || said != own)
}

/// Scheme and authority, without the port that a scheme has anyway.
fn site(address: &str) -> Option<(String, String)> {
    let (scheme, rest) = address.split_once("://")?;
    let (scheme, authority) = (scheme.to_ascii_lowercase(), rest.split('/').next()?);
    let authority: Authority = authority.parse().ok()?;
    let usual = matches!((scheme.as_str(), authority.port_u16()), ("http", Some(80)) | ("https", Some(443)));
    let authority = if usual { authority.host() } else { authority.as_str() };
    Some((scheme, authority.to_ascii_lowercase()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_pages_of_the_address_that_was_asked_are_its_own() {
        let uri: Uri = "http://library.example:8080/api/books".parse().unwrap();
        let foreign = |origin: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
            is_foreign(&uri, &headers).unwrap()
        };
        for own in ["http://library.example:8080", "HTTP://Library.example:8080"] {
            assert!(!foreign(own), "{own}");
        }
        for other in
            ["https://library.example:8080", "http://library.example", "http://evil.example:8080", "null", ""]
        {
            assert!(foreign(other), "{other}");
        }
        assert!(!is_foreign(&uri, &HeaderMap::new()).unwrap());
    }

    #[test]
    fn a_port_that_the_scheme_has_anyway_makes_no_difference() {
        assert_eq!(site("https://a.example:443"), site("https://a.example"));
        assert_eq!(site("http://a.example:80/lms"), site("http://a.example"));
        assert_ne!(site("http://a.example:443"), site("http://a.example"));
    }
}
