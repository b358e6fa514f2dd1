//! Those who write books.

pub(crate) mod names;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        names {
            everywhere: librarians_describe_an_author_whom_everybody_finds;
            in_full: an_authors_photo_is_read_as_it_was_given;
        }
    }
}
