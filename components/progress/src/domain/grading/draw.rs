//! Which questions an attempt has, and in which order: the same whenever it is asked, by the attempt's seed.
//!
//! ChaCha8 gives the same numbers on every machine and in every release; how they become an order is written here, since a
//! library may choose otherwise in another release. What is drawn, put in order or shown for one purpose takes numbers of a stream
//! of its own.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore as _, SeedableRng as _};

use super::quiz::{Choice, Question, Quiz};

/// What the numbers are for.
#[derive(Clone, Copy, Debug)]
enum Purpose {
    Draw(usize),
    Order,
    /// The options of the question at this place, in the quiz's own order.
    Options(usize),
    /// What stands on the right of one.
    Right(usize),
}

impl Purpose {
    fn stream(self) -> u64 {
        let (kind, at) = match self {
            Self::Draw(at) => (0, at),
            Self::Order => (1, 0),
            Self::Options(at) => (2, at),
            Self::Right(at) => (3, at),
        };
        (kind << 32) | u64::try_from(at).unwrap_or(0)
    }
}

fn numbers(seed: i64, purpose: Purpose) -> ChaCha8Rng {
    let mut key = [0; 32];
    for (byte, given) in key.iter_mut().zip(seed.to_le_bytes()) {
        *byte = given;
    }
    let mut numbers = ChaCha8Rng::from_seed(key);
    numbers.set_stream(purpose.stream());
    numbers
}

/// A number below `limit`, each as likely as any other.
fn below(numbers: &mut ChaCha8Rng, limit: usize) -> usize {
    let limit = u64::try_from(limit).unwrap_or(1).max(1);
    // What is above the last whole multiple would make small ones more likely.
    let fair = u64::MAX - u64::MAX % limit;
    loop {
        let number = numbers.next_u64();
        if number < fair {
            return usize::try_from(number % limit).unwrap_or(0);
        }
    }
}

/// Fisher and Yates: each order is as likely as any other.
fn shuffle<T>(things: &mut [T], numbers: &mut ChaCha8Rng) {
    for last in (1..things.len()).rev() {
        things.swap(last, below(numbers, last + 1));
    }
}

/// A question of an attempt, with its choices as the attempt shows them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Asked<'a> {
    pub(crate) question: &'a Question,
    /// Where it stands in the quiz's own order.
    at: usize,
}

impl Asked<'_> {
    fn shuffled(choices: &[Choice], seed: i64, purpose: Purpose) -> Vec<Choice> {
        let mut choices = choices.to_vec();
        shuffle(&mut choices, &mut numbers(seed, purpose));
        choices
    }

    /// Options or items in another order for each attempt.
    pub(crate) fn options(&self, choices: &[Choice], seed: i64) -> Vec<Choice> {
        Self::shuffled(choices, seed, Purpose::Options(self.at))
    }

    /// What stands on the right in another order for each attempt.
    pub(crate) fn right(&self, choices: &[Choice], seed: i64) -> Vec<Choice> {
        Self::shuffled(choices, seed, Purpose::Right(self.at))
    }
}

impl Quiz {
    /// The questions of the attempt with this seed, in its order. A question that stands in several places is asked once.
    pub(crate) fn asked(&self, seed: i64) -> Vec<Asked<'_>> {
        let mut questions: Vec<&Question> = self.questions.iter().collect();
        for (at, draw) in self.draws.iter().enumerate() {
            let pool = self.pools.iter().find(|pool| pool.bank_id == draw.bank_id);
            let mut drawn: Vec<&Question> = pool
                .iter()
                .flat_map(|pool| &pool.questions)
                .filter(|question| questions.iter().all(|other| other.id != question.id))
                .collect();
            shuffle(&mut drawn, &mut numbers(seed, Purpose::Draw(at)));
            questions.extend(drawn.into_iter().take(draw.count));
        }
        let mut asked: Vec<Asked<'_>> =
            questions.into_iter().enumerate().map(|(at, question)| Asked { question, at }).collect();
        if self.shuffle_questions {
            shuffle(&mut asked, &mut numbers(seed, Purpose::Order));
        }
        asked
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{HashMap, HashSet};

    use serde_json::json;

    use super::*;

    const BANK: &str = "01890000-0000-7000-8000-0000000000b1";

    fn quiz(drawn: usize, shuffle_questions: bool) -> Quiz {
        let essay = |id: String| json!({ "id": id, "points": "1", "type": "essay" });
        let of =
            |name: &str, count: usize| (0..count).map(|at| essay(format!("{name}{at}"))).collect::<Vec<_>>();
        serde_json::from_value(json!({
            "id": BANK, "title": "Bread", "shuffle_questions": shuffle_questions, "questions": of("f", 3),
            "draws": [{ "bank_id": BANK, "count": drawn }, { "bank_id": BANK, "count": 1 }],
            "pools": [{ "bank_id": BANK, "questions": of("p", 6) }],
        }))
        .unwrap()
    }

    fn ids(quiz: &Quiz, seed: i64) -> Vec<String> {
        quiz.asked(seed).iter().map(|asked| asked.question.id.clone()).collect()
    }

    #[test]
    fn a_seed_gives_the_same_questions_in_the_same_order_for_ever() {
        let quiz = quiz(2, true);
        assert_eq!(ids(&quiz, 7), ids(&quiz, 7));
        let all: HashSet<Vec<String>> = (0..50).map(|seed| ids(&quiz, seed)).collect();
        assert!(all.len() > 45);
    }

    #[test]
    fn questions_are_drawn_once_each_and_no_more_than_there_are() {
        let small = quiz(2, false);
        for seed in -20..20 {
            let ids = ids(&small, seed);
            assert_eq!(ids[..3], ["f0", "f1", "f2"]);
            assert_eq!((ids.len(), ids.iter().collect::<HashSet<_>>().len()), (6, 6));
        }
        assert_eq!(ids(&quiz(99, false), 1).len(), 9);
    }

    #[test]
    fn each_question_of_a_pool_is_drawn_about_as_often_as_any_other() {
        let quiz = quiz(1, false);
        let mut drawn: HashMap<String, usize> = HashMap::new();
        for seed in 0..6_000 {
            *drawn.entry(ids(&quiz, seed)[3].clone()).or_default() += 1;
        }
        assert_eq!(drawn.len(), 6);
        assert!(drawn.values().all(|count| (850..1_150).contains(count)), "{drawn:?}");
    }
}
