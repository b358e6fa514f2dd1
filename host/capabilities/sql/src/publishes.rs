//! Which kinds of event a service publishes.

use std::collections::BTreeSet;
use std::sync::Arc;

use lyceum_events::LIVE;

use crate::Error;

/// The kinds of event that a service may publish: what its manifest says under `publishes`.
///
/// Messages to its own live channels are no events, and always allowed. Whoever reads the manifest then knows what there is to subscribe to, and no service can speak for another one.
#[derive(Clone, Debug, Default)]
pub struct Publishes(Option<Arc<BTreeSet<String>>>);

impl Publishes {
    /// Whatever it likes: for tests and tools, which have no manifest.
    pub fn anything() -> Self {
        Self(None)
    }

    /// These kinds and no other.
    pub fn only(kinds: impl IntoIterator<Item = impl Into<String>>) -> Self {
        Self(Some(Arc::new(kinds.into_iter().map(Into::into).collect())))
    }

    /// Refuses a kind that isn't among them.
    ///
    /// # Errors
    /// [`Error::Invalid`], which names the kind and what to do.
    pub fn check(&self, kind: &str) -> Result<(), Error> {
        match &self.0 {
            Some(kinds) if !kinds.contains(kind) && !kind.starts_with(LIVE) => Err(Error::Invalid(format!(
                "this component publishes no {kind}: the manifest has to name it under `publishes`"
            ))),
            Some(_) | None => Ok(()),
        }
    }
}
