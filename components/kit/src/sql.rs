//! The service's own database: statements, typed rows, and transactions that
//! commit rows, events and the remembered answer together.

mod error;
mod outcome;
mod query;
mod respond;
mod row;
mod sequence;
mod table;
mod transaction;
mod value;

pub use crate::once::{Answering, Silent};
pub use error::SqlError;
pub use outcome::{Outcome, TransactionError};
pub(crate) use query::recall;
pub use query::{Statement, probe, query, query_all, query_one, query_optional, statement};
pub use respond::{RespondingTransaction, RowsTransaction};
pub use row::{FromRow, Row, RowError, Rows};
pub(crate) use sequence::until_taken;
pub use sequence::{Number, Numbered, SEQUENCES, Sequence};
pub use table::{Table, Versioned};
pub use transaction::{Begin, Transaction};
pub use value::{AsJson, FromValue, IntoValue, Value};
