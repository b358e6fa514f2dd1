//! The service's own collections of JSON documents, for data that is read and written as a whole and has no fixed
//! columns.
//!
//! ```ignore
//! static NOTES: Collection<Note> = Collection::new("notes");
//!
//! let note = NOTES.get(&id)?.ok_or_else(|| Problem::not_found("There is no such note."))?;
//! let found = NOTES.find(&field("author").equals(author)).sort("written_at").first(20)?;
//! NOTES.put(&context, &id, &note).expect_version(3).publish(&NoteChanged { .. }).respond(answer).commit()
//! ```
//!
//! Bodies of earlier releases become those of today by [`BodyMigration`]s, see [`Collection::migrated`].
//!
//! One call writes one document, with its events and the remembered answer. See the guide `documents.md` for the
//! filter language, and for what is and isn't atomic.

mod collection;
mod declaration;
mod error;
mod filter;
mod find;
mod migration;
mod rewrite;
mod write;

pub use collection::{Collection, Stored};
pub use declaration::{Declaration, Documents};
pub use error::DocumentsError;
pub use filter::{Field, Filter, IntoBound, IntoScalar, Scalar, all, any, everything, field, none};
pub use find::{Find, Found};
pub use migration::BodyMigration;
pub use rewrite::Rewritten;
pub use write::{RespondingWrite, Write, Written};
