//! A caller, and what they ask.

use axum::body::{Body, to_bytes};
use bytes::Bytes;
use http::{HeaderName, HeaderValue, Method, Request};
use lyceum_kit::{block_on::block_on, identity, role::Role, testing};
use serde::Serialize;

use crate::{Answer, App};

/// Calls the service as somebody.
#[derive(Clone, Debug)]
pub struct As<'a> {
    app: &'a App,
    claims: identity::Claims,
}

impl<'a> As<'a> {
    pub(crate) fn nobody(app: &'a App, component: &str) -> Self {
        Self {
            app,
            claims: identity::Claims { component: component.to_owned(), ..identity::Claims::default() },
        }
    }

    pub(crate) fn somebody(mut self, user_id: &str) -> Self {
        self.claims.subject = Some(user_id.to_owned());
        self
    }

    /// With this role, too.
    #[must_use]
    pub fn with_role(mut self, role: Role) -> Self {
        self.claims.roles.push(role.name().to_owned());
        self
    }

    /// With a token that is limited to these scopes.
    #[must_use]
    pub fn with_scopes(mut self, scopes: &[&str]) -> Self {
        self.claims.scopes = scopes.iter().map(ToString::to_string).collect();
        self
    }

    /// In this session.
    #[must_use]
    pub fn with_session(mut self, session_id: &str) -> Self {
        self.claims.session_id = Some(session_id.to_owned());
        self
    }

    /// A request by any method.
    pub fn call(&self, method: Method, path: &str) -> Call<'a> {
        let mut request = Request::new(Bytes::new());
        *request.method_mut() = method;
        *request.uri_mut() =
            path.parse::<http::Uri>().unwrap_or_else(|error| panic!("the path {path:?}: {error}"));
        Call { app: self.app, claims: self.claims.clone(), request }
    }

    /// A `GET` request.
    pub fn get(&self, path: &str) -> Call<'a> {
        self.call(Method::GET, path)
    }

    /// A `POST` request.
    pub fn post(&self, path: &str) -> Call<'a> {
        self.call(Method::POST, path)
    }

    /// A `PUT` request.
    pub fn put(&self, path: &str) -> Call<'a> {
        self.call(Method::PUT, path)
    }

    /// A `PATCH` request; its JSON is a merge patch (RFC 7396).
    pub fn patch(&self, path: &str) -> Call<'a> {
        self.call(Method::PATCH, path)
    }

    /// A `DELETE` request.
    pub fn delete(&self, path: &str) -> Call<'a> {
        self.call(Method::DELETE, path)
    }
}

/// A request that was not sent yet. A clone of it is the same request again.
#[derive(Clone, Debug)]
#[must_use = "nothing is asked before `send`"]
pub struct Call<'a> {
    app: &'a App,
    claims: identity::Claims,
    request: Request<Bytes>,
}

impl Call<'_> {
    /// Adds a header.
    pub fn header(mut self, name: &str, value: &str) -> Self {
        let name = name.parse::<HeaderName>().unwrap_or_else(|_| panic!("the header name {name:?}"));
        let value = HeaderValue::from_str(value).unwrap_or_else(|_| panic!("the header value {value:?}"));
        self.request.headers_mut().append(name, value);
        self
    }

    /// With this `If-Match`.
    pub fn if_match(self, tag: &str) -> Self {
        self.header("if-match", tag)
    }

    /// With this `Idempotency-Key`.
    pub fn key(self, key: &str) -> Self {
        self.header("idempotency-key", key)
    }

    /// With a JSON body.
    pub fn json(self, body: &impl Serialize) -> Self {
        let body = serde_json::to_vec(body).expect("a body that can be JSON");
        let patch = self.request.method() == Method::PATCH;
        self.body(if patch { "application/merge-patch+json" } else { "application/json" }, body)
    }

    /// With any body.
    pub fn body(mut self, content_type: &str, body: impl Into<Bytes>) -> Self {
        let body = body.into();
        let length = body.len().to_string();
        *self.request.body_mut() = body;
        self.header("content-type", content_type).header("content-length", &length)
    }

    /// The service's answer.
    pub fn send(self) -> Answer {
        let Self { app, claims, request } = self;
        app.run(|| {
            let identity = testing::identity(claims).expect("an identity");
            let mut request = request.map(Body::from);
            let identity = HeaderValue::from_str(&identity).expect("a header value");
            request.headers_mut().insert(identity::HEADER, identity);
            let response =
                block_on(app.service().respond(request)).expect("a handler that waits for nothing");
            let (parts, body) = response.into_parts();
            let body = block_on(to_bytes(body, usize::MAX)).expect("a body that waits for nothing");
            let body = body.unwrap_or_else(|error| panic!("the answer broke off: {error}"));
            Answer { status: parts.status, headers: parts.headers, body }
        })
    }
}
