//! The JSON Schemas of events: each publisher has those of its own in `components/<service>/events`.

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

/// Fails unless these data are what the kind promises, if its publisher is here.
pub(crate) fn check_received(kind: &str, data: &Value) {
    if let Some(path) = path_of(kind).filter(|path| path.parent().is_some_and(Path::is_dir)) {
        check(kind, &path, data);
    }
}

/// Fails unless these data are what the kind promises: the service itself publishes it, so there has to be a schema.
pub(crate) fn check_published(kind: &str, data: &Value) {
    let path = path_of(kind)
        .unwrap_or_else(|| panic!("{kind} is not of the form lyceum.<service>.<Name>.v<number>"));
    check(kind, &path, data);
}

fn check(kind: &str, path: &Path, data: &Value) {
    let text =
        fs::read_to_string(path).unwrap_or_else(|error| panic!("{kind} has no {}: {error}", path.display()));
    let schema = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let validator = jsonschema::options()
        .should_validate_formats(true)
        .build(&schema)
        .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let errors: Vec<_> =
        validator.iter_errors(data).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "the data of {kind} are not as its schema says: {errors:#?}\n{data:#}");
}

/// `lyceum.auth.UserCreated.v1` is described by `auth/events/UserCreated.v1.schema.json`.
fn path_of(kind: &str) -> Option<PathBuf> {
    let (service, name) = kind.strip_prefix("lyceum.")?.split_once('.')?;
    // Tests run in their package's folder, which is beside those of the other services.
    let package = env::current_dir().ok()?;
    let events = package.parent()?.join(service).join("events");
    Some(events.join(format!("{name}.schema.json")))
}
