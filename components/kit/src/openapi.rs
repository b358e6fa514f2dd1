//! The OpenAPI document of a service, built when it is asked for.

use std::collections::BTreeSet;

use axum::{Json, response::IntoResponse};
use serde_json::Value;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder,
    extensions::Extensions,
    path::{Operation, Paths},
};

use crate::{
    access::Access,
    problem::ProblemDocument,
    routes::{Routes, Schemas},
};

/// Shows who may call an operation.
const ACCESS_EXTENSION: &str = "x-lyceum-access";

/// The answer to `GET /openapi.json`.
pub(crate) fn document(service: &'static str, routes: Routes) -> impl IntoResponse {
    Json(build(service, routes))
}

fn build(service: &'static str, routes: Routes) -> OpenApi {
    let mut paths = Paths::new();
    let mut schemas = Schemas::new();
    add_problem(&mut schemas);
    for route in routes.entries {
        let mut operation = (route.describe)(&mut schemas);
        operation.tags = Some(vec![service.to_owned()]);
        describe_access(&mut operation, route.access);
        paths.add_path_operation(&route.path, vec![route.method], operation);
    }
    let mut named = BTreeSet::new();
    schemas.retain(|(name, _)| named.insert(name.clone()));
    OpenApiBuilder::new()
        .info(
            InfoBuilder::new()
                .title(routes.title)
                .description(Some(routes.description))
                .version(env!("CARGO_PKG_VERSION"))
                .build(),
        )
        .paths(paths)
        .components(Some(ComponentsBuilder::new().schemas_from_iter(schemas).build()))
        .build()
}

/// Every operation may answer with a problem, and says who may call it.
fn describe_access(operation: &mut Operation, access: Access) {
    let mut extensions = operation.extensions.take().unwrap_or_default();
    let access: Vec<(String, Value)> = vec![(ACCESS_EXTENSION.to_owned(), access.document())];
    extensions.merge(Extensions::from_iter(access));
    operation.extensions = Some(extensions);
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let problem = ResponseBuilder::new()
        .description("A problem (RFC 9457)")
        .content("application/problem+json", content)
        .build();
    operation.responses.responses.entry("default".to_owned()).or_insert(RefOr::T(problem));
}

fn add_problem(schemas: &mut Schemas) {
    schemas.push(("Problem".to_owned(), <ProblemDocument<'_> as utoipa::PartialSchema>::schema()));
    <ProblemDocument<'_> as utoipa::ToSchema>::schemas(schemas);
}
