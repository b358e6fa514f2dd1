//! Authors whom books name.

use std::collections::BTreeSet;

use lyceum_kit::prelude::*;

use crate::domain::Contributor;
use crate::store::authors;

/// Who of those who take part in a book is wrong, by their places: they name an author whose record is gone, or of whom
/// nothing was heard. Who is added a moment ago comes with their event, so the client is told that it may ask again. Whom
/// the book names `already` it keeps.
pub(crate) fn unknown(
    named: &[Contributor],
    already: &[Contributor],
) -> Result<Vec<(usize, Violation)>, SqlError> {
    let known: BTreeSet<Uuid> = already.iter().filter_map(|contributor| contributor.author_id).collect();
    let new = named.iter().filter_map(|contributor| contributor.author_id);
    let new: BTreeSet<Uuid> = new.filter(|id| !known.contains(id)).collect();
    if new.is_empty() {
        return Ok(Vec::new());
    }
    let have_records = authors::have_records(&new)?;
    let wrong = |id: &Uuid| match have_records.get(id) {
        Some(true) => None,
        Some(false) => Some(Violation::new("AUTHOR_REMOVED", "That author was deleted.")),
        None => {
            let message = "No such author is known here. One that was added just now is known in a moment.";
            Some(Violation::new("AUTHOR_UNKNOWN", message))
        }
    };
    let of = |contributor: &Contributor| {
        contributor.author_id.filter(|id| new.contains(id)).as_ref().and_then(wrong)
    };
    Ok(named.iter().enumerate().filter_map(|(at, contributor)| Some((at, of(contributor)?))).collect())
}

/// 422 that names each of the [`unknown`] ones.
pub(super) fn check(named: &[Contributor], already: &[Contributor]) -> Result<(), Problem> {
    let wrong = unknown(named, already)?.into_iter();
    let wrong: Vec<_> =
        wrong.map(|(at, violation)| violation.at(format!("/contributors/{at}/author_id"))).collect();
    if wrong.is_empty() { Ok(()) } else { Err(Problem::invalid(wrong)) }
}
