//! Mail that can't be handed over.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup};
use lyceum_end_to_end::poll::{PATIENCE, until};

use crate::hostile::ready;

#[tokio::test(flavor = "multi_thread")]
async fn mail_that_can_not_be_sent_now_is_sent_later_and_once() -> Result<()> {
    let lyceum = Lyceum::start(Setup::of(Backend::Sqlite)?).await?;
    let (folder, aside) = (lyceum.data().join("mail"), lyceum.data().join("mail-aside"));
    fs::rename(&folder, &aside).context("take the mail folder away")?;
    fs::write(&folder, "in its place").context("put a file there")?;

    // Whoever registers meanwhile notices nothing.
    let person = ready(&lyceum).await?;
    let address = person.credentials.email.as_str();
    until("the message is in the inbox", PATIENCE, || async {
        let inbox = person.get("/api/v1/notifications").await?.expect(200)?.json()?;
        Ok((inbox["items"].as_array().map(Vec::len) == Some(1)).then_some(()))
    })
    .await?;
    until("sending was tried more than once", PATIENCE, || async {
        Ok((tried(&lyceum, address)? > 1).then_some(()))
    })
    .await?;

    fs::remove_file(&folder).context("take the file away")?;
    fs::rename(&aside, &folder).context("put the mail folder back")?;
    until("the mail is there", PATIENCE, || async { Ok((mails(&folder, address)? > 0).then_some(())) })
        .await?;
    until("and noted as sent", PATIENCE, || async {
        Ok((status(&lyceum, address)? == "sent").then_some(()))
    })
    .await?;
    assert_eq!(mails(&folder, address)?, 1);
    Ok(())
}

/// How many mails were written to this person.
fn mails(folder: &Path, address: &str) -> Result<usize> {
    Ok(lyceum_end_to_end::harness::mails(folder)?.iter().filter(|mail| mail.contains(address)).count())
}

fn tried(lyceum: &Lyceum, address: &str) -> Result<i64> {
    let query = "SELECT coalesce(max(attempts), 0) FROM deliveries WHERE address = ?1";
    Ok(deliveries(lyceum)?.query_row(query, [address], |row| row.get(0))?)
}

fn status(lyceum: &Lyceum, address: &str) -> Result<String> {
    let query = "SELECT status FROM deliveries WHERE address = ?1";
    Ok(deliveries(lyceum)?.query_row(query, [address], |row| row.get(0))?)
}

fn deliveries(lyceum: &Lyceum) -> Result<rusqlite::Connection> {
    rusqlite::Connection::open(lyceum.data().join("sql/notifications.db")).context("open the deliveries")
}
