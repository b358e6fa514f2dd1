//! Configurations and feature flags.

pub(crate) mod flags;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        flags {
            everywhere: admins_roll_a_flag_out_and_front_ends_see_it;
            in_full: configurations_are_kept_at_both_of_their_paths;
        }
    }
}
