//! What several grades come to.

use lyceum_kit::text_enum;

use crate::domain::grading::fraction::Fraction;

text_enum! {
    /// How grades of a category become one.
    pub(crate) enum Aggregation {
        /// The mean of the percentages: each item counts as much as any other.
        Mean = "mean",
        /// The mean of the percentages, each as heavy as its item's weight, or its points if it has none.
        WeightedMean = "weighted_mean",
        /// The one in the middle; of an even number the mean of the two in the middle.
        Median = "median",
        /// The lowest one.
        Minimum = "minimum",
        /// The highest one.
        Maximum = "maximum",
        /// The one that is there most often; of several such ones the highest.
        Mode = "mode",
        /// All points that were reached, of all that there were.
        Sum = "sum",
    }
}

/// A grade that counts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Counted {
    pub(crate) points: Fraction,
    /// More than nothing.
    pub(crate) possible: Fraction,
    /// In a weighted mean.
    pub(crate) weight: Fraction,
}

impl Counted {
    /// From 0 to 1, or beyond if more was given than there is.
    pub(crate) fn share(&self) -> Fraction {
        self.points.over(&self.possible).unwrap_or_else(Fraction::zero)
    }
}

/// Weighted sum of shares, of these weights.
fn weighted(grades: &[Counted], weight: impl Fn(&Counted) -> Fraction) -> Fraction {
    grades.iter().map(|grade| grade.share() * weight(grade)).sum()
}

fn mean(shares: &[Fraction]) -> Option<Fraction> {
    shares.iter().cloned().sum::<Fraction>().over(&Fraction::whole(shares.len()))
}

fn median(mut shares: Vec<Fraction>) -> Option<Fraction> {
    shares.sort();
    let (middle, even) = (shares.len() / 2, shares.len().is_multiple_of(2));
    let from = if even { middle.checked_sub(1)? } else { middle };
    mean(shares.get(from..=middle)?)
}

fn mode(shares: &[Fraction]) -> Option<Fraction> {
    let times = |share: &Fraction| shares.iter().filter(|other| *other == share).count();
    shares.iter().max_by_key(|share| (times(share), (*share).clone())).cloned()
}

impl Aggregation {
    /// What these grades come to, as a share; none if there are none. What is extra adds to it, and takes nothing away: in a sum its
    /// points are added and those that there were are not, in a weighted mean its weight counts above and not below, and in all
    /// others its percentage is divided by how many count that are not extra.
    pub(crate) fn of(self, grades: &[Counted], extra: &[Counted]) -> Option<Fraction> {
        let shares: Vec<Fraction> = grades.iter().map(Counted::share).collect();
        match self {
            Self::Sum => Self::weighted_by(grades, extra, |grade| grade.possible.clone()),
            Self::WeightedMean => Self::weighted_by(grades, extra, |grade| grade.weight.clone()),
            Self::Mean => mean(&shares),
            Self::Median => median(shares),
            Self::Minimum => shares.into_iter().min(),
            Self::Maximum => shares.into_iter().max(),
            Self::Mode => mode(&shares),
        }
        .and_then(|result| {
            if matches!(self, Self::Sum | Self::WeightedMean) {
                return Some(result);
            }
            let more: Fraction = extra.iter().map(Counted::share).sum();
            Some(result + more.over(&Fraction::whole(grades.len()))?)
        })
    }

    fn weighted_by(
        grades: &[Counted],
        extra: &[Counted],
        weight: impl Fn(&Counted) -> Fraction + Copy,
    ) -> Option<Fraction> {
        let all: Fraction = grades.iter().map(weight).sum();
        (weighted(grades, weight) + weighted(extra, weight)).over(&all)
    }
}
