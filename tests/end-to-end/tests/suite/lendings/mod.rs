//! Circulation.

mod circulation;
mod library;
mod rules;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        circulation {
            in_full: a_copy_that_is_lent_or_kept_is_so_in_the_catalogue_until_it_is_back,
                a_reader_who_has_a_copy_is_neither_deleted_nor_erased_until_it_is_back;
        }
        library {
            everywhere: the_body_of_a_get_arrives;
        }
        rules {
            everywhere: librarians_keep_rules_and_closed_days_and_everybody_reads_them;
        }
    }
}
