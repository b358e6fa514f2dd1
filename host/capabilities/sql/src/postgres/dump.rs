//! PostgreSQL's own programs, which copy a schema and put a copy in its place.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use tokio_postgres::Config;
use tokio_postgres::config::{ChannelBinding, Host, SslMode};

use super::address::Trust;
use crate::Error;

/// One of the programs, found and of a version that fits the server.
#[derive(Debug)]
pub(super) struct Program {
    name: &'static str,
    file: OsString,
    /// The connection, as variables of the environment: an argument would show the password to everybody.
    environment: Vec<(&'static str, OsString)>,
}

impl Program {
    /// `pg_dump`, or what `LYCEUM_PG_DUMP` names.
    pub(super) fn dump(server: i32, host: &Config, trust: &Trust) -> Result<Self, Error> {
        Self::find("pg_dump", "LYCEUM_PG_DUMP", server, host, trust)
    }

    /// `pg_restore`, or what `LYCEUM_PG_RESTORE` names.
    pub(super) fn restore(server: i32, host: &Config, trust: &Trust) -> Result<Self, Error> {
        Self::find("pg_restore", "LYCEUM_PG_RESTORE", server, host, trust)
    }

    fn find(
        name: &'static str,
        variable: &str,
        server: i32,
        host: &Config,
        trust: &Trust,
    ) -> Result<Self, Error> {
        let file = std::env::var_os(variable).unwrap_or_else(|| name.into());
        let shown = Path::new(&file).display();
        let said = Command::new(&file).arg("--version").output().map_err(|error| {
            Error::Unavailable(format!(
                "{shown} can't be run: {error}. Install PostgreSQL's client programs, or say where it is with {variable}"
            ))
        })?;
        let said = String::from_utf8_lossy(&said.stdout).into_owned();
        let major = major(&said).ok_or_else(|| {
            Error::Unavailable(format!("{shown} does not say which version it is: {said:?}"))
        })?;
        let server = server / 10_000;
        if major < server {
            return Err(Error::Unavailable(format!(
                "{shown} is of version {major}, but the server of version {server}: name a newer one with {variable}"
            )));
        }
        let environment = environment(host, trust, major)?;
        Ok(Self { name, file, environment })
    }

    /// Runs it to its end.
    pub(super) fn run(&self, arguments: &[OsString]) -> Result<(), Error> {
        let mut command = Command::new(&self.file);
        command.args(arguments).stdin(Stdio::null()).stdout(Stdio::null());
        // Nothing of what whoever runs this has set for other servers.
        for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("PG")) {
            command.env_remove(name);
        }
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        let unusable = |error| Error::Unavailable(format!("{}: {error}", self.name));
        let output = command.output().map_err(unusable)?;
        if output.status.success() {
            return Ok(());
        }
        let said = String::from_utf8_lossy(&output.stderr);
        Err(Error::Unavailable(format!("{} ended with {}: {}", self.name, output.status, said.trim())))
    }
}

/// Of `pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)`.
fn major(said: &str) -> Option<i32> {
    let (_, version) = said.split_once("(PostgreSQL) ")?;
    version.split(|character: char| !character.is_ascii_digit()).next()?.parse().ok()
}

/// A connection in the terms of libpq.
fn environment(host: &Config, trust: &Trust, major: i32) -> Result<Vec<(&'static str, OsString)>, Error> {
    let mut all: Vec<(&'static str, OsString)> = vec![("PGCONNECT_TIMEOUT", "10".into())];
    match host.get_hosts().first() {
        Some(Host::Tcp(name)) => all.push(("PGHOST", name.into())),
        #[cfg(unix)]
        Some(Host::Unix(folder)) => all.push(("PGHOST", folder.into())),
        None => {}
    }
    if let Some(address) = host.get_hostaddrs().first() {
        all.push(("PGHOSTADDR", address.to_string().into()));
    }
    if let Some(port) = host.get_ports().first() {
        all.push(("PGPORT", port.to_string().into()));
    }
    if let Some(user) = host.get_user() {
        all.push(("PGUSER", user.into()));
    }
    if let Some(password) = host.get_password() {
        let text = String::from_utf8(password.to_vec());
        let text = text.map_err(|_| Error::Invalid("the database's password is no UTF-8".into()))?;
        all.push(("PGPASSWORD", text.into()));
    }
    if let Some(database) = host.get_dbname().or(host.get_user()) {
        all.push(("PGDATABASE", database.into()));
    }
    if host.get_channel_binding() == ChannelBinding::Require {
        all.push(("PGCHANNELBINDING", "require".into()));
    }
    // What `require` means to Lyceum is `verify-full` to libpq.
    let mode = match (host.get_ssl_mode(), trust) {
        (SslMode::Disable, _) => "disable",
        (_, Trust::Anyone) => "prefer",
        (_, Trust::Verified(_)) => "verify-full",
    };
    all.push(("PGSSLMODE", mode.into()));
    match trust {
        Trust::Anyone => {}
        Trust::Verified(Some(file)) => all.push(("PGSSLROOTCERT", file.clone().into())),
        Trust::Verified(None) => all.push(("PGSSLROOTCERT", trusted(major)?)),
    }
    Ok(all)
}

/// The authorities that the system trusts: PostgreSQL's programs know them from version 16 on.
fn trusted(major: i32) -> Result<OsString, Error> {
    const FILES: [&str; 2] = ["/etc/ssl/certs/ca-certificates.crt", "/etc/pki/tls/certs/ca-bundle.crt"];
    if let Some(file) = std::env::var_os("SSL_CERT_FILE") {
        return Ok(file);
    }
    if major >= 16 {
        return Ok("system".into());
    }
    let known = FILES.iter().map(PathBuf::from).find(|file| file.is_file());
    known.map(PathBuf::into_os_string).ok_or_else(|| {
        Error::Unavailable("name the certificate authorities with sslrootcert in the database's URL".into())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::postgres::address::Address;

    fn variables(url: &str, major: i32) -> Vec<(&'static str, String)> {
        let address = Address::parse(url, "things", "").unwrap();
        let found = environment(&address.hosts[0], &address.trust, major).unwrap();
        found.into_iter().map(|(name, value)| (name, value.into_string().unwrap())).collect()
    }

    #[test]
    fn programs_connect_as_lyceum_does() {
        let found = variables("postgres://me:a%40b@db:6000/lyceum?sslmode=require&sslrootcert=/ca.pem", 15);
        for (name, value) in [
            ("PGHOST", "db"),
            ("PGPORT", "6000"),
            ("PGUSER", "me"),
            ("PGPASSWORD", "a@b"),
            ("PGDATABASE", "lyceum"),
            ("PGSSLMODE", "verify-full"),
            ("PGSSLROOTCERT", "/ca.pem"),
        ] {
            assert!(found.contains(&(name, value.to_owned())), "{name}: {found:?}");
        }
        let modes =
            [("", "prefer"), ("?sslmode=disable", "disable"), ("?sslmode=verify-full", "verify-full")];
        for (query, mode) in modes {
            let found = variables(&format!("postgres://db/lyceum{query}"), 17);
            assert!(found.contains(&("PGSSLMODE", mode.to_owned())), "{query}: {found:?}");
        }
    }

    #[test]
    fn versions_are_read_as_programs_tell_them() {
        assert_eq!(major("pg_dump (PostgreSQL) 15.18 (Debian 15.18-0+deb12u1)\n"), Some(15));
        assert_eq!(major("pg_dump (PostgreSQL) 18beta1"), Some(18));
        assert_eq!(major("something else"), None);
    }
}
