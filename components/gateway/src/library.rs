//! The face for clients of the older library: which paths it has, and how the gateway refuses there.

mod description;
mod origin;
mod profile;
mod successor;

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use lyceum_kit::dialect::{Dialect as _, LIBRARY};
use lyceum_kit::prelude::*;

pub(crate) use self::description::{DESCRIPTION, PAGE, documentation, page_operation};
pub(crate) use self::origin::is_foreign;
pub(crate) use self::successor::{before_all, generation, missing, new_feature};

/// How this system's own clients, and those of other older systems, begin their paths.
const OTHERS: [&str; 3] = ["/api/v1", "/api/enrollments", "/api/enrollment-ws"];
/// What may be called by anybody.
const PUBLIC: &str = "/api/public/";
/// Where readers register.
const READERS: &str = "/api/readers";

/// For whom a path is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Face {
    /// This system's own clients, and all others.
    Own,
    /// Clients of the older library.
    Library,
}

/// Who calls, as far as refusals tell callers apart.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Standing {
    Nobody,
    Known,
    Admin,
}

impl Face {
    /// The face that the path belongs to.
    pub(crate) fn of(path: &str) -> Self {
        let below = |prefix: &str| {
            path.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        if path.starts_with("/api/") && !OTHERS.iter().any(|prefix| below(prefix)) {
            Self::Library
        } else {
            Self::Own
        }
    }

    /// What is told of this problem here.
    pub(crate) fn told(self, standing: Standing, problem: Problem) -> Response {
        if self == Self::Own {
            return problem.into_response();
        }
        if is_fault(problem.status()) && standing != Standing::Admin {
            return refused(standing);
        }
        let mut told = LIBRARY.problem(&problem);
        let own = problem.into_response();
        for name in [header::WWW_AUTHENTICATE, header::RETRY_AFTER, header::ALLOW] {
            if let Some(value) = own.headers().get(&name) {
                told.headers_mut().entry(name).or_insert_with(|| value.clone());
            }
        }
        LIBRARY.headers(told.headers_mut());
        told
    }
}

/// Where nothing is, and for methods that aren't there: only administrators are told so, and everybody where all is open.
pub(crate) fn nothing_here(standing: Standing, path: &str, problem: Problem) -> Response {
    if !is_told(standing, path) {
        return refused(standing);
    }
    let mut response = problem.into_response();
    LIBRARY.headers(response.headers_mut());
    response
}

/// The same for what a service says of a path or method that it doesn't have. What it has and doesn't find is told
/// otherwise there: by a message, not by a problem document.
///
/// That something is broken is told to administrators alone, wherever it is.
pub(crate) fn concealed(standing: Standing, path: &str, response: Response) -> Response {
    if is_fault(response.status()) && standing != Standing::Admin {
        return refused(standing);
    }
    let kind = response.headers().get(header::CONTENT_TYPE);
    let nothing = match response.status() {
        StatusCode::METHOD_NOT_ALLOWED => true,
        StatusCode::NOT_FOUND => kind.is_some_and(|kind| kind == "application/problem+json"),
        _ => false,
    };
    if nothing && !is_told(standing, path) { refused(standing) } else { response }
}

/// What the older library didn't expect. That something isn't there for the moment is no fault: clients ask again.
fn is_fault(status: StatusCode) -> bool {
    status == StatusCode::INTERNAL_SERVER_ERROR
}

fn is_told(standing: Standing, path: &str) -> bool {
    standing == Standing::Admin || path.starts_with(PUBLIC)
}

/// What callers are told who may not do something, whether it is there or not.
pub(crate) fn refused(standing: Standing) -> Response {
    let (status, challenge) = match standing {
        Standing::Nobody => (StatusCode::UNAUTHORIZED, "Bearer"),
        Standing::Known | Standing::Admin => (StatusCode::FORBIDDEN, "Bearer error=\"insufficient_scope\""),
    };
    let mut response =
        (status, [(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))]).into_response();
    LIBRARY.headers(response.headers_mut());
    response
}

/// The answer to HTTP Basic, which the older library understood, but gave no role by that any of its rules asked for.
/// `None` where it needs none, or where the request has something else.
pub(crate) fn basic(method: &Method, path: &str, headers: &HeaderMap) -> Basic {
    let scheme = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()?.split(' ').next());
    if !scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("Basic")) {
        return Basic::None;
    }
    let registers = method == Method::POST && path == READERS;
    if path.starts_with(PUBLIC) || registers { Basic::Unneeded } else { Basic::Refused }
}

/// What becomes of HTTP Basic.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Basic {
    /// There is none.
    None,
    /// It is as if nobody had signed in.
    Unneeded,
    /// It opens nothing here.
    Refused,
}

#[cfg(test)]
mod refusals;
#[cfg(test)]
mod tests;
