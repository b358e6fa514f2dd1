//! The catalogue.

pub(crate) mod catalogue;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        catalogue {
            everywhere: librarians_keep_books_and_their_copies_and_everybody_finds_them;
            in_full: a_genre_that_is_archived_is_given_to_no_more_books;
        }
    }
}
