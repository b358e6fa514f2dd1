//! What of the document is shown where.

use std::collections::BTreeSet;

use http::Method;
use lyceum_kit::dialect::LibraryProfile;
use serde_json::{Value, json};

use super::merge::METHODS;
use crate::library::{self, Face};

/// All but what the library's successor alone has, which is served at its addresses.
pub(super) fn of_all(document: &mut Value) {
    keep(document, |method, path| library::missing(LibraryProfile::Reference, method, path, None).is_none());
    forget_schemas(document);
}

/// What one generation of the older library has, with the definitions that it needs.
pub(super) fn of_the_library(document: &mut Value, profile: LibraryProfile) {
    keep(document, |method, path| {
        Face::of(path) == Face::Library && library::missing(profile, method, path, None).is_none()
    });
    if let Some(title) = document.pointer_mut("/info/title") {
        *title = json!("The older library's face");
    }
    let shown = tags(document);
    if let Some(Value::Array(tags)) = document.get_mut("tags") {
        tags.retain(|tag| tag.get("name").and_then(Value::as_str).is_some_and(|name| shown.contains(name)));
    }
    forget_schemas(document);
}

/// Removes the schemas that nothing refers to.
fn forget_schemas(document: &mut Value) {
    let needed = needed(document);
    if let Some(Value::Object(schemas)) = document.pointer_mut("/components/schemas") {
        schemas.retain(|name, _| needed.contains(name));
    }
}

/// Keeps the operations that this is so of, and the paths that have one.
fn keep(document: &mut Value, is_shown: impl Fn(&Method, &str) -> bool) {
    let Some(Value::Object(paths)) = document.get_mut("paths") else { return };
    paths.retain(|path, item| {
        let Value::Object(item) = item else { return false };
        item.retain(|name, _| {
            let method = Method::from_bytes(name.to_uppercase().as_bytes());
            !METHODS.contains(&name.as_str()) || method.is_ok_and(|method| is_shown(&method, path))
        });
        item.keys().any(|name| METHODS.contains(&name.as_str()))
    });
}

fn tags(document: &Value) -> BTreeSet<String> {
    let paths = document.get("paths").and_then(Value::as_object).into_iter().flat_map(|paths| paths.values());
    let operations = paths.filter_map(Value::as_object).flat_map(|item| item.values());
    let tags = operations.filter_map(|operation| operation.get("tags")?.as_array()).flatten();
    tags.filter_map(|tag| tag.as_str().map(ToOwned::to_owned)).collect()
}

/// The schemas that anything but schemas refers to, and those that these refer to.
fn needed(document: &Value) -> BTreeSet<String> {
    let mut needed = BTreeSet::new();
    let mut open = Vec::new();
    references(document.get("paths").unwrap_or(&Value::Null), &mut open);
    let sections = document.get("components").and_then(Value::as_object).into_iter().flatten();
    for (_, section) in sections.filter(|(name, _)| *name != "schemas") {
        references(section, &mut open);
    }
    while let Some(name) = open.pop() {
        if let Some(schema) = document.pointer("/components/schemas").and_then(|schemas| schemas.get(&name))
            && needed.insert(name)
        {
            references(schema, &mut open);
        }
    }
    needed
}

fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(object) => {
            let named = object.get("$ref").and_then(Value::as_str);
            found.extend(
                named.and_then(|name| name.strip_prefix("#/components/schemas/")).map(ToOwned::to_owned),
            );
            object.values().for_each(|value| references(value, found));
        }
        Value::Array(values) => values.iter().for_each(|value| references(value, found)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn document() -> Value {
        let operation = |tag: &str, schema: &str| {
            let content = json!({ "schema": { "$ref": format!("#/components/schemas/{schema}") } });
            json!({ "tags": [tag], "responses": { "200": { "content": { "application/json": content } } } })
        };
        json!({
            "info": { "title": "Lyceum" },
            "tags": [{ "name": "books" }, { "name": "lendings" }, { "name": "users" }],
            "paths": {
                "/api/books": { "get": operation("books", "BookList"), "put": operation("books", "NewBook") },
                "/api/lendings": { "post": operation("lendings", "Lending") },
                "/api/v1/users": { "get": operation("users", "User") },
            },
            "components": { "schemas": {
                "BookList": { "items": { "$ref": "#/components/schemas/LibraryBook" } },
                "LibraryBook": { "type": "object" }, "NewBook": true, "Lending": true, "User": true,
            }, "securitySchemes": {} },
        })
    }

    fn names(document: &Value) -> Vec<&String> {
        document["components"]["schemas"].as_object().unwrap().keys().collect()
    }

    fn operations(document: &Value) -> Vec<String> {
        let paths = document["paths"].as_object().unwrap().iter();
        paths
            .flat_map(|(path, item)| {
                item.as_object().unwrap().keys().map(move |method| format!("{method} {path}"))
            })
            .collect()
    }

    #[test]
    fn what_the_successor_alone_has_is_described_at_its_addresses_alone() {
        let mut all = document();
        of_all(&mut all);
        assert_eq!(operations(&all), ["get /api/books", "post /api/lendings", "get /api/v1/users"]);
        assert_eq!(names(&all), ["BookList", "Lending", "LibraryBook", "User"]);
    }

    #[test]
    fn each_generation_of_the_library_is_described_by_itself_with_what_it_needs() {
        let mut reference = document();
        of_the_library(&mut reference, LibraryProfile::Reference);
        assert_eq!(operations(&reference), ["get /api/books", "post /api/lendings"]);
        assert_eq!(names(&reference), ["BookList", "Lending", "LibraryBook"]);
        assert_eq!(reference["tags"], json!([{ "name": "books" }, { "name": "lendings" }]));
        let mut successor = document();
        of_the_library(&mut successor, LibraryProfile::Successor);
        assert_eq!(operations(&successor), ["get /api/books", "put /api/books"]);
        assert_eq!(names(&successor), ["BookList", "LibraryBook", "NewBook"]);
        assert_eq!(successor["info"]["title"], "The older library's face");
    }
}
