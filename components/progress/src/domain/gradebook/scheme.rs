//! How a total is told.

use lyceum_kit::prelude::Validation;
use lyceum_kit::text::Name;
use lyceum_kit::text_enum;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::domain::grading::fraction::Fraction;
use crate::domain::grading::points::Points;

text_enum! {
    /// The form of a grade.
    pub(crate) enum SchemeKind {
        /// Points of all that there are.
        Points = "points",
        /// A percentage.
        Percent = "percent",
        /// A letter, by the bound that is reached.
        Letters = "letters",
        /// Passed or not.
        PassFail = "pass_fail",
    }
}

/// A letter, and from where on it is given.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Letter {
    /// One line of 1 to 20 characters.
    pub(crate) name: String,
    /// From so many percent on, inclusive.
    pub(crate) from: Points,
}

/// A scheme.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Scheme {
    pub(crate) kind: SchemeKind,
    /// For `letters`: 2 to 20, the best one first; the last one from 0 on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) letters: Vec<Letter>,
    /// For `pass_fail`: from so many percent on, inclusive.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) pass_from: Option<Points>,
}

impl Default for Scheme {
    fn default() -> Self {
        Self { kind: SchemeKind::Percent, letters: Vec::new(), pass_from: None }
    }
}

impl Scheme {
    /// Notes all that is wrong with it.
    pub(crate) fn check(&self, valid: &mut Validation) {
        let letters = self.kind == SchemeKind::Letters;
        let fits = if letters { (2..=20).contains(&self.letters.len()) } else { self.letters.is_empty() };
        valid.check("/scheme/letters", fits, "OUT_OF_RANGE", "2 to 20 for letters, and none for others.");
        for (at, letter) in self.letters.iter().enumerate() {
            valid.take(&format!("/scheme/letters/{at}/name"), Name::within(&letter.name, 20));
        }
        let bounds: Vec<Points> = self.letters.iter().map(|letter| letter.from).collect();
        let falls = bounds.is_sorted_by(|before, after| before > after);
        let ends = bounds.last().is_none_or(|last| last.is_zero());
        valid.check(
            "/scheme/letters",
            falls && ends,
            "NOT_IN_ORDER",
            "The best one first, the last one from 0 on.",
        );
        let passes = self.kind == SchemeKind::PassFail;
        let bound = self.pass_from.is_some_and(Points::is_percentage);
        let fits = if passes { bound } else { self.pass_from.is_none() };
        let message = "A percentage for pass_fail, and none for others.";
        valid.check("/scheme/pass_from", fits, "OUT_OF_RANGE", message);
    }

    /// A total in its words: by the exact number, not by the one that is shown.
    pub(crate) fn told(&self, share: &Fraction, points: &Fraction, possible: &Fraction) -> String {
        let reaches = |bound: Points| *share >= Fraction::of_percent(bound);
        match self.kind {
            SchemeKind::Points => format!("{} / {}", points.shown(), possible.shown()),
            SchemeKind::Percent => format!("{} %", share.in_percent().shown()),
            SchemeKind::Letters => {
                let given = self.letters.iter().find(|letter| reaches(letter.from));
                given.or(self.letters.last()).map_or(String::new(), |letter| letter.name.clone())
            }
            SchemeKind::PassFail => {
                let passed = reaches(self.pass_from.unwrap_or(Points::ZERO));
                if passed { "pass".to_owned() } else { "fail".to_owned() }
            }
        }
    }
}
