//! MARC 21 bibliographic records, as libraries exchange them: in ISO 2709, which counts bytes, and in MARCXML.
//!
//! Text is Unicode in UTF-8. Records in the older MARC-8 are refused with that word, since the same bytes would be read as
//! something else; those of ASCII alone are the same in both. Tags may hold letters.

pub(crate) mod iso2709;
mod read_book;
mod record;
mod write_book;
pub(crate) mod xml;

pub(crate) use read_book::row;
pub(crate) use record::{Field, Record};
pub(crate) use write_book::{alone, record};
