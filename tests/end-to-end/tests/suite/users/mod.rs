//! People, their profiles, and what they belong to.

pub(crate) mod directory;
pub(crate) mod erasure;
pub(crate) mod organizations;
pub(crate) mod profiles;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        profiles {
            everywhere: a_change_needs_the_state_it_is_meant_for;
            in_full:
                an_unchanged_profile_is_not_sent_again, a_change_of_null_removes,
                others_profiles_are_private;
        }
        erasure {
            everywhere: a_person_who_asks_is_erased_everywhere;
        }
        organizations {
            everywhere: a_school_is_made_filled_and_deleted;
        }
        directory {
            everywhere: admins_page_through_people, people_are_found_by_role_and_status;
            in_full: people_are_found_by_the_beginning_of_name_or_address;
        }
    }
}
