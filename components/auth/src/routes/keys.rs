//! The public keys that verify access tokens.

use lyceum_kit::prelude::*;

use crate::domain::access_token::KeySet;
use crate::domain::library_token::LibraryIssuer;
use crate::{library_keys, secrets};

/// The keys that verify access tokens: RFC 7517. That of the older library's tokens is among them once there is one.
#[utoipa::path(get, path = "/.well-known/jwks.json", responses((status = 200, body = KeySet)))]
pub(super) async fn key_set() -> Result<Response, Problem> {
    let KeySet { mut keys } = secrets::issuer()?.key_set();
    // The other tokens' keys are known without a database.
    let library = library_keys::known().unwrap_or_else(|problem| {
        log::warn(format!("the key of the older library's tokens can't be shown: {}", problem.detail()));
        None
    });
    keys.extend(library.map(LibraryIssuer::key));
    Ok(([(header::CACHE_CONTROL, "public, max-age=300")], Json(KeySet { keys })).into_response())
}

#[cfg(test)]
mod tests {
    use lyceum_testing::App;

    #[test]
    fn our_own_keys_are_shown_without_a_database_and_the_librarys_from_the_first_tick() {
        let app = App::new(&crate::SERVICE).sqlite();
        let algorithms = || {
            let shown = app.anonymous().get("/.well-known/jwks.json").send().expect(200).json();
            let keys = shown["keys"].as_array().cloned().unwrap_or_default();
            keys.iter().map(|key| key["alg"].as_str().map(ToOwned::to_owned)).collect::<Option<Vec<_>>>()
        };
        app.set_database_outage(true);
        assert_eq!(algorithms(), Some(vec!["EdDSA".to_owned()]));
        app.set_database_outage(false);
        app.tick("minute").unwrap();
        assert_eq!(algorithms(), Some(vec!["EdDSA".to_owned(), "RS256".to_owned()]));
    }
}
