//! What happens before a handler runs: access, then the `Idempotency-Key`.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};

use crate::{
    access::Access, answer, caller::Identity, context::Context, idempotency, problem::Problem,
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
        Ok(Admitted::Answered(response)) => response,
        Err(problem) => problem.into_response(),
    }
}

#[allow(clippy::large_enum_variant, reason = "both live for one request only")]
enum Admitted {
    New(Request),
    Answered(Response),
}

async fn admit(guard: &Guard, mut request: Request) -> Result<Admitted, Problem> {
    let identity = request.extensions().get::<Identity>().ok_or_else(Problem::internal)?;
    guard.access.check(identity)?;
    if request.method().is_safe() {
        return Ok(Admitted::New(request));
    }
    let Some(key) = idempotency::key(request.headers())? else {
        return Ok(Admitted::New(request));
    };
    let database = request.extensions().get::<&'static Service>().and_then(|service| service.database());
    let Some(database) = database.filter(|_| guard.idempotent) else {
        return Ok(Admitted::New(request));
    };
    let user = identity.caller.as_ref().map_or("anonymous", |caller| &caller.user_id);
    let scope = format!("{user} {} {}", request.method(), guard.path);
    let (once, mut repeatable) = idempotency::once(scope, key, request).await?;
    if let Some(answer) = (database.recall)(&once)? {
        return answer::replay(&answer).map(Admitted::Answered);
    }
    let context = repeatable.extensions().get::<Context>().ok_or_else(Problem::internal)?.with_once(once);
    repeatable.extensions_mut().insert(context);
    request = repeatable;
    Ok(Admitted::New(request))
}
