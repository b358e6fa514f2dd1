//! A service: its declaration, and how it answers a request.

use std::sync::OnceLock;

use axum::{
    Router,
    body::Body,
    response::{IntoResponse, Response},
};
use http::{HeaderValue, Method, Request, header};
use tower::Service as _;

use crate::{
    answer::Remembered,
    caller::Identity,
    clock,
    conditions::Conditions,
    context::{CORRELATION_HEADER, Context, Origin, TRACEPARENT_HEADER, correlation_id},
    documents::{Declaration, Documents},
    erasure::ErasureAnswered,
    event::{Event as _, Received},
    guard::without_nul,
    identity, ids, log,
    once::OnceKey,
    openapi,
    outside::{self, Outside},
    periodic::{self, Job},
    problem::Problem,
    response::no_content,
    routes::Routes,
    settings,
    sql::{self, SqlError},
    subscription::{self, Subscription},
};

/// Answers every request by itself, `/openapi.json` and `/healthz` among them.
pub type Answer = fn(Request<Body>) -> Response;

/// A service's declaration; made by [`crate::service!`].
#[derive(Debug)]
pub struct Service {
    name: &'static str,
    issuer: bool,
    routes: fn() -> Routes,
    answer: Option<Answer>,
    database: Option<&'static Database>,
    migrations: &'static [Migration],
    documents: Option<&'static Documents>,
    publishes: &'static [&'static str],
    on: Option<On>,
    router: OnceLock<Router>,
}

/// What a service does with events; made by [`crate::service!`].
#[doc(hidden)]
#[derive(Clone, Copy, Debug)]
pub struct On {
    pub subscriptions: &'static [Subscription],
    pub jobs: &'static [Job],
    /// Whether it erases people's data, and so publishes that it did.
    pub erases: bool,
}

/// What needs a database. Behind functions, so that a component without one
/// doesn't import `lyceum:data/sql`.
#[derive(Debug)]
pub struct Database {
    pub(crate) recall: fn(&OnceKey) -> Result<Option<Remembered>, SqlError>,
    pub(crate) probe: fn() -> Result<(), SqlError>,
}

/// A change of a service's tables.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Migration {
    /// The name of its file, without the ending.
    pub id: &'static str,
    /// Statements separated by semicolons, in portable SQL.
    pub sql: &'static str,
}

/// For a service with migrations.
pub static DATABASE: Database = Database { recall: sql::recall, probe: sql::probe };

impl Service {
    /// Called by [`crate::service!`].
    #[doc(hidden)]
    pub const fn new(name: &'static str, routes: fn() -> Routes) -> Self {
        Self {
            name,
            issuer: false,
            routes,
            answer: None,
            database: None,
            migrations: &[],
            documents: None,
            publishes: &[],
            on: None,
            router: OnceLock::new(),
        }
    }

    /// A service without routes of its own.
    #[doc(hidden)]
    pub const fn answering(name: &'static str, answer: Answer) -> Self {
        let mut service = Self::new(name, || Routes::new("", ""));
        service.answer = Some(answer);
        service
    }

    /// Takes requests from outside, without an identity.
    #[doc(hidden)]
    #[must_use]
    pub const fn issuer(mut self) -> Self {
        self.issuer = true;
        self
    }

    /// Has a database.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_database(
        mut self,
        database: &'static Database,
        migrations: &'static [Migration],
    ) -> Self {
        self.database = Some(database);
        self.migrations = migrations;
        self
    }

    /// Handles events.
    #[doc(hidden)]
    #[must_use]
    pub const fn on(mut self, on: On) -> Self {
        self.on = Some(on);
        self
    }

    /// Publishes these kinds of event.
    #[doc(hidden)]
    #[must_use]
    pub const fn publishing(mut self, kinds: &'static [&'static str]) -> Self {
        self.publishes = kinds;
        self
    }

    /// Has documents.
    #[doc(hidden)]
    #[must_use]
    pub const fn with_documents(mut self, documents: &'static Documents) -> Self {
        self.documents = Some(documents);
        self
    }

    /// Its name.
    pub const fn name(&self) -> &'static str {
        self.name
    }

    /// What makes its tables, oldest first; nothing if it has no database.
    pub const fn migrations(&self) -> &'static [Migration] {
        self.migrations
    }

    /// The kinds of event that it publishes: the same as in its manifest.
    pub fn publishes(&self) -> impl Iterator<Item = &'static str> {
        let answered = self.on.is_some_and(|on| on.erases).then_some(ErasureAnswered::KIND);
        self.publishes.iter().copied().chain(answered)
    }

    /// What it does with which kinds of event, but for ticks: the same kinds as in its manifest.
    pub fn subscriptions(&self) -> &'static [Subscription] {
        self.on.map_or(&[], |on| on.subscriptions)
    }

    /// The ticks that its jobs need.
    pub fn ticks(&self) -> impl Iterator<Item = &'static str> {
        periodic::ticks(self.on.map_or(&[], |on| on.jobs))
    }

    /// Its collections; called by [`crate::service!`].
    #[doc(hidden)]
    pub fn collections(&self) -> Vec<Declaration> {
        self.documents.map(Documents::collections).unwrap_or_default()
    }

    /// Whether it takes requests from outside.
    pub(crate) const fn is_issuer(&self) -> bool {
        self.issuer
    }

    /// Whether it has a place where answers are remembered.
    pub(crate) const fn remembers(&self) -> bool {
        self.database.is_some() || self.documents.is_some()
    }

    /// What is remembered of a request with this key: in this collection, or if none is named, in the database or any
    /// of the collections.
    pub(crate) fn recall(
        &self,
        once: &OnceKey,
        collection: Option<&'static str>,
    ) -> Result<Option<Remembered>, Problem> {
        if collection.is_none()
            && let Some(database) = self.database
            && let Some(remembered) = (database.recall)(once)?
        {
            return Ok(Some(remembered));
        }
        self.documents.map_or(Ok(None), |documents| documents.recall(once, collection))
    }

    /// Answers a request.
    pub async fn respond(&'static self, mut request: Request<Body>) -> Response {
        let headers = request.headers();
        let conditions = Conditions::of(request.method(), headers);
        let text =
            |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(ToOwned::to_owned);
        let mut origin = Origin {
            service: self.name,
            path: request.uri().path().to_owned(),
            correlation_id: correlation_id(headers),
            traceparent: text(TRACEPARENT_HEADER),
            conditions: Some(conditions.clone()),
            ..Origin::default()
        };
        if !self.issuer {
            origin.identity = text(identity::HEADER);
            origin.outside = text(outside::HEADER.as_str()).as_deref().and_then(Outside::parse);
        }
        // What is logged from here on is this request's, not the last one's.
        Context::new(origin.clone()).enter();
        let known = self.identify(origin.identity.as_deref());
        origin.actor = known.as_ref().ok().and_then(|known| Some(known.caller.as_ref()?.user_id.to_string()));
        let context = Context::new(origin);
        context.enter();

        let known = known.and_then(|known| {
            // A query is for the route to refuse, which may do that in another way.
            without_nul("/path", request.uri().path()).map(|()| known)
        });

        let mut response = match known {
            Ok(known) => {
                let extensions = request.extensions_mut();
                extensions.insert(known);
                extensions.insert(self);
                extensions.insert(context.clone());
                extensions.insert(conditions.clone());
                self.route(request).await
            }
            Err(problem) => problem.into_response(),
        };
        response = conditions.hold_against(response);
        context.translate(response.headers_mut());
        if let Ok(value) = HeaderValue::from_str(context.correlation_id()) {
            response.headers_mut().insert(CORRELATION_HEADER, value);
        }
        response
    }

    /// Handles an event: the body of a message is a structured CloudEvent. The
    /// error says why it must be delivered again.
    pub fn handle(&self, body: &[u8]) -> Result<(), String> {
        self.enter();
        let result = Received::parse(self.name, body).and_then(|received| {
            received.context().enter();
            if self.ticks().any(|tick| tick == received.kind) {
                return periodic::run(&received, self.on.map_or(&[], |on| on.jobs));
            }
            subscription::dispatch(self.subscriptions(), &received)
        });
        result.map_err(|error| error.to_string())
    }

    /// Leaves what this instance worked on before: nothing that is logged or answered until the request or event was
    /// read may name it.
    pub(crate) fn enter(&self) {
        let correlation_id = ids::new().to_string();
        Context::new(Origin { service: self.name, correlation_id, ..Origin::default() }).enter();
    }

    /// Who calls. Only the issuer takes requests without an identity.
    fn identify(&self, header: Option<&str>) -> Result<Identity, Problem> {
        if self.issuer {
            return Ok(Identity::default());
        }
        let refused = || Problem::unauthorized("This service is called through the gateway only.");
        let header = header.ok_or_else(refused)?;
        let settings = settings::get()?;
        let now = u64::try_from(clock::now().as_seconds()).unwrap_or(0);
        match identity::verify(header, &settings.identity_key, &settings.component, now) {
            Ok(claims) => Identity::try_from(claims).map_err(|error| {
                log::warn(format!("an identity names no user: {error}"));
                refused()
            }),
            Err(error) => {
                log::warn(error.to_string());
                Err(refused())
            }
        }
    }

    async fn route(&'static self, request: Request<Body>) -> Response {
        if let Some(answer) = self.answer {
            return answer(request);
        }
        if matches!(*request.method(), Method::GET | Method::HEAD) {
            match request.uri().path() {
                "/openapi.json" => return openapi::document(self.name, (self.routes)()).into_response(),
                "/healthz" => return self.health(),
                _ => {}
            }
        }
        let mut router = self.router.get_or_init(|| (self.routes)().into_router()).clone();
        router.call(request).await.into_response()
    }

    /// 204 when the service can answer; 503 when its database or its documents can't.
    fn health(&self) -> Response {
        let database = self.database.map_or(Ok(()), |database| (database.probe)().map_err(Problem::from));
        match database.and_then(|()| self.documents.map_or(Ok(()), Documents::probe)) {
            Ok(()) => ([(header::CACHE_CONTROL, "no-store")], no_content()).into_response(),
            Err(problem) => problem.into_response(),
        }
    }
}
