//! What several attempts come to.

use super::fraction::Fraction;
use super::quiz::Scoring;

impl Scoring {
    /// What counts, of the shares that attempts reached, in their order; none if there was none.
    pub(crate) fn of(self, shares: &[Fraction]) -> Option<Fraction> {
        match self {
            Self::Best => shares.iter().max().cloned(),
            Self::Last => shares.last().cloned(),
            Self::First => shares.first().cloned(),
            Self::Average => shares.iter().cloned().sum::<Fraction>().over(&Fraction::whole(shares.len())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_several_attempts_the_one_counts_that_the_quiz_says() {
        let shares = [Fraction::part(1, 3), Fraction::one(), Fraction::zero(), Fraction::part(1, 2)];
        for (scoring, counts) in [
            (Scoring::Best, Fraction::one()),
            (Scoring::Last, Fraction::part(1, 2)),
            (Scoring::First, Fraction::part(1, 3)),
            (Scoring::Average, Fraction::part(11, 24)),
        ] {
            assert_eq!(scoring.of(&shares), Some(counts));
            assert_eq!(scoring.of(&[]), None);
        }
    }
}
