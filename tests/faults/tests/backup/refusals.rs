//! What is no backup, or none for this place, is refused before anything is touched.

use std::fs;
use std::path::Path;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::harness::{Backend, Lyceum, Prepared, Setup};

/// A backup of a deployment with somebody in it.
async fn backup(folder: &Path) -> Result<Lyceum> {
    let lyceum = Lyceum::start(Setup::of(Backend::Sqlite)?).await?;
    lyceum.client()?.newcomer("Ada").await?;
    lyceum.console().say(&["backup", &folder.display().to_string()])?;
    Ok(lyceum)
}

fn refusal(prepared: &Prepared, folder: &Path) -> Result<String> {
    prepared.console().refusal(&["restore", &folder.display().to_string()])
}

#[tokio::test(flavor = "multi_thread")]
async fn a_damaged_or_unfinished_backup_is_refused() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let made = folder.path().join("backup");
    let lyceum = backup(&made).await?;
    let prepared = Prepared::new(Setup::of(Backend::Sqlite)?)?;
    for name in ["sql/auth.db", "events/log.jsonl", "events/progress.jsonl", "secret"] {
        let file = made.join(name);
        let good = fs::read(&file).with_context(|| name.to_owned())?;
        let mut bad = good.clone();
        let last = bad.last_mut().context("some bytes")?;
        *last ^= 1;
        fs::write(&file, bad)?;
        let said = refusal(&prepared, &made)?;
        ensure!(said.contains("damaged") && said.contains(name), "{name}: {said}");
        fs::write(&file, good)?;
    }
    ensure!(!prepared.data().join("sql").exists(), "nothing was begun");
    // The description comes last, so a folder without it is what an interrupted backup leaves.
    let description = made.join("backup.json");
    let text = fs::read_to_string(&description)?;
    fs::remove_file(&description)?;
    let said = refusal(&prepared, &made)?;
    ensure!(said.contains("no backup"), "{said}");
    fs::write(&description, text.replace("\"format\": 1", "\"format\": 2"))?;
    let said = refusal(&prepared, &made)?;
    ensure!(said.contains("format 2"), "{said}");
    fs::write(&description, text.replace("\"application\": \"lyceum\"", "\"application\": \"other\""))?;
    let said = refusal(&prepared, &made)?;
    ensure!(said.contains("the backup is of other"), "{said}");
    // With everything as it was it is taken.
    fs::write(&description, text)?;
    prepared.console().say(&["restore", &made.display().to_string()])?;
    let said = lyceum.console().refusal(&["backup", &made.display().to_string()])?;
    ensure!(said.contains("not empty"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_is_put_only_where_nothing_is() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let made = folder.path().join("backup");
    let mut lyceum = backup(&made).await?;
    let restore = ["restore", &made.display().to_string()];
    let said = lyceum.console().refusal(&restore)?;
    ensure!(said.contains("a host uses the data folder"), "{said}");
    lyceum.terminate()?;
    let said = lyceum.console().refusal(&restore)?;
    for place in ["sql/auth.db", "sql/files.db", "events.db", "secret"] {
        ensure!(said.contains(place), "{place}: {said}");
    }
    // A restore that was interrupted keeps hosts away.
    let prepared = Prepared::new(Setup::of(Backend::Sqlite)?)?;
    fs::write(prepared.data().join("restore.unfinished"), "the backup as of today.")?;
    let said = refusal(&prepared, &made)?;
    ensure!(said.contains("a restore was not finished"), "{said}");
    let started = prepared.start().await.map(drop);
    ensure!(format!("{started:?}").contains("a restore was not finished"), "{started:?}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_goes_into_the_same_kind_of_database() -> Result<()> {
    let folder = tempfile::tempdir()?;
    let made = folder.path().join("backup");
    let _lyceum = backup(&made).await?;
    let prepared = Prepared::new(Setup::of(Backend::Postgres)?)?;
    let restore = ["restore", &made.display().to_string(), "--single-host"];
    let said = prepared.console().refusal(&restore)?;
    ensure!(said.contains("comes from SQLite"), "{said}");
    // Without PostgreSQL's own program nothing is begun.
    let setup = Setup::of(Backend::Postgres)?.with_variable("LYCEUM_PG_DUMP", "/nowhere/pg_dump");
    let lyceum = Lyceum::start(setup).await?;
    let other = folder.path().join("other");
    let said = lyceum.console().refusal(&["backup", &other.display().to_string(), "--single-host"])?;
    ensure!(said.contains("/nowhere/pg_dump") && said.contains("LYCEUM_PG_DUMP"), "{said}");
    ensure!(!other.exists());
    Ok(())
}
