//! What every command needs to know: which manifest, which data, which environment.

use std::path::PathBuf;

use anyhow::Result;
use clap::Args;
use lyceum_manifest::{Environment, Links, Manifest, Mistake, Report, Variables};

/// Options that every command has.
#[derive(Args, Clone, Debug)]
pub(crate) struct Where {
    /// The application manifest
    #[arg(long, value_name = "FILE", default_value = "spin.toml")]
    pub(crate) manifest: PathBuf,
    /// The folder that everything durable is kept in
    #[arg(long, value_name = "DIR", default_value = "data", env = "LYCEUM_DATA")]
    pub(crate) data: PathBuf,
    /// The folder that compiled components are kept in, such as one that several data folders share; without it `cache` in the data
    /// folder. Whoever can write there decides what this program does
    #[arg(long, value_name = "DIR", env = "LYCEUM_CACHE")]
    pub(crate) cache: Option<PathBuf>,
    /// This is the only host, so a shared SQL server may go with in-process events and key-values
    #[arg(long)]
    pub(crate) single_host: bool,
}

/// The manifest and the environment, checked together.
pub(crate) struct Settings {
    /// The manifest.
    pub(crate) manifest: Manifest,
    /// What stands behind the capabilities.
    pub(crate) links: Links,
    /// The application's variables.
    pub(crate) variables: Variables,
}

impl Where {
    /// Reads and checks all of it. The error is a report of every mistake.
    pub(crate) fn settings(&self) -> Result<Settings> {
        Ok(self.read().map_err(Report)?)
    }

    /// The same, with the mistakes themselves.
    pub(crate) fn read(&self) -> Result<Settings, Vec<Mistake>> {
        let manifest = Manifest::load(&self.manifest)?;
        let environment = Environment::of_process();
        let mut mistakes = Vec::new();
        let links = Links::from_environment(&manifest, &environment, &self.data)
            .and_then(|links| links.check(&environment, self.single_host).map(|()| links))
            .map_err(|wrong| mistakes.extend(wrong));
        let variables =
            Variables::from_environment(&manifest, &environment).map_err(|wrong| mistakes.extend(wrong));
        match (links, variables) {
            (Ok(links), Ok(variables)) => Ok(Settings { manifest, links, variables }),
            _ => Err(mistakes),
        }
    }
}
