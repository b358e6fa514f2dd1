//! Holds: readers wait for books.

use lyceum_kit::{prelude::*, text_enum};
use serde::Serialize;
use utoipa::ToSchema;

use super::{Case, Day};

text_enum! {
    /// How far a hold is.
    pub(crate) enum HoldState {
        /// The reader waits.
        Waiting = "waiting",
        /// A copy is kept for them.
        Ready = "ready",
        /// They borrowed a copy.
        Fulfilled = "fulfilled",
        /// They wait no more.
        Cancelled = "cancelled",
        /// They didn't fetch the copy in time.
        Expired = "expired",
    }
}

/// A hold, as it is stored and shown. Whose it was is forgotten when that person's data is erased.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub(crate) struct Hold {
    pub(crate) id: Uuid,
    pub(crate) book_id: Uuid,
    pub(crate) reader_id: Option<Uuid>,
    #[schema(value_type = Option<Uuid>)]
    pub(crate) user_id: Option<UserId>,
    pub(crate) state: HoldState,
    /// The place among those that wait for the book, from 1; 0 when it doesn't wait.
    pub(crate) position: i64,
    /// The copy that is, or was, kept.
    pub(crate) item_id: Option<Uuid>,
    pub(crate) placed_at: Timestamp,
    pub(crate) ready_at: Option<Timestamp>,
    /// The last day on which the copy is kept.
    #[schema(value_type = Option<String>, format = Date)]
    pub(crate) pickup_until: Option<Day>,
    pub(crate) ended_at: Option<Timestamp>,
    #[serde(skip)]
    pub(crate) version: i64,
}

impl Hold {
    /// A reader begins to wait, at this place.
    pub(crate) fn place(book_id: Uuid, (reader_id, user_id): (Uuid, UserId), position: i64) -> Self {
        Self {
            id: ids::new(),
            book_id,
            reader_id: Some(reader_id),
            user_id: Some(user_id),
            state: HoldState::Waiting,
            position,
            item_id: None,
            placed_at: clock::now(),
            ready_at: None,
            pickup_until: None,
            ended_at: None,
            version: 1,
        }
    }

    /// The copy of this case is kept for its reader from now on, to an open day.
    pub(crate) fn ready(&self, case: &Case) -> Self {
        let now = clock::now();
        Self {
            state: HoldState::Ready,
            position: 0,
            item_id: case.item.item_id,
            ready_at: Some(now),
            pickup_until: Some(case.closed.open_from(Day::of(now).plus(case.rule.pickup_days))),
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// The copy that was kept can't be had any more: its reader waits again, before all others.
    pub(crate) fn waiting_again(&self) -> Self {
        Self {
            state: HoldState::Waiting,
            position: 1,
            item_id: None,
            ready_at: None,
            pickup_until: None,
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// It ends like that.
    pub(crate) fn ended(&self, state: HoldState) -> Self {
        Self { state, position: 0, ended_at: Some(clock::now()), version: self.version + 1, ..self.clone() }
    }

    /// It stands at this place of the queue.
    pub(crate) fn at(&self, position: i64) -> Self {
        Self { position, version: self.version + 1, ..self.clone() }
    }

    /// The reader and their account, if they are not forgotten; while it hasn't ended they never are.
    pub(crate) fn holder(&self) -> Option<(Uuid, UserId)> {
        self.reader_id.zip(self.user_id).filter(|_| self.ended_at.is_none())
    }

    /// The copy that is kept now.
    pub(crate) fn kept(&self) -> Option<Uuid> {
        self.item_id.filter(|_| self.state == HoldState::Ready)
    }
}
