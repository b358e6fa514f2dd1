//! What somebody has for an item.

use lyceum_kit::prelude::*;

use super::aggregation::Counted;
use super::item::Item;
use crate::domain::grading::fraction::Fraction;
use crate::domain::grading::points::Points;

/// A grade: what was worked out or entered, and what instructors say of it.
#[derive(Clone, Debug)]
pub(crate) struct Grade {
    pub(crate) id: Uuid,
    pub(crate) course_id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) item_id: Uuid,
    /// Worked out of attempts or a submission, or entered; none if there is nothing yet.
    pub(crate) points: Option<Fraction>,
    /// What came since it is locked, or since its item is.
    pub(crate) arrived: Option<Fraction>,
    /// Counts in place of that.
    pub(crate) overridden: Option<Points>,
    /// Whether it counts neither for nor against somebody.
    pub(crate) excused: bool,
    pub(crate) hidden: bool,
    pub(crate) locked: bool,
    pub(crate) comment: Option<String>,
    pub(crate) version: i64,
    pub(crate) updated_at: Timestamp,
}

impl Grade {
    /// Nothing yet. It becomes a row when it is written as version 1.
    pub(crate) fn none(course_id: Uuid, user_id: UserId, item_id: Uuid) -> Self {
        Self {
            id: ids::new(),
            course_id,
            user_id,
            item_id,
            points: None,
            arrived: None,
            overridden: None,
            excused: false,
            hidden: false,
            locked: false,
            comment: None,
            version: 0,
            updated_at: clock::now(),
        }
    }

    /// The points that count.
    pub(crate) fn counting(&self) -> Option<Fraction> {
        self.overridden.map(Fraction::from).or_else(|| self.points.clone())
    }

    /// Its next state.
    fn next(&self) -> Self {
        Self { version: self.version + 1, updated_at: clock::now(), ..self.clone() }
    }

    /// Something else was worked out or entered. What is locked keeps it for when it isn't any more.
    pub(crate) fn reached(&self, item: &Item, points: Option<Fraction>) -> Self {
        if self.locked || item.locked {
            return Self { arrived: points, ..self.next() };
        }
        Self { points, arrived: None, ..self.next() }
    }

    /// Instructors enter these points, which count whether or not it is locked.
    pub(crate) fn entered(&self, points: Option<Fraction>) -> Self {
        Self { points, arrived: None, ..self.next() }
    }

    /// As instructors say.
    pub(crate) fn said(&self, said: Said) -> Self {
        let Said { overridden, excused, hidden, locked, comment } = said;
        let opened = self.locked && !locked;
        let arrived = self.arrived.clone().filter(|_| opened);
        Self {
            points: arrived.or_else(|| self.points.clone()),
            arrived: if opened { None } else { self.arrived.clone() },
            overridden,
            excused,
            hidden,
            locked,
            comment,
            ..self.next()
        }
    }
}

/// What instructors say of a grade.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) overridden: Option<Points>,
    pub(crate) excused: bool,
    pub(crate) hidden: bool,
    pub(crate) locked: bool,
    pub(crate) comment: Option<String>,
}

/// A grade as its category counts it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(crate) struct Graded {
    pub(crate) item_id: Uuid,
    pub(crate) counted: Counted,
    pub(crate) extra_credit: bool,
}

impl Graded {
    /// What somebody has for an item; none if that doesn't count: it is excused, or there is nothing yet, and nothing isn't `zero`.
    pub(crate) fn of(item: &Item, grade: Option<&Grade>, zero: bool) -> Option<Self> {
        if grade.is_some_and(|grade| grade.excused) || item.points_possible.is_zero() {
            return None;
        }
        let missing = || (zero && !item.extra_credit).then(Fraction::zero);
        let points = grade.and_then(Grade::counting).or_else(missing)?;
        let counted = Counted { points, possible: item.points_possible.into(), weight: item.heaviness() };
        Some(Self { item_id: item.id, counted, extra_credit: item.extra_credit })
    }
}
