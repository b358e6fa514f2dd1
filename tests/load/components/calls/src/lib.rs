//! For the benchmark: makes one kind of call to the host as often as it is told, so that the cost of one call is what an
//! answer takes longer with more of them.
#![forbid(unsafe_code)]

mod calls;

use lyceum_kit::documents::{Collection, Declaration};
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};

use calls::Call;

lyceum_kit::service! {
    name: "calls",
    identity: issuer,
    routes: routes,
    migrations: ["0001-things"],
    documents: crate::collections,
    publishes: [ThingWritten],
}

/// A document to be read and written.
#[derive(Clone, Debug, Deserialize, Serialize)]
struct Thing {
    text: String,
}

static THINGS: Collection<Thing> = Collection::new("things");

fn collections() -> Vec<Declaration> {
    vec![Declaration::new(&THINGS)]
}

/// A row or a document was written.
#[derive(Debug, Serialize)]
struct ThingWritten {
    thing_id: String,
}

impl Event for ThingWritten {
    const KIND: &'static str = "lyceum.calls.ThingWritten.v1";
    const AGGREGATE_TYPE: &'static str = "things";
    fn aggregate_id(&self) -> String {
        self.thing_id.clone()
    }
}

fn routes() -> Routes {
    Routes::new("Calls", "Calls the host").add(Access::Anyone, route!(make))
}

/// How often.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct Times {
    /// Calls, one after the other.
    times: u32,
}

/// What was done.
#[derive(Debug, Serialize, utoipa::ToSchema)]
struct Made {
    times: u32,
}

/// Makes the calls.
#[utoipa::path(get, path = "/calls/{call}", params(("call" = String, Path), Times), responses((status = 200, body = Made)))]
async fn make(
    context: Context,
    Path(call): Path<Call>,
    Query(asked): Query<Times>,
) -> Result<Json<Made>, Problem> {
    for _ in 0..asked.times {
        call.make(&context).await?;
    }
    Ok(Json(Made { times: asked.times }))
}
