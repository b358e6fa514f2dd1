//! Hands a request to the component that its path leads to.

use http::{
    Request, Uri,
    uri::{PathAndQuery, Scheme},
};
use lyceum_kit::{conditions::Forwarded, dialect::LibraryProfile, http::send, identity, outside, prelude::*};

use crate::{
    authentication::Session,
    headers::{clean_answer, clean_request},
    live, public_address,
    routing::Route,
};

/// The component's answer; its body streams. What goes wrong on the way is a
/// problem of the host's or the kit's, with `Retry-After` where it may pass.
///
/// Without a `caller` no identity goes along, and the mesh says that nobody is
/// signed in.
pub(crate) fn forward(
    mut request: Request<Body>,
    route: &Route,
    caller: Option<Session>,
    profile: LibraryProfile,
) -> Result<Response, Problem> {
    let origin = origin(request.uri(), route)?;
    let target = std::mem::take(request.uri_mut()).into_parts().path_and_query;
    let mut uri = http::uri::Parts::default();
    uri.scheme = Some(Scheme::HTTP);
    uri.authority = Some(route.authority.clone());
    uri.path_and_query = Some(route.inside(target.unwrap_or_else(|| PathAndQuery::from_static("/")))?);
    *request.uri_mut() = Uri::from_parts(uri).map_err(|_| Problem::internal())?;

    clean_request(request.headers_mut());
    profile.announce(request.headers_mut());
    let live = live::announce(&route.component, caller.as_ref());
    if let Some(session) = caller {
        request.headers_mut().insert(identity::HEADER, session.identity);
    }
    if let Some(origin) = origin {
        request.headers_mut().insert(outside::HEADER, origin);
    }
    let mut response = send(request)?;
    clean_answer(response.headers_mut());
    live::mark(response.headers_mut(), live);
    response.extensions_mut().insert(Forwarded);
    Ok(response)
}

/// How the service is seen from outside in this request.
fn origin(uri: &Uri, route: &Route) -> Result<Option<HeaderValue>, Problem> {
    let Some(base) = public_address::base(uri)? else { return Ok(None) };
    let rewritten = route.rewritten();
    let rewritten = rewritten.as_ref().map(|(outside, inside)| (&**outside, &**inside));
    Ok(outside::announce(&base, uri.path(), rewritten))
}
