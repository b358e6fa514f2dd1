//! What authors tells others, and what it does from time to time.

use lyceum_event_types::authors::{AuthorAdded, AuthorChanged, AuthorRemoved};
use lyceum_kit::periodic::{Job, every, minutes};
use lyceum_kit::prelude::*;

use crate::domain::Author;
use crate::photos::PHOTOS;

pub(crate) const JOBS: &[Job] = &[every(minutes(1), "unused-photos", |by| PHOTOS.sweep(by))];

pub(crate) fn added(author: &Author) -> AuthorAdded {
    let Author {
        id: author_id,
        number,
        name,
        sort_name,
        variants: AsJson(variants),
        birth_year,
        death_year,
        viaf,
        isni,
        orcid,
        created_at: added_at,
        ..
    } = author.clone();
    let (viaf, isni, orcid) = (viaf.map(Into::into), isni.map(Into::into), orcid.map(Into::into));
    AuthorAdded {
        author_id,
        number,
        name,
        sort_name,
        variants,
        birth_year,
        death_year,
        viaf,
        isni,
        orcid,
        added_at,
    }
}

pub(crate) fn changed(author: &Author) -> AuthorChanged {
    let AuthorAdded {
        author_id,
        number,
        name,
        sort_name,
        variants,
        birth_year,
        death_year,
        viaf,
        isni,
        orcid,
        ..
    } = added(author);
    let changed_at = author.updated_at;
    AuthorChanged {
        author_id,
        number,
        name,
        sort_name,
        variants,
        birth_year,
        death_year,
        viaf,
        isni,
        orcid,
        changed_at,
    }
}

pub(crate) fn removed(author: &Author) -> AuthorRemoved {
    AuthorRemoved { author_id: author.id, number: author.number, removed_at: clock::now() }
}
