//! Books as rows of a table: what a file holds that is imported or was exported.

use std::collections::BTreeSet;

use lyceum_kit::prelude::*;
use lyceum_kit::tabular::Cell;
use lyceum_kit::text;
use lyceum_kit::violation::Invalid;
use serde::Deserialize;

use super::cell::{join, split};
use super::{Book, BookFields, Contributor};

/// So many copies may one row add.
const MAX_COPIES: usize = 50;

/// A row of an import. A cell that is empty says nothing: a book that is there keeps what it has.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BookRow {
    /// Given out by an export, and not read.
    #[allow(dead_code, reason = "a file that was exported can be imported")]
    id: Option<String>,
    pub(crate) isbn: Option<String>,
    pub(crate) title: Option<String>,
    subtitle: Option<String>,
    description: Option<String>,
    subjects: Option<String>,
    language: Option<String>,
    pub(crate) year: Option<i64>,
    publisher: Option<String>,
    contributors: Option<String>,
    genre_id: Option<Uuid>,
    /// Why a record of MARC that stands in the row's place can't be read.
    pub(crate) unreadable: Option<String>,
    /// Of copies that the book is to have.
    barcodes: Option<String>,
    /// Where those copies stand.
    pub(crate) location: Option<String>,
    pub(crate) call_number: Option<String>,
    /// What kind of thing those copies are.
    pub(crate) item_type: Option<String>,
}

impl BookRow {
    /// The barcodes of its copies, each once.
    pub(crate) fn barcodes(&self) -> Result<BTreeSet<String>, Invalid> {
        let barcodes: BTreeSet<String> = self.barcodes.iter().flat_map(|cell| split(cell)).collect();
        let mut valid = Validation::new();
        valid.check("/barcodes", barcodes.len() <= MAX_COPIES, "TOO_MANY", "At most 50.");
        valid.into_result().map(|()| barcodes)
    }

    /// What is said of the book by this row, and of what it says nothing as it is now.
    pub(crate) fn over(&self, now: BookFields) -> Result<BookFields, Invalid> {
        let contributors = match &self.contributors {
            Some(cell) => known_as_before(contributors(cell)?, now.contributors),
            None => now.contributors,
        };
        let or = |new: &Option<String>, old: Option<String>| new.clone().or(old);
        Ok(BookFields {
            isbn: or(&self.isbn, now.isbn),
            title: self.title.clone().unwrap_or(now.title),
            subtitle: or(&self.subtitle, now.subtitle),
            description: or(&self.description, now.description),
            subjects: self.subjects.as_deref().map_or(now.subjects, split),
            language: or(&self.language, now.language),
            year: self.year.or(now.year),
            publisher: or(&self.publisher, now.publisher),
            contributors,
            genre_id: self.genre_id.or(now.genre_id),
        })
    }
}

/// Who is named without a record stays known by the one that they had: by their name, whatever its case and accents, and
/// what they did. Records of MARC and other libraries' files never name ours.
fn known_as_before(mut new: Vec<Contributor>, mut before: Vec<Contributor>) -> Vec<Contributor> {
    before.retain(|old| new.iter().all(|named| named.author_id != old.author_id));
    for contributor in new.iter_mut().filter(|contributor| contributor.author_id.is_none()) {
        let (name, role) = (text::fold(&contributor.name), contributor.role);
        let same = |old: &Contributor| old.role == role && text::fold(&old.name) == name;
        if let Some(at) = before.iter().position(same) {
            contributor.author_id = before.remove(at).author_id;
        }
    }
    new
}

/// `Name (role) [author id] | Name`; who has no role is an author.
fn contributors(cell: &str) -> Result<Vec<Contributor>, Invalid> {
    split(cell)
        .iter()
        .map(|text| Contributor::from_text(text))
        .collect::<Result<_, _>>()
        .map_err(|wrong: Violation| Invalid(vec![wrong.at("/contributors")]))
}

/// The columns of an export, which an import reads.
pub(crate) const COLUMNS: &[&str] = &[
    "id",
    "isbn",
    "title",
    "subtitle",
    "description",
    "subjects",
    "language",
    "year",
    "publisher",
    "contributors",
    "genre_id",
];

/// A book's cells, in the order of [`COLUMNS`].
pub(crate) fn cells(book: &Book) -> Vec<Cell> {
    let id = book.id.to_string();
    let BookFields { isbn, title, subtitle, description, subjects, .. } = book.fields();
    let BookFields { language, year, publisher, contributors, genre_id, .. } = book.fields();
    let filled = |text: String| Cell::from(Some(text).filter(|text| !text.is_empty()));
    vec![
        id.into(),
        isbn.into(),
        title.into(),
        subtitle.into(),
        description.into(),
        filled(join(subjects)),
        language.into(),
        year.map(|year| year.to_string()).into(),
        publisher.into(),
        filled(join(contributors.iter().map(Contributor::to_text))),
        genre_id.map(|id| id.to_string()).into(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contributors_in_a_cell_have_a_role_and_a_record_if_they_say_so() {
        let id = "01890000-0000-7000-8000-000000000001";
        let cell =
            format!("Eça de Queirós [{id}] | Costa, Margaret (translator) | Prince (the singer) (author)");
        let read = contributors(&cell).unwrap();
        let roles: Vec<_> = read.iter().map(|who| (who.name.as_str(), who.role.name())).collect();
        assert_eq!(
            roles,
            [
                ("Eça de Queirós", "author"),
                ("Costa, Margaret", "translator"),
                ("Prince (the singer)", "author")
            ]
        );
        assert_eq!(read[0].author_id.map(|id| id.to_string()).as_deref(), Some(id));
        let again = join(read.iter().map(Contributor::to_text));
        assert_eq!(contributors(&again).unwrap(), read);
        assert!(contributors("A [b]").unwrap_err().0[0].pointer == "/contributors");
    }
}
