//! Calls of components.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Result;
use lyceum_sql::Backend;
use wasmcloud_provider_sdk::Context;

use super::links::SqlProvider;
use crate::bindings::sql::exports::lyceum::data::sql::{
    Error, Handler, Outcome, Remembered, Rows, Statement, Transaction,
};

/// How long a call may take. What calls carry says nothing of the caller's own deadline, which is later.
const TIMEOUT: Duration = Duration::from_secs(10);

impl SqlProvider {
    fn of_caller(&self, context: Option<&Context>) -> Result<Arc<dyn Backend>, Error> {
        self.database(context)
            .ok_or_else(|| Error::Unavailable("this component has no link to sql".to_owned()))
    }
}

impl Handler<Option<Context>> for SqlProvider {
    async fn query(
        &self,
        context: Option<Context>,
        statements: Vec<Statement>,
    ) -> Result<Result<Vec<Rows>, Error>> {
        let database = match self.of_caller(context.as_ref()) {
            Ok(database) => database,
            Err(error) => return Ok(Err(error)),
        };
        let statements = statements.into_iter().map(Into::into).collect();
        let rows = database.query(statements, Instant::now() + TIMEOUT).await;
        Ok(rows.map(|rows| rows.into_iter().map(Into::into).collect()).map_err(Into::into))
    }

    async fn transact(
        &self,
        context: Option<Context>,
        transaction: Transaction,
    ) -> Result<Result<Outcome, Error>> {
        let database = match self.of_caller(context.as_ref()) {
            Ok(database) => database,
            Err(error) => return Ok(Err(error)),
        };
        let outcome = database.transact(transaction.into(), Instant::now() + TIMEOUT).await;
        Ok(outcome.map(Into::into).map_err(Into::into))
    }

    async fn recall(
        &self,
        context: Option<Context>,
        scope: String,
        key: String,
        fingerprint: String,
    ) -> Result<Result<Option<Remembered>, Error>> {
        let database = match self.of_caller(context.as_ref()) {
            Ok(database) => database,
            Err(error) => return Ok(Err(error)),
        };
        let remembered = database.recall(&scope, &key, &fingerprint, Instant::now() + TIMEOUT).await;
        Ok(remembered.map(|remembered| remembered.map(Into::into)).map_err(Into::into))
    }
}
