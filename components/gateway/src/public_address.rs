//! How clients address Lyceum: services name themselves by it.

use std::sync::OnceLock;

use http::Uri;
use lyceum_kit::prelude::*;

/// The configuration variable with the address that the operator states.
const VARIABLE: &str = "lyceum.public-url";

/// What stands in front of every path: `https://lms.example.org`, or with a path if a proxy in front takes one away.
/// Where the operator states none it is the host that this client asked for. What a proxy says by `Forwarded` or
/// `X-Forwarded-*` any client could say, so it is not believed.
pub(crate) fn base(uri: &Uri) -> Result<Option<String>, Problem> {
    static STATED: OnceLock<Option<String>> = OnceLock::new();
    let stated = if let Some(stated) = STATED.get() {
        stated
    } else {
        let stated = config::get(VARIABLE)?.map(|url| url.trim_end_matches('/').to_owned());
        STATED.get_or_init(|| stated)
    };
    Ok(stated.clone().or_else(|| asked_for(uri)))
}

fn asked_for(uri: &Uri) -> Option<String> {
    let (scheme, authority) = (uri.scheme_str()?, uri.authority()?.as_str());
    // Nothing but a host and a port: what else an authority may hold has no place in an address that others follow.
    (!authority.contains('@')).then(|| format!("{scheme}://{authority}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_stated_address_it_is_the_one_that_was_asked_for() {
        let base = |uri: &str| base(&uri.parse().unwrap()).unwrap();
        assert_eq!(base("http://127.0.0.1:8080/a?b").as_deref(), Some("http://127.0.0.1:8080"));
        assert_eq!(base("https://[::1]/a").as_deref(), Some("https://[::1]"));
        assert_eq!(base("http://user@host/a"), None);
        assert_eq!(base("/a"), None);
    }
}
