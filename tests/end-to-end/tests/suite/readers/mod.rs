//! The people who borrow.

mod accounts;
mod addresses;
mod library;
pub(crate) mod records;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        accounts {
            everywhere: a_reader_gets_an_account_and_signs_in_to_it;
        }
        addresses {
            in_full: an_address_that_is_changed_is_that_of_profile_and_record;
        }
        library {
            everywhere: somebody_registers_as_an_older_client_and_signs_in_at_once;
        }
        records {
            everywhere: librarians_keep_records_of_which_a_reader_sees_their_own;
        }
    }
}
