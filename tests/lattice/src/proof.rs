//! What every proof needs: a lattice, people who use it, and in the end the count of what is there.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Result, ensure};
use lyceum_end_to_end::client::{Client, Person};
use lyceum_end_to_end::poll::until;
use lyceum_faults::journal::{Journal, read};
use lyceum_faults::load::{People, repeat};
use lyceum_faults::rest::{Traces, kept};
use lyceum_faults::settling::settle;
use lyceum_private_lattice::{Lattice, Options};
use tempfile::TempDir;

use crate::deployment::OnLattice;
use crate::load::{Balancer, Load, Rates};

/// How long everything may take to start on a busy machine.
const DEPLOYED: Duration = Duration::from_mins(3);

/// A lattice with its users.
pub struct Proof {
    /// The lattice.
    pub lattice: Lattice,
    /// What the users ask.
    pub balancer: Arc<Balancer>,
    /// Somebody who is signed in.
    pub reader: Person,
    people: Arc<People>,
    journal: Arc<Journal>,
    folder: TempDir,
}

impl Proof {
    /// Starts the lattice. Its users ask the hosts of these names.
    pub async fn start(options: &Options, hosts: &[&str]) -> Result<Self> {
        let lattice = tokio::task::block_in_place(|| Lattice::start(options))?;
        if options.empty_zones.is_empty() {
            // It takes requests before the last provider has started.
            until("wadm says that everything runs", DEPLOYED, || async {
                let status = tokio::task::block_in_place(|| lattice.run(&["status", "lyceum"]))?;
                Ok(status.starts_with("lyceum: deployed").then_some(()))
            })
            .await?;
        }
        let mut addresses = Vec::new();
        for name in hosts {
            addresses
                .push(((*name).to_owned(), Client::new(format!("http://{}", lattice.host(name)?.address))?));
        }
        ensure!(!addresses.is_empty(), "a load needs an address");
        let reader = addresses[0].1.newcomer("Reader").await?;
        // A profile is made upon an event.
        until("the reader has a profile", DEPLOYED, || async {
            Ok((reader.get("/api/v1/users/me").await?.status.as_u16() == 200).then_some(()))
        })
        .await?;
        let folder = tempfile::tempdir()?;
        Ok(Self {
            lattice,
            balancer: Arc::new(Balancer::new(addresses)),
            reader,
            people: Arc::new(People::new()),
            journal: Arc::new(Journal::create(&folder.path().join("journal"))?),
            folder,
        })
    }

    /// Puts the lattice under load: people register, and somebody reads their own profile.
    pub fn load(&self) -> Result<Load> {
        self.load_of(&["/api/v1/users/me"])
    }

    /// The same, and these are read in turn.
    pub fn load_of(&self, paths: &[&str]) -> Result<Load> {
        Ok(self.load_at(paths, Rates::from_environment()?))
    }

    /// The same, at these rates.
    pub fn load_at(&self, paths: &[&str], rates: Rates) -> Load {
        Load::start(&self.balancer, (&self.reader, paths), &self.people, &self.journal, rates)
    }

    /// Repeats the registrations that were not acknowledged, waits until everything has come to its end, and finds each
    /// person who ever asked to be registered exactly once: account, profile, message, mail, and an event of each kind.
    pub async fn expect_everybody_once(&self) -> Result<()> {
        let file = self.folder.path().join("journal");
        let open: Vec<_> = read(&file)?.into_iter().filter(|record| record.acknowledged.is_none()).collect();
        for record in &open {
            repeat(&self.reader.client, &self.journal, &record.request).await?;
        }
        let records = read(&file)?;
        let (lattice, prefix) = (OnLattice(&self.lattice), &self.people.prefix);
        settle(&lattice, &lattice.post(), prefix, records.len()).await?;
        let (found, _) = kept(&lattice, &lattice.post(), prefix).await?;
        for record in &records {
            let traces = found.get(&record.request.email).cloned().unwrap_or_default();
            ensure!(traces == Traces::ONE, "{} left {traces:?}", record.request.email);
        }
        ensure!(found.len() == records.len(), "{} addresses, but {} were sent", found.len(), records.len());
        println!(
            "{} registrations, {} of them acknowledged only when repeated in the end; 0 lost, 0 doubled\n",
            records.len(),
            open.len()
        );
        Ok(())
    }
}
