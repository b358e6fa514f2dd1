//! A list's parameters in OpenAPI.

use utoipa::{
    IntoParams,
    openapi::{
        KnownFormat, ObjectBuilder, RefOr, Required, Schema, SchemaFormat,
        path::{Parameter, ParameterBuilder, ParameterIn},
        schema::Type,
    },
};

use super::{List, ListQuery, Listing};

impl<L: Listing> IntoParams for ListQuery<L> {
    fn into_params(_: impl Fn() -> Option<ParameterIn>) -> Vec<Parameter> {
        parameters(&L::LIST)
    }
}

fn parameters(list: &List) -> Vec<Parameter> {
    let mut parameters = Vec::new();
    for search in list.searches {
        let schema = ObjectBuilder::new().schema_type(Type::String);
        parameters.push(parameter(search.name, search.description, schema.into()));
    }
    for filter in list.filters {
        for name in filter.parameters() {
            parameters.push(parameter(&name, filter.description, (filter.schema)()));
        }
    }
    if !list.orders.is_empty() {
        let names = list.orders.iter().flat_map(|order| [order.name.to_owned(), format!("-{}", order.name)]);
        let schema = ObjectBuilder::new().schema_type(Type::String).enum_values(Some(names));
        parameters.push(parameter(
            "sort",
            Some("By what; with a minus, the other way round."),
            schema.into(),
        ));
    }
    let limit = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int32)))
        .minimum(Some(1))
        .maximum(Some(list.max_limit));
    parameters.push(parameter("limit", None, limit.into()));
    let cursor = ObjectBuilder::new().schema_type(Type::String);
    parameters.push(parameter("cursor", None, cursor.into()));
    parameters
}

fn parameter(name: &str, description: Option<&str>, schema: RefOr<Schema>) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(description)
        .schema(Some(schema))
        .build()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::list::{Filter, Order};

    #[test]
    fn every_parameter_of_a_declaration_is_described() {
        const SIZE: Order = Order::integer("size");
        const LIST: List = List::of("numbers", "id", "id", SIZE)
            .orders(&[SIZE])
            .filters(&[
                Filter::equal::<String>("colour").describe("Only these."),
                Filter::range::<i64>("size"),
            ])
            .limits(10, 20);
        let described = serde_json::to_value(parameters(&LIST)).unwrap();
        let names: Vec<&str> =
            described.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["colour", "size_from", "size_to", "sort", "limit", "cursor"]);
        let colour = json!({"name": "colour", "in": "query", "required": false, "description": "Only these.",
            "schema": {"type": "string"}});
        assert_eq!(described[0], colour);
        assert_eq!(described[3]["schema"]["enum"], json!(["size", "-size"]));
        let limit = json!({"type": "integer", "format": "int32", "minimum": 1, "maximum": 20});
        assert_eq!(described[4]["schema"], limit);
    }
}
