//! The service's own database: statements, typed rows, and transactions that
//! commit rows, events and the remembered answer together.

mod error;
mod query;
mod row;
mod transaction;
mod value;

pub use error::SqlError;
pub(crate) use query::recall;
pub use query::{Statement, probe, query, query_all, query_one, query_optional, statement};
pub use row::{FromRow, Row, RowError, Rows};
pub use transaction::{Committed, RespondingTransaction, Transaction, TransactionError, transaction};
pub use value::{AsJson, FromValue, IntoValue, Value};
