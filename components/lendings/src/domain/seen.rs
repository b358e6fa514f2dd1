//! What is known of readers and copies from what their services tell.

use lyceum_event_types::books::ItemStatus;
use lyceum_kit::prelude::*;

/// A book.
#[derive(Clone, Debug)]
pub(crate) struct BookSeen {
    pub(crate) book_id: Uuid,
    pub(crate) title: Option<String>,
    /// Thirteen digits.
    pub(crate) isbn: Option<String>,
    pub(crate) genre_id: Option<Uuid>,
}
from_row!(BookSeen { book_id, title, isbn, genre_id });

/// A copy, or a book of which no copy in particular is lent.
#[derive(Clone, Debug)]
pub(crate) struct ItemSeen {
    /// None if no copy in particular is meant.
    pub(crate) item_id: Option<Uuid>,
    pub(crate) book_id: Uuid,
    pub(crate) location: Option<String>,
    pub(crate) item_type: Option<String>,
    pub(crate) status: ItemStatus,
    /// The book's genre, as far as it is known.
    pub(crate) genre_id: Option<Uuid>,
}

impl ItemSeen {
    /// No copy in particular of this book: it is nowhere and of no type, and there always is one.
    pub(crate) const fn without_copy(book_id: Uuid, genre_id: Option<Uuid>) -> Self {
        let status = ItemStatus::Available;
        Self { item_id: None, book_id, location: None, item_type: None, status, genre_id }
    }

    /// Whether the catalogue says nothing against it. That a copy is on loan or kept is what it heard from here, and may be news
    /// of yesterday.
    pub(crate) fn can_be_lent(&self) -> bool {
        matches!(self.status, ItemStatus::Available | ItemStatus::OnLoan | ItemStatus::AwaitingPickup)
    }
}
from_row!(ItemSeen { item_id, book_id, location, item_type, status, genre_id });

/// A reader.
#[derive(Clone, Debug)]
pub(crate) struct ReaderSeen {
    pub(crate) reader_id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) category: String,
    /// A librarian says that they may borrow nothing.
    pub(crate) blocked: bool,
}
from_row!(ReaderSeen { reader_id, user_id, category, blocked });
