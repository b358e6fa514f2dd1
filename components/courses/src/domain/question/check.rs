//! The rules for questions.

use std::collections::BTreeSet;

use lyceum_kit::text;
use lyceum_kit::violation::{Validation, Violation};

use super::{Correct, Item, Question, QuestionType};
use crate::domain::decimal::Decimal;

/// In characters.
const TEXT: usize = 10_000;
const ITEM: usize = 1_000;
const ANSWER: usize = 200;
const ID: usize = 36;
/// Options, items, gaps, and accepted answers.
const MANY: usize = 20;
/// What a question is worth at most.
const POINTS: i32 = 10_000;
const PLACES: u32 = 4;

/// From 0 to 10,000, with at most 4 digits behind the point.
pub(in crate::domain) fn points(points: Decimal) -> Result<(), Violation> {
    if points < Decimal::ZERO || points > Decimal::whole(POINTS) {
        return Err(Violation::new("OUT_OF_RANGE", "Must be from 0 to 10,000."));
    }
    if !points.has_places(PLACES) {
        return Err(Violation::new("TOO_PRECISE", "At most 4 digits behind the point."));
    }
    Ok(())
}

/// A text that says something.
fn said(text: &str, limit: usize) -> Result<(), Violation> {
    if text.trim().is_empty() {
        return Err(Violation::new("REQUIRED", "Must say something."));
    }
    text::paragraphs(text, limit)
}

impl Question {
    /// Notes all that is wrong with the question at this pointer.
    pub(in crate::domain) fn check(&self, at: &str, valid: &mut Validation) {
        valid.take(&format!("{at}/text"), said(&self.text, TEXT));
        valid.take(&format!("{at}/points"), points(self.points));
        let explanation = text::optional(self.explanation.as_ref(), |text| text::paragraphs(text, TEXT));
        valid.take(&format!("{at}/explanation"), explanation);
        self.check_kind(at, valid);
        for (name, items) in
            [("options", &self.options), ("left", &self.left), ("right", &self.right), ("items", &self.items)]
        {
            if let Some(items) = items {
                check_items(&format!("{at}/{name}"), items, valid);
            }
        }
        match self.kind {
            QuestionType::SingleChoice | QuestionType::MultipleChoice | QuestionType::Ordering => {
                valid.take(&format!("{at}/correct"), self.check_ids());
            }
            QuestionType::TrueFalse => {
                let truth = matches!(self.correct, None | Some(Correct::Truth(_)));
                valid.check(&format!("{at}/correct"), truth, "WRONG_TYPE", "Must be true or false.");
            }
            QuestionType::Numeric => self.check_number(at, valid),
            QuestionType::ShortAnswer => {
                check_accepted(&format!("{at}/accepted"), self.accepted.as_deref(), valid);
            }
            QuestionType::FillIn => self.check_gaps(at, valid),
            QuestionType::Matching => {
                valid.take(&format!("{at}/pairs"), self.check_pairs());
            }
            QuestionType::Essay => {}
        }
    }

    /// Each kind has its own fields, and no other.
    fn check_kind(&self, at: &str, valid: &mut Validation) {
        use QuestionType::{
            FillIn, Matching, MultipleChoice, Numeric, Ordering, ShortAnswer, SingleChoice, TrueFalse,
        };
        let fields: [(&str, bool, bool, &[QuestionType]); 12] = [
            ("options", self.options.is_some(), true, &[SingleChoice, MultipleChoice]),
            (
                "correct",
                self.correct.is_some(),
                true,
                &[SingleChoice, MultipleChoice, TrueFalse, Numeric, Ordering],
            ),
            ("partial", self.partial.is_some(), false, &[MultipleChoice, FillIn, Matching, Ordering]),
            ("tolerance", self.tolerance.is_some(), false, &[Numeric]),
            ("tolerance_kind", self.tolerance_kind.is_some(), false, &[Numeric]),
            ("accepted", self.accepted.is_some(), true, &[ShortAnswer]),
            ("case_sensitive", self.case_sensitive.is_some(), false, &[ShortAnswer, FillIn]),
            ("gaps", self.gaps.is_some(), true, &[FillIn]),
            ("left", self.left.is_some(), true, &[Matching]),
            ("right", self.right.is_some(), true, &[Matching]),
            ("pairs", self.pairs.is_some(), true, &[Matching]),
            ("items", self.items.is_some(), true, &[Ordering]),
        ];
        for (name, given, needed, kinds) in fields {
            let pointer = format!("{at}/{name}");
            let own = kinds.contains(&self.kind);
            valid.check(&pointer, own || !given, "NOT_ALLOWED", "A question of this type has none.");
            let missing = own && needed && !given;
            valid.check(&pointer, !missing, "REQUIRED", "A question of this type has them.");
        }
    }

    /// The correct ones are there, once; and all of them where it is about their order.
    fn check_ids(&self) -> Result<(), Violation> {
        let Some(correct) = &self.correct else { return Ok(()) };
        let Correct::Ids(correct) = correct else {
            return Err(Violation::new("WRONG_TYPE", "Must be a list of ids."));
        };
        let known = ids(self.options.iter().chain(&self.items).flatten());
        let named: BTreeSet<&str> = correct.iter().map(String::as_str).collect();
        if !named.is_subset(&known) {
            return Err(Violation::new("UNKNOWN_ID", "Must name what the question has."));
        }
        if named.len() != correct.len() {
            return Err(Violation::new("REPEATED", "One is there twice."));
        }
        match self.kind {
            QuestionType::SingleChoice if named.len() != 1 => {
                Err(Violation::new("ONE", "Exactly one option is correct."))
            }
            QuestionType::MultipleChoice if named.is_empty() => {
                Err(Violation::new("REQUIRED", "At least one option is correct."))
            }
            QuestionType::Ordering if named != known => {
                Err(Violation::new("INCOMPLETE", "Must name each item in its place."))
            }
            _ => Ok(()),
        }
    }

    fn check_number(&self, at: &str, valid: &mut Validation) {
        let pointer = format!("{at}/correct");
        match &self.correct {
            None => {}
            Some(Correct::Number(number)) => {
                valid.take(&pointer, number.parse::<Decimal>());
            }
            Some(_) => valid.check(&pointer, false, "WRONG_TYPE", "Must be a decimal number, as a text."),
        }
        let possible = self.tolerance.is_none_or(|tolerance| tolerance >= Decimal::ZERO);
        valid.check(&format!("{at}/tolerance"), possible, "OUT_OF_RANGE", "Must be at least 0.");
    }

    /// The text has each gap once.
    fn check_gaps(&self, at: &str, valid: &mut Validation) {
        let Some(gaps) = &self.gaps else { return };
        let pointer = format!("{at}/gaps");
        valid.check(&pointer, !gaps.is_empty(), "REQUIRED", "There is at least one gap.");
        valid.check(&pointer, gaps.len() <= MANY, "TOO_MANY", "At most 20.");
        for (place, gap) in gaps.iter().enumerate() {
            check_accepted(&format!("{pointer}/{place}/accepted"), Some(&gap.accepted), valid);
        }
        let once = |number: usize| self.text.matches(&format!("{{{{{number}}}}}")).count() == 1;
        let all = (1..=gaps.len().min(MANY)).all(once);
        let said = format!("{at}/text");
        valid.check(&said, all, "GAPS", "Must have each gap once, as {{1}}, {{2}} and so on.");
        let more = self.text.matches("{{").count() > gaps.len();
        valid.check(&said, !more, "GAPS", "Has a gap of which nothing is said.");
    }

    /// Each on the left has one on the right.
    fn check_pairs(&self) -> Result<(), Violation> {
        let Some(pairs) = &self.pairs else { return Ok(()) };
        let left = ids(self.left.iter().flatten());
        let right = ids(self.right.iter().flatten());
        let matched: BTreeSet<&str> = pairs.iter().map(|(left, _)| left.as_str()).collect();
        let there = pairs.iter().all(|(_, id)| right.contains(id.as_str()));
        if !there || !matched.is_subset(&left) {
            return Err(Violation::new("UNKNOWN_ID", "Must name what the question has."));
        }
        if matched.len() != pairs.len() {
            return Err(Violation::new("REPEATED", "One on the left is there twice."));
        }
        if matched != left {
            return Err(Violation::new("INCOMPLETE", "Something belongs to each on the left."));
        }
        Ok(())
    }
}

fn ids<'q>(items: impl Iterator<Item = &'q Item>) -> BTreeSet<&'q str> {
    items.map(|item| item.id.as_str()).collect()
}

fn check_items(at: &str, items: &[Item], valid: &mut Validation) {
    valid.check(at, items.len() >= 2, "TOO_FEW", "At least 2.");
    valid.check(at, items.len() <= MANY, "TOO_MANY", "At most 20.");
    valid.check(at, ids(items.iter()).len() == items.len(), "REPEATED", "Two have the same id.");
    for (place, item) in items.iter().enumerate() {
        valid.take(&format!("{at}/{place}/id"), text::required_line(&item.id, ID));
        valid.take(&format!("{at}/{place}/text"), text::required_line(&item.text, ITEM));
    }
}

fn check_accepted(at: &str, accepted: Option<&[String]>, valid: &mut Validation) {
    let Some(accepted) = accepted else { return };
    valid.check(at, !accepted.is_empty(), "REQUIRED", "At least one answer is correct.");
    valid.check(at, accepted.len() <= MANY, "TOO_MANY", "At most 20.");
    for (place, answer) in accepted.iter().enumerate() {
        valid.take(&format!("{at}/{place}"), text::required_line(answer, ANSWER));
    }
}
