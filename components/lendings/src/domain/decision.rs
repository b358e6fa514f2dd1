//! Whether a reader may borrow or keep a copy, and why not.

use lyceum_event_types::books::ItemStatus;
use lyceum_kit::prelude::*;

use super::{ClosedDays, Day, Hold, HoldState, ItemSeen, Lending, ReaderSeen, Rule};

/// All that a decision depends on.
#[derive(Clone, Debug)]
pub(crate) struct Case {
    pub(crate) item: ItemSeen,
    pub(crate) reader: ReaderSeen,
    /// The rule that decides.
    pub(crate) rule: Rule,
    /// The closed days of the copy's place, from today on.
    pub(crate) closed: ClosedDays,
    /// How many lendings the reader has.
    pub(crate) open_lendings: i64,
    /// Whether one of them is late.
    pub(crate) has_overdue: bool,
    /// Whether their record or account is about to go.
    pub(crate) leaves: bool,
    /// Whether the book is about to be deleted.
    pub(crate) book_leaves: bool,
    /// Who else wants the copy.
    pub(crate) others: Others,
    /// What the reader waits for of this book, or has ready.
    pub(crate) hold: Option<Hold>,
}

/// What others have to do with the copy.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Others {
    /// Somebody, also the reader, has it.
    pub(crate) has_it: bool,
    /// It is kept for another reader.
    pub(crate) keeps_it: bool,
    /// Other readers wait for the book.
    pub(crate) awaits_it: bool,
}

/// One reason against it. All of them are told.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Reason {
    /// Somebody has the copy.
    ItemLent,
    /// The copy is kept for somebody else.
    ItemKept,
    /// The copy is being mended, lost or withdrawn.
    ItemNotLendable(ItemStatus),
    /// The book is about to be deleted.
    BookLeaving,
    /// The reader has as many as the rule allows.
    LimitReached(u32),
    /// The reader has a copy that is late.
    ReaderOverdue,
    /// A librarian blocked the reader.
    ReaderBlocked,
    /// The reader's record or account is about to go.
    ReaderLeaving,
    /// It was renewed as often as the rule allows.
    RenewedTooOften(u32),
    /// It would be due on this day, as it is.
    NothingGained(Day),
    /// Others wait for the book.
    Awaited,
}

impl Reason {
    /// Whether it has to do with what the reader has, whatever they want to borrow.
    pub(crate) const fn is_about_reader(self) -> bool {
        matches!(
            self,
            Self::LimitReached(_) | Self::ReaderOverdue | Self::ReaderBlocked | Self::ReaderLeaving
        )
    }

    /// As it is told.
    pub(crate) fn told(self) -> FieldViolation {
        let (pointer, code, message) = match self {
            Self::ItemLent => ("/item_id", "ITEM_LENT", "Somebody has this copy.".into()),
            Self::ItemKept => {
                ("/item_id", "ITEM_KEPT", "This copy is kept for somebody who waited for it.".into())
            }
            Self::ItemNotLendable(status) => {
                ("/item_id", "ITEM_NOT_LENDABLE", format!("The catalogue says that this copy is {status}."))
            }
            Self::BookLeaving => ("/item_id", "BOOK_LEAVING", "The book is being deleted.".into()),
            Self::LimitReached(most) => (
                "/reader_id",
                "LIMIT_REACHED",
                format!("The reader has the {most} lendings that the rule allows."),
            ),
            Self::ReaderOverdue => {
                ("/reader_id", "READER_OVERDUE", "The reader has a copy that is late.".into())
            }
            Self::ReaderBlocked => {
                ("/reader_id", "READER_BLOCKED", "A librarian has blocked this reader.".into())
            }
            Self::ReaderLeaving => {
                ("/reader_id", "READER_LEAVING", "The reader's record or account is being deleted.".into())
            }
            Self::NothingGained(due_on) => (
                "",
                "NOTHING_GAINED",
                format!("Renewed today it would be due on {due_on}, as it is: renew it later."),
            ),
            Self::RenewedTooOften(most) => {
                ("", "RENEWED_TOO_OFTEN", format!("It was renewed the {most} times that the rule allows."))
            }
            Self::Awaited => ("", "AWAITED", "Others wait for this book.".into()),
        };
        Violation::new(code, message).at(pointer)
    }
}

/// What was decided.
#[derive(Clone, Debug)]
pub(crate) struct Decision {
    /// The last day on which the copy may come back without being late, if it is lent today.
    pub(crate) due_on: Day,
    /// Why not; nothing if it may be lent.
    pub(crate) reasons: Vec<Reason>,
}

impl Case {
    /// Whether the reader may borrow the copy on this day.
    pub(crate) fn decide(&self, today: Day) -> Decision {
        let mut reasons = Vec::new();
        if self.others.has_it {
            reasons.push(Reason::ItemLent);
        }
        if self.others.keeps_it {
            reasons.push(Reason::ItemKept);
        }
        if !self.item.can_be_lent() {
            reasons.push(Reason::ItemNotLendable(self.item.status));
        }
        if self.is_for_others() {
            reasons.push(Reason::Awaited);
        }
        if self.book_leaves {
            reasons.push(Reason::BookLeaving);
        }
        if self.open_lendings >= i64::from(self.rule.max_lendings) {
            reasons.push(Reason::LimitReached(self.rule.max_lendings));
        }
        if self.rule.blocked_while_overdue && self.has_overdue {
            reasons.push(Reason::ReaderOverdue);
        }
        if self.reader.blocked {
            reasons.push(Reason::ReaderBlocked);
        }
        if self.leaves {
            reasons.push(Reason::ReaderLeaving);
        }
        Decision { due_on: self.due(today), reasons }
    }

    /// Whether the reader, who has the copy, may keep it longer. Days are counted from today on, so whoever asks early may gain
    /// nothing; that is refused, and doesn't count as a renewal.
    pub(crate) fn decide_renewal(&self, lending: &Lending, today: Day) -> Decision {
        let mut reasons = Vec::new();
        if lending.renewals >= self.rule.max_renewals {
            reasons.push(Reason::RenewedTooOften(self.rule.max_renewals));
        }
        if self.rule.blocked_while_overdue && self.has_overdue {
            reasons.push(Reason::ReaderOverdue);
        }
        if self.reader.blocked {
            reasons.push(Reason::ReaderBlocked);
        }
        if self.others.awaits_it {
            reasons.push(Reason::Awaited);
        }
        let due_on = self.due(today);
        if due_on <= lending.due_on {
            reasons.push(Reason::NothingGained(lending.due_on));
        }
        Decision { due_on, reasons }
    }

    /// Up to which place of the queue others go before this reader, if the rule has them go before anybody: this copy is for them.
    pub(crate) fn waits_behind(&self) -> Option<i64> {
        // What is no copy in particular there always is.
        if self.item.item_id.is_none() || self.rule.lent_while_awaited {
            return None;
        }
        match &self.hold {
            None => Some(i64::MAX),
            Some(hold) if hold.state == HoldState::Waiting => Some(hold.position - 1),
            // They leave the copy that is kept for them to who is next.
            Some(_) => None,
        }
    }

    /// Whether the copy is free, and there are such others. Whoever waits for the book has a place of their own.
    fn is_for_others(&self) -> bool {
        let free = !self.others.has_it && !self.others.keeps_it;
        let awaited = self.waits_behind().is_some_and(|places| places > 0) && self.others.awaits_it;
        free && awaited
    }

    fn due(&self, today: Day) -> Day {
        self.closed.open_from(today.plus(self.rule.loan_days))
    }
}
