//! Rooms.

pub(crate) mod keeping;

use crate::scenario::Scenario;

pub(crate) fn scenarios() -> Vec<Scenario> {
    crate::scenarios! {
        keeping {
            everywhere: admins_keep_what_everybody_finds;
        }
    }
}
