//! The OpenAPI document of a service, built when it is asked for.

use std::collections::{BTreeMap, BTreeSet};

use axum::{Json, response::IntoResponse};
use serde_json::Value;
use utoipa::openapi::{
    ComponentsBuilder, ContentBuilder, InfoBuilder, OpenApi, OpenApiBuilder, Ref, RefOr, ResponseBuilder,
    extensions::Extensions,
    path::{Operation, Parameter, ParameterIn, Paths},
    schema::{Object, Schema, SchemaType, Type},
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
        describe_errors(&mut operation, route.dialect.is_some());
        operation.parameters.iter_mut().flatten().for_each(describe_text);
        paths.add_path_operation(&route.path, vec![route.method], operation);
    }
    let mut named = BTreeSet::new();
    schemas.retain(|(name, _)| named.insert(name.clone()));
    open_parts(&mut schemas);
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

/// Every operation says who may call it.
fn describe_access(operation: &mut Operation, access: Access) {
    let mut extensions = operation.extensions.take().unwrap_or_default();
    let access: Vec<(String, Value)> = vec![(ACCESS_EXTENSION.to_owned(), access.document())];
    extensions.merge(Extensions::from_iter(access));
    operation.extensions = Some(extensions);
}

/// Every operation may answer with an error: a problem, or what the older clients of a dialect know, which may be nothing.
fn describe_errors(operation: &mut Operation, is_in_dialect: bool) {
    let error = ResponseBuilder::new();
    let error = if is_in_dialect {
        error.description("An error in the form that these clients know, with a body or without")
    } else {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        error.description("A problem (RFC 9457)").content("application/problem+json", content)
    };
    operation.responses.responses.entry("default".to_owned()).or_insert(RefOr::T(error.build()));
}

/// What no text of an address may hold, wherever it goes.
fn describe_text(parameter: &mut Parameter) {
    let pattern = match parameter.parameter_in {
        // The gateway refuses encoded control characters of ASCII and slashes.
        ParameterIn::Path => "^[^\\u0000-\\u001f\\u007f/\\\\]*$",
        // No text in the database holds it.
        ParameterIn::Query => "^[^\\u0000]*$",
        ParameterIn::Header | ParameterIn::Cookie => return,
    };
    let Some(RefOr::T(Schema::Object(object))) = &mut parameter.schema else { return };
    let is_text = matches!(&object.schema_type, SchemaType::Type(Type::String));
    if is_text && object.format.is_none() && object.enum_values.is_none() && object.pattern.is_none() {
        object.pattern = Some(pattern.to_owned());
    }
}

/// A part of a whole (`allOf`) can't forbid what the other parts have, as what clients send of it does: it stands there without that.
fn open_parts(schemas: &mut Schemas) {
    let closed: BTreeMap<String, Object> = schemas
        .iter()
        .filter_map(|(name, schema)| match schema {
            RefOr::T(Schema::Object(object)) if object.additional_properties.is_some() => {
                let mut open = object.clone();
                open.additional_properties = None;
                Some((format!("#/components/schemas/{name}"), open))
            }
            _ => None,
        })
        .collect();
    for (_, schema) in schemas {
        let RefOr::T(Schema::AllOf(whole)) = schema else { continue };
        for part in &mut whole.items {
            let RefOr::Ref(reference) = part else { continue };
            if let Some(open) = closed.get(&reference.ref_location) {
                *part = RefOr::T(Schema::Object(open.clone()));
            }
        }
    }
}

fn add_problem(schemas: &mut Schemas) {
    schemas.push(("Problem".to_owned(), <ProblemDocument<'_> as utoipa::PartialSchema>::schema()));
    <ProblemDocument<'_> as utoipa::ToSchema>::schemas(schemas);
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::{dialect::LIBRARY, route};

    #[derive(serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
    #[serde(deny_unknown_fields)]
    struct Fields {
        name: String,
    }

    #[derive(serde::Serialize, utoipa::ToSchema)]
    struct View {
        id: String,
        #[serde(flatten)]
        fields: Fields,
    }

    #[utoipa::path(put, path = "/things/{id}", request_body = Fields, params(("id" = String, Path), ("q" = String, Query), ("to" = Uuid, Query)),
        responses((status = 200, body = View)))]
    async fn put() {}

    fn described(routes: Routes) -> Value {
        serde_json::to_value(build("things", routes)).unwrap()
    }

    #[test]
    fn what_is_answered_of_fields_may_have_more_than_what_is_sent_of_them() {
        let document = described(Routes::new("", "").add(Access::Anyone, route!(put)));
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Fields"]["additionalProperties"], false);
        let parts = schemas["View"]["allOf"].as_array().unwrap();
        assert!(
            parts.iter().any(|part| part["properties"]["name"] == json!({ "type": "string" })),
            "{parts:?}"
        );
        assert!(parts.iter().all(|part| part["additionalProperties"].is_null()), "{parts:?}");
    }

    #[test]
    fn a_text_of_an_address_says_what_it_may_not_hold() {
        let document = described(Routes::new("", "").add(Access::Anyone, route!(put)));
        let patterns: Vec<_> = document["paths"]["/things/{id}"]["put"]["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|parameter| parameter["schema"]["pattern"].as_str())
            .collect();
        assert_eq!(patterns, [Some("^[^\\u0000-\\u001f\\u007f/\\\\]*$"), Some("^[^\\u0000]*$"), None]);
    }

    #[test]
    fn older_clients_are_promised_no_problem() {
        let default = |routes: Routes| {
            described(routes)["paths"]["/things/{id}"]["put"]["responses"]["default"]["content"].clone()
        };
        let routes = || Routes::new("", "").add(Access::Anyone, route!(put));
        assert!(default(routes()).is_object());
        assert!(default(routes().dialect(&LIBRARY)).is_null());
    }
}
