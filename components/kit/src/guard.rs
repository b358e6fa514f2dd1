//! What happens before a handler runs: access, then the `Idempotency-Key`.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    access::Access,
    answer,
    caller::Identity,
    context::{Context, OnceKey},
    idempotency,
    problem::Problem,
    service::Service,
};

/// What a route demands.
#[derive(Debug)]
pub(crate) struct Guard {
    access: Access,
    idempotent: bool,
    path: String,
}

impl Guard {
    pub(crate) fn new(access: Access, idempotent: bool, path: &str) -> Arc<Self> {
        Arc::new(Self { access, idempotent, path: path.to_owned() })
    }
}

pub(crate) async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    match admit(&guard, request).await {
        Ok(Admitted::New(request)) => next.run(request).await,
        Ok(Admitted::Once(request, memory)) => {
            let response = next.run(request).await;
            let refused = response.status().is_client_error() || response.status().is_server_error();
            if refused { memory.answer_of_a_twin().unwrap_or(response) } else { response }
        }
        Ok(Admitted::Answered(response)) => response,
        Err(problem) => problem.into_response(),
    }
}

#[allow(clippy::large_enum_variant, reason = "both live for one request only")]
enum Admitted {
    New(Request),
    /// With a key that was not remembered yet.
    Once(Request, Memory),
    Answered(Response),
}

/// Where the answer of a request with this key would be remembered.
struct Memory {
    service: &'static Service,
    once: OnceKey,
}

impl Memory {
    /// The same request may have been answered while this one was under way: then what this handler refused
    /// ("there is one already") is that very request's effect, and its answer is due.
    fn answer_of_a_twin(&self) -> Option<Response> {
        let answer = self.service.recall(&self.once).ok()??;
        answer::replay(&answer).ok()
    }
}

async fn admit(guard: &Guard, request: Request) -> Result<Admitted, Problem> {
    let identity = request.extensions().get::<Identity>().ok_or_else(Problem::internal)?;
    guard.access.check(identity)?;
    if request.method().is_safe() {
        return Ok(Admitted::New(request));
    }
    let Some(key) = idempotency::key(request.headers())? else {
        return Ok(Admitted::New(request));
    };
    let service = request.extensions().get::<&'static Service>().copied();
    let Some(service) = service.filter(|service| guard.idempotent && service.remembers()) else {
        return Ok(Admitted::New(request));
    };
    let user = identity.caller.as_ref().map_or("anonymous", |caller| &caller.user_id);
    let scope = format!("{user} {} {}", request.method(), guard.path);
    let (once, mut repeatable) = idempotency::once(scope, key, request).await?;
    if let Some(answer) = service.recall(&once)? {
        return answer::replay(&answer).map(Admitted::Answered);
    }
    let context =
        repeatable.extensions().get::<Context>().ok_or_else(Problem::internal)?.with_once(once.clone());
    repeatable.extensions_mut().insert(context);
    Ok(Admitted::Once(repeatable, Memory { service, once }))
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::{
        block_on::block_on,
        problem::Problem,
        routes::{Route, Routes},
        service::Database,
        sql::SqlError,
        testing,
    };

    thread_local! {
        /// Whether the twin has committed: after it was asked for once.
        static TWIN: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    /// Remembers only the key `known`, and refuses `reused`.
    static MEMORY: Database = Database {
        recall: |once| match once.key.as_str() {
            "known" => {
                assert_eq!(once.scope, "anonymous POST /things/{id}");
                Ok(Some(
                    br#"{"status":201,"headers":[["location","/things/1"]]}
first"#
                        .to_vec(),
                ))
            }
            "reused" => Err(SqlError::KeyReused),
            "twin" => Ok(TWIN.replace(true).then(|| {
                br#"{"status":201,"headers":[]}
twin's"#
                    .to_vec()
            })),
            _ => Ok(None),
        },
        probe: || Ok(()),
    };

    static SERVICE: Service = Service::new("things", routes).issuer().with_database(&MEMORY, &[]);

    fn routes() -> Routes {
        let post = |path: &str| {
            Route::new(
                utoipa::openapi::HttpMethod::Post,
                path.to_owned(),
                |_| utoipa::openapi::path::Operation::new(),
                |context: Context, body: String| async move {
                    format!("{} {body}", context.once().map_or("", |once| &once.key))
                },
            )
        };
        let refuse = Route::new(
            utoipa::openapi::HttpMethod::Post,
            "/refusals".to_owned(),
            |_| utoipa::openapi::path::Operation::new(),
            || async { Problem::conflict("TAKEN", "There is one already.") },
        );
        Routes::new("Things", "For a test")
            .add(Access::Anyone, refuse)
            .add(Access::Anyone, post("/things/{id}"))
            .add(Access::Anyone, post("/tokens").without_idempotency())
    }

    fn send(path: &str, key: &str) -> (StatusCode, String, bool) {
        for name in ["lyceum.identity-key", "lyceum.secret"] {
            testing::configure(name, KEY);
        }
        testing::configure("lyceum.component", "things");
        let request = Request::post(path).header("idempotency-key", key).body("body".into()).unwrap();
        let response = block_on(SERVICE.respond(request)).unwrap();
        let replayed = response.headers().contains_key("idempotency-replayed");
        let status = response.status();
        let body = block_on(axum::body::to_bytes(response.into_body(), usize::MAX)).unwrap().unwrap();
        (status, String::from_utf8(body.to_vec()).unwrap(), replayed)
    }

    #[test]
    fn a_known_key_gets_the_first_answer_and_the_handler_does_not_run() {
        assert_eq!(send("/things/1", "known"), (StatusCode::CREATED, "first".into(), true));
    }

    #[test]
    fn a_new_key_reaches_the_handler_with_the_whole_body() {
        assert_eq!(send("/things/1", "new"), (StatusCode::OK, "new body".into(), false));
    }

    #[test]
    fn a_refusal_gives_way_to_the_answer_of_a_twin() {
        assert_eq!(send("/refusals", "twin"), (StatusCode::CREATED, "twin's".into(), true));
        assert_eq!(send("/refusals", "new").0, StatusCode::CONFLICT);
    }

    #[test]
    fn a_key_of_another_request_is_refused() {
        assert_eq!(send("/things/1", "reused").0, StatusCode::UNPROCESSABLE_ENTITY);
    }

    #[test]
    fn a_route_without_idempotency_ignores_the_key() {
        assert_eq!(send("/tokens", "known"), (StatusCode::OK, " body".into(), false));
    }

    #[test]
    fn a_malformed_key_is_refused_everywhere() {
        assert_eq!(send("/tokens", "").0, StatusCode::BAD_REQUEST);
    }

    #[test]
    fn problems_stay_small_enough_for_results() {
        assert!(size_of::<Problem>() <= size_of::<usize>());
    }
}
