//! What it asks of others.

use lyceum_bindings::imports::wasi::http::outgoing_handler;
use lyceum_bindings::imports::wasi::http::types::{Fields, OutgoingRequest, Scheme};

/// Asks another component, and says which status came back or why none did.
pub(crate) fn get(component: &str, path: &str, identity: Option<&str>) -> String {
    get_from(&format!("{component}.spin.internal"), path, identity)
}

/// Asks a host.
pub(crate) fn get_from(authority: &str, path: &str, identity: Option<&str>) -> String {
    let headers = Fields::new();
    let wanted = identity.map(|identity| headers.append("lyceum-identity", identity.as_bytes()));
    if wanted.is_some_and(|set| set.is_err()) {
        return "refused: header".to_owned();
    }
    let request = OutgoingRequest::new(headers);
    let set = request.set_scheme(Some(&Scheme::Http)).is_ok()
        && request.set_authority(Some(authority)).is_ok()
        && request.set_path_with_query(Some(path)).is_ok();
    if !set {
        return "refused: request".to_owned();
    }
    let future = match outgoing_handler::handle(request, None) {
        Ok(future) => future,
        Err(error) => return format!("refused: {error:?}"),
    };
    future.subscribe().block();
    match future.get() {
        Some(Ok(Ok(response))) => format!("answered: {}", response.status()),
        Some(Ok(Err(error))) => format!("refused: {error:?}"),
        _ => "refused: nothing".to_owned(),
    }
}

/// `{"sub":"x","roles":["admin"],...}` under signatures of its own making.
pub(crate) fn forged() -> String {
    const PAYLOAD: &str = "eyJzdWIiOiJ4Iiwicm9sZXMiOlsiYWRtaW4iXSwic2NvcGVzIjpbXSwic2lkIjpudWxsLCJjbXAiOiJnYXRld2F5\
        IiwiYXVkIjoidXNlcnMiLCJleHAiOjk5OTk5OTk5OTl9";
    let signature = "A".repeat(43);
    format!("v1.{PAYLOAD}.{signature}.{signature}")
}

/// The same identity with another payload.
pub(crate) fn promoted(identity: &str) -> String {
    let forged = forged();
    let payload = forged.split('.').nth(1).unwrap_or_default().to_owned();
    let mut parts: Vec<&str> = identity.split('.').collect();
    if let Some(place) = parts.get_mut(1) {
        *place = &payload;
    }
    parts.join(".")
}
