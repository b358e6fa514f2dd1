//! The manifest's top: `[application]`, `[variables]`, and on to triggers and components.

use std::collections::BTreeMap;
use std::path::Path;

use super::table::{Table, suggestion};
use super::{Reading, component, names, trigger};
use crate::model::{ValuePattern, Variable};

pub(crate) fn read(root: &Table<'_>, folder: &Path) -> Reading {
    root.refuse_unknown(&["spin_manifest_version", "application", "variables", "trigger", "component"]);
    if let Some(version) = root.require("spin_manifest_version") {
        version.integer(2..=2);
    }
    let application = root
        .require("application")
        .and_then(|field| field.table(&["name", "version", "description", "authors", "tool"]));
    let mut reading = Reading {
        name: String::new(),
        version: None,
        variables: variables(root),
        triggers: trigger::read(root),
        drafts: component::read_all(root, folder),
    };
    if let Some(application) = application {
        let name = application.require("name").and_then(|name| name.text());
        name.unwrap_or_default().clone_into(&mut reading.name);
        reading.version = application.text("version").map(str::to_owned);
        application.text("description");
        for author in application.items("authors") {
            author.text();
        }
        patterns(&application, &mut reading.variables);
    }
    reading
}

/// What the values of variables must be like: `[application.tool.lyceum.values]`, for which Spin has no field.
fn patterns(application: &Table<'_>, variables: &mut BTreeMap<String, Variable>) {
    let own = application.get("tool").and_then(|tool| tool.free_table());
    let own = own.and_then(|tool| tool.get("lyceum")).and_then(|own| own.table(&["values"]));
    let Some(values) = own.and_then(|own| own.get("values")).and_then(|values| values.free_table()) else {
        return;
    };
    for (name, field) in values.fields() {
        let Some(text) = field.text() else { continue };
        let pattern = match ValuePattern::parse(text) {
            Ok(pattern) => pattern,
            Err(why) => {
                field.wrong(format_args!("is no regular expression: {why}"), "");
                continue;
            }
        };
        let hint = suggestion(name, variables.keys().map(String::as_str));
        let Some(variable) = variables.get_mut(name) else {
            let message = format!("the application has no variable `{name}`");
            values.findings.report(&field.key_span, message, hint);
            continue;
        };
        if variable.default.as_deref().is_some_and(|default| !pattern.fits(default)) {
            field.wrong("doesn't fit the variable's default", "");
        }
        variable.pattern = Some(pattern);
    }
}

fn variables(root: &Table<'_>) -> BTreeMap<String, Variable> {
    let Some(table) = root.get("variables").and_then(|field| field.free_table()) else {
        return BTreeMap::new();
    };
    let mut variables = BTreeMap::new();
    for (name, field) in table.fields() {
        if !names::is_variable_name(name) {
            let message = format!("`{name}` is no name for a variable");
            table.findings.report(&field.key_span, message, "use snake_case, such as `first_admin_email`");
        }
        let Some(definition) = field.table(&["default", "required", "secret", "description"]) else {
            continue;
        };
        definition.text("description");
        let variable = Variable {
            default: definition.text("default").map(str::to_owned),
            secret: definition.flag("secret"),
            pattern: None,
        };
        match (&variable.default, definition.flag("required")) {
            (Some(_), true) => field.wrong("is required and yet has a default", "leave one of the two out"),
            (None, false) => field.wrong("has no default", "give it one, or say `required = true`"),
            _ => {}
        }
        if variable.secret && variable.default.as_deref().is_some_and(|default| !default.is_empty()) {
            let hint = "leave it empty here and set the environment variable";
            field.wrong("is secret, so its value may not stand in the manifest", hint);
        }
        variables.insert(name.to_owned(), variable);
    }
    variables
}
