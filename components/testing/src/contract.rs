//! What a service has to agree on with others: with the manifest, and with the schemas of events.
//!
//! ```ignore
//! #[test]
//! fn what_is_declared_is_what_the_manifest_and_the_schemas_say() {
//!     lyceum_testing::contract::assert_fits(&SERVICE);
//! }
//! ```

use std::{collections::BTreeSet, env, fs};

use lyceum_kit::{
    erasure::{ERASED, ErasureAnswered},
    event::{Event, Received},
    service::Service,
    subscription::{Consumes, Mode},
};
use serde_json::{Value, json};

use crate::schema;

/// Fails unless the service publishes and handles the very kinds that its block in the workspace's `spin.toml` names, in
/// the same modes, each kind that it publishes has a schema, and what it reads of each kind can be read of all that the
/// schema allows.
pub fn assert_fits(service: &Service) {
    let manifest = Manifest::of(service.name());
    assert_eq!(texts(service.publishes()), manifest.publishes, "`publishes`, here and in spin.toml");
    let handled = service.subscriptions().iter().map(|wanted| (wanted.kind(), wanted.mode()));
    let handled = handled.chain(service.ticks().map(|tick| (tick, Mode::Reaction)));
    let handled: BTreeSet<_> =
        handled.map(|(kind, mode)| (kind.to_owned(), mode.name().to_owned())).collect();
    assert_eq!(handled, manifest.subscriptions, "`on`, here and `subscriptions` in spin.toml");
    for kind in service.publishes() {
        schema::of_kind(kind);
    }
    let erases = service.publishes().any(|kind| kind == ErasureAnswered::KIND);
    let notes = service.migrations().iter().any(|migration| migration.sql == ERASED);
    assert!(notes || !erases, "a service that erases needs the migration `lyceum_kit::erasure::ERASED`");
    for wanted in service.subscriptions() {
        let kind = wanted.kind();
        for data in schema::instances(kind, &schema::of_kind(kind)) {
            let read = wanted.read(&received(service.name(), kind, &data));
            assert_eq!(read, Ok(()), "{kind} as {:?} can't be read: {data:#}", wanted.mode());
        }
    }
}

/// Fails unless each of these is as the schema of its kind says, and has no member that isn't described.
pub fn assert_published<E: Event>(events: &[E]) {
    let schema = schema::of_kind(E::KIND);
    assert!(!events.is_empty(), "no event of kind {} was made", E::KIND);
    for event in events {
        let data = serde_json::to_value(event).expect("data that can be JSON");
        schema::check_published(E::KIND, &data);
        let known = schema["properties"].as_object().expect("properties");
        for member in data.as_object().expect("an object").keys() {
            assert!(known.contains_key(member), "{member} of {} is not described", E::KIND);
        }
    }
}

/// Fails unless all that the schema of its kind allows can be read as this type; the kind.
pub fn assert_readable<T: Consumes>() -> &'static str {
    let kind = T::CONSUMED_KIND;
    for data in schema::instances(kind, &schema::of_kind(kind)) {
        let read = received("test", kind, &data).decode::<T>().map(drop);
        assert_eq!(read, Ok(()), "{kind} can't be read: {data:#}");
    }
    kind
}

fn received(service: &'static str, kind: &str, data: &Value) -> Received {
    let body = json!({ "id": "e1", "type": kind, "source": "/services/test", "data": data }).to_string();
    Received::parse(service, body.as_bytes()).expect("a CloudEvent")
}

/// What `spin.toml` says of a component.
struct Manifest {
    publishes: BTreeSet<String>,
    /// Kinds and modes.
    subscriptions: BTreeSet<(String, String)>,
}

impl Manifest {
    fn of(component: &str) -> Self {
        // Tests run in their package's folder.
        let folder = env::current_dir().expect("the package's folder");
        let file = folder.ancestors().map(|folder| folder.join("spin.toml")).find(|file| file.is_file());
        let file = file.expect("a spin.toml above the package");
        let text = fs::read_to_string(&file).expect("a manifest that can be read");
        let manifest: toml::Table =
            text.parse().unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        let said = manifest["component"].get(component);
        let said =
            said.unwrap_or_else(|| panic!("there is no [component.{component}] in {}", file.display()));
        let said = said.get("tool").and_then(|tool| tool.get("lyceum"));
        let list = |name: &str| {
            let list = said.and_then(|said| said.get(name)).and_then(toml::Value::as_array);
            list.cloned().unwrap_or_default()
        };
        let text = |value: &toml::Value| value.as_str().expect("a text").to_owned();
        Self {
            publishes: list("publishes").iter().map(text).collect(),
            subscriptions: list("subscriptions")
                .iter()
                .map(|wanted| (text(&wanted["kind"]), text(&wanted["mode"])))
                .collect(),
        }
    }
}

fn texts(kinds: impl Iterator<Item = &'static str>) -> BTreeSet<String> {
    kinds.map(ToOwned::to_owned).collect()
}
