//! A connection that serves one schema at a time.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::task::JoinHandle;
use tokio_postgres::{Client, Statement};

use super::connector::{Messages, drive};
use super::statements::Statements;

/// A connection, closed when it is dropped.
pub(super) struct Connection {
    client: Client,
    /// Reads what the server sends. Nothing once the connection is left to end by itself.
    driver: Option<JoinHandle<()>>,
    /// The URL that it was opened by.
    url: Arc<str>,
    /// The schema of the search path.
    schema: Arc<str>,
    statements: Mutex<Statements<Statement>>,
    /// When it was last given back.
    rests_since: Instant,
}

impl Deref for Connection {
    type Target = Client;

    fn deref(&self) -> &Client {
        &self.client
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        // Something may still run on it, so it is not waited for.
        if let Some(driver) = self.driver.take() {
            driver.abort();
        }
    }
}

impl Connection {
    /// One that was opened by `url` with `schema` as its search path.
    pub(super) fn new((client, messages): (Client, Messages), url: &Arc<str>, schema: &Arc<str>) -> Self {
        Self {
            client,
            driver: Some(tokio::spawn(drive(messages))),
            url: Arc::clone(url),
            schema: Arc::clone(schema),
            statements: Mutex::new(Statements::new(schema)),
            rests_since: Instant::now(),
        }
    }

    /// Makes it serve this schema. Whoever stops waiting for that has to drop it: the server may or may not have heard.
    pub(super) async fn serve(&mut self, schema: &Arc<str>) -> Result<(), tokio_postgres::Error> {
        if self.schema != *schema {
            // The name was checked to need no more quoting. Nothing of the service's may be sent before the answer.
            let settings =
                format!("SET search_path = \"{schema}\"; SET application_name = 'lyceum-{schema}'");
            self.client.batch_execute(&settings).await?;
            self.schema = Arc::clone(schema);
        }
        self.statements.get_mut().unwrap_or_else(PoisonError::into_inner).serve(schema);
        Ok(())
    }

    /// The statement as the server knows it, which mostly it does already.
    pub(super) async fn prepare_cached(&self, text: &str) -> Result<Statement, tokio_postgres::Error> {
        let known = self.statements.lock().unwrap_or_else(PoisonError::into_inner).find(text);
        if let Some(statement) = known {
            return Ok(statement);
        }
        let statement = self.client.prepare(text).await?;
        self.statements.lock().unwrap_or_else(PoisonError::into_inner).keep(text, statement.clone());
        Ok(statement)
    }

    /// Prepares this schema's statements anew when they are next used.
    pub(super) fn forget_statements(&self) {
        self.statements.lock().unwrap_or_else(PoisonError::into_inner).forget();
    }

    pub(super) fn is_of(&self, url: &str) -> bool {
        *self.url == *url
    }

    pub(super) fn serves(&self, schema: &str) -> bool {
        *self.schema == *schema
    }

    pub(super) fn rests(&mut self) {
        self.rests_since = Instant::now();
    }

    pub(super) fn has_rested(&self) -> Duration {
        self.rests_since.elapsed()
    }

    /// Takes leave of the server. Only for one on which nothing runs.
    pub(super) fn close(mut self) {
        // The driver says good-bye once the client is gone.
        drop(self.driver.take());
    }
}
