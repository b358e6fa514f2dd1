//! Addresses as clients know them: the gateway may be reached by another host, and by other paths than a service has.

use http::{HeaderMap, HeaderName, HeaderValue, header};

use crate::path_template::PathTemplate;

/// What the gateway tells a service of the request from outside, separated by spaces: the base of all addresses, such
/// as `https://lms.example.org` or `https://example.org/lms`; the path below it that was asked for; and, if the route
/// rewrites it, the route's template outside and the one that the service sees.
pub const HEADER: HeaderName = HeaderName::from_static("lyceum-origin");

/// The address of something of this service.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct OutsideAddress {
    origin: String,
    path: String,
}

impl OutsideAddress {
    /// The path outside, and the query if there was one: relative to the host.
    pub fn relative(&self) -> &str {
        &self.path
    }

    /// With scheme and host. Of a request that didn't come through the gateway neither is known: then it is the same
    /// as [`Self::relative`].
    pub fn absolute(&self) -> String {
        format!("{}{}", self.origin, self.path)
    }
}

/// How the service is seen from outside in one request.
#[derive(Clone, Debug, Default)]
pub(crate) struct Outside {
    /// Scheme and host.
    origin: String,
    /// What stands in front of every path, without a slash at its end.
    base: String,
    /// What was asked for.
    path: String,
    /// The route's templates, outside and inside.
    rewritten: Option<(PathTemplate, PathTemplate)>,
}

impl Outside {
    /// Reads the header.
    pub(crate) fn parse(value: &str) -> Option<Self> {
        let mut fields = value.split(' ');
        let (address, path) = (fields.next()?, fields.next()?);
        let host = address.find("://")? + "://".len();
        let end = address.get(host..)?.find('/').map_or(address.len(), |slash| host + slash);
        let (origin, base) = address.split_at_checked(end)?;
        let rewritten = fields.next().zip(fields.next());
        Some(Self {
            origin: origin.to_owned(),
            base: base.to_owned(),
            path: path.to_owned(),
            rewritten: rewritten
                .map(|(outside, inside)| (PathTemplate::parse(outside), PathTemplate::parse(inside))),
        })
    }

    /// The path that was asked for, as the client knows it.
    pub(crate) fn asked(&self) -> String {
        format!("{}{}", self.base, self.path)
    }

    /// The address of a path of the service's own, which may have a query. One that the route doesn't lead to is
    /// taken for one outside already.
    pub(crate) fn address(&self, target: &str) -> OutsideAddress {
        let (path, query) = target.split_at(target.find(['?', '#']).unwrap_or(target.len()));
        let turned = self.rewritten.as_ref().and_then(|(outside, inside)| outside.fill(&inside.bind(path)?));
        let path = turned.as_deref().unwrap_or(path);
        OutsideAddress { origin: self.origin.clone(), path: format!("{}{path}{query}", self.base) }
    }

    /// Turns what `Location` and `Link` name.
    pub(crate) fn translate(&self, headers: &mut HeaderMap) {
        if self.base.is_empty() && self.rewritten.is_none() {
            return;
        }
        let turn = |target: &str| {
            let own = target.starts_with('/') && !target.starts_with("//");
            own.then(|| self.address(target).path)
        };
        if let Some(value) = headers.get_mut(header::LOCATION)
            && let Some(turned) = value.to_str().ok().and_then(turn)
        {
            replace(value, &turned);
        }
        if let Some(value) = headers.get_mut(header::LINK)
            && let Ok(text) = value.to_str()
        {
            let turned: Vec<String> = text
                .split('<')
                .map(|part| match part.split_once('>') {
                    Some((target, rest)) => {
                        format!("{}>{rest}", turn(target).unwrap_or_else(|| target.to_owned()))
                    }
                    None => part.to_owned(),
                })
                .collect();
            replace(value, &turned.join("<"));
        }
    }
}

fn replace(value: &mut HeaderValue, text: &str) {
    if let Ok(turned) = HeaderValue::from_str(text) {
        *value = turned;
    }
}

/// Says to a service how it is seen from outside: the value of [`HEADER`]. For the gateway. `base` has no slash at its
/// end; `rewritten` are the route's templates, outside and inside.
pub fn announce(base: &str, path: &str, rewritten: Option<(&str, &str)>) -> Option<HeaderValue> {
    let value = match rewritten {
        Some((outside, inside)) => format!("{base} {path} {outside} {inside}"),
        None => format!("{base} {path}"),
    };
    HeaderValue::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn outside(base: &str, rewritten: Option<(&str, &str)>) -> Outside {
        let header = announce(base, "/old/7/shelf", rewritten).unwrap();
        Outside::parse(header.to_str().unwrap()).unwrap()
    }

    #[test]
    fn an_own_path_becomes_the_one_of_the_route_that_was_taken() {
        let outside =
            outside("https://lms.example.org:8443", Some(("/old/{id}/shelf", "/api/v1/books/{id}")));
        assert_eq!(outside.asked(), "/old/7/shelf");
        let address = outside.address("/api/v1/books/8/pages?limit=2");
        assert_eq!(address.relative(), "/old/8/shelf/pages?limit=2");
        assert_eq!(address.absolute(), "https://lms.example.org:8443/old/8/shelf/pages?limit=2");
        assert_eq!(outside.address("/api/v1/users/8").relative(), "/api/v1/users/8");
    }

    #[test]
    fn a_base_with_a_path_stands_in_front_of_every_path() {
        let outside = outside("https://example.org/lms", None);
        assert_eq!(outside.asked(), "/lms/old/7/shelf");
        assert_eq!(outside.address("/a").absolute(), "https://example.org/lms/a");
        assert_eq!(outside.address("/a").relative(), "/lms/a");
    }

    #[test]
    fn location_and_link_name_outside_paths_and_leave_other_sites_alone() {
        let outside = outside("http://h", Some(("/old", "/api/v1/books")));
        let mut headers = HeaderMap::new();
        headers.insert("location", HeaderValue::from_static("/api/v1/books/7"));
        headers.insert(
            "link",
            HeaderValue::from_static(
                "</api/v1/books?cursor=a>; rel=\"next\", <https://x/api/v1/books>; rel=\"up\"",
            ),
        );
        outside.translate(&mut headers);
        assert_eq!(headers["location"], "/old/7");
        assert_eq!(headers["link"], "</old?cursor=a>; rel=\"next\", <https://x/api/v1/books>; rel=\"up\"");
        for elsewhere in ["https://x/api/v1/books", "//x/api/v1/books"] {
            headers.insert("location", HeaderValue::from_static(elsewhere));
            outside.translate(&mut headers);
            assert_eq!(headers["location"], elsewhere);
        }
    }

    #[test]
    fn a_header_that_lacks_a_field_is_not_read() {
        for wrong in ["", "http://h", "h /a"] {
            assert!(Outside::parse(wrong).is_none(), "{wrong}");
        }
    }
}
