//! Which component has what: who has no link has nothing.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use wasmcloud_provider_sdk::Context;

/// What stands behind the interface of each linked component. Its copies are one.
pub(crate) struct Links<T>(Arc<RwLock<HashMap<String, Arc<T>>>>);

impl<T> Clone for Links<T> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<T> Default for Links<T> {
    fn default() -> Self {
        Self(Arc::default())
    }
}

impl<T> Links<T> {
    /// From now on the component of this id has this.
    pub(crate) fn put(&self, component: &str, linked: T) {
        let mut links = self.0.write().unwrap_or_else(PoisonError::into_inner);
        links.insert(component.to_owned(), Arc::new(linked));
        tracing::info!(component, "linked");
    }

    /// From now on it has nothing.
    pub(crate) fn remove(&self, component: &str) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(component);
        tracing::info!(component, "no longer linked");
    }

    /// What the caller has.
    pub(crate) fn of_caller(&self, context: Option<&Context>) -> Option<Arc<T>> {
        let component = context.and_then(|context| context.component.as_deref())?;
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(component).map(Arc::clone)
    }

    /// Of each linked component, by its id.
    pub(crate) fn all(&self) -> Vec<(String, Arc<T>)> {
        let links = self.0.read().unwrap_or_else(PoisonError::into_inner);
        links.iter().map(|(component, linked)| (component.clone(), Arc::clone(linked))).collect()
    }
}
