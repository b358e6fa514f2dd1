//! What makes a server ask for passwords, over TLS.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::Path;

use anyhow::Result;

use crate::authority::Authority;
use crate::programs;

/// The superuser comes from this machine as before; everybody else needs a password.
const SIGN_IN: &str = "
host all postgres 127.0.0.1/32 trust
host all all 127.0.0.1/32 scram-sha-256
";

/// The name in the server's certificate.
pub(super) const NAME: &str = "localhost";

/// Writes the files, and returns the settings that name them.
pub(super) fn prepare(folder: &Path) -> Result<Vec<String>> {
    let authority = Authority::new()?;
    let certificate = authority.certify(NAME)?;
    fs::write(folder.join("authority.pem"), authority.pem())?;
    fs::write(folder.join("server.pem"), certificate.pem)?;
    let key = folder.join("server.key");
    fs::write(&key, certificate.key)?;
    fs::set_permissions(&key, Permissions::from_mode(0o600))?;
    if let Some(user) = programs::postgres::user()? {
        chown(&key, Some(user.uid.as_raw()), Some(user.gid.as_raw()))?;
    }
    fs::write(folder.join("data/pg_hba.conf"), SIGN_IN)?;
    let setting = |name: &str, file: &str| format!("{name}={}", folder.join(file).display());
    Ok(vec!["ssl=on".into(), setting("ssl_cert_file", "server.pem"), setting("ssl_key_file", "server.key")])
}
