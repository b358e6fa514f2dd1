//! The older library's face: `/api/books`, for clients that know books by their ISBN, authors by their numbers and genres by
//! their names.
//!
//! Versions count from 0 there, and from 1 in the rows. Books without an ISBN don't exist there. What an older client writes
//! is title, description, genre and authors; all else that is known of a book stays as it is. Whoever wrote it has a record
//! in the authors' service: which numbers there are is known from its events.
//!
//! Clients of the library's successor add books in another way; the gateway says which address is theirs.

mod book;
mod changing;
mod dialects;
mod external;
mod form;
mod lending;
mod photo;
mod reading;
mod successor;

use lyceum_kit::prelude::*;

use self::book::LibraryBook;
use self::dialects::{OF_CHANGES, OF_NEW_BOOKS};
use crate::domain::{Book, Isbn};
use crate::store;

/// The path inside. Clients know it as `/api/books`.
const PATH: &str = "/legacy/books";

pub(crate) fn routes() -> Routes {
    let (staff, all) =
        (Access::RolesAlone(&[Role::Librarian]), Access::RolesAlone(&[Role::Librarian, Role::Reader]));
    Routes::new("", "")
        .add(all, route!(reading::show))
        .add(all, route!(reading::list))
        .add(all, route!(reading::search))
        .add(Access::RolesAlone(&[Role::Reader]), route!(reading::of_author))
        .add(all, route!(lending::top))
        .add(all, route!(lending::suggestions))
        .add(staff, route!(lending::duration))
        .add(Access::RolesAlone(&[Role::Admin]), route!(external::search))
        .add(all, route!(photo::get))
        .add(staff, route!(photo::delete))
        .add(staff, route!(successor::create))
        .dialect(&lyceum_kit::dialect::LIBRARY)
        .with(Routes::new("", "").add(staff, route!(changing::create)).dialect(&OF_NEW_BOOKS))
        .with(Routes::new("", "").add(staff, route!(changing::change)).dialect(&OF_CHANGES))
}

/// The version as older clients count it.
fn tag(book: &Book) -> EntityTag {
    EntityTag::of_version(book.version - 1)
}

fn answer(context: &Context, book: &Book) -> Result<Response, Problem> {
    Ok(tagged(&tag(book), Json(LibraryBook::of_one(context, book)?)))
}

fn missing(isbn: &str) -> Problem {
    Problem::not_found(format!("Cannot find the book with ISBN {isbn}."))
}

/// The book with this ISBN, in either form. What is no ISBN is nobody's.
fn find(isbn: &str) -> Result<Book, Problem> {
    let known = Isbn::parse(isbn).ok().map(store::books::with_isbn).transpose()?.flatten();
    known.ok_or_else(|| missing(isbn))
}
