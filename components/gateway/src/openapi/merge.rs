//! One document of many parts.

use serde_json::{Map, Value, json};

use super::part::{Definitions, Part, prefixed};
use crate::{health, library};

/// Who may call an operation, as the kit states it.
pub(super) const ACCESS: &str = "x-lyceum-access";
/// The services whose part is left out.
const MISSING: &str = "x-lyceum-missing";
/// The members of a path that are operations (OpenAPI 3.1, 4.8.9.1).
pub(super) const METHODS: [&str; 8] = ["get", "put", "post", "delete", "options", "head", "patch", "trace"];

/// A document that is being made.
#[derive(Debug)]
pub(super) struct Document {
    tags: Vec<Value>,
    paths: Map<String, Value>,
    definitions: Definitions,
    missing: Vec<String>,
}

impl Document {
    /// With the gateway's own resources.
    pub(super) fn new() -> Self {
        let mut document =
            Self { tags: Vec::new(), paths: Map::new(), definitions: Map::new(), missing: Vec::new() };
        document.add(Part::new("gateway", own()), |path| Some(path.to_owned()));
        document
    }

    /// Adds a part. Only those of its paths are shown that `outside` leads to.
    pub(super) fn add(&mut self, part: Part<'_>, outside: impl Fn(&str) -> Option<String>) {
        let part = part.avoid(&self.definitions);
        self.tags.push(json!({ "name": part.component, "description": part.title.unwrap_or_default() }));
        for (path, mut item) in part.paths {
            let Some(path) = outside(&path) else { continue };
            describe(&mut item, part.component);
            self.paths.entry(path).or_insert(item);
        }
        for (section, entries) in part.definitions {
            let known = self.definitions.entry(section).or_insert_with(|| Value::Object(Map::new()));
            if let (Value::Object(known), Value::Object(entries)) = (known, entries) {
                known.extend(entries);
            }
        }
    }

    /// Says that a service's part is left out.
    pub(super) fn miss(&mut self, component: &str) {
        self.missing.push(component.to_owned());
    }

    pub(super) const fn is_complete(&self) -> bool {
        self.missing.is_empty()
    }

    pub(super) fn finish(mut self) -> Value {
        let bearer = json!({ "bearer": { "type": "http", "scheme": "bearer", "bearerFormat": "JWT" } });
        self.definitions.insert("securitySchemes".into(), bearer);
        let mut document = Map::from_iter([
            ("openapi".to_owned(), json!("3.1.0")),
            ("info".to_owned(), json!({ "title": "Lyceum", "version": env!("CARGO_PKG_VERSION") })),
            ("servers".to_owned(), json!([{ "url": "/" }])),
            ("tags".to_owned(), self.tags.into()),
            ("paths".to_owned(), self.paths.into()),
            ("components".to_owned(), self.definitions.into()),
        ]);
        if !self.missing.is_empty() {
            document.insert(MISSING.to_owned(), self.missing.into());
        }
        document.into()
    }
}

/// Makes the operations' ids unique, and states which need a token.
fn describe(item: &mut Value, component: &str) {
    let Value::Object(item) = item else { return };
    for (_, operation) in item.iter_mut().filter(|(name, _)| METHODS.contains(&name.as_str())) {
        let Value::Object(operation) = operation else { continue };
        if let Some(Value::String(id)) = operation.get_mut("operationId") {
            *id = prefixed(component, id);
        }
        let anyone = operation.get(ACCESS).is_some_and(|access| access == "anyone");
        let security = if anyone { json!([]) } else { json!([{ "bearer": [] }]) };
        operation.entry("security").or_insert(security);
    }
}

/// The gateway's own part.
fn own() -> Value {
    let operation = |id: &str, summary: &str, schema: Value| {
        json!({ "get": {
            "tags": ["gateway"],
            "operationId": id,
            "summary": summary,
            "responses": { "200": {
                "description": summary,
                "content": { "application/json": { "schema": schema } },
            } },
            ACCESS: "anyone",
        } })
    };
    let object = || json!({ "type": "object" });
    let health = json!({ "$ref": "#/components/schemas/Health" });
    json!({
        "info": { "title": "The way in" },
        "paths": {
            "/": operation("welcome", "What this is, and where to go on.", object()),
            super::PATH: operation("openapi", "This document.", object()),
            health::PATH: operation("health", "How each service is.", health),
            library::DESCRIPTION: operation("library_description", "What the older library's clients can ask.", object()),
            library::PAGE: library::page_operation(),
        },
        "components": { "schemas": { "Health": health::schema() } },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(access: &str, schemas: &Value) -> Value {
        json!({
            "openapi": "3.1.0",
            "info": { "title": "A part", "version": "1" },
            "paths": { "/api/v1/things": { "get": {
                "operationId": "list", ACCESS: access,
                "responses": { "200": { "content": { "application/json": {
                    "schema": { "$ref": "#/components/schemas/Page" }
                } } } },
            } } },
            "components": { "schemas": schemas },
        })
    }

    fn page() -> Value {
        json!({ "type": "array", "items": { "$ref": "#/components/schemas/Item" } })
    }

    /// Parts of the components a and b at paths of their own.
    fn merged(parts: [Value; 2]) -> Value {
        let mut document = Document::new();
        for (component, part) in ["a", "b"].into_iter().zip(parts) {
            document.add(Part::new(component, part), |path| Some(format!("/{component}{path}")));
        }
        document.finish()
    }

    fn reference<'a>(document: &'a Value, component: &str) -> &'a Value {
        let operation = &document["paths"][format!("/{component}/api/v1/things")]["get"];
        &operation["responses"]["200"]["content"]["application/json"]["schema"]["$ref"]
    }

    #[test]
    fn the_same_schema_is_shared() {
        let schemas = json!({ "Page": page(), "Item": { "type": "string" } });
        let document = merged([part("anyone", &schemas), part("anyone", &schemas)]);
        assert_eq!(reference(&document, "a"), "#/components/schemas/Page");
        assert_eq!(reference(&document, "b"), "#/components/schemas/Page");
    }

    #[test]
    fn a_schema_that_refers_to_a_different_one_is_different_itself() {
        let first = json!({ "Page": page(), "Item": { "type": "string" } });
        let second = json!({ "Page": page(), "Item": { "type": "integer" }, "Only": true });
        let document = merged([part("anyone", &first), part("anyone", &second)]);
        assert_eq!(reference(&document, "a"), "#/components/schemas/Page");
        assert_eq!(reference(&document, "b"), "#/components/schemas/b.Page");
        let schemas = &document["components"]["schemas"];
        assert_eq!(schemas["Page"]["items"]["$ref"], "#/components/schemas/Item");
        assert_eq!(schemas["b.Page"]["items"]["$ref"], "#/components/schemas/b.Item");
        assert_eq!(schemas["Item"]["type"], "string");
        assert_eq!(schemas["b.Item"]["type"], "integer");
        assert_eq!(schemas["Only"], true);
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let first = json!({ "Page": page(), "Item": { "type": "string" } });
        let second = json!({ "Page": page(), "Item": { "type": "integer" } });
        let document = merged([part("anyone", &first), part("anyone", &second)]);
        let text = document.to_string();
        let references: Vec<&str> =
            text.split("\"$ref\":\"#").skip(1).filter_map(|rest| rest.split('"').next()).collect();
        assert!(references.len() >= 5, "{references:?}");
        for reference in references {
            assert!(document.pointer(reference).is_some(), "{reference}");
        }
    }

    #[test]
    fn operations_say_who_may_call_them_and_have_ids_of_their_own() {
        let schemas = json!({ "Page": page(), "Item": true });
        let document = merged([part("anyone", &schemas), part("signed-in", &schemas)]);
        let (open, closed) =
            (&document["paths"]["/a/api/v1/things"]["get"], &document["paths"]["/b/api/v1/things"]["get"]);
        assert_eq!((&open["operationId"], &closed["operationId"]), (&json!("a.list"), &json!("b.list")));
        assert_eq!((&open[ACCESS], &open["security"]), (&json!("anyone"), &json!([])));
        assert_eq!((&closed[ACCESS], &closed["security"]), (&json!("signed-in"), &json!([{ "bearer": [] }])));
        assert_eq!(document["components"]["securitySchemes"]["bearer"]["scheme"], "bearer");
    }

    #[test]
    fn what_can_not_be_reached_is_not_shown_and_what_is_missing_is_named() {
        let mut document = Document::new();
        document.add(Part::new("a", part("anyone", &json!({}))), |_| None);
        document.add(Part::new("b", json!("not a document")), |_| None);
        assert!(document.is_complete());
        document.miss("c");
        assert!(!document.is_complete());
        let document = document.finish();
        let paths: Vec<&String> = document["paths"].as_object().unwrap().keys().collect();
        assert_eq!(paths, ["/", "/api-docs", "/api/v1/health", "/openapi.json", "/swagger-ui/index.html"]);
        assert_eq!(document[MISSING], json!(["c"]));
        assert_eq!(document["openapi"], "3.1.0");
    }
}
