//! `lyceum:data/sql`

pub use lyceum_bindings::imports::lyceum::data::sql::{
    Error, Outcome, Remembered, Rows, Statement, Transaction,
};
#[cfg(target_family = "wasm")]
pub(crate) use lyceum_bindings::imports::lyceum::data::sql::{query, recall, transact};

#[cfg(not(target_family = "wasm"))]
pub use native::Sql;
#[cfg(not(target_family = "wasm"))]
pub(crate) use native::{query, recall, transact};

#[cfg(not(target_family = "wasm"))]
mod native {
    use std::{fmt, rc::Rc};

    use super::{Error, Outcome, Remembered, Rows, Statement, Transaction};
    use crate::host::installed::required;

    /// A service's database; each call is one of WIT.
    pub trait Sql: fmt::Debug {
        /// Runs read-only statements on one snapshot.
        fn query(&self, statements: &[Statement]) -> Result<Vec<Rows>, Error>;
        /// Runs all of it, or none.
        fn transact(&self, transaction: &Transaction) -> Result<Outcome, Error>;
        /// What was answered for this key, if it was used.
        fn recall(&self, scope: &str, key: &str, fingerprint: &str) -> Result<Option<Remembered>, Error>;
    }

    fn host() -> Rc<dyn Sql> {
        required("lyceum:data/sql", |host| host.sql.as_ref())
    }

    pub(crate) fn query(statements: &[Statement]) -> Result<Vec<Rows>, Error> {
        host().query(statements)
    }

    pub(crate) fn transact(transaction: &Transaction) -> Result<Outcome, Error> {
        host().transact(transaction)
    }

    pub(crate) fn recall(scope: &str, key: &str, fingerprint: &str) -> Result<Option<Remembered>, Error> {
        host().recall(scope, key, fingerprint)
    }
}
