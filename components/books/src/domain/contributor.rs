//! Who took part in a book.

use lyceum_event_types::books;
use lyceum_kit::{prelude::*, text::Name, text_enum};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

text_enum! {
    /// What somebody did for a book; the names are those of the MARC relators.
    #[derive(Default)]
    pub(crate) enum ContributorRole {
        /// Wrote it.
        #[default]
        Author = "author",
        /// Collected it from works of others.
        Compiler = "compiler",
        /// Wrote a part, or did something that has no name here.
        Contributor = "contributor",
        /// Prepared it for its publication.
        Editor = "editor",
        /// Drew for it.
        Illustrator = "illustrator",
        /// Reads it aloud.
        Narrator = "narrator",
        /// Took pictures for it.
        Photographer = "photographer",
        /// Put it into another language.
        Translator = "translator",
        /// Wrote the words before it.
        WriterOfIntroduction = "writer_of_introduction",
    }
}

/// Who took part in a book.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contributor {
    /// The author's record in `/api/v1/authors`; null if there is none.
    pub(crate) author_id: Option<Uuid>,
    /// As it stands on the book, 1 to 150 characters.
    pub(crate) name: String,
    #[serde(default)]
    pub(crate) role: ContributorRole,
}

impl Contributor {
    /// With its name as names are kept.
    pub(crate) fn checked(self, at: &str, valid: &mut Validation) -> Self {
        let name = valid.take(&format!("{at}/name"), Name::within(&self.name, 150));
        Self { name: name.map_or(self.name, String::from), ..self }
    }
}

impl From<Contributor> for books::Contributor {
    fn from(Contributor { author_id, name, role }: Contributor) -> Self {
        Self { author_id, name, role: role.name().to_owned() }
    }
}

/// The id of an author's record, as lists are filtered by it.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, format = Uuid)]
pub(crate) struct AuthorId(Uuid);

impl IntoValue for AuthorId {
    fn into_value(self) -> Value {
        self.0.into_value()
    }
}
