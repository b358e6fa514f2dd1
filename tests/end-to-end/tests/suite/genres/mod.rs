//! The kinds of books.

pub(crate) mod tree;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        tree {
            everywhere: librarians_keep_a_tree_that_everybody_reads;
            in_full:
                genres_are_found_by_words_and_paged, an_older_client_searches_genres_by_its_own_paths;
        }
    }
}
