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
    context::Context,
    idempotency,
    once::{Memory, OnceKey, Token},
    problem::Problem,
    routes::Opening,
    service::Service,
    violation::Violation,
};

/// What a route demands.
#[derive(Debug)]
pub(crate) struct Guard {
    access: Access,
    opening: Option<Opening>,
    idempotent: bool,
    /// Whether the handler itself refuses the character NUL in a query.
    any_query: bool,
    memory: Memory,
    path: String,
}

impl Guard {
    pub(crate) fn new(
        access: Access,
        opening: Option<Opening>,
        idempotent: bool,
        memory: Memory,
        path: &str,
    ) -> Self {
        Self { access, opening, idempotent, any_query: false, memory, path: path.to_owned() }
    }

    fn check(&self, request: &Request) -> Result<(), Problem> {
        let identity = request.extensions().get::<Identity>().ok_or_else(Problem::internal)?;
        let refused = self.access.check(identity);
        match self.opening {
            Some(opening) if refused.is_err() && opening(request.headers())? => Ok(()),
            _ => refused,
        }
    }

    pub(crate) fn with_any_query(self, any_query: bool) -> Self {
        Self { any_query, ..self }
    }
}

pub(crate) async fn guard(State(guard): State<Arc<Guard>>, request: Request, next: Next) -> Response {
    match admit(&guard, request).await {
        Ok(Admitted::New(request)) => next.run(request).await,
        Ok(Admitted::Once(request, remembered)) => {
            let response = next.run(request).await;
            let refused = response.status().is_client_error() || response.status().is_server_error();
            if refused { remembered.answer_meanwhile().unwrap_or(response) } else { response }
        }
        Ok(Admitted::Answered(response)) => response,
        Err(problem) => problem.into_response(),
    }
}

#[allow(clippy::large_enum_variant, reason = "both live for one request only")]
enum Admitted {
    New(Request),
    /// With a key that was not remembered yet.
    Once(Request, Remembering),
    Answered(Response),
}

/// Where the answer of a request with this key is remembered.
struct Remembering {
    service: &'static Service,
    once: OnceKey,
    memory: Memory,
    token: Arc<Token>,
}

impl Remembering {
    fn recall(&self) -> Result<Option<Response>, Problem> {
        let remembered = self.service.recall(&self.once, self.memory.collection)?;
        remembered.map(|remembered| answer::replay(remembered, self.memory.from_rows)).transpose()
    }

    /// A concurrent duplicate may have been committed while this request was under way: then what this handler
    /// refused ("there is one already") is the duplicate's effect, and its answer is due.
    fn answer_meanwhile(&self) -> Option<Response> {
        // What the handler itself remembered must not hide that it then did something wrong.
        if self.token.was_misused() { None } else { self.recall().ok().flatten() }
    }
}

async fn admit(guard: &Guard, request: Request) -> Result<Admitted, Problem> {
    if !guard.any_query {
        without_nul("/query", request.uri().query().unwrap_or_default())?;
    }
    guard.check(&request)?;
    let identity = request.extensions().get::<Identity>().ok_or_else(Problem::internal)?;
    if request.method().is_safe() {
        return Ok(Admitted::New(request));
    }
    let memory = guard.memory;
    let Some(key) = idempotency::key(request.headers())? else {
        return use_key(request, Token::new(None, memory)).map(Admitted::New);
    };
    let service = request.extensions().get::<&'static Service>().copied();
    let Some(service) = service.filter(|service| guard.idempotent && service.remembers()) else {
        return use_key(request, Token::new(None, memory)).map(Admitted::New);
    };
    let user =
        identity.caller.as_ref().map_or_else(|| "anonymous".to_owned(), |caller| caller.user_id.to_string());
    let scope = format!("{user} {} {}", request.method(), guard.path);
    let (once, request) = idempotency::once(scope, key, request).await?;
    let token = Arc::new(Token::new(Some(once.clone()), memory));
    let remembering = Remembering { service, once, memory, token: Arc::clone(&token) };
    if let Some(answer) = remembering.recall()? {
        return Ok(Admitted::Answered(answer));
    }
    let request = use_key(request, token)?;
    Ok(Admitted::Once(request, remembering))
}

/// Lets the handler's one transaction use this key, and know how the route remembers.
fn use_key(mut request: Request, token: impl Into<Arc<Token>>) -> Result<Request, Problem> {
    let context = request.extensions().get::<Context>().ok_or_else(Problem::internal)?;
    let context = context.with_token(token);
    context.enter();
    request.extensions_mut().insert(context);
    Ok(request)
}

/// No database keeps the character NUL in a text, and nothing here has use for it.
pub(crate) fn without_nul(pointer: &str, encoded: &str) -> Result<(), Problem> {
    if encoded.contains("%00") {
        let violation = Violation::new("MALFORMED", "Must not contain the character NUL.");
        return Err(Problem::malformed(violation.at(pointer)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use http::StatusCode;

    use super::*;
    use crate::{
        answer::Remembered,
        block_on::block_on,
        once::Cause as _,
        problem::Problem,
        response::no_content,
        routes::{Route, Routes},
        service::Database,
        sql::{Rows, SqlError, Value},
        testing,
    };

    thread_local! {
        /// Whether the concurrent duplicate has committed: after it was asked for once.
        static DUPLICATE: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
    }

    const KEY: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

    fn remembered(answer: &str) -> Remembered {
        Remembered { rows: Vec::new(), answer: answer.into() }
    }

    /// The number that the only row holds.
    fn numbered(rows: Vec<Rows>) -> Result<Response, Problem> {
        let row = rows.into_iter().next().ok_or_else(Problem::internal)?;
        let (number,): (i64,) = row.one().map_err(SqlError::from)?;
        Ok((StatusCode::CREATED, format!("number {number}")).into_response())
    }

    /// Remembers only the keys `known` and `rows`, and refuses `reused`.
    static MEMORY: Database = Database {
        recall: |once| match once.key.as_str() {
            "known" => {
                assert_eq!(once.scope, "anonymous POST /things/{id}");
                Ok(Some(remembered(
                    r#"{"status":201,"headers":[["location","/things/1"]]}
first"#,
                )))
            }
            "reused" => Err(SqlError::KeyReused),
            "concurrent" => Ok(DUPLICATE.replace(true).then(|| {
                remembered(
                    r#"{"status":201,"headers":[]}
duplicate's"#,
                )
            })),
            "rows" => Ok(Some(Remembered {
                rows: vec![Rows {
                    columns: vec!["number".into()],
                    values: vec![vec![Value::Integer(17)]],
                    affected: 1,
                }],
                answer: answer::of_rows(1, 0),
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
                    format!("{} {body}", context.peek().map_or(String::new(), |once| once.key))
                },
            )
        };
        let twice = Route::new(
            utoipa::openapi::HttpMethod::Post,
            "/twice".to_owned(),
            |_| utoipa::openapi::path::Operation::new(),
            |context: Context| async move {
                let (_first, second) = (context.writing(), context.writing());
                second.key().map_or_else(|_| Problem::internal().into_response(), |_| no_content())
            },
        );
        let refuse = Route::new(
            utoipa::openapi::HttpMethod::Post,
            "/refusals".to_owned(),
            |_| utoipa::openapi::path::Operation::new(),
            || async { Problem::conflict("TAKEN", "There is one already.") },
        );
        let opened = Routes::new("", "")
            .add(Access::SignedIn, post("/opened"))
            .open_when(|headers| Ok(headers.contains_key("x-open")));
        Routes::new("Things", "For a test")
            .add(Access::Anyone, refuse)
            .add(Access::Anyone, twice)
            .add(Access::Anyone, post("/things/{id}"))
            .add(Access::Anyone, post("/numbers").respond_with(numbered))
            .add(Access::Anyone, post("/tokens").without_idempotency())
            .with(opened)
    }

    fn prepare() {
        for name in ["lyceum.identity-key", "lyceum.secret"] {
            testing::configure(name, KEY);
        }
        testing::configure("lyceum.component", "things");
    }

    fn send(path: &str, key: &str) -> (StatusCode, String, bool) {
        prepare();
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
    fn an_answer_of_rows_is_replayed_without_the_handler() {
        assert_eq!(send("/numbers", "rows"), (StatusCode::CREATED, "number 17".into(), true));
        assert_eq!(
            send("/things/1", "rows").0,
            StatusCode::INTERNAL_SERVER_ERROR,
            "the route has no function"
        );
    }

    #[test]
    fn a_refusal_gives_way_to_the_answer_of_a_concurrent_duplicate() {
        assert_eq!(send("/refusals", "concurrent"), (StatusCode::CREATED, "duplicate's".into(), true));
        assert_eq!(send("/refusals", "new").0, StatusCode::CONFLICT);
    }

    #[test]
    fn a_remembered_answer_does_not_hide_a_second_use_of_the_key() {
        assert_eq!(send("/twice", "concurrent").0, StatusCode::INTERNAL_SERVER_ERROR);
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
    fn a_route_is_for_anybody_while_it_is_opened_and_for_its_own_callers_otherwise() {
        let status = |path: &str, open: bool| {
            prepare();
            let mut request = Request::post(path).body("".into()).unwrap();
            if open {
                request.headers_mut().insert("x-open", http::HeaderValue::from_static("yes"));
            }
            block_on(SERVICE.respond(request)).unwrap().status().as_u16()
        };
        assert_eq!((status("/opened", false), status("/opened", true)), (401, 200));
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
