//! The kinds of records that a file of the older library holds.

use std::fmt;

/// A kind of record, in the order in which a file has them: each names only records of the kinds before it.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub(crate) enum Kind {
    Genre,
    Author,
    User,
    Reader,
    Book,
    Lending,
}

impl Kind {
    pub(crate) const ALL: [Self; 6] =
        [Self::Genre, Self::Author, Self::User, Self::Reader, Self::Book, Self::Lending];

    /// Its name in the file.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Genre => "genre",
            Self::Author => "author",
            Self::User => "user",
            Self::Reader => "reader",
            Self::Book => "book",
            Self::Lending => "lending",
        }
    }

    pub(crate) fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Where slices of it are sent to.
    pub(super) const fn path(self) -> &'static str {
        match self {
            Self::Genre => "/api/v1/genres/library-imports",
            Self::Author => "/api/v1/authors/library-imports",
            Self::User => "/api/v1/auth/library-imports",
            Self::Reader => "/api/v1/readers/library-imports",
            Self::Book => "/api/v1/books/library-imports",
            Self::Lending => "/api/v1/lendings/library-imports",
        }
    }

    /// Why a record is refused that names one of this kind which isn't there.
    pub(super) const fn unknown(self) -> &'static str {
        match self {
            Self::Genre => "UNKNOWN_GENRE",
            Self::Author => "UNKNOWN_AUTHOR",
            Self::User => "UNKNOWN_USER",
            Self::Reader => "UNKNOWN_READER",
            Self::Book => "UNKNOWN_BOOK",
            Self::Lending => "UNKNOWN_LENDING",
        }
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}
