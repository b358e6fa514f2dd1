//! The one writer: what waits together is committed together, with one sync of the disk.

use std::sync::Arc;

use sqlx::sqlite::SqliteConnection;
use tokio::sync::{mpsc, oneshot};
use uuid::Uuid;

use crate::failure::Failure;
use crate::lendings::{Checkout, Return};
use crate::statistics::Statistics;

/// How many of them may share a commit, and how many may wait.
const BATCH: usize = 128;
const WAITING: usize = 1024;

/// An account and its event, to be stored together or not at all.
pub(crate) struct Account {
    pub(crate) id: String,
    pub(crate) email: String,
    pub(crate) display_name: String,
    pub(crate) password: String,
    /// Microseconds since 1970-01-01T00:00:00Z.
    pub(crate) created_at: i64,
    /// The event's data.
    pub(crate) event: String,
}

/// Something to be written, or not if it isn't allowed.
pub(crate) enum Write {
    Account(Account),
    Checkout(Checkout),
    Return(Return),
}

struct Job {
    write: Write,
    done: oneshot::Sender<Result<i64, Failure>>,
}

/// Takes what is to be written to the writer's task.
pub(crate) struct Writer(mpsc::Sender<Job>);

impl Writer {
    /// Starts the task, which ends with the last `Writer`.
    pub(crate) fn start(mut connection: SqliteConnection, statistics: Arc<Statistics>) -> Self {
        let (sender, mut waiting) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            let mut batch: Vec<Job> = Vec::with_capacity(BATCH);
            // While one batch is committed, the next one gathers.
            while waiting.recv_many(&mut batch, BATCH).await > 0 {
                commit(&mut connection, &mut batch, &statistics).await;
            }
        });
        Self(sender)
    }

    /// Writes it. `Ok` means that it is on the disk; the number is that of a lending.
    pub(crate) async fn write(&self, write: Write) -> Result<i64, Failure> {
        let (done, result) = oneshot::channel();
        self.0.send(Job { write, done }).await.map_err(|_| Failure::Internal)?;
        result.await.map_err(|_| Failure::Internal)?
    }
}

/// Commits a batch, answers every job in it and leaves it empty.
async fn commit(connection: &mut SqliteConnection, batch: &mut Vec<Job>, statistics: &Statistics) {
    match insert_all(connection, batch).await {
        Ok(created) => {
            statistics.count_batch(created.iter().map(|created| u64::from(created.is_some())).sum());
            for (job, created) in batch.drain(..).zip(created) {
                // Whoever asked may have hung up.
                let _ = job.done.send(created.ok_or(Failure::Taken));
            }
        }
        Err(error) => {
            eprintln!("a commit failed: {error}");
            // Without a transaction open there is nothing to roll back, which is as good.
            let _ = sqlx::query("ROLLBACK").execute(connection).await;
            for job in batch.drain(..) {
                let _ = job.done.send(Err(Failure::Internal));
            }
        }
    }
}

/// One transaction; for each job a number if it was done.
async fn insert_all(
    connection: &mut SqliteConnection,
    batch: &[Job],
) -> Result<Vec<Option<i64>>, sqlx::Error> {
    let mut results = Vec::with_capacity(batch.len());
    sqlx::query("BEGIN IMMEDIATE").execute(&mut *connection).await?;
    for Job { write, .. } in batch {
        results.push(match write {
            Write::Account(account) => insert(connection, account).await?.then_some(0),
            Write::Checkout(checkout) => checkout.write(connection).await?,
            Write::Return(back) => back.write(connection).await?,
        });
    }
    sqlx::query("COMMIT").execute(connection).await?;
    Ok(results)
}

async fn insert(connection: &mut SqliteConnection, account: &Account) -> Result<bool, sqlx::Error> {
    let inserted = sqlx::query(
        "INSERT INTO accounts (id, email, email_folded, display_name, password, created_at) \
         VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (email_folded) DO NOTHING",
    )
    .bind(&account.id)
    .bind(&account.email)
    .bind(account.email.to_lowercase())
    .bind(&account.display_name)
    .bind(&account.password)
    .bind(account.created_at)
    .execute(&mut *connection)
    .await?;
    if inserted.rows_affected() == 0 {
        return Ok(false);
    }
    sqlx::query("INSERT INTO outbox (id, kind, aggregate_id, data) VALUES ($1, $2, $3, $4)")
        .bind(Uuid::now_v7().to_string())
        .bind("lyceum.auth.UserCreated.v1")
        .bind(&account.id)
        .bind(&account.event)
        .execute(connection)
        .await?;
    Ok(true)
}
