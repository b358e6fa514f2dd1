//! Books from files: what becomes of a row whose book is there already, and what a row writes.
//!
//! A row's book is the one with its ISBN; if none has it, or the row has none, the one of which a copy has one of the row's
//! barcodes; and if there are none either, the one with the same title, whatever its case and accents, and the same year.
//! A book with another ISBN is another edition, and so another book. Rows of one file that are about the same book are in
//! each other's way: the second one fails, and can be imported afterwards.

use lyceum_event_types::books::ItemStatus;
use lyceum_kit::job::{Import, RowWrites};
use lyceum_kit::prelude::*;
use lyceum_kit::sql::{Table as _, Versioned as _};
use lyceum_kit::text;
use lyceum_kit::text_enum;

use crate::domain::table::BookRow;
use crate::domain::{Book, Contributor, Isbn, Item, ItemFields};
use crate::events;
use crate::routes::{barcode_taken, changed_meanwhile, check_genre, unknown_authors};
use crate::store::books::{self, isbn_taken};
use crate::store::items;

text_enum! {
    /// What becomes of a row whose book is there already.
    #[derive(Default)]
    pub(crate) enum OnMatch {
        /// It is passed over.
        Skip = "skip",
        /// The book gets what the row says, and the copies that it doesn't have yet.
        Update = "update",
        /// The row fails.
        #[default]
        Refuse = "refuse",
    }
}

/// An import for each of the ways; their names are kept with running jobs.
pub(crate) static SKIPPING: Import<BookRow> =
    Import::new("import-books-skip", |row| write(&row, OnMatch::Skip));
pub(crate) static UPDATING: Import<BookRow> =
    Import::new("import-books-update", |row| write(&row, OnMatch::Update));
pub(crate) static REFUSING: Import<BookRow> =
    Import::new("import-books-refuse", |row| write(&row, OnMatch::Refuse));

impl OnMatch {
    /// The import that goes about it so.
    pub(crate) const fn import(self) -> &'static Import<BookRow> {
        match self {
            Self::Skip => &SKIPPING,
            Self::Update => &UPDATING,
            Self::Refuse => &REFUSING,
        }
    }
}

fn write(row: &BookRow, on_match: OnMatch) -> Result<RowWrites, Problem> {
    if let Some(why) = &row.unreadable {
        return Err(Problem::unprocessable("UNREADABLE_RECORD", why.clone()));
    }
    match (matching(row)?, on_match) {
        (None, _) => add(row),
        (Some(_), OnMatch::Skip) => Ok(RowWrites::new()),
        (Some(book), OnMatch::Update) => update(row, &book),
        (Some(book), OnMatch::Refuse) => {
            Err(Problem::conflict("BOOK_EXISTS", format!("The book is there already: {}.", book.id)))
        }
    }
}

/// The book that a row is about, if it is there.
fn matching(row: &BookRow) -> Result<Option<Book>, Problem> {
    let isbn = row.isbn.as_deref().map(Isbn::parse).transpose();
    let isbn = isbn.map_err(|wrong| Problem::invalid(vec![wrong.at("/isbn")]))?;
    if let Some(isbn) = isbn
        && let Some(book) = books::with_isbn(isbn)?
    {
        return Ok(Some(book));
    }
    let same_edition = |book: &Book| isbn.is_none() || book.isbn.is_none() || book.isbn == isbn;
    let of_copies = items::their_books(&row.barcodes()?)?;
    let found = match (of_copies.is_empty(), &row.title) {
        (false, _) => of_copies,
        (true, Some(title)) => {
            let folded = text::fold(title);
            let alike = books::titled(title)?.into_iter();
            alike.filter(|book| text::fold(&book.title) == folded && book.year == row.year).collect()
        }
        (true, None) => Vec::new(),
    };
    let mut found = found.into_iter().filter(same_edition);
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => {
            Err(Problem::conflict("BOOK_AMBIGUOUS", "More than one book may be meant: give an ISBN."))
        }
        (book, _) => Ok(book),
    }
}

fn add(row: &BookRow) -> Result<RowWrites, Problem> {
    let mut book = Book::new(row.over(crate::domain::BookFields::default())?)?;
    check_genre(book.genre_id)?;
    check_authors(&book, &[])?;
    let items = copies(row, book.id)?;
    book.item_count = number_of(&items);
    book.available_count = book.item_count;
    let writes = RowWrites::new()
        .execute(book.insert())
        .on_unique("books.isbn", isbn_taken())
        .execute_all(books::found(&book))
        .publish(&events::book_added(&book));
    Ok(with_copies(writes, &items))
}

fn update(row: &BookRow, book: &Book) -> Result<RowWrites, Problem> {
    let mut changed = book.with(row.over(book.fields())?)?;
    if changed.genre_id != book.genre_id {
        check_genre(changed.genre_id)?;
    }
    check_authors(&changed, &book.contributors.0)?;
    let items = copies(row, book.id)?;
    if changed.fields() == book.fields() && items.is_empty() {
        return Ok(RowWrites::new());
    }
    changed.item_count += number_of(&items);
    changed.available_count += number_of(&items);
    let mut writes = RowWrites::new()
        .execute(changed.update())
        .on_missing(changed_meanwhile())
        .on_unique("books.isbn", isbn_taken());
    if changed.fields() != book.fields() {
        writes = writes.execute_all(books::found(&changed)).publish(&events::book_changed(&changed));
    }
    Ok(with_copies(writes, &items))
}

/// 422 for the column, if it names authors that nobody knows.
fn check_authors(book: &Book, already: &[Contributor]) -> Result<(), Problem> {
    let wrong = unknown_authors(&book.contributors.0, already)?;
    match wrong.into_iter().next() {
        None => Ok(()),
        Some((_, violation)) => Err(Problem::invalid(vec![violation.at("/contributors")])),
    }
}

/// The copies that the row names and that are not there yet.
fn copies(row: &BookRow, book_id: Uuid) -> Result<Vec<Item>, Problem> {
    let barcodes = row.barcodes()?;
    let known = items::with_barcodes(&barcodes)?;
    if let Some(other) = known.iter().find(|item| item.book_id != book_id) {
        let detail = format!("Another book has the copy {}.", other.barcode);
        return Err(Problem::conflict("BARCODE_TAKEN", detail));
    }
    let new = barcodes.into_iter().filter(|barcode| known.iter().all(|item| item.barcode != *barcode));
    let fields = |barcode| ItemFields {
        barcode,
        location: row.location.clone(),
        call_number: row.call_number.clone(),
        item_type: row.item_type.clone(),
        status: ItemStatus::Available,
    };
    Ok(new.map(|barcode| Item::new(book_id, fields(barcode))).collect::<Result<_, _>>()?)
}

fn number_of(items: &[Item]) -> i64 {
    i64::try_from(items.len()).unwrap_or(i64::MAX)
}

fn with_copies(writes: RowWrites, items: &[Item]) -> RowWrites {
    let writes = writes.on_unique("items.barcode", barcode_taken());
    items.iter().fold(writes, |writes, item| writes.execute(item.insert()).publish(&events::item_added(item)))
}
