//! Shares of the calls between versions of a component, for canary and blue-green roll-outs.

use crate::random::below;

/// Which versions there are and how often each is picked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Weights {
    /// Version and the sum of the weights up to and with it; strictly increasing.
    steps: Vec<(String, u64)>,
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

impl Weights {
    /// Weights of versions by component id, such as `[("books", 95), ("books-next", 5)]`. A version with
    /// weight 0 is never picked.
    pub fn new<I, V>(versions: I) -> Result<Self, InvalidWeights>
    where
        I: IntoIterator<Item = (V, u32)>,
        V: Into<String>,
    {
        let mut seen: Vec<String> = Vec::new();
        let mut steps = Vec::new();
        let mut total = 0_u64;
        for (version, weight) in versions {
            let version = version.into();
            if seen.contains(&version) {
                return Err(InvalidWeights::Twice(version));
            }
            seen.push(version.clone());
            if weight > 0 {
                total += u64::from(weight);
                steps.push((version, total));
            }
        }
        if steps.is_empty() { Err(InvalidWeights::Empty) } else { Ok(Self { steps, total }) }
    }

    /// The version for a given random number: the same number, the same version, so a hash of the caller's
    /// id keeps one person on one version.
    pub fn pick(&self, number: u64) -> &str {
        let point = below(number, self.total);
        let index = self.steps.partition_point(|(_, upper)| *upper <= point);
        self.steps.get(index).or(self.steps.last()).map_or("", |(version, _)| version)
    }
}

#[cfg(test)]
mod tests {
    use super::{InvalidWeights, Weights};
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
    fn weights_that_pick_nothing_or_are_ambiguous_are_refused() {
        assert_eq!(Weights::new([("a", 0)]), Err(InvalidWeights::Empty));
        assert_eq!(Weights::new(Vec::<(String, u32)>::new()), Err(InvalidWeights::Empty));
        assert_eq!(Weights::new([("a", 1), ("a", 2)]), Err(InvalidWeights::Twice("a".into())));
    }
}
