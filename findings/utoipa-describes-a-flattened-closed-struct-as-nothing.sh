#!/usr/bin/env bash
# OpenAPI 3.1 descriptions of Rust types: serde says how a type is written, utoipa derives the schema from the same attributes.
#
# Seen with utoipa 5.5.0, serde 1.0.228 and jsonschema 4.25.1 (PyPI): a struct that refuses unknown members when it is read
# (`deny_unknown_fields`) may be part of another one when it is written (`flatten`), which serde does as one would think. utoipa
# writes the former's schema with `additionalProperties: false`, and the latter's as `allOf` of a reference to it and of the
# members of its own. Each part of an `allOf` sees the whole object, so no object fits: what serde writes breaks the schema
# that was derived from the very same types, and a client that validates answers refuses every one of them.
# Whoever serves such types should open the parts (or say `unevaluatedProperties` outside), and hold answers against schemas.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p described/src
cat >described/Cargo.toml <<'TOML'
[package]
name = "described"
version = "0.1.0"
edition = "2024"

[dependencies]
serde = { version = "=1.0.228", features = ["derive"] }
serde_json = "=1.0.145"
utoipa = "=5.5.0"
TOML
cat >described/src/main.rs <<'RS'
use serde::{Deserialize, Serialize};
use utoipa::{OpenApi, ToSchema};

#[derive(Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Fields {
    name: String,
}

#[derive(Serialize, ToSchema)]
struct Profile {
    id: u32,
    #[serde(flatten)]
    fields: Fields,
}

#[derive(OpenApi)]
#[openapi(components(schemas(Profile, Fields)))]
struct Api;

fn main() {
    let profile = Profile { id: 1, fields: serde_json::from_str(r#"{"name":"Ada"}"#).unwrap() };
    let schemas = serde_json::to_value(Api::openapi()).unwrap()["components"]["schemas"].take();
    println!("{}", serde_json::json!({ "written": profile, "schemas": schemas }));
}
RS
cargo run --quiet --manifest-path described/Cargo.toml >seen.json
python3 -m venv venv
venv/bin/pip install --quiet --disable-pip-version-check jsonschema==4.25.1
cat >check.py <<'PY'
import json

from jsonschema import Draft202012Validator

seen = json.load(open("seen.json", encoding="utf-8"))
schemas, written = seen["schemas"], seen["written"]
print("written:", written)
print("described:", json.dumps(schemas["Profile"]["allOf"]), json.dumps(schemas["Fields"]))
assert written == {"id": 1, "name": "Ada"}, written
assert schemas["Fields"]["additionalProperties"] is False
whole = {"components": {"schemas": schemas}, "$ref": "#/components/schemas/Profile"}
mistakes = [mistake.message for mistake in Draft202012Validator(whole).iter_errors(written)]
print("mistakes:", mistakes)
assert len(mistakes) == 1 and "'id' was unexpected" in mistakes[0], mistakes
PY
venv/bin/python check.py
