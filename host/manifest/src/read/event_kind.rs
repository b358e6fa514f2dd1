//! A kind of event that a component publishes or hears.

use super::field::Field;
use super::names;
use crate::model::TICKS;

pub(super) fn read<'a>(field: &Field<'a>) -> Option<&'a str> {
    let kind = field.text()?;
    if names::is_event_kind(kind) || TICKS.contains(&kind) {
        return Some(kind);
    }
    field.wrong(
        format_args!("is \"{kind}\", which is no kind of event"),
        "it is like `lyceum.users.ProfileCreated.v1`",
    );
    None
}
