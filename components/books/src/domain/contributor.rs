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

impl Contributor {
    /// Reads `Name (role) [author id]`, where both may be absent.
    pub(crate) fn from_text(text: &str) -> Result<Self, Violation> {
        let (text, author_id) = match text.trim().strip_suffix(']').and_then(|text| text.rsplit_once('[')) {
            Some((text, id)) => {
                let wrong =
                    |_| Violation::new("AUTHOR_ID", "What is in brackets must be the id of an author.");
                (text.trim(), Some(id.trim().parse().map_err(wrong)?))
            }
            None => (text.trim(), None),
        };
        let role = text.strip_suffix(')').and_then(|text| text.rsplit_once('('));
        let role =
            role.and_then(|(name, role)| Some((name.trim(), ContributorRole::from_name(role.trim())?)));
        let (name, role) = role.unwrap_or((text, ContributorRole::Author));
        Ok(Self { author_id, name: name.to_owned(), role })
    }

    /// Whether they wrote it.
    pub(crate) fn is_author(&self) -> bool {
        self.role == ContributorRole::Author
    }

    /// The code of the MARC relator.
    pub(crate) const fn relator(&self) -> &'static str {
        match self.role {
            ContributorRole::Author => "aut",
            ContributorRole::Compiler => "com",
            ContributorRole::Contributor => "ctb",
            ContributorRole::Editor => "edt",
            ContributorRole::Illustrator => "ill",
            ContributorRole::Narrator => "nrt",
            ContributorRole::Photographer => "pht",
            ContributorRole::Translator => "trl",
            ContributorRole::WriterOfIntroduction => "aui",
        }
    }

    /// The text that [`Self::from_text`] reads.
    pub(crate) fn to_text(&self) -> String {
        let Self { author_id, name, role } = self;
        let ambiguous = name.ends_with([')', ']']);
        let role =
            if *role == ContributorRole::Author && !ambiguous { String::new() } else { format!(" ({role})") };
        let id = author_id.map(|id| format!(" [{id}]")).unwrap_or_default();
        format!("{name}{role}{id}")
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
