//! The document of one service, made ready to stand beside others.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

/// What a part may define for reference, by the name of its section.
pub(super) type Definitions = Map<String, Value>;

/// The document of one service.
#[derive(Clone, Debug)]
pub(super) struct Part<'component> {
    pub(super) component: &'component str,
    pub(super) title: Option<Value>,
    pub(super) paths: Map<String, Value>,
    pub(super) definitions: Definitions,
}

/// A definition: its section, such as `schemas`, and its name.
type Definition = (String, String);

impl<'component> Part<'component> {
    pub(super) fn new(component: &'component str, mut document: Value) -> Self {
        Self {
            component,
            title: document.pointer_mut("/info/title").map(Value::take),
            paths: take(&mut document, "paths"),
            definitions: take(&mut document, "components"),
        }
    }

    /// Renames what `others` define differently under the same name, here and
    /// in every reference to it. What is the same stays shared.
    pub(super) fn avoid(self, others: &Definitions) -> Self {
        let mut renamed = BTreeSet::new();
        loop {
            let part = self.clone().with_renamed(&renamed);
            // What refers to something renamed is different now, too.
            let clashes = part.clashes(others);
            if clashes.is_empty() {
                return part;
            }
            renamed.extend(clashes);
        }
    }

    fn clashes(&self, others: &Definitions) -> Vec<Definition> {
        let named = self.definitions.iter().flat_map(|(section, entries)| {
            entries.as_object().into_iter().flatten().map(move |(name, value)| (section, name, value))
        });
        named
            .filter(|(section, name, value)| {
                others
                    .get(*section)
                    .and_then(|entries| entries.get(*name))
                    .is_some_and(|other| other != *value)
            })
            .map(|(section, name, _)| (section.clone(), name.clone()))
            .collect()
    }

    fn with_renamed(mut self, renamed: &BTreeSet<Definition>) -> Self {
        let component = self.component;
        for (section, entries) in &mut self.definitions {
            if let Value::Object(entries) = entries {
                let old = std::mem::take(entries);
                entries.extend(old.into_iter().map(|(name, value)| {
                    let clashing = renamed.contains(&(section.clone(), name.clone()));
                    (if clashing { prefixed(component, &name) } else { name }, value)
                }));
            }
        }
        for value in self.paths.values_mut().chain(self.definitions.values_mut()) {
            rename_references(value, component, renamed);
        }
        self
    }
}

fn take(document: &mut Value, member: &str) -> Map<String, Value> {
    match document.get_mut(member).map(Value::take) {
        Some(Value::Object(object)) => object,
        _ => Map::new(),
    }
}

/// OpenAPI allows letters, digits and `.-_` in such names.
pub(super) fn prefixed(component: &str, name: &str) -> String {
    format!("{component}.{name}")
}

fn rename_references(value: &mut Value, component: &str, renamed: &BTreeSet<Definition>) {
    match value {
        Value::Object(object) => {
            for (name, value) in object {
                match value {
                    Value::String(reference) if name == "$ref" => {
                        if let Some(new) = renamed_reference(reference, component, renamed) {
                            *reference = new;
                        }
                    }
                    _ => rename_references(value, component, renamed),
                }
            }
        }
        Value::Array(values) => {
            for value in values {
                rename_references(value, component, renamed);
            }
        }
        _ => {}
    }
}

fn renamed_reference(reference: &str, component: &str, renamed: &BTreeSet<Definition>) -> Option<String> {
    let (section, name) = reference.strip_prefix("#/components/")?.split_once('/')?;
    let clashing = renamed.contains(&(section.to_owned(), name.to_owned()));
    clashing.then(|| format!("#/components/{section}/{}", prefixed(component, name)))
}
