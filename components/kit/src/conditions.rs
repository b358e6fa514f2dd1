//! Conditional requests (RFC 9110, 13): what a request says about the state that it is meant for.
//!
//! A service states a resource's tag once, with [`tagged`](crate::response::tagged). What reads is then held against
//! that tag by the kit. What changes is held against it by its handler, which takes [`Conditions`], or [`IfMatch`]
//! where a change must name its state. It can't be forgotten: where a handler didn't do so, no transaction of it
//! commits under conditions that may not hold.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicBool, Ordering},
};

use axum::{
    body::Body,
    extract::FromRequestParts,
    response::{IntoResponse, Response},
};
use http::{HeaderMap, HeaderName, Method, StatusCode, header, request::Parts};
use httpdate::HttpDate;

use crate::{
    entity_tag::{EntityTag, Malformed, Tags},
    problem::Problem,
    violation::Violation,
};

/// The conditions that a request states. An extractor, for every handler that changes something that has a tag.
#[derive(Clone, Debug)]
pub struct Conditions(Arc<Shared>);

/// The state that a change is meant for. An extractor: 428 when it is missing, 400 when it is malformed.
#[derive(Clone, Debug)]
pub struct IfMatch(Conditions);

/// Marks an answer that its own service held against the conditions: a gateway leaves `If-Match` to that.
#[derive(Clone, Copy, Debug)]
pub struct Forwarded;

/// Seen by everything that works on the request.
#[derive(Debug)]
struct Shared {
    stated: Mutex<Arc<Stated>>,
    /// Whether a handler held them against a tag.
    checked: AtomicBool,
}

#[derive(Debug)]
struct Stated {
    method: Method,
    if_match: Option<Result<Tags, Malformed>>,
    if_none_match: Option<Result<Tags, Malformed>>,
    if_modified_since: Option<HttpDate>,
    if_unmodified_since: Option<HttpDate>,
    if_range: Option<String>,
}

impl Stated {
    fn of(method: &Method, headers: &HeaderMap) -> Arc<Self> {
        Arc::new(Self {
            method: method.clone(),
            if_match: Tags::of(headers, &header::IF_MATCH),
            if_none_match: Tags::of(headers, &header::IF_NONE_MATCH),
            if_modified_since: date(headers, &header::IF_MODIFIED_SINCE),
            if_unmodified_since: date(headers, &header::IF_UNMODIFIED_SINCE),
            // One that can't be read is that of something else.
            if_range: headers
                .get(header::IF_RANGE)
                .map(|value| value.to_str().unwrap_or_default().to_owned()),
        })
    }

    fn if_match(&self) -> Result<Option<&Tags>, Problem> {
        self.tags(self.if_match.as_ref(), &header::IF_MATCH)
    }

    fn if_none_match(&self) -> Result<Option<&Tags>, Problem> {
        self.tags(self.if_none_match.as_ref(), &header::IF_NONE_MATCH)
    }

    fn tags<'a>(
        &self,
        tags: Option<&'a Result<Tags, Malformed>>,
        name: &HeaderName,
    ) -> Result<Option<&'a Tags>, Problem> {
        match tags {
            None => Ok(None),
            Some(Ok(tags)) => Ok(Some(tags)),
            // A cache's mistake costs a whole answer, not a refusal.
            Some(Err(Malformed)) if self.method.is_safe() && name == header::IF_NONE_MATCH => Ok(None),
            Some(Err(Malformed)) => {
                let violation = Violation::new("MALFORMED", "Must be entity tags such as \"7\", or *.");
                Err(Problem::malformed(violation.at(format!("/header/{name}"))))
            }
        }
    }
}

impl Conditions {
    pub(crate) fn of(method: &Method, headers: &HeaderMap) -> Self {
        let stated = Mutex::new(Stated::of(method, headers));
        Self(Arc::new(Shared { stated, checked: AtomicBool::new(false) }))
    }

    /// A dialect has put the request into the kit's form.
    pub(crate) fn restate(&self, method: &Method, headers: &HeaderMap) {
        *self.0.stated.lock().unwrap_or_else(PoisonError::into_inner) = Stated::of(method, headers);
    }

    fn stated(&self) -> Arc<Stated> {
        Arc::clone(&self.0.stated.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Fails with 412 unless the resource's present state is one that the request may be meant for, and with 400 when
    /// that can't be read. `None` is a resource that isn't there yet.
    pub fn check<'a>(&self, present: impl Into<Option<&'a EntityTag>>) -> Result<(), Problem> {
        self.0.checked.store(true, Ordering::Relaxed);
        let (stated, present) = (self.stated(), present.into().map(EntityTag::as_str));
        if let Some(tags) = stated.if_match()?
            && !tags.name_strongly(present)
        {
            return Err(Problem::precondition_failed());
        }
        if stated.method.is_safe() {
            return Ok(());
        }
        match stated.if_none_match()? {
            Some(tags) if tags.name_weakly(present) => Err(Problem::precondition_failed()),
            _ => Ok(()),
        }
    }

    /// Whether the caller of a GET or HEAD has this state already, so that it is answered with 304 whatever `Range`
    /// says.
    pub fn has(&self, present: &EntityTag) -> bool {
        let stated = self.stated();
        stated.method.is_safe()
            && matches!(&stated.if_none_match, Some(Ok(tags)) if tags.name_weakly(Some(present.as_str())))
    }

    /// Whether a `Range` counts: only for a GET (RFC 9110, 14.2), and with `If-Range` only for this very state.
    pub fn range_applies(&self, present: &EntityTag) -> bool {
        let (stated, same) = (self.stated(), |condition: &String| condition == present.as_str());
        stated.method == Method::GET && stated.if_range.as_ref().is_none_or(same)
    }

    /// Called before a change is committed. A handler that didn't hold the conditions against a tag has none that could
    /// be meant, so whatever names a tag, or something that isn't there, is 412.
    pub(crate) fn allow_commit(&self) -> Result<(), Problem> {
        let stated = self.stated();
        if stated.method.is_safe() || self.0.checked.load(Ordering::Relaxed) {
            return Ok(());
        }
        if let Some(Tags::These(_)) = stated.if_match()? {
            return Err(Problem::precondition_failed());
        }
        match stated.if_none_match()? {
            Some(Tags::Any) => Err(Problem::precondition_failed()),
            _ => Ok(()),
        }
    }

    /// The answer to what reads, held against the tag and the date that it states, in the order of RFC 9110, 13.2.2.
    /// Whatever isn't 2xx is left as it is.
    pub(crate) fn hold_against(&self, response: Response) -> Response {
        let stated = self.stated();
        let readable = matches!(stated.method, Method::GET | Method::HEAD);
        if !readable || !response.status().is_success() {
            return response;
        }
        let text = |name: HeaderName| response.headers().get(name).and_then(|value| value.to_str().ok());
        let tag = text(header::ETAG);
        let modified: Option<HttpDate> = text(header::LAST_MODIFIED).and_then(|date| date.parse().ok());
        let forwarded = response.extensions().get::<Forwarded>().is_some();
        let as_meant = match stated.if_match() {
            _ if forwarded => true,
            // Something is there, with or without a tag.
            Ok(Some(Tags::Any)) => true,
            Ok(Some(tags)) => tags.name_strongly(tag),
            Ok(None) => match (modified, stated.if_unmodified_since) {
                (Some(modified), Some(since)) => modified <= since,
                _ => true,
            },
            Err(problem) => return problem.into_response(),
        };
        if !as_meant {
            return Problem::precondition_failed().into_response();
        }
        let had = match &stated.if_none_match {
            Some(Ok(tags)) => tags.name_weakly(tag),
            Some(Err(Malformed)) => false,
            None => match (modified, stated.if_modified_since) {
                (Some(modified), Some(since)) => modified <= since,
                _ => false,
            },
        };
        if had { not_modified(response) } else { response }
    }
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<HttpDate> {
    // One that is no date is as good as absent (RFC 9110, 13.1.3 and 13.1.4).
    headers.get(name)?.to_str().ok()?.parse().ok()
}

/// 304, with what a cache needs.
fn not_modified(response: Response) -> Response {
    let (mut parts, _) = response.into_parts();
    parts.status = StatusCode::NOT_MODIFIED;
    for name in [header::CONTENT_TYPE, header::CONTENT_LENGTH, header::CONTENT_RANGE] {
        parts.headers.remove(name);
    }
    Response::from_parts(parts, Body::empty())
}

impl IfMatch {
    /// Fails with 412 unless the present state is the one that was meant.
    pub fn check(&self, present: &EntityTag) -> Result<(), Problem> {
        self.0.check(present)
    }
}

impl<S: Sync> FromRequestParts<S> for Conditions {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Ok(parts.extensions.get::<Self>().cloned().unwrap_or_else(|| Self::of(&parts.method, &parts.headers)))
    }
}

impl<S: Sync> FromRequestParts<S> for IfMatch {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let conditions = Conditions::from_request_parts(parts, state).await?;
        if conditions.stated().if_match()?.is_none() {
            return Err(Problem::precondition_required());
        }
        Ok(Self(conditions))
    }
}

#[cfg(test)]
mod tests;
