//! Which components have versions, and which component a version belongs to.

use std::collections::HashMap;

use crate::weights::{Weights, WeightsByComponent};

/// The weights in force. A version is to the mesh what its component is: it may call the same and has the same limit.
#[derive(Debug, Default)]
pub(super) struct Versions {
    weights: WeightsByComponent,
    component_of: HashMap<String, String>,
}

impl Versions {
    pub(super) fn new(weights: WeightsByComponent) -> Self {
        let pairs = weights.iter().flat_map(|(component, weights)| {
            weights.versions().map(move |(version, _)| (version.to_owned(), component.clone()))
        });
        let component_of = pairs.collect();
        Self { weights, component_of }
    }

    pub(super) fn all(&self) -> &WeightsByComponent {
        &self.weights
    }

    /// How the calls to this component are shared out, if they are.
    pub(super) fn weights(&self, component: &str) -> Option<&Weights> {
        self.weights.get(component)
    }

    /// The component that this id is a version of; itself if it is none.
    pub(super) fn component_of<'a>(&'a self, id: &'a str) -> &'a str {
        self.component_of.get(id).map_or(id, String::as_str)
    }
}
