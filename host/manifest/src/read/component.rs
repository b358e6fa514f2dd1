//! `[component.<id>]`: the part of a component that Spin knows too.

use std::collections::BTreeMap;
use std::path::Path;

use lyceum_mesh::{Outbound, OutboundEntry};

use super::draft::Draft;
use super::field::Field;
use super::table::Table;
use super::{lyceum, names};
use crate::model::{Component, Limits, Template, Trust};

const KNOWN: [&str; 7] =
    ["source", "description", "allowed_outbound_hosts", "variables", "build", "targets", "tool"];
/// What stands in `allowed_outbound_hosts`.
const HOSTS: &str = "an entry is like `http://users.spin.internal` for a component, and like `https://api.example.org`, \
                     `https://*.example.org` or `http://10.1.2.3:8080` for hosts outside";
/// Keys of Spin's manifest for things that Lyceum does in another way.
const OTHERWISE: [(&str, &str); 7] = [
    ("environment", "use `variables`"),
    ("files", "put what the component needs into it"),
    ("key_value_stores", "use `tool.lyceum.keyvalue`"),
    ("sqlite_databases", "use `tool.lyceum.sql`"),
    ("ai_models", ""),
    ("dependencies", "compose the component when it is built"),
    ("dependencies_inherit_configuration", "compose the component when it is built"),
];

pub(crate) fn read_all(root: &Table<'_>, folder: &Path) -> Vec<Draft> {
    let Some(table) = root.require("component").and_then(|field| field.free_table()) else {
        return Vec::new();
    };
    table.fields().filter_map(|(id, field)| read(id, &field, folder)).collect()
}

fn read(id: &str, field: &Field<'_>, folder: &Path) -> Option<Draft> {
    let table = field.free_table()?;
    let findings = field.findings;
    if !names::is_component_id(id) {
        let hint = "use kebab-case of at most 40 characters, such as `course-catalogue`";
        findings.report(&field.key_span, format!("`{id}` is no id for a component"), hint);
    }
    let mut known = KNOWN.to_vec();
    for (key, instead) in OTHERWISE {
        known.push(key);
        if let Some(field) = table.get(key) {
            let message = format!("Lyceum does not serve Spin's `{}`", field.name);
            findings.report(&field.key_span, message, instead);
        }
    }
    table.refuse_unknown(&known);
    let mut draft = Draft {
        component: blank(id, findings.line(field.key_span.start)),
        span: field.key_span.clone(),
        source: None,
        calls: Vec::new(),
        names: Vec::new(),
        publishes: Vec::new(),
        routes: Vec::new(),
        subscriptions: Vec::new(),
        read_models: None,
        identity: None,
    };
    draft.component.description = table.text("description").map(str::to_owned);
    if let Some(source) = table.require("source")
        && let Some(text) = source.text()
    {
        draft.component.source = folder.join(text);
        draft.source = Some(source.span);
    }
    build(&table);
    hosts(&table, &mut draft);
    variables(&table, &mut draft);
    let own = table.get("tool").and_then(|tool| tool.free_table()).and_then(|tool| tool.get("lyceum"));
    if let Some(own) = own {
        lyceum::read(&own, &mut draft);
    }
    Some(draft)
}

fn blank(id: &str, line: usize) -> Component {
    Component {
        id: id.to_owned(),
        description: None,
        source: std::path::PathBuf::new(),
        allowed_outbound_hosts: Outbound::default(),
        variables: BTreeMap::new(),
        trust: Trust::PlugIn,
        reuse: 1,
        limits: Limits::default(),
        http: false,
        routes: Vec::new(),
        subscriptions: Vec::new(),
        publishes: std::collections::BTreeSet::new(),
        sql: false,
        read_models: Vec::new(),
        documents: false,
        mail: false,
        keyvalue: BTreeMap::new(),
        containers: std::collections::BTreeSet::new(),
        issuer: false,
        line,
    }
}

/// Lyceum doesn't build by this, but what stands here must still be what Spin takes.
fn build(table: &Table<'_>) {
    let build = table.get("build").and_then(|field| field.table(&["command", "workdir", "watch"]));
    if let Some(build) = build {
        build.text("workdir");
        for pattern in build.items("watch") {
            pattern.text();
        }
    }
}

fn hosts(table: &Table<'_>, draft: &mut Draft) {
    for field in table.items("allowed_outbound_hosts") {
        let Some(text) = field.text() else { continue };
        match text.parse::<OutboundEntry>() {
            Ok(entry) => {
                draft.calls.extend(entry.component_id().map(|id| (id.to_owned(), field.span)));
                draft.component.allowed_outbound_hosts.extend([entry]);
            }
            Err(wrong) => field.wrong(format_args!("is \"{text}\", which {wrong}"), HOSTS),
        }
    }
}

fn variables(table: &Table<'_>, draft: &mut Draft) {
    let Some(variables) = table.get("variables").and_then(|field| field.free_table()) else { return };
    for (name, field) in variables.fields() {
        if !names::is_variable_name(name) {
            field.wrong("is no name for a variable", "use snake_case, such as `first_admin_email`");
        }
        let Some(text) = field.text() else { continue };
        match Template::parse(text) {
            Ok(template) => {
                let named = template.names().map(|name| (name.to_owned(), field.span.clone()));
                draft.names.extend(named);
                draft.component.variables.insert(name.to_owned(), template);
            }
            Err(wrong) => field.wrong(wrong, "a template is like `{{ name }}`"),
        }
    }
}
