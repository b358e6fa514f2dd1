//! `LYCEUM_VARIABLE_<NAME>`: the values of the application's variables.

use std::collections::BTreeMap;

use super::Environment;
use crate::mistake::{Mistake, Place};
use crate::model::{Component, Manifest, TemplatePart};
use crate::read::table::suggestion;

const PREFIX: &str = "LYCEUM_VARIABLE_";

/// The application's variables with their values. Shows their names only, since some are secret.
#[derive(Clone, PartialEq, Eq)]
pub struct Variables(BTreeMap<String, String>);

impl Variables {
    /// The defaults of the manifest, overridden by the environment.
    ///
    /// # Errors
    /// Every variable that has no value or one that it can't have, and every one of the environment that the manifest
    /// doesn't know.
    pub fn from_environment(manifest: &Manifest, environment: &Environment) -> Result<Self, Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let known: BTreeMap<String, &String> =
            manifest.variables.keys().map(|name| (name.to_ascii_uppercase(), name)).collect();
        for (name, _) in environment.with_prefix(PREFIX).filter(|(name, _)| !known.contains_key(*name)) {
            mistakes.push(Mistake {
                place: Place::Environment(format!("{PREFIX}{name}")),
                message: "the application has no such variable".to_owned(),
                hint: Some(suggestion(name, known.keys().map(String::as_str))),
            });
        }
        let mut values = BTreeMap::new();
        for (upper, &name) in &known {
            let override_name = format!("{PREFIX}{upper}");
            let default = manifest.variables.get(name).and_then(|variable| variable.default.as_deref());
            match environment.get(&override_name).or(default) {
                Some(value) => {
                    mistakes.extend(manifest.variables.get(name).and_then(|variable| {
                        let pattern = variable.pattern.as_ref().filter(|pattern| !pattern.fits(value))?;
                        let shown =
                            if variable.secret { String::new() } else { format!("is `{value}`, and ") };
                        Some(Mistake {
                            place: Place::Environment(override_name),
                            message: format!("{shown}doesn't fit the application"),
                            hint: Some(format!(
                                "it must be like the regular expression `{}`",
                                pattern.as_str()
                            )),
                        })
                    }));
                    values.insert(name.clone(), value.to_owned());
                }
                None => mistakes.push(Mistake {
                    place: Place::Environment(override_name),
                    message: "is required and not set".to_owned(),
                    hint: None,
                }),
            }
        }
        if mistakes.is_empty() { Ok(Self(values)) } else { Err(mistakes) }
    }

    /// The names of switches that are open, everywhere or at some addresses, though the application has them closed.
    pub fn opened<'a>(&self, manifest: &'a Manifest) -> Vec<&'a str> {
        let is_opened = |name: &str, default: Option<&str>| {
            default == Some("closed")
                && self.0.get(name).is_some_and(|value| value.split(' ').next() == Some("open"))
        };
        let variables = manifest.variables.iter();
        variables
            .filter(|(name, variable)| is_opened(name, variable.default.as_deref()))
            .map(|(name, _)| name.as_str())
            .collect()
    }

    /// What `wasi:config/store` tells the component.
    pub fn of_component(&self, component: &Component) -> BTreeMap<String, String> {
        let value = |part: &TemplatePart| match part {
            TemplatePart::Text(text) => text.clone(),
            // A manifest that holds together names no others, so nothing is lost here.
            TemplatePart::Variable(name) => self.0.get(name).cloned().unwrap_or_default(),
        };
        component
            .variables
            .iter()
            .map(|(name, template)| (name.clone(), template.parts.iter().map(value).collect()))
            .collect()
    }
}

impl std::fmt::Debug for Variables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_set().entries(self.0.keys()).finish()
    }
}
