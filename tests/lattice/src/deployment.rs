//! A lattice as a deployment like any other, into which one can look without asking it.

use anyhow::{Context, Result};
use lyceum_end_to_end::client::{Client, Credentials, Person};
use lyceum_end_to_end::harness::{Post, published};
use lyceum_end_to_end::poll::until;
use lyceum_faults::deployment::{Deployment, postgres_rows};
use lyceum_private_lattice::{ADMIN, Lattice};
use serde_json::Value;
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

/// The first admin is made upon a tick.
const FIRST_ADMIN: Duration = Duration::from_secs(90);

/// A lattice whose databases and mail are looked into.
pub struct OnLattice<'a>(pub &'a Lattice);

impl OnLattice<'_> {
    /// Where its mail arrives.
    pub fn post(&self) -> Post {
        Post::Server(Arc::clone(&self.0.servers().smtp))
    }

    /// Runs `lyceum`, told of the same servers.
    pub fn lyceum(&self, arguments: &[&str]) -> Result<Output> {
        let programs = self.0.programs();
        let mut lyceum = Command::new(&programs.lyceum);
        lyceum.current_dir(&programs.application).envs(self.0.environment()).args(arguments);
        lyceum.output().with_context(|| format!("run lyceum {arguments:?}"))
    }
}

impl Deployment for OnLattice<'_> {
    async fn rows(&self, service: &str, query: &str) -> Result<Vec<[String; 2]>> {
        let url = self.0.environment().find_map(|(name, value)| (name == "LYCEUM_SQL").then_some(value));
        postgres_rows(url.context("LYCEUM_SQL")?, service, query).await
    }

    fn published(&self) -> Result<Vec<Value>> {
        tokio::task::block_in_place(|| published(|arguments| self.lyceum(arguments)))
    }

    fn dead_letters(&self) -> String {
        let dead = self.lyceum(&["events", "list", "--dead", "--json"]);
        dead.map_or_else(|error| error.to_string(), |dead| format!("{dead:?}"))
    }

    async fn admin(&self) -> Result<Person> {
        let credentials = Credentials { email: ADMIN.0.to_owned(), password: ADMIN.1.to_owned() };
        until("the admin can sign in", FIRST_ADMIN, || async {
            for host in self.0.hosts() {
                let client = Client::new(format!("http://{}", host.address))?;
                if let Ok(admin) = client.sign_in(&credentials).await {
                    return Ok(Some(admin));
                }
            }
            Ok(None)
        })
        .await
    }
}
