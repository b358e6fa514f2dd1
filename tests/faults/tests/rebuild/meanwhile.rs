//! Damage is mended, and what happens meanwhile is neither lost nor doubled.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use anyhow::{Result, ensure};
use lyceum_end_to_end::client::{Client, Person};
use lyceum_end_to_end::harness::Setup;
use lyceum_private_servers::NatsServer;
use serde_json::json;

use crate::{DAMAGE, School, give, on_files, on_servers};

/// Each with a rebuild.
const ROUNDS: u32 = 5;

#[tokio::test(flavor = "multi_thread")]
async fn in_files_rows_become_what_the_log_makes_them_while_the_service_serves() -> Result<()> {
    rounds(on_files()?).await
}

#[tokio::test(flavor = "multi_thread")]
async fn on_servers_rows_become_what_the_log_makes_them_while_the_service_serves() -> Result<()> {
    let nats = NatsServer::start()?;
    rounds(on_servers(&nats)?).await
}

async fn rounds(setup: Setup) -> Result<()> {
    let school = School::open(setup).await?;
    let rows = &school.rows;
    let right = rows.all().await?;
    ensure!(right.iter().any(|row| row.ends_with("|keep")), "{right:?}");
    // Nothing that is right is written.
    let said = school.rebuild(&[]).await?;
    ensure!(said.matches(", 0 written, 0 removed").count() == 3, "{said}");
    ensure!(rows.all().await? == right);

    rows.execute(DAMAGE).await?;
    let damaged = rows.all().await?;
    ensure!(damaged != right);
    let said = school.rebuild(&["--dry-run"]).await?;
    ensure!(said.contains("members: 7 rows, 7 would be written, 1 removed"), "{said}");
    ensure!(said.contains("member_status: 1 rows, 1 would be written, 0 removed"), "{said}");
    ensure!(rows.all().await? == damaged, "only compared");
    // A row that no event makes may be somebody's.
    let said = school.refusal(&[]).await?;
    ensure!(said.contains("1 rows of members") && said.contains("--remove-rows"), "{said}");
    ensure!(rows.all().await? == damaged, "refused wholly");
    school.rebuild(&["--remove-rows"]).await?;
    ensure!(rows.all().await? == right);
    ensure!(rows.leftovers().await?.is_empty());

    under_load(&school).await
}

async fn under_load(school: &School) -> Result<()> {
    let (enough, served) = (Arc::<AtomicBool>::default(), Arc::<AtomicU64>::default());
    let client = school.lyceum.client()?;
    let joining = tokio::spawn(join(client, school.admin.clone(), Arc::clone(&enough)));
    let reading = tokio::spawn(read(school.people[2].clone(), Arc::clone(&served), Arc::clone(&enough)));
    for _ in 0..ROUNDS {
        school.rows.execute("UPDATE members SET display_name = 'damaged'; DELETE FROM member_status").await?;
        let before = served.load(Ordering::Relaxed);
        // Roles that the live consumer hasn't cleared yet are rows too many for a moment.
        let said = school.rebuild(&["--remove-rows"]).await?;
        ensure!(served.load(Ordering::Relaxed) > before, "nobody was served meanwhile: {said}");
    }
    enough.store(true, Ordering::Relaxed);
    let joined = joining.await??;
    reading.await??;
    school.settled().await?;
    let rows = school.rows.all().await?;
    ensure!(!rows.iter().any(|row| row.contains("damaged")), "{rows:?}");
    for person in &joined {
        let member = format!("member|{}|{}|", person.id, person.display_name);
        ensure!(rows.iter().filter(|row| row.starts_with(&member)).count() == 1, "{member} in {rows:?}");
        let roles: Vec<_> =
            rows.iter().filter(|row| row.starts_with(&format!("role|{}|", person.id))).collect();
        ensure!(roles.len() == 1 && roles[0].ends_with("|librarian"), "{roles:?}");
    }
    ensure!(rows.iter().any(|row| row.starts_with("remark|") && row.contains("still")), "{rows:?}");
    println!(
        "{ROUNDS} rebuilds, {} people joined, {} requests",
        joined.len(),
        served.load(Ordering::Relaxed)
    );
    Ok(())
}

/// People register, and become librarians.
async fn join(client: Client, admin: Person, enough: Arc<AtomicBool>) -> Result<Vec<Person>> {
    let mut joined = Vec::new();
    while !enough.load(Ordering::Relaxed) {
        let person = client.newcomer("Joining").await?;
        give(&admin, &person, &["librarian"]).await?;
        joined.push(person);
    }
    Ok(joined)
}

/// Somebody reads the read models and writes to a table that is none.
async fn read(person: Person, served: Arc<AtomicU64>, enough: Arc<AtomicBool>) -> Result<()> {
    while !enough.load(Ordering::Relaxed) {
        person.get("/api/v1/roster/me").await?.expect(200)?;
        let number = served.fetch_add(1, Ordering::Relaxed);
        let remark = json!({ "remark": format!("still {number}") });
        person.put("/api/v1/roster/me/remark", &remark).await?.expect(204)?;
    }
    Ok(())
}
