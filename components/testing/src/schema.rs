//! The JSON Schemas of events, in `components/events/schemas`, or for a component of its own in its folder `events`.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use serde_json::{Map, Value, json};

/// Fails unless these data are what the kind promises, if its publisher is here.
pub(crate) fn check_received(kind: &str, data: &Value) {
    if let Some(path) = path_of(kind).filter(|path| path.parent().is_some_and(Path::is_dir)) {
        check(kind, &read(kind, &path), data);
    }
}

/// Fails unless these data are what the kind promises: the service itself publishes it, so there has to be a schema.
pub(crate) fn check_published(kind: &str, data: &Value) {
    check(kind, &of_kind(kind), data);
}

/// The schema of a kind, which has to be there.
pub(crate) fn of_kind(kind: &str) -> Value {
    let path = path_of(kind)
        .unwrap_or_else(|| panic!("{kind} is not of the form lyceum.<service>.<Name>.v<number>"));
    let schema = read(kind, &path);
    assert_eq!(schema["title"], kind, "{} is not titled by its kind", path.display());
    assert_eq!(schema["additionalProperties"], Value::Null, "fields of {kind} may be added within a version");
    schema
}

/// Data that are as the schema says: the least that is, then all there can be, with each value of its enums, and with a
/// member that a later publisher adds.
pub(crate) fn instances(kind: &str, schema: &Value) -> Vec<Value> {
    let all = [instance(schema, Extent::Least, 0), instance(schema, Extent::All, 0)];
    let most = (0..values(schema)).map(|turn| {
        let mut data = instance(schema, Extent::All, turn);
        data["added_later"] = json!(true);
        data
    });
    let data: Vec<_> = all.into_iter().chain(most).collect();
    for data in &data {
        check(kind, schema, data);
    }
    data
}

#[derive(Clone, Copy, PartialEq)]
enum Extent {
    Least,
    All,
}

/// The most values that an enum in it has.
fn values(schema: &Value) -> usize {
    let own = schema["enum"].as_array().map_or(0, Vec::len);
    let properties = schema["properties"].as_object().into_iter().flat_map(Map::values);
    let inside = properties.chain([&schema["items"]]).filter(|part| part.is_object()).map(values);
    inside.max().unwrap_or_default().max(own)
}

fn instance(schema: &Value, extent: Extent, turn: usize) -> Value {
    if let Some(values) = schema["enum"].as_array() {
        return values[turn % values.len()].clone();
    }
    if let Some(example) = schema["examples"].get(0) {
        return example.clone();
    }
    let types: Vec<_> = match &schema["type"] {
        Value::Array(types) => types.iter().filter_map(Value::as_str).collect(),
        one => one.as_str().into_iter().collect(),
    };
    if extent == Extent::Least && types.contains(&"null") {
        return Value::Null;
    }
    let length = |name: &str| usize::try_from(schema[name].as_u64().unwrap_or_default()).unwrap();
    match types.iter().find(|name| **name != "null") {
        Some(&"object") => {
            let required = schema["required"].as_array().cloned().unwrap_or_default();
            let properties = schema["properties"].as_object().into_iter().flatten();
            let wanted =
                properties.filter(|(name, _)| extent == Extent::All || required.contains(&json!(name)));
            wanted
                .map(|(name, part)| (name.clone(), instance(part, extent, turn)))
                .collect::<Map<_, _>>()
                .into()
        }
        Some(&"array") => {
            let count = length("minItems").max(usize::from(extent == Extent::All));
            (0..count).map(|_| instance(&schema["items"], extent, turn)).collect()
        }
        Some(&"string") => match schema["format"].as_str() {
            Some("uuid") => json!("00000000-0000-0000-0000-000000000000"),
            Some("date-time") => json!("1970-01-01T00:00:00Z"),
            Some("date") => json!("1970-01-01"),
            Some("email") => json!("a@b.c"),
            None if schema["pattern"].is_string() => panic!("a pattern needs `examples`: {schema:#}"),
            _ => json!("a".repeat(length("minLength"))),
        },
        Some(&("integer" | "number")) => {
            let above = schema["exclusiveMinimum"].as_i64().map(|bound| bound.saturating_add(1));
            json!(schema["minimum"].as_i64().or(above).unwrap_or_default())
        }
        Some(&"boolean") => json!(false),
        _ => panic!("no value can be made up for {schema:#}"),
    }
}

fn read(kind: &str, path: &Path) -> Value {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{kind} has no {}: {error}", path.display()));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn check(kind: &str, schema: &Value, data: &Value) {
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(schema)
        .unwrap_or_else(|error| panic!("the schema of {kind}: {error}"));
    let errors: Vec<_> =
        validator.iter_errors(data).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "the data of {kind} are not as its schema says: {errors:#?}\n{data:#}");
}

/// `lyceum.auth.UserCreated.v1` is described by `auth/UserCreated.v1.schema.json`.
fn path_of(kind: &str) -> Option<PathBuf> {
    let (service, name) = kind.strip_prefix("lyceum.")?.split_once('.')?;
    // Tests run in their package's folder, which is beside those of the other services.
    let package = env::current_dir().ok()?;
    let name = format!("{name}.schema.json");
    let own = package.join("events").join(&name);
    if own.is_file() {
        return Some(own);
    }
    Some(package.parent()?.join("events/schemas").join(service).join(name))
}
