//! The catalogue.

pub(crate) mod catalogue;
pub(crate) mod covers;
pub(crate) mod harvest;
pub(crate) mod jobs;
pub(crate) mod library;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        catalogue {
            everywhere: librarians_keep_books_and_their_copies_and_everybody_finds_them;
            in_full: a_genre_that_is_archived_is_given_to_no_more_books;
        }
        covers {
            everywhere: a_book_has_a_cover_that_everybody_sees;
        }
        harvest {
            in_full: a_harvester_and_a_search_client_of_others_work_while_books_change;
        }
        library {
            everywhere: older_clients_add_a_book_by_forms_and_readers_find_it;
        }
        jobs {
            everywhere: books_come_from_a_file_and_go_into_one;
        }
    }
}
