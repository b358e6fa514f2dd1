//! Routes: a handler, the access to it, and its OpenAPI description, stated once.

use std::{collections::BTreeSet, sync::Arc};

use axum::{
    Router,
    middleware::from_fn_with_state,
    response::{IntoResponse, Response},
    routing::{MethodFilter, MethodRouter, any, on},
};
use http::{HeaderMap, StatusCode, Uri};
use utoipa::openapi::{HttpMethod, RefOr, path::Operation, schema::Schema};

use crate::{
    access::Access,
    answer::AnswerFromRows,
    dialect::{self, Dialect},
    guard::Guard,
    once::Memory,
    path_template::PathTemplate,
    problem::Problem,
};

/// Named schemas that an operation refers to.
pub type Schemas = Vec<(String, RefOr<Schema>)>;

/// Whether a route is for anybody in this request, of which it is told the headers.
pub type Opening = fn(&HeaderMap) -> Result<bool, Problem>;

/// A service's routes.
pub struct Routes {
    pub(crate) title: &'static str,
    pub(crate) description: &'static str,
    pub(crate) entries: Vec<Route>,
}

/// A handler with the method and path of its `#[utoipa::path]`; made by [`crate::route!`].
pub struct Route {
    pub(crate) method: HttpMethod,
    pub(crate) path: String,
    pub(crate) access: Access,
    pub(crate) describe: fn(&mut Schemas) -> Operation,
    idempotent: bool,
    any_query: bool,
    memory: Memory,
    opening: Option<Opening>,
    pub(crate) dialect: Option<&'static dyn Dialect>,
    handler: MethodRouter,
}

impl Routes {
    /// No routes yet; the title and description are those of the OpenAPI document.
    pub const fn new(title: &'static str, description: &'static str) -> Self {
        Self { title, description, entries: Vec::new() }
    }

    /// Adds a route that only these may call.
    #[must_use]
    pub fn add(mut self, access: Access, route: Route) -> Self {
        self.entries.push(Route { access, ..route });
        self
    }

    /// The routes so far are spoken to in this dialect, but for those that have one.
    #[must_use]
    pub fn dialect(mut self, dialect: &'static dyn Dialect) -> Self {
        for route in &mut self.entries {
            route.dialect.get_or_insert(dialect);
        }
        self
    }

    /// The routes so far are for anybody whenever this says so, whomever they are for otherwise: for what an older system let
    /// everybody do, where an operator wants that. Their handlers ask who calls by `MaybeCaller`.
    #[must_use]
    pub fn open_when(mut self, opening: Opening) -> Self {
        for route in &mut self.entries {
            route.opening.get_or_insert(opening);
        }
        self
    }

    /// With the routes of another set, such as those of an older system's face.
    #[must_use]
    pub fn with(mut self, others: Self) -> Self {
        self.entries.extend(others.entries);
        self
    }

    /// The router: unknown paths are 404 problems, wrong methods 405 problems
    /// with `Allow`.
    pub(crate) fn into_router(self) -> Router {
        let mut router = Router::new();
        let dialects = self.entries.iter();
        let dialects: Arc<[_]> =
            dialects.filter_map(|route| Some((PathTemplate::parse(&route.path), route.dialect?))).collect();
        for path in unslashed(&self.entries) {
            router = router.route(&path, any(dialect::to_slash));
        }
        for route in self.entries {
            let guard = Guard::new(route.access, route.opening, route.idempotent, route.memory, &route.path);
            let guard = Arc::new(guard.with_any_query(route.any_query));
            let mut handler = route.handler.route_layer(from_fn_with_state(guard, crate::guard::guard));
            if let Some(dialect) = route.dialect {
                handler = handler.route_layer(from_fn_with_state(dialect, dialect::translate));
            }
            router = router.route(&route.path, handler);
        }
        router
            .fallback(|| async { Problem::not_found("There is nothing at this path.") })
            .method_not_allowed_fallback(move |uri: Uri| {
                let dialects = Arc::clone(&dialects);
                async move { method_not_allowed(&dialects, &uri) }
            })
    }
}

/// Paths without the slash at whose end there is something, in a dialect that sends from one to the other.
fn unslashed(routes: &[Route]) -> BTreeSet<String> {
    let sent = routes.iter().filter(|route| route.dialect.is_some_and(Dialect::sends_to_slash));
    let paths = sent.filter_map(|route| route.path.strip_suffix('/'));
    paths
        .filter(|path| !path.is_empty() && routes.iter().all(|route| route.path != *path))
        .map(str::to_owned)
        .collect()
}

fn method_not_allowed(dialects: &[(PathTemplate, &'static dyn Dialect)], uri: &Uri) -> Response {
    let detail = "This path does not allow this method; see Allow.";
    let problem = Problem::new(StatusCode::METHOD_NOT_ALLOWED, "METHOD_NOT_ALLOWED", detail);
    let is_this = |path: &PathTemplate| path.bind(uri.path()).is_some_and(|bound| bound.rest.is_empty());
    let spoken = dialects.iter().find(|(path, _)| is_this(path));
    let response = problem.into_response();
    match spoken {
        Some((_, dialect)) => dialect::answer(*dialect, response),
        None => response,
    }
}

impl Route {
    /// Called by [`crate::route!`].
    #[doc(hidden)]
    pub fn new<H, T>(
        method: HttpMethod,
        path: String,
        describe: fn(&mut Schemas) -> Operation,
        handler: H,
    ) -> Self
    where
        H: axum::handler::Handler<T, ()>,
        T: 'static,
    {
        let handler = on(filter(&method), handler);
        let (access, memory) = (Access::Service(&[]), Memory::default());
        Self {
            method,
            path,
            access,
            describe,
            idempotent: true,
            any_query: false,
            memory,
            opening: None,
            dialect: None,
            handler,
        }
    }

    /// The same at another path, which has the same variables: for routes that the kit gives to several services.
    #[must_use]
    pub(crate) fn at(self, path: String) -> Self {
        Self { path, ..self }
    }

    /// `Idempotency-Key` is ignored here: for answers that must not be kept,
    /// such as tokens.
    #[must_use]
    pub fn without_idempotency(self) -> Self {
        Self { idempotent: false, ..self }
    }

    /// The handler itself refuses the character NUL in a query, which is otherwise a 400 problem before it is asked: for
    /// protocols that have answers of their own for what is wrong.
    #[must_use]
    pub fn with_any_query(self) -> Self {
        Self { any_query: true, ..self }
    }

    /// The answer is made by this function of what the handler's transaction returns, which therefore ends with
    /// `respond_with_rows`: for what the database generates. The route holds the function, and not the handler, since
    /// a repeated request is answered without the handler, from the rows that are remembered.
    #[must_use]
    pub fn respond_with(mut self, from_rows: AnswerFromRows) -> Self {
        self.memory.from_rows = Some(from_rows);
        self
    }

    /// The answer is remembered with the document that the handler writes in this collection, and looked for nowhere
    /// else.
    #[must_use]
    pub fn remembered_in(mut self, collection: &'static str) -> Self {
        self.memory.collection = Some(collection);
        self
    }
}

fn filter(method: &HttpMethod) -> MethodFilter {
    match method {
        HttpMethod::Get => MethodFilter::GET,
        HttpMethod::Put => MethodFilter::PUT,
        HttpMethod::Post => MethodFilter::POST,
        HttpMethod::Delete => MethodFilter::DELETE,
        HttpMethod::Options => MethodFilter::OPTIONS,
        HttpMethod::Head => MethodFilter::HEAD,
        HttpMethod::Patch => MethodFilter::PATCH,
        HttpMethod::Trace => MethodFilter::TRACE,
    }
}

/// Makes a [`Route`] of a handler with `#[utoipa::path]`: `route!(show)` or `route!(books::show)`.
#[macro_export]
macro_rules! route {
    ($first:ident $(:: $rest:ident)*) => {
        $crate::route!(@split [] $first $($rest)*)
    };
    (@split [$($module:ident)*] $handler:ident) => {
        $crate::reexports::pastey::paste! {
            $crate::routes::Route::new(
                <$($module ::)* [<__path_ $handler>] as $crate::routes::Described>::method(),
                <$($module ::)* [<__path_ $handler>] as ::utoipa::Path>::path(),
                |schemas| {
                    <$($module ::)* [<__path_ $handler>] as ::utoipa::__dev::SchemaReferences>::schemas(schemas);
                    <$($module ::)* [<__path_ $handler>] as ::utoipa::Path>::operation()
                },
                $($module ::)* $handler,
            )
        }
    };
    (@split [$($module:ident)*] $next:ident $($rest:ident)+) => {
        $crate::route!(@split [$($module)* $next] $($rest)+)
    };
}

/// The one method of a handler's description.
#[doc(hidden)]
pub trait Described: utoipa::Path {
    /// The first method named; GET if none is, which `#[utoipa::path]` doesn't allow.
    fn method() -> HttpMethod {
        Self::methods().into_iter().next().unwrap_or(HttpMethod::Get)
    }
}

impl<T: utoipa::Path> Described for T {}
