//! The kinds of books.

pub(crate) mod jobs;
pub(crate) mod tree;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        jobs {
            everywhere: genres_come_from_a_file_and_go_into_one;
        }
        tree {
            everywhere: librarians_keep_a_tree_that_everybody_reads;
            in_full:
                genres_are_found_by_words_and_paged, an_older_client_searches_genres_by_its_own_paths;
        }
    }
}
