//! What can't be made anew, and why.

use anyhow::{Result, ensure};
use lyceum_end_to_end::harness::{Backend, Manifest, Prepared, Setup};
use lyceum_end_to_end::poll::{PATIENCE, until};
use toml::Value;

use crate::{School, on_files};

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_made_anew_is_named() -> Result<()> {
    let mut school = School::open(on_files()?).await?;
    let right = school.rows.all().await?;
    let console = school.lyceum.console();
    let said = console.refusal(&["events", "rebuild", "nobody"])?;
    ensure!(
        said.contains("there is no component nobody; read models have: ") && said.contains("roster"),
        "{said}"
    );
    let said = console.refusal(&["events", "rebuild", "users"])?;
    ensure!(said.contains("users names no read models"), "{said}");

    // Without a host, too; and not from a log whose beginning is gone.
    school.lyceum.terminate()?;
    school.rebuild(&[]).await?;
    let log = rusqlite::Connection::open(school.lyceum.data().join("events.db"))?;
    log.execute("DELETE FROM event WHERE position = 1", [])?;
    let said = school.refusal(&[]).await?;
    ensure!(said.contains("the log begins at position 2"), "{said}");
    ensure!(school.rows.all().await? == right && school.rows.leftovers().await?.is_empty());
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_that_can_not_be_handled_any_more_stops_it() -> Result<()> {
    let school = School::open(on_files()?).await?;
    let right = school.rows.all().await?;
    let log = rusqlite::Connection::open(school.lyceum.data().join("events.db"))?;
    log.busy_timeout(PATIENCE)?;
    let broken = "UPDATE event SET body = CAST(replace(CAST(body AS TEXT), 'display_name', 'other_name') AS BLOB) WHERE position =
         (SELECT max(position) FROM event WHERE kind = 'lyceum.auth.UserCreated.v1')";
    ensure!(log.execute(broken, [])? == 1);
    let said = school.refusal(&["--remove-rows"]).await?;
    ensure!(
        said.contains("handled before can't be handled now") && said.contains("--leave-out-failing"),
        "{said}"
    );
    ensure!(school.rows.all().await? == right);
    let said = school.rebuild(&["--dry-run", "--leave-out-failing"]).await?;
    ensure!(said.contains("members: 6 rows, 0 would be written, 1 removed"), "{said}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_table_that_is_not_there_or_not_named_is_found() -> Result<()> {
    let with = |tables: &[&str]| -> Result<Manifest> {
        let mut manifest = Manifest::of_repository()?.with_roster()?;
        let tables = tables.iter().map(|table| Value::String((*table).to_owned())).collect();
        manifest.settings("roster")?.insert("read_models".to_owned(), Value::Array(tables));
        Ok(manifest)
    };
    let setup = Setup::of(Backend::Sqlite)?.with_manifest(with(&["members", "member_rolls"])?);
    let said = Prepared::new(setup)?.console().refusal(&["check"])?;
    ensure!(said.contains("component roster has no table member_rolls to be a read model"), "{said}");

    let school =
        School::open_unsettled(Setup::of(Backend::Sqlite)?.with_manifest(with(&["members"])?)).await?;
    let said = until("a role is in the log", PATIENCE, || async {
        let output = school.lyceum.events(&["rebuild", "roster"])?;
        Ok((!output.status.success()).then(|| String::from_utf8_lossy(&output.stderr).into_owned()))
    });
    let said = said.await?;
    ensure!(said.contains("events also fill member_roles"), "{said}");
    Ok(())
}
