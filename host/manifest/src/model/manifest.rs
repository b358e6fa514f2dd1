//! The whole application.

use std::collections::BTreeMap;
use std::path::Path;

use super::{Component, RouteEntry, Variable};
use crate::load;
use crate::mistake::Mistake;

/// A manifest that was read and holds together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The application's name.
    pub name: String,
    /// The application's version.
    pub version: Option<String>,
    /// The id of the component that the public listener hands requests to: the one whose trigger has
    /// the route `/...`.
    pub public: String,
    /// All components by id.
    pub components: BTreeMap<String, Component>,
    /// The application's variables by name.
    pub variables: BTreeMap<String, Variable>,
}

impl Manifest {
    /// Reads and checks the manifest in the file `path`, and that the components' files exist.
    ///
    /// # Errors
    /// Every mistake in it, in the order of the file.
    pub fn load(path: &Path) -> Result<Self, Vec<Mistake>> {
        let text = std::fs::read_to_string(path).map_err(|error| vec![load::unreadable(path, &error)])?;
        load::manifest(path, &text, &|source| source.is_file())
    }

    /// Reads and checks the text of a manifest, but doesn't ask whether the components' files exist:
    /// for tools that are about to build them. `path` is what mistakes name and what relative sources
    /// are resolved against.
    ///
    /// # Errors
    /// Every mistake in it, in the order of the file.
    pub fn parse(path: &Path, text: &str) -> Result<Self, Vec<Mistake>> {
        load::manifest(path, text, &|_| true)
    }

    /// The component with this id.
    pub fn component(&self, id: &str) -> Option<&Component> {
        self.components.get(id)
    }

    /// All routes. Serialises to the JSON that the gateway is given, which finds the most specific one itself.
    pub fn route_table(&self) -> Vec<RouteEntry> {
        let routes = self.components.values().flat_map(|component| {
            component.routes.iter().map(|route| RouteEntry {
                pattern: route.pattern.clone(),
                component: component.id.clone(),
                rewrite: route.rewrite.clone(),
                request_body: component.limits.request_body,
            })
        });
        let mut table: Vec<_> = routes.collect();
        table.sort_by(|one, other| one.pattern.template().cmp(other.pattern.template()));
        table
    }
}
