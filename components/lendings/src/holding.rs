//! What becomes of a hold, and of the copy that it leaves: all that is added to one transaction. And what it follows of what
//! others tell of copies and readers.

use lyceum_event_types::books::{ItemAdded, ItemChanged, ItemRemoved};
use lyceum_event_types::readers::ReaderRemoved;
use lyceum_kit::again::again;
use lyceum_kit::erasure;
use lyceum_kit::periodic;
use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;

use crate::domain::{Day, Hold, HoldState, ItemSeen, Lending, ReaderSeen};
use crate::events;
use crate::store::cases::{self, WhichItem, WhichReader};
use crate::store::holds::{self, Queue};
use crate::store::{lendings, seen};

/// A copy that is free is kept for who is next, if somebody waits for the book.
#[derive(Clone, Debug)]
pub(crate) struct Passing {
    queue: Queue,
    next: Hold,
    ready: Hold,
    /// Of the book, as far as it is known.
    title: Option<String>,
}

impl Passing {
    /// For whom this copy is kept next, but for the holder of `unless`. Nobody if the copy can't be lent.
    pub(crate) fn of(item_id: Uuid, unless: Option<Uuid>) -> Result<Option<Self>, SqlError> {
        let Some(item) = cases::items(&WhichItem::Id(item_id))?.pop().filter(ItemSeen::can_be_lent) else {
            return Ok(None);
        };
        let queue = holds::queue(item.book_id)?;
        let Some(next) = holds::next(item.book_id, unless)? else { return Ok(None) };
        let Some(reader_id) = next.reader_id else { return Ok(None) };
        let Some(reader) = cases::readers(&WhichReader::Id(reader_id))?.pop() else { return Ok(None) };
        let case = cases::case(item, reader, Day::today())?;
        let title = cases::title(queue.book_id)?;
        Ok(case.map(|case| Self { queue, ready: next.ready(&case), next, title }))
    }

    /// Adds it to a transaction, which may change the queue for another reason already.
    pub(crate) fn add<E>(&self, mut transaction: Transaction<E>, is_changed: bool) -> Transaction<E> {
        if !is_changed {
            transaction = transaction.execute(self.queue.change()).on_missing(Problem::changed_meanwhile);
        }
        transaction = transaction
            .execute(self.ready.update())
            .on_missing(Problem::changed_meanwhile)
            .execute(self.queue.close_up(self.next.position));
        match self.next.holder().and_then(|holder| events::ready(&self.ready, self.title.clone(), holder)) {
            Some(ready) => transaction.publish(&ready),
            None => transaction,
        }
    }
}

/// A hold ends, and the copy that was kept for it is kept for who is next.
#[derive(Clone, Debug)]
pub(crate) struct Ending {
    queue: Queue,
    hold: Hold,
    ended: Hold,
    passing: Option<Passing>,
}

impl Ending {
    /// The hold ends like that; `taken` is the copy that the reader takes along.
    pub(crate) fn of(hold: &Hold, state: HoldState, taken: Option<Uuid>) -> Result<Self, SqlError> {
        let queue = holds::queue(hold.book_id)?;
        let left = hold.kept().filter(|item| Some(*item) != taken);
        let passing = left.map(|item| Passing::of(item, Some(hold.id))).transpose()?.flatten();
        Ok(Self { queue, hold: hold.clone(), ended: hold.ended(state), passing })
    }

    /// Adds it to a transaction.
    pub(crate) fn add<E>(&self, transaction: Transaction<E>) -> Transaction<E> {
        let mut transaction = transaction
            .execute(self.queue.change())
            .on_missing(Problem::changed_meanwhile)
            .execute(self.ended.update())
            .on_missing(Problem::changed_meanwhile);
        if self.hold.state == HoldState::Waiting {
            transaction = transaction.execute(self.queue.close_up(self.hold.position));
        }
        if let (Some(holder), Some(ended_at)) = (self.hold.holder(), self.ended.ended_at) {
            transaction = match self.ended.state {
                HoldState::Cancelled => transaction.publish(&events::cancelled(&self.hold, ended_at, holder)),
                HoldState::Expired => transaction.publish(&events::expired(&self.hold, ended_at, holder)),
                _ => transaction,
            };
        }
        match &self.passing {
            Some(passing) => passing.add(transaction, true),
            None => transaction,
        }
    }
}

/// A hold whose copy can't be lent any more.
#[derive(Clone, Debug)]
enum GivenUp {
    /// Another copy, which is free, is kept for it.
    Replaced { hold: Hold, by: Uuid },
    /// Its reader waits again.
    Delayed { hold: Hold, copy: Uuid },
}

impl GivenUp {
    fn of(hold: &Hold, copy: Uuid) -> Result<Self, SqlError> {
        let free = holds::free_item(hold.book_id)?;
        let item = free.map(|item_id| cases::items(&WhichItem::Id(item_id))).transpose()?;
        let reader =
            hold.reader_id.map(|reader_id| cases::readers(&WhichReader::Id(reader_id))).transpose()?;
        let pair = item.and_then(|mut found| found.pop()).zip(reader.and_then(|mut found| found.pop()));
        let case = pair.map(|(item, reader)| cases::case(item, reader, Day::today())).transpose()?.flatten();
        Ok(match (case, free) {
            (Some(case), Some(by)) => Self::Replaced { hold: hold.ready(&case), by },
            _ => Self::Delayed { hold: hold.waiting_again(), copy },
        })
    }

    fn add<E>(&self, transaction: Transaction<E>, queue: &Queue, title: Option<String>) -> Transaction<E> {
        let mut transaction = transaction.execute(queue.change()).on_missing(Problem::changed_meanwhile);
        let hold = match self {
            Self::Replaced { hold, by } => {
                transaction = transaction
                    .execute(lendings::out(Some(*by)).expect_rows(0))
                    .on_missing(Problem::changed_meanwhile);
                hold
            }
            Self::Delayed { hold, .. } => {
                transaction = transaction.execute(queue.make_way());
                hold
            }
        };
        transaction = transaction
            .execute(hold.update())
            .on_missing(Problem::changed_meanwhile)
            .on_unique("holds.item_id", Problem::changed_meanwhile);
        let Some(holder) = hold.holder() else { return transaction };
        match self {
            Self::Replaced { .. } => match events::ready(hold, title, holder) {
                Some(ready) => transaction.publish(&ready),
                None => transaction,
            },
            Self::Delayed { copy, .. } => transaction.publish(&events::delayed(hold, *copy, title, holder)),
        }
    }
}

/// Does what the catalogue's news of a copy ask for: what can't be lent is kept for nobody, and what is free is kept for who waits.
fn follow(by: &WithoutOnce, item_id: Uuid) -> Result<(), EventError> {
    let done = again(|| {
        let lendable = cases::items(&WhichItem::Id(item_id))?.pop().filter(ItemSeen::can_be_lent);
        match (lendable, holds::kept(item_id)?) {
            (None, Some(hold)) => give_up(by, &hold, item_id),
            (Some(_), None) => pass_on(by, item_id),
            _ => Ok(()),
        }
    });
    done.map_err(later)
}

/// What others still change after so many attempts waits until they have done.
fn later(problem: Problem) -> EventError {
    let changes = problem.code() == Problem::changed_meanwhile().code();
    if changes { EventError::unavailable(problem.detail()) } else { problem.into() }
}

/// A copy that is kept for this hold can't be lent any more.
fn give_up(by: &WithoutOnce, hold: &Hold, item_id: Uuid) -> Result<(), Problem> {
    let queue = holds::queue(hold.book_id)?;
    let title = cases::title(hold.book_id)?;
    GivenUp::of(hold, item_id)?.add(by.begin(), &queue, title).commit()?;
    Ok(())
}

/// A copy is kept for who is first, if it is free and somebody waits.
fn pass_on(by: &WithoutOnce, item_id: Uuid) -> Result<(), Problem> {
    if query_optional::<Lending>(lendings::out(Some(item_id)))?.is_some() {
        return Ok(());
    }
    let Some(passing) = Passing::of(item_id, None)? else { return Ok(()) };
    let free = by
        .begin()
        .execute(lendings::out(Some(item_id)).expect_rows(0))
        .on_missing(Problem::changed_meanwhile);
    passing.add(free, false).commit()?;
    Ok(())
}

/// Somebody begins to wait, behind all who do. If nobody does and a copy is free, that one is kept for them at once: as long as it
/// stood on its shelf, anybody could take it, and nobody would be told that it is wanted.
pub(crate) fn placed(book_id: Uuid, reader: &ReaderSeen, queue: &Queue) -> Result<Hold, SqlError> {
    let hold = Hold::place(book_id, (reader.reader_id, reader.user_id), queue.length + 1);
    let free = if queue.length == 0 { holds::free_item(book_id)? } else { None };
    let item = free.map(|item_id| cases::items(&WhichItem::Id(item_id))).transpose()?;
    let Some(item) = item.and_then(|mut found| found.pop()) else { return Ok(hold) };
    let case = cases::case(item, reader.clone(), Day::today())?;
    Ok(match case {
        Some(case) => Hold { version: hold.version, ..hold.ready(&case) },
        None => hold,
    })
}

/// Ends all holds that this statement finds, each by itself, so that what was kept is kept for who is next.
pub(crate) fn cancel_all(by: &WithoutOnce, active: impl Fn() -> Statement) -> Result<(), EventError> {
    loop {
        let holds: Vec<Hold> = query_all(active())?;
        if holds.is_empty() {
            return Ok(());
        }
        for hold in &holds {
            Ending::of(hold, HoldState::Cancelled, None)?.add(by.begin()).commit()?;
        }
    }
}

/// What nobody fetched in time is kept for who is next.
pub(crate) fn expire(by: &WithoutOnce) -> Result<(), EventError> {
    let today = Day::today();
    periodic::each(
        |hold: &Hold| format!("expiring the hold {}", hold.id),
        |last| Ok(holds::overdue(today, last, periodic::BATCH)?),
        |hold| {
            Ending::of(hold, HoldState::Expired, None)?.add(by.begin()).commit()?;
            Ok(())
        },
    )
    .map(drop)
}

/// Copies that are free although somebody waits are kept for them, whatever became of the news of them.
pub(crate) fn hand_out(by: &WithoutOnce) -> Result<(), EventError> {
    periodic::each(
        |book: &Uuid| format!("keeping copies of the book {book}"),
        |last| Ok(holds::awaited(last.copied(), periodic::BATCH)?),
        |book| {
            let Some(item) = holds::free_item(*book)? else { return Ok(()) };
            pass_on(by, item).map_err(later)
        },
    )
    .map(drop)
}

/// A copy is new: if it is free, it is kept for who waits.
pub(crate) fn item_came(received: &Received, item: &ItemAdded) -> Result<(), EventError> {
    item_told(received, item.item.item_id)
}

/// Something is said of a copy: it may be free, or may not be lent any more.
pub(crate) fn item_moved(received: &Received, item: &ItemChanged) -> Result<(), EventError> {
    item_told(received, item.item.item_id)
}

/// A copy is gone.
pub(crate) fn item_left(received: &Received, item: &ItemRemoved) -> Result<(), EventError> {
    item_told(received, item.item_id)
}

fn item_told(received: &Received, item_id: Uuid) -> Result<(), EventError> {
    seen::follows(item_id, received)?;
    follow(&received.without_once(), item_id)
}

/// Who is a reader no more waits for nothing. Their last hold is placed before that is known here, so that comes first.
pub(crate) fn reader_left(received: &Received, reader: &ReaderRemoved) -> Result<(), EventError> {
    let ReaderRemoved { reader_id, user_id, .. } = *reader;
    if !erasure::is_erased(user_id)? && !seen::is_removed(reader_id)? {
        return Err(EventError::not_yet("the row of readers_seen that says that they are gone"));
    }
    cancel_all(&received.without_once(), || holds::of_reader(reader_id))
}
