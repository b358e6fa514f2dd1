//! Which version of a component gets what does not pass through the mesh: requests from outside, and events.

use std::collections::HashMap;
use std::hash::{BuildHasher, BuildHasherDefault, DefaultHasher};
use std::sync::{Arc, PoisonError, RwLock};

use anyhow::Result;
use lyceum_mesh::WeightsByComponent;
use lyceum_metrics::Family;

use crate::weights;

/// The weights in force. Its copies are one.
#[derive(Clone, Default)]
pub(crate) struct Versions(Arc<RwLock<WeightsByComponent>>);

impl Versions {
    /// Those that a provider's settings say.
    pub(crate) fn of(settings: &HashMap<String, String>) -> Result<Self> {
        Ok(Self(Arc::new(RwLock::new(weights::of(settings)?))))
    }

    /// From now on those of these settings hold.
    pub(crate) fn take_over(&self, settings: &HashMap<String, String>) -> Result<()> {
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(weights) = weights::changed(&known, settings)? {
            *known = weights;
        }
        Ok(())
    }

    /// What operators are shown of them.
    pub(crate) fn figures(&self) -> Vec<Family> {
        lyceum_metrics::mesh::versions(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// The version that gets this attempt at what is known by `key`: by weight the first time, and then the others in turn,
    /// so that nothing is given up while any version can handle it.
    pub(crate) fn pick(&self, component: &str, key: &str, attempt: u32) -> String {
        let weights = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let picked = weights.get(component).and_then(|weights| {
            let number = BuildHasherDefault::<DefaultHasher>::new().hash_one(key);
            let order: Vec<&str> = weights.order(number).collect();
            let turn = usize::try_from(attempt.saturating_sub(1)).unwrap_or_default();
            order.get(turn % order.len().max(1)).copied()
        });
        picked.unwrap_or(component).to_owned()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::Versions;

    fn settings(weights: &str) -> HashMap<String, String> {
        HashMap::from([("weights".to_owned(), weights.to_owned())])
    }

    fn versions(weights: &str) -> Versions {
        Versions::of(&settings(weights)).unwrap()
    }

    #[test]
    fn events_are_shared_by_weight() {
        let versions = versions(r#"{"users": {"users": 90, "users-next": 10}}"#);
        let next =
            (0..1000).filter(|number| versions.pick("users", &format!("event {number}"), 1) == "users-next");
        let next = next.count();
        assert!((60..140).contains(&next), "{next} of 1000");
        assert_eq!(versions.pick("auth", "event", 1), "auth");
    }

    #[test]
    fn another_version_gets_the_next_attempt() {
        let versions = versions(r#"{"users": {"off": 0, "users": 1, "users-next": 1}}"#);
        let picked: Vec<_> = (1..=4).map(|attempt| versions.pick("users", "event", attempt)).collect();
        assert_ne!(picked[0], picked[1]);
        assert_eq!(picked[..2], picked[2..]);
        assert!(picked.iter().all(|version| version != "off"));
    }

    #[test]
    fn new_weights_hold_from_the_next_event_on() {
        let versions = versions("{}");
        assert_eq!(versions.pick("users", "event", 1), "users");
        versions.clone().take_over(&settings(r#"{"users": {"users-next": 1}}"#)).unwrap();
        assert_eq!(versions.pick("users", "event", 1), "users-next");
        assert!(versions.take_over(&settings("nonsense")).is_err());
        assert_eq!(versions.pick("users", "event", 1), "users-next", "nonsense changes nothing");
    }
}
