//! Shares of the calls between versions of a component, for canary and blue-green roll-outs.

use std::collections::BTreeMap;

use crate::random::below;

/// Which versions there are and how often each is picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Every version by component id, in the order given, also those that are never picked.
    versions: Vec<(String, u32)>,
    total: u64,
}

/// Why weights can't be used.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidWeights {
    /// No version has a weight above zero, so there would be nothing to pick.
    #[error("no version has a weight above 0")]
    Empty,
    /// The same version stands there twice.
    #[error("version {0:?} is named twice")]
    Twice(String),
}

/// Weights by the component whose calls they share out.
pub type WeightsByComponent = BTreeMap<String, Weights>;

/// Why a text does not say weights.
#[derive(Debug, thiserror::Error)]
pub enum UnreadableWeights {
    /// It has another form.
    #[error("it is not a JSON object of versions and their weights by component: {0}")]
    Form(#[from] serde_json::Error),
    /// A component's weights can't be used.
    #[error("{0}: {1}")]
    Invalid(String, InvalidWeights),
    /// Its calls could be meant for either.
    #[error("{0} is a version of {1} and of {2}")]
    Shared(String, String, String),
}

impl Weights {
    /// Weights of versions by component id, such as `[("books", 95), ("books-next", 5)]`. A version with
    /// weight 0 is never picked.
    pub fn new<I, V>(versions: I) -> Result<Self, InvalidWeights>
    where
        I: IntoIterator<Item = (V, u32)>,
        V: Into<String>,
    {
        let mut all: Vec<(String, u32)> = Vec::new();
        for (version, weight) in versions {
            let version = version.into();
            if all.iter().any(|(known, _)| *known == version) {
                return Err(InvalidWeights::Twice(version));
            }
            all.push((version, weight));
        }
        let total = all.iter().map(|(_, weight)| u64::from(*weight)).sum();
        if total == 0 { Err(InvalidWeights::Empty) } else { Ok(Self { versions: all, total }) }
    }

    /// Reads weights of any number of components: `{"books": {"books": 95, "books-next": 5}}`.
    pub fn read(text: &str) -> Result<WeightsByComponent, UnreadableWeights> {
        let given: BTreeMap<String, BTreeMap<String, u32>> = serde_json::from_str(text)?;
        let mut of: BTreeMap<String, String> = BTreeMap::new();
        let mut all = WeightsByComponent::new();
        for (component, versions) in given {
            for version in versions.keys() {
                if let Some(other) = of.insert(version.clone(), component.clone()) {
                    return Err(UnreadableWeights::Shared(version.clone(), other, component));
                }
            }
            let weights = Self::new(versions);
            let weights = weights.map_err(|why| UnreadableWeights::Invalid(component.clone(), why))?;
            all.insert(component, weights);
        }
        Ok(all)
    }

    /// Every version with its weight, also 0.
    pub fn versions(&self) -> impl Iterator<Item = (&str, u32)> {
        self.versions.iter().map(|(version, weight)| (version.as_str(), *weight))
    }

    /// The version for a given random number: the same number, the same version, so a hash of the caller's
    /// id keeps one person on one version.
    pub fn pick(&self, number: u64) -> &str {
        self.order(number).next().unwrap_or_default()
    }

    /// That version, and then the others that may be picked, in the order in which to try them instead.
    pub fn order(&self, number: u64) -> impl Iterator<Item = &str> {
        let picked = self.index(below(number, self.total));
        let (before, from) = self.versions.split_at(picked);
        from.iter().chain(before).filter(|(_, weight)| *weight > 0).map(|(version, _)| version.as_str())
    }

    /// Where the `point`th call of every `total` goes.
    fn index(&self, point: u64) -> usize {
        let mut upper = 0;
        let reached = self.versions.iter().position(|(_, weight)| {
            upper += u64::from(*weight);
            point < upper
        });
        reached.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::{InvalidWeights, UnreadableWeights, Weights};
    use crate::random::{Random, SeededRandom};

    #[test]
    fn each_version_gets_its_share() {
        let weights = Weights::new([("books", 90), ("off", 0), ("books-next", 10)]).unwrap();
        let random = SeededRandom::new(1);
        let next = (0..10_000).filter(|_| weights.pick(random.number()) == "books-next").count();
        assert!((900..1100).contains(&next), "{next} of 10000");
        assert!((0..10_000).all(|_| weights.pick(random.number()) != "off"));
    }

    #[test]
    fn the_same_number_picks_the_same_version() {
        let weights = Weights::new([("blue", 1), ("green", 1)]).unwrap();
        assert_eq!(weights.pick(0), "blue");
        assert_eq!(weights.pick(u64::MAX / 2), "blue");
        assert_eq!(weights.pick(u64::MAX / 2 + 1), "green");
        assert_eq!(weights.pick(u64::MAX), "green");
    }

    #[test]
    fn the_others_follow_the_picked_one_and_none_that_is_off() {
        let weights = Weights::new([("blue", 1), ("off", 0), ("green", 1)]).unwrap();
        assert_eq!(weights.order(0).collect::<Vec<_>>(), ["blue", "green"]);
        assert_eq!(weights.order(u64::MAX).collect::<Vec<_>>(), ["green", "blue"]);
        assert_eq!(weights.versions().collect::<Vec<_>>(), [("blue", 1), ("off", 0), ("green", 1)]);
    }

    #[test]
    fn weights_that_pick_nothing_or_are_ambiguous_are_refused() {
        assert_eq!(Weights::new([("a", 0)]), Err(InvalidWeights::Empty));
        assert_eq!(Weights::new(Vec::<(String, u32)>::new()), Err(InvalidWeights::Empty));
        assert_eq!(Weights::new([("a", 1), ("a", 2)]), Err(InvalidWeights::Twice("a".into())));
    }

    #[test]
    fn weights_of_several_components_are_read() {
        let read =
            Weights::read(r#"{"books": {"books": 99, "books-next": 1}, "auth": {"auth": 1}}"#).unwrap();
        assert_eq!(read["books"], Weights::new([("books", 99), ("books-next", 1)]).unwrap());
        assert_eq!(read["auth"], Weights::new([("auth", 1)]).unwrap());
        assert!(Weights::read("{}").unwrap().is_empty());
        assert!(matches!(Weights::read("[]"), Err(UnreadableWeights::Form(_))));
        assert!(matches!(Weights::read(r#"{"a": {"a": 0}}"#), Err(UnreadableWeights::Invalid(_, _))));
        let shared = Weights::read(r#"{"a": {"c": 1}, "b": {"c": 1}}"#);
        assert!(matches!(shared, Err(UnreadableWeights::Shared(_, _, _))), "{shared:?}");
    }
}
