//! Read models that are made anew from the log while the platform serves.
#![forbid(unsafe_code)]
// All of this is test, and a member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

mod interrupted;
mod meanwhile;
mod refusals;
mod rows;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::harness::{Backend, Lyceum, Manifest, Setup};
use lyceum_end_to_end::poll::{PATIENCE, until};
use lyceum_private_servers::NatsServer;
use reqwest::Method;
use rows::Rows;
use serde_json::json;

/// What the tests' service with read models makes them anew by.
pub(crate) const REBUILD: [&str; 3] = ["events", "rebuild", "roster"];
/// Changes, lacks and ghosts.
pub(crate) const DAMAGE: &str = "UPDATE members SET display_name = 'damaged'; DELETE FROM member_status; \
     UPDATE member_roles SET role = 'emperor' WHERE role = 'student'; \
     INSERT INTO members (user_id, display_name, auth_sequence) VALUES ('ghost', 'ghost', 7)";

/// On files, with the bus in the host.
pub(crate) fn on_files() -> Result<Setup> {
    Ok(Setup::of(Backend::Sqlite)?.with_manifest(Manifest::of_repository()?.with_roster()?))
}

/// On servers.
pub(crate) fn on_servers(nats: &NatsServer) -> Result<Setup> {
    let setup = Setup::of(Backend::Postgres)?.with_manifest(Manifest::of_repository()?.with_roster()?);
    Ok(setup.with_variable("LYCEUM_EVENTS", &nats.url()))
}

/// A deployment with some people, of whom the service has read.
pub(crate) struct School {
    pub(crate) lyceum: Lyceum,
    pub(crate) admin: Person,
    pub(crate) people: Vec<Person>,
    pub(crate) rows: Rows,
}

impl School {
    pub(crate) async fn open(setup: Setup) -> Result<Self> {
        let school = Self::open_unsettled(setup).await?;
        school.settled().await?;
        Ok(school)
    }

    /// The service may still be about to read of them.
    pub(crate) async fn open_unsettled(setup: Setup) -> Result<Self> {
        let lyceum = Lyceum::start(setup).await?;
        let client = lyceum.client()?;
        let admin = until("the first admin signs in", PATIENCE, || async {
            Ok(client.sign_in(&lyceum.admin()).await.ok())
        })
        .await?;
        let mut people = Vec::new();
        for number in 0..6 {
            people.push(client.newcomer(&format!("Member {number}")).await?);
        }
        let rows = Rows::of(&lyceum);
        let school = Self { lyceum, admin, people, rows };
        school.give(&school.people[0], &["librarian", "student"]).await?;
        school.give(&school.people[0], &["librarian"]).await?;
        school.suspend(&school.people[1]).await?;
        let remark = json!({ "remark": "keep" });
        until("the member is known", PATIENCE, || async {
            let answer = school.people[2].put("/api/v1/roster/me/remark", &remark).await?;
            Ok((answer.status.as_u16() == 204).then_some(()))
        })
        .await?;
        Ok(school)
    }

    /// Gives somebody these roles.
    pub(crate) async fn give(&self, person: &Person, roles: &[&str]) -> Result<()> {
        give(&self.admin, person, roles).await
    }

    async fn suspend(&self, person: &Person) -> Result<()> {
        let path = format!("/api/v1/users/{}/status", person.id);
        let answer = until("the profile is there", PATIENCE, || async {
            let request = self.admin.request(Method::PUT, &path).header("if-match", "*");
            let answer = Answer::to(request.json(&json!({ "status": "inactive" }))).await?;
            Ok((answer.status.as_u16() != 404).then_some(answer))
        });
        ensure!(answer.await?.status.is_success());
        Ok(())
    }

    /// Waits until the service has heard all that was said so far.
    pub(crate) async fn settled(&self) -> Result<()> {
        until("the read models are what the log makes them", PATIENCE, || async {
            let said = self.rebuild(&["--dry-run"]).await?;
            let fits = said.matches(", 0 would be written, 0 removed").count() == 3;
            Ok(fits.then_some(()))
        })
        .await
    }

    /// What a rebuild that has to succeed says.
    pub(crate) async fn rebuild(&self, options: &[&'static str]) -> Result<String> {
        let (console, arguments) = (self.lyceum.console(), [&REBUILD[..], options].concat());
        tokio::task::spawn_blocking(move || console.say(&arguments)).await?
    }

    /// Why a rebuild is refused.
    pub(crate) async fn refusal(&self, options: &[&'static str]) -> Result<String> {
        let (console, arguments) = (self.lyceum.console(), [&REBUILD[..], options].concat());
        tokio::task::spawn_blocking(move || console.refusal(&arguments)).await?
    }
}

/// Gives somebody these roles.
pub(crate) async fn give(admin: &Person, person: &Person, roles: &[&str]) -> Result<()> {
    let path = format!("/api/v1/auth/users/{}/roles", person.id);
    let read = admin.get(&path).await?.expect(200)?;
    let tag = read.header("etag").with_context(|| format!("an ETag in {read}"))?;
    let request = admin.request(Method::PUT, &path).header("if-match", tag);
    Answer::to(request.json(&json!({ "roles": roles }))).await?.expect(200)?;
    Ok(())
}
