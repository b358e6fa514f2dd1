//! A second server that follows the first.

use std::os::unix::fs::chown;

use anyhow::{Context, Result, ensure};

use super::{PostgresServer, is_ready};
use crate::daemon::Daemon;
use crate::programs;

impl PostgresServer {
    /// Starts a server that follows this one by streaming replication, and calls itself `name` there: a
    /// primary with the setting `synchronous_standby_names=<name>` waits for it at every commit.
    ///
    /// # Errors
    /// If this server does not run, or the other one can't be made.
    pub fn start_standby(&self, name: &str) -> Result<Self> {
        let daemon = Daemon::new("postgres")?;
        if let Some(user) = programs::postgres::user()? {
            chown(daemon.folder(), Some(user.uid.as_raw()), Some(user.gid.as_raw()))?;
        }
        let output = programs::postgres::command(&self.programs, "pg_basebackup")?
            .args(["--checkpoint=fast", "--no-sync", "--write-recovery-conf", "--wal-method=stream"])
            .arg("-D")
            .arg(daemon.folder().join("data"))
            .arg("-d")
            .arg(format!("host=127.0.0.1 port={} user=postgres application_name={name}", self.port))
            .output()
            .context("running pg_basebackup")?;
        ensure!(output.status.success(), "pg_basebackup failed: {}", String::from_utf8_lossy(&output.stderr));
        // It waits for no standby of its own when it is promoted.
        let settings =
            self.settings.iter().filter(|setting| !setting.starts_with("synchronous_standby_names"));
        let settings = settings.cloned().collect();
        let mut standby = Self { programs: self.programs.clone(), port: 0, settings, daemon };
        let data = standby.data();
        standby.port =
            standby.daemon.launch_on_free_port(|port| standby.command(port), |id, _| is_ready(&data, id))?;
        Ok(standby)
    }

    /// Makes a standby the primary. Returns when it takes writes.
    ///
    /// # Errors
    /// If it does not run, or is no standby.
    pub fn promote(&self) -> Result<()> {
        let output = programs::postgres::command(&self.programs, "pg_ctl")?
            .args(["promote", "--wait", "-D"])
            .arg(self.data())
            .output()
            .context("running pg_ctl")?;
        ensure!(
            output.status.success(),
            "the standby can't be promoted: {}",
            String::from_utf8_lossy(&output.stdout)
        );
        Ok(())
    }
}
