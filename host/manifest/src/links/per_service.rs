//! Links that each service has for itself, such as its database: one variable for all, and one for each.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Environment, unsupported};
use crate::mistake::{Mistake, Place};
use crate::model::{Component, Manifest};
use crate::read::table::suggestion;

pub(super) const PLACEHOLDER: &str = "{service}";

/// A capability that stands behind a variable of this kind.
pub(super) struct Kind<L> {
    /// The variable for all services; the one for a single service has its name behind it.
    pub(super) variable: &'static str,
    /// What a service that it names has, in a message.
    pub(super) what: &'static str,
    /// The values that are understood, in a message.
    pub(super) supported: &'static str,
    /// Which components have the link at all.
    pub(super) wanted: fn(&Component) -> bool,
    /// Understands a value, as it is written and with the service's name in it; the path is the file where one is left
    /// out.
    pub(super) parse: fn(&str, &str, &Path) -> Option<L>,
    /// The file or database that only one service may have, if the link names one.
    pub(super) own: fn(&L) -> Option<String>,
    /// The folder of files that are left out, in the data folder.
    pub(super) folder: &'static str,
}

impl<L> Kind<L> {
    /// The link of each service that has one.
    pub(super) fn read(
        &self,
        manifest: &Manifest,
        environment: &Environment,
        data: &Path,
        mistakes: &mut Vec<Mistake>,
    ) -> BTreeMap<String, L> {
        let services: BTreeMap<String, &str> = manifest
            .components
            .values()
            .filter(|component| (self.wanted)(component))
            .map(|component| (suffix(&component.id), component.id.as_str()))
            .collect();
        self.refuse_unknown(environment, &services, mistakes);
        let mut links = BTreeMap::new();
        let mut owners: BTreeMap<String, &str> = BTreeMap::new();
        for (suffix, &service) in &services {
            let own = format!("{}_{suffix}", self.variable);
            let (name, value) = match environment.get(&own) {
                Some(value) => (own.as_str(), value),
                None => (self.variable, environment.get(self.variable).unwrap_or("sqlite:")),
            };
            let default = data.join(self.folder).join(format!("{service}.db"));
            let Some(link) = (self.parse)(value, &value.replace(PLACEHOLDER, service), &default) else {
                let mistake = unsupported(name, value, self.supported);
                if !mistakes.contains(&mistake) {
                    mistakes.push(mistake);
                }
                continue;
            };
            if let Some(place) = (self.own)(&link)
                && let Some(other) = owners.insert(place.clone(), service)
            {
                mistakes.push(Mistake {
                    place: Place::Environment(name.to_owned()),
                    message: format!("gives `{other}` and `{service}` the same place, {place}"),
                    hint: Some(format!("write {PLACEHOLDER} in it, which stands for the service's name")),
                });
            }
            links.insert(service.to_owned(), link);
        }
        links
    }

    fn refuse_unknown(
        &self,
        environment: &Environment,
        services: &BTreeMap<String, &str>,
        mistakes: &mut Vec<Mistake>,
    ) {
        let prefix = format!("{}_", self.variable);
        for (suffix, _) in environment.with_prefix(&prefix) {
            if !services.contains_key(suffix) {
                mistakes.push(Mistake {
                    place: Place::Environment(format!("{prefix}{suffix}")),
                    message: format!("names no component that has {}", self.what),
                    hint: Some(suggestion(suffix, services.keys().map(String::as_str))),
                });
            }
        }
    }
}

fn suffix(id: &str) -> String {
    id.to_ascii_uppercase().replace('-', "_")
}
