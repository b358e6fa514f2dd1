//! Whose certificates are believed.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::crypto::ring;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::{ClientConfig, RootCertStore};
use tracing::warn;

/// The authorities can't be read.
#[derive(Debug, thiserror::Error)]
pub enum UnusableRoots {
    /// The operator's file.
    #[error("{}: {reason}", file.display())]
    File {
        /// Which.
        file: PathBuf,
        /// Why.
        reason: String,
    },
    /// The TLS library doesn't take what it was given.
    #[error("TLS can't be set up: {0}")]
    Tls(#[from] rustls::Error),
}

impl UnusableRoots {
    pub(crate) fn file(file: &Path, reason: &dyn std::fmt::Display) -> Self {
        Self::File { file: file.to_owned(), reason: reason.to_string() }
    }
}

/// TLS by the system's authorities (`SSL_CERT_FILE` names others) and those in the operator's file.
pub(crate) fn config(extra: Option<&Path>) -> Result<ClientConfig, UnusableRoots> {
    let mut roots = RootCertStore::empty();
    let system = rustls_native_certs::load_native_certs();
    for error in &system.errors {
        warn!(%error, "the system's authorities can't all be read");
    }
    // Systems have authorities that no library takes any more; the others count.
    roots.add_parsable_certificates(system.certs);
    if let Some(file) = extra {
        let certificates =
            CertificateDer::pem_file_iter(file).map_err(|error| UnusableRoots::file(file, &error))?;
        let mut found = 0;
        for certificate in certificates {
            let certificate = certificate.map_err(|error| UnusableRoots::file(file, &error))?;
            roots.add(certificate).map_err(|error| UnusableRoots::file(file, &error))?;
            found += 1;
        }
        if found == 0 {
            return Err(UnusableRoots::file(file, &"has no certificate in PEM form"));
        }
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()?;
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}
