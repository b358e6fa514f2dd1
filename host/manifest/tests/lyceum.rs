//! Lyceum's own manifest, read by the model that the host is given.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // That is how a test fails.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use lyceum_manifest::{Manifest, Mode, Report, Trust, Variables};

fn path() -> PathBuf {
    // Tests run in their package's folder.
    PathBuf::from("../../spin.toml")
}

fn lyceum() -> Manifest {
    let path = path();
    let text = std::fs::read_to_string(&path).unwrap();
    Manifest::parse(&path, &text).unwrap_or_else(|mistakes| panic!("{}", Report(mistakes)))
}

#[test]
fn it_holds_together() {
    let manifest = lyceum();
    assert_eq!(manifest.public, "gateway");
    let ids: Vec<_> = manifest.components.keys().map(String::as_str).collect();
    let expected = [
        "auth",
        "authors",
        "books",
        "config",
        "courses",
        "enrollments",
        "files",
        "gateway",
        "genres",
        "lendings",
        "notifications",
        "passwords",
        "progress",
        "readers",
        "students",
        "subjects",
        "users",
    ];
    assert_eq!(ids, expected);
    for component in manifest.components.values() {
        assert_eq!(component.trust, Trust::Own, "{}", component.id);
        assert_eq!(component.reuse, 128, "{}", component.id);
        assert!(component.source.ends_with(format!("build/{}.wasm", component.id)));
        assert!(component.line > 1);
    }
}

#[test]
fn only_the_gateway_originates_identities_and_remembers_ended_sessions() {
    let manifest = lyceum();
    let issuers: Vec<_> = manifest.components.values().filter(|c| c.issuer).map(|c| c.id.as_str()).collect();
    assert_eq!(issuers, ["gateway"]);
    let gateway = manifest.component("gateway").unwrap();
    assert_eq!(gateway.subscriptions[0].mode, Mode::Projection);
    assert_eq!(gateway.subscriptions[0].replay_at_start, Some(Duration::from_mins(20)));
    assert_eq!(gateway.keyvalue["revocations"].time_to_live, Some(Duration::from_mins(20)));
    // None may be forgotten while a token of that session could still be valid.
    assert_eq!(gateway.keyvalue["revocations"].entries, 1_000_000);
    assert!(gateway.keyvalue["revocations"].refuses_when_full);
}

#[test]
fn nobody_but_auth_may_call_passwords() {
    let manifest = lyceum();
    let callers: BTreeSet<_> = manifest
        .components
        .values()
        .filter(|component| component.allowed_outbound_hosts.allows_component("passwords"))
        .map(|component| component.id.as_str())
        .collect();
    assert_eq!(callers, BTreeSet::from(["auth"]));
    assert!(manifest.component("passwords").unwrap().routes.is_empty());
    assert_eq!(manifest.component("passwords").unwrap().limits.concurrency, 2);
}

#[test]
fn the_gateway_lets_bodies_pass_that_the_largest_service_takes() {
    let manifest = lyceum();
    let gateway = manifest.component("gateway").unwrap().limits.request_body;
    let table = manifest.route_table();
    assert_eq!(table.iter().map(|entry| entry.request_body).max(), Some(gateway));
    assert!(table.iter().any(|entry| entry.component == "users" && entry.request_body == 1 << 20));
}

#[test]
fn the_gateway_reads_the_route_table_as_json() {
    let text = r#"
        spin_manifest_version = 2
        application.name = "small"
        [[trigger.http]]
        route = "/..."
        component = "front"
        [[trigger.http]]
        route = { private = true }
        component = "back"
        [component.front]
        source = "front.wasm"
        allowed_outbound_hosts = ["http://back.spin.internal"]
        [component.back]
        source = "back.wasm"
        tool.lyceum.routes = [{ prefix = "/a" }, { path = "/a/{id}/old", rewrite = "/new/{id}" }]
        tool.lyceum.limits = { request_body = "2000B" }
    "#;
    let manifest = Manifest::parse(Path::new("spin.toml"), text).unwrap();
    let json = serde_json::to_value(manifest.route_table()).unwrap();
    let expected = serde_json::json!([
        { "prefix": "/a", "component": "back", "request_body": 2000 },
        { "path": "/a/{id}/old", "component": "back", "rewrite": "/new/{id}", "request_body": 2000 },
    ]);
    assert_eq!(json, expected);
}

#[test]
fn a_component_is_given_its_variables() {
    let manifest = lyceum();
    let environment =
        [("LYCEUM_VARIABLE_FIRST_ADMIN_EMAIL", "ada@example.org"), ("OTHER", "x")].into_iter().collect();
    let variables = Variables::from_environment(&manifest, &environment).unwrap();
    let auth = variables.of_component(manifest.component("auth").unwrap());
    assert_eq!(auth["first_admin_email"], "ada@example.org");
    assert_eq!(auth["first_admin_password"], "");
    let users = variables.of_component(manifest.component("users").unwrap());
    assert!(!users.contains_key("first_admin_email"), "{users:?}");
    assert!(variables.of_component(manifest.component("genres").unwrap()).is_empty());
}
