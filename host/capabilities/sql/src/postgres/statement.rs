//! Running one of a service's statements.

use futures::{StreamExt, pin_mut};
use tokio_postgres::Statement as Handle;

use super::Shared;
use super::connection::Connection;
use super::error::Failure;
use super::value::{Param, check_column, values};
use crate::guard::Budget;
use crate::{Rows, Statement};

/// A statement that the server knows.
pub(super) struct Ready<'a> {
    statement: &'a Statement,
    handle: Handle,
    params: Vec<Param<'a>>,
    index: u32,
    reads: bool,
}

impl Shared {
    /// Prepares the statements on this connection; mostly they are already.
    pub(super) async fn ready<'a>(
        &self,
        client: &Connection,
        statements: &'a [Statement],
    ) -> Result<Vec<Ready<'a>>, Failure> {
        let mut prepared = Vec::with_capacity(statements.len());
        for (index, statement) in (0..).zip(statements) {
            let handle = client.prepare_cached(&statement.text).await?;
            for column in handle.columns() {
                check_column(column.name(), column.type_())?;
            }
            let params = statement.params.iter().zip(handle.params());
            let params = params.map(|(value, kind)| Param::new(value, kind)).collect::<Result<_, _>>()?;
            let reads = !self.guard.writes(&statement.text)?;
            prepared.push(Ready { statement, handle, params, index, reads });
        }
        Ok(prepared)
    }
}

impl Ready<'_> {
    /// Runs it. The request is sent when this is first polled.
    pub(super) async fn run(self, client: &Connection, budget: &Budget) -> Result<Rows, Failure> {
        let stream = client.query_raw(&self.handle, self.params).await?;
        pin_mut!(stream);
        let mut rows = Vec::new();
        while let Some(row) = stream.next().await {
            let row = values(&row?)?;
            budget.take(&row)?;
            rows.push(row);
        }
        let changed = stream.rows_affected().unwrap_or_default();
        let columns = self.handle.columns().iter().map(|column| column.name().to_owned()).collect();
        let rows = Rows { columns, rows, affected: if self.reads { 0 } else { changed } };
        rows.expect(self.statement.expect_rows, self.index, self.reads)?;
        Ok(rows)
    }
}
