//! What an answer to a question is worth: a share of its points.

use caseless::Caseless as _;
use unicode_normalization::UnicodeNormalization as _;

use super::answer::Answer;
use super::fraction::Fraction;
use super::number;
use super::quiz::{Gap, Kind, Question, ToleranceKind};

impl Question {
    /// The share of its points that an answer has, from 0 to 1; none if somebody has to read it first. No answer has nothing.
    pub(crate) fn share(&self, answer: Option<&Answer>) -> Option<Fraction> {
        let Some(answer) = answer.filter(|answer| !answer.is_empty()) else { return Some(Fraction::zero()) };
        Some(match &self.kind {
            Kind::SingleChoice { correct, .. } => {
                let chosen = answer.selected_options.first();
                whole(answer.selected_options.len() == 1 && chosen.is_some_and(|id| correct.contains(id)))
            }
            Kind::MultipleChoice { correct, partial, .. } => {
                chosen(&answer.selected_options, correct, *partial)
            }
            Kind::TrueFalse { correct } => whole(answer.selected_options == [correct.to_string()]),
            Kind::Numeric { correct, tolerance, tolerance_kind } => {
                whole(is_near(answer.text(), &correct.0, &tolerance.0, *tolerance_kind))
            }
            Kind::ShortAnswer { accepted, case_sensitive } => {
                whole(is_one_of(answer.text(), accepted, *case_sensitive))
            }
            Kind::FillIn { gaps, case_sensitive, partial } => {
                parts(filled(&answer.gaps, gaps, *case_sensitive), gaps.len(), *partial)
            }
            Kind::Matching { pairs, partial, .. } => {
                // Who matches one on the left with several gets nothing for it.
                let right = pairs.iter().filter(|pair| {
                    let mut given = answer.pairs.iter().filter(|(left, _)| *left == pair.0);
                    given.next() == Some(*pair) && given.next().is_none()
                });
                parts(right.count(), pairs.len(), *partial)
            }
            Kind::Ordering { correct, partial, .. } => {
                let placed = correct.iter().zip(&answer.order).filter(|(right, given)| right == given);
                parts(placed.count(), correct.len(), *partial)
            }
            Kind::Essay {} => return None,
        })
    }
}

fn whole(right: bool) -> Fraction {
    if right { Fraction::one() } else { Fraction::zero() }
}

/// So many of all parts are right.
fn parts(right: usize, all: usize, partial: bool) -> Fraction {
    if partial { Fraction::part(right, all) } else { whole(right == all && all > 0) }
}

/// In parts, each wrong option takes back a right one, so that choosing all of them gains nothing.
fn chosen(given: &[String], correct: &[String], partial: bool) -> Fraction {
    let right = given.iter().filter(|id| correct.contains(id)).count();
    let wrong = given.len() - right;
    if partial {
        Fraction::part(right.saturating_sub(wrong), correct.len())
    } else {
        whole(wrong == 0 && right == correct.len())
    }
}

fn is_near(given: &str, correct: &str, tolerance: &str, kind: ToleranceKind) -> bool {
    let (Some(given), Some(correct)) = (number::read(given), number::read(correct)) else { return false };
    let tolerance = number::read(tolerance).unwrap_or_else(Fraction::zero).size();
    let allowed = match kind {
        ToleranceKind::Absolute => tolerance,
        ToleranceKind::Relative => tolerance * correct.size(),
    };
    (given - correct).size() <= allowed
}

/// Spaces at the ends don't count, and each run of them is one; letters are the same however they are composed.
fn plain(text: &str, case_sensitive: bool) -> String {
    let words = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if case_sensitive { words.nfc().collect() } else { words.nfd().default_case_fold().nfc().collect() }
}

fn is_one_of(given: &str, accepted: &[String], case_sensitive: bool) -> bool {
    let given = plain(given, case_sensitive);
    accepted.iter().any(|accepted| plain(accepted, case_sensitive) == given)
}

fn filled(given: &[String], gaps: &[Gap], case_sensitive: bool) -> usize {
    let right = gaps
        .iter()
        .zip(given)
        .filter(|(gap, given)| !given.trim().is_empty() && is_one_of(given, &gap.accepted, case_sensitive));
    right.count()
}

#[cfg(test)]
mod tests;
