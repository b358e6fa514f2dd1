//! What keeps a reader from going.

use lyceum_kit::prelude::*;

/// What somebody has and owes. As long as it is something, neither their record is deleted nor their data erased: who has the
/// library's copies, or owes it money, would not be known any more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Owed {
    /// How many copies they have.
    pub(crate) copies: i64,
    /// How much they owe, in cents.
    pub(crate) cents: i64,
}

impl Owed {
    /// Why they can't go: 409 with `COPIES_OUT` or, if there are fines alone, `FINES_UNPAID`. None if nothing is against it.
    pub(crate) fn refusal(self) -> Option<Problem> {
        let copies = match self.copies {
            0 => None,
            1 => Some("1 copy is out".to_owned()),
            more => Some(format!("{more} copies are out")),
        };
        let fines = (self.cents > 0).then(|| format!("{} cents of fines are unpaid", self.cents));
        let code = if copies.is_some() { "COPIES_OUT" } else { "FINES_UNPAID" };
        let why: Vec<_> = copies.into_iter().chain(fines).collect();
        (!why.is_empty())
            .then(|| Problem::conflict(code, format!("Not before that is settled: {}.", why.join(", and "))))
    }
}
