//! A reader as the library's clients know them.

use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

use super::PATH;
use crate::domain::Reader;

/// A reader.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(super) struct LibraryReader {
    /// Such as `2026/17`.
    reader_number: String,
    /// Null in a list that a reader gets.
    email: Option<String>,
    /// Null in a list that a reader gets.
    full_name: Option<String>,
    /// `YYYY-MM-DD`.
    pub(super) birth_date: String,
    phone_number: Option<String>,
    /// Where the photo is, with scheme and host. One reader alone has an address also without a photo; in a list it is null
    /// then.
    photo: Option<String>,
    gdpr_consent: bool,
    marketing_consent: bool,
    third_party_sharing_consent: bool,
    /// The names of genres.
    interest_list: Vec<String>,
}

/// A list of readers.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReaderList {
    items: Vec<LibraryReader>,
}

/// A reader as a librarian looks them up.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct LibraryReaderWithQuote {
    #[serde(flatten)]
    pub(super) reader: LibraryReader,
    /// What happened in the month of their birth. Null if the operator named no source, or it has nothing to say.
    pub(super) quote: Option<String>,
}

impl LibraryReader {
    /// As seen from outside in this request.
    pub(super) fn of(context: &Context, reader: &Reader) -> Self {
        let reader = reader.clone();
        Self {
            photo: Some(context.outside(&format!("{PATH}/{}/photo", reader.number)).absolute()),
            reader_number: reader.number,
            email: Some(reader.email),
            full_name: Some(reader.full_name),
            birth_date: reader.birth_date,
            phone_number: reader.phone_number,
            gdpr_consent: reader.gdpr_consent,
            marketing_consent: reader.marketing_consent,
            third_party_sharing_consent: reader.third_party_consent,
            interest_list: reader.interests.0,
        }
    }

    /// The same in a list.
    pub(super) fn listed(context: &Context, reader: &Reader) -> Self {
        let view = Self::of(context, reader);
        Self { photo: view.photo.filter(|_| reader.photo.is_some()), ..view }
    }

    /// Without name and address, which the library's lists left out.
    fn nameless(self) -> Self {
        Self { email: None, full_name: None, ..self }
    }
}

impl ReaderList {
    /// As librarians see it.
    pub(super) fn of(context: &Context, readers: &[Reader]) -> Self {
        Self { items: readers.iter().map(|reader| LibraryReader::listed(context, reader)).collect() }
    }

    /// As readers see it: a telephone number finds no name.
    pub(super) fn nameless(self) -> Self {
        Self { items: self.items.into_iter().map(LibraryReader::nameless).collect() }
    }
}
