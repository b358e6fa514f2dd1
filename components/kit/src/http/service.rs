//! Typed calls: JSON goes out, JSON comes back, and what goes wrong has a type.

use std::time::Duration;

use axum::body::Body;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use http::{HeaderMap, HeaderName, HeaderValue, Method, Request, Response, header};
use serde::{Serialize, de::DeserializeOwned};
use sha2::{Digest, Sha256};

use super::{
    call_error::{CallError, refused},
    client::{send_within, service_url},
};
use crate::{block_on::block_on, body::collect, idempotency, once::Cause};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";

/// A service to call: another component, or a host outside.
///
/// ```no_run
/// use lyceum_kit::http::{CallError, Service};
/// use lyceum_kit::prelude::Context;
/// use serde::{Deserialize, Serialize};
///
/// #[derive(Serialize)]
/// struct Reserve<'a> {
///     book_id: &'a str,
/// }
///
/// #[derive(Deserialize)]
/// struct Reserved {
///     copy: String,
/// }
///
/// /// Repeated with the same event or `Idempotency-Key`, it is the same reservation.
/// fn reserve(context: &Context, book_id: &str) -> Result<String, CallError> {
///     let books = Service::new("books").once(context, "reserve");
///     let reserved: Reserved = books.post("/api/v1/reservations", &Reserve { book_id })?;
///     Ok(reserved.copy)
/// }
/// ```
#[derive(Clone, Debug)]
#[must_use = "nothing is called yet"]
pub struct Service {
    /// What errors call it.
    name: String,
    /// Without a slash at its end.
    base: String,
    headers: HeaderMap,
    once: Option<String>,
    within: Option<Duration>,
}

impl Service {
    /// The component of that name. Who is calling and why goes along by itself.
    pub fn new(component: &str) -> Self {
        Self::of(component, service_url(component))
    }

    /// A host outside, by its URL: `https://api.example.org`, with the beginning of the path if all calls share one.
    /// The manifest's `allowed_outbound_hosts` must name it. Nothing of Lyceum's own goes there.
    pub fn outside(url: &str) -> Self {
        let base = url.trim_end_matches('/');
        Self::of(base, base.to_owned())
    }

    fn of(name: &str, base: String) -> Self {
        Self { name: name.to_owned(), base, headers: HeaderMap::new(), once: None, within: None }
    }

    /// Makes a call that is repeated, by the host or with the request or event that leads to it, the same call: it gets an
    /// `Idempotency-Key` that is always the same for the request or event that it is made `by`, the call, and this `step`,
    /// which tells calls apart that would otherwise be alike. A request without a key of its own gives it none: there is
    /// nothing to know a repetition by.
    pub fn once(self, by: &impl Cause, step: &str) -> Self {
        Self { once: by.peek().map(|once| format!("{}\n{}\n{step}", once.scope, once.key)), ..self }
    }

    /// The same by a text that names what the call does for ever, such as a saga's id and its step.
    pub fn once_by(self, key: &str) -> Self {
        Self { once: Some(key.to_owned()), ..self }
    }

    /// Waits at most so long for the beginning of an answer; never longer than the request that leads to the call may take.
    pub fn within(self, limit: Duration) -> Self {
        Self { within: Some(limit), ..self }
    }

    /// Sends a header along, such as `Authorization`. A value that HTTP doesn't allow is left out.
    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        if let Ok(mut value) = HeaderValue::from_str(value) {
            value.set_sensitive(true);
            self.headers.insert(name, value);
        }
        self
    }

    /// Reads.
    pub fn get<A: DeserializeOwned>(&self, path: &str) -> Result<A, CallError> {
        self.call(Method::GET, path, None)
    }

    /// Asks for something to be made or done.
    pub fn post<Q: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        path: &str,
        question: &Q,
    ) -> Result<A, CallError> {
        self.call(Method::POST, path, Some((JSON, self.json(question)?)))
    }

    /// The same for hosts outside that take forms.
    pub fn post_form<Q: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        path: &str,
        question: &Q,
    ) -> Result<A, CallError> {
        let form = serde_urlencoded::to_string(question).map_err(|error| self.unusable(&error))?;
        self.call(Method::POST, path, Some((FORM, form.into_bytes())))
    }

    /// Puts something in place.
    pub fn put<Q: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        path: &str,
        question: &Q,
    ) -> Result<A, CallError> {
        self.call(Method::PUT, path, Some((JSON, self.json(question)?)))
    }

    /// Changes by a merge patch (RFC 7396).
    pub fn patch<Q: Serialize + ?Sized, A: DeserializeOwned>(
        &self,
        path: &str,
        change: &Q,
    ) -> Result<A, CallError> {
        self.call(Method::PATCH, path, Some(("application/merge-patch+json", self.json(change)?)))
    }

    /// Removes.
    pub fn delete<A: DeserializeOwned>(&self, path: &str) -> Result<A, CallError> {
        self.call(Method::DELETE, path, None)
    }

    fn call<A: DeserializeOwned>(
        &self,
        method: Method,
        path: &str,
        body: Option<(&'static str, Vec<u8>)>,
    ) -> Result<A, CallError> {
        let request = self.request(method, path, body)?;
        let response =
            send_within(request, self.within).map_err(|error| CallError::unsent(&self.name, error))?;
        self.answer(response)
    }

    fn request(
        &self,
        method: Method,
        path: &str,
        body: Option<(&'static str, Vec<u8>)>,
    ) -> Result<Request<Body>, CallError> {
        let mut request = Request::builder().uri(format!("{}{path}", self.base));
        if let Some(key) = &self.once {
            request = request.header(idempotency::HEADER, self.key(key, &method, path));
        }
        let content = match body {
            None => Body::empty(),
            Some((kind, content)) => {
                request = request.header(header::CONTENT_TYPE, kind);
                Body::from(content)
            }
        };
        request = request.method(method).header(header::ACCEPT, JSON);
        let mut request = request.body(content).map_err(|error| self.unusable(&error))?;
        for (name, value) in &self.headers {
            request.headers_mut().insert(name, value.clone());
        }
        Ok(request)
    }

    /// It says nothing of what it was made from, since it may go outside.
    fn key(&self, key: &str, method: &Method, path: &str) -> String {
        let mut digest = Sha256::new();
        for part in ["lyceum-call/1", key, &self.base, method.as_str(), path] {
            digest.update((part.len() as u64).to_be_bytes());
            digest.update(part.as_bytes());
        }
        BASE64.encode(digest.finalize())
    }

    fn answer<A: DeserializeOwned>(&self, response: Response<Body>) -> Result<A, CallError> {
        let (head, body) = response.into_parts();
        let read = block_on(collect(body)).and_then(Result::ok);
        if !head.status.is_success() {
            return Err(refused(&self.name, &head, &read.unwrap_or_default()));
        }
        let read = read.ok_or_else(|| self.unusable("its body broke off or is too large"))?;
        // An answer without content is what `()` and `Option` are made of.
        let json: &[u8] = if read.is_empty() { b"null" } else { &read };
        crate::json::from_slice(json).map_err(|error| self.unusable(&error))
    }

    fn json<Q: Serialize + ?Sized>(&self, question: &Q) -> Result<Vec<u8>, CallError> {
        serde_json::to_vec(question).map_err(|error| self.unusable(&error))
    }

    fn unusable(&self, reason: &(impl ToString + ?Sized)) -> CallError {
        CallError::Unusable { service: self.name.clone(), reason: reason.to_string() }
    }
}

#[cfg(test)]
mod tests {
    use http::StatusCode;
    use serde::Deserialize;

    use super::*;
    use crate::{
        context::{Context, Origin},
        event::{EventError, Received},
        once::{Memory, OnceKey, Token},
        problem::Problem,
    };

    #[derive(Debug, Deserialize, PartialEq, Serialize)]
    struct Copy {
        copy: u32,
    }

    fn context(key: &str) -> Context {
        let (scope, fingerprint) = ("event loans".to_owned(), String::new());
        let once = OnceKey { scope, key: key.to_owned(), fingerprint, keep_seconds: 1 };
        Context::new(Origin::default()).with_token(Token::new(Some(once), Memory::default()))
    }

    fn key_of(service: &Service, method: Method, path: &str) -> Option<String> {
        let request = service.request(method, path, None).unwrap();
        Some(request.headers().get("idempotency-key")?.to_str().unwrap().to_owned())
    }

    fn answered(status: u16, headers: &[(&str, &str)], body: &'static str) -> Result<Copy, CallError> {
        let mut response = Response::builder().status(status);
        for (name, value) in headers {
            response = response.header(*name, *value);
        }
        Service::new("books").answer(response.body(Body::from(body)).unwrap())
    }

    #[test]
    fn a_request_is_json_for_the_component_or_the_host() {
        let service = Service::new("books").header(header::AUTHORIZATION, "Bearer x");
        let body = Some((JSON, service.json(&Copy { copy: 7 }).unwrap()));
        let request = service.request(Method::POST, "/copies", body).unwrap();
        assert_eq!(request.uri(), "http://books.spin.internal/copies");
        assert_eq!(request.headers()["content-type"], "application/json");
        assert_eq!(request.headers()["authorization"], "Bearer x");
        assert!(!request.headers().contains_key("idempotency-key"));
        assert_eq!(block_on(collect(request.into_body())).unwrap().unwrap(), r#"{"copy":7}"#);
        let outside = Service::outside("https://api.example.org/v1/").request(Method::GET, "/me", None);
        assert_eq!(outside.unwrap().uri(), "https://api.example.org/v1/me");
    }

    #[test]
    fn a_repetition_is_the_same_call_and_anything_else_is_another() {
        let key = |id: &str, step: &str, method, path: &str| {
            key_of(&Service::new("books").once(&context(id), step), method, path).unwrap()
        };
        let first = key("e1", "reserve", Method::POST, "/a");
        assert_eq!(first, key("e1", "reserve", Method::POST, "/a"));
        let others = [
            key("e2", "reserve", Method::POST, "/a"),
            key("e1", "charge", Method::POST, "/a"),
            key("e1", "reserve", Method::PUT, "/a"),
            key("e1", "reserve", Method::POST, "/b"),
            key_of(&Service::new("files").once(&context("e1"), "reserve"), Method::POST, "/a").unwrap(),
            key_of(&Service::new("books").once_by("saga-7/reserve"), Method::POST, "/a").unwrap(),
        ];
        assert!(others.iter().all(|other| *other != first && other.len() == 43), "{others:?}");
        let without = Service::new("books").once(&Context::new(Origin::default()), "reserve");
        assert_eq!(key_of(&without, Method::POST, "/a"), None);
    }

    #[test]
    fn an_event_that_is_delivered_again_makes_the_same_call() {
        let key = |event: &str| {
            let data = format!(
                r#"{{"specversion":"1.0","id":"{event}","type":"x","source":"/s","time":"2026-01-01T00:00:00Z","data":{{}}}}"#
            );
            let received = Received::parse("loans", data.as_bytes()).unwrap();
            key_of(&Service::new("books").once(&received, "reserve"), Method::POST, "/a").unwrap()
        };
        assert_eq!(key("e1"), key("e1"));
        assert_ne!(key("e1"), key("e2"));
    }

    #[test]
    fn an_answer_is_what_was_asked_for_or_unusable() {
        assert_eq!(answered(200, &[], r#"{"copy":7}"#), Ok(Copy { copy: 7 }));
        assert_eq!(answered(201, &[], r#"{"copy":7,"more":1}"#), Ok(Copy { copy: 7 }));
        for (status, body) in [(200, "{}"), (200, ""), (204, ""), (200, "<html>"), (302, "")] {
            assert!(
                matches!(answered(status, &[], body), Err(CallError::Unusable { .. })),
                "{status} {body}"
            );
        }
        let nothing: Result<(), _> = Service::new("books").answer(Response::new(Body::empty()));
        assert_eq!(nothing, Ok(()));
    }

    #[test]
    fn a_problem_is_read_with_its_code_and_fields() {
        let problem = r#"{"status":422,"title":"x","detail":"No copy is left.","error_code":"NO_COPY",
            "details":[{"pointer":"/book_id","code":"GONE","message":"Choose another."}]}"#;
        let Err(CallError::Refused(refusal)) = answered(422, &[], problem) else { panic!("not refused") };
        assert_eq!((refusal.status, &*refusal.code), (StatusCode::UNPROCESSABLE_ENTITY, "NO_COPY"));
        assert_eq!((&*refusal.detail, refusal.violations.len()), ("No copy is left.", 1));
        assert_eq!(refusal.violations.first().map(|of| of.pointer.as_str()), Some("/book_id"));
        let passed_on = refusal.to_problem();
        assert_eq!((passed_on.status().as_u16(), passed_on.code()), (422, "NO_COPY"));
        let Err(CallError::Refused(plain)) = answered(404, &[], "nothing here") else {
            panic!("not refused")
        };
        assert_eq!((&*plain.code, &*plain.detail), ("", "Not Found"));
    }

    #[test]
    fn a_refused_call_is_unavailable_or_failed_by_its_status() {
        for (status, expected, event) in [
            (503, 503, "unavailable: "),
            (500, 503, "unavailable: "),
            (429, 503, "unavailable: "),
            (504, 504, "unavailable: "),
            (404, 502, "books refused"),
            (302, 502, "books gave no usable answer"),
        ] {
            let error = answered(status, &[("retry-after", "7")], "").unwrap_err();
            let problem = Problem::from(error.clone());
            assert_eq!(problem.status().as_u16(), expected, "{status}");
            let away = problem.headers().iter().find(|(name, _)| name == "lyceum-unavailable");
            let away = away.map(|(_, service)| service.to_str().unwrap());
            assert_eq!(away, (expected > 502).then_some("books"), "{status}");
            let event_error = EventError::from(error.clone()).to_string();
            assert!(event_error.starts_with(event), "{status}: {event_error}");
            if expected == 503 {
                assert_eq!(error.retry_after(), Some(Duration::from_secs(7)), "{status}");
            }
        }
    }
}
