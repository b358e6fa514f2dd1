//! What the host tells every component about itself.

use std::sync::OnceLock;

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use hmac::{Hmac, Mac};
use sha2::Sha256;

use crate::{
    config::{self, ConfigError},
    log,
    problem::Problem,
};

/// This component's id and keys. Read once an instance.
#[derive(Debug)]
pub(crate) struct Settings {
    pub(crate) component: String,
    pub(crate) identity_key: [u8; 32],
    secret: [u8; 32],
}

/// Why they can't be had.
#[derive(Clone, Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SettingsError {
    /// The configuration can't be read.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The variable is not 32 bytes of base64url.
    #[error("the configuration variable {0} is unusable")]
    Unusable(&'static str),
}

impl From<SettingsError> for Problem {
    fn from(error: SettingsError) -> Self {
        log::error(error.to_string());
        Self::internal()
    }
}

/// The settings.
pub(crate) fn get() -> Result<&'static Settings, SettingsError> {
    static SETTINGS: OnceLock<Settings> = OnceLock::new();
    if let Some(settings) = SETTINGS.get() {
        return Ok(settings);
    }
    let settings = Settings {
        component: config::required("lyceum.component")?,
        identity_key: key("lyceum.identity-key")?,
        secret: key("lyceum.secret")?,
    };
    Ok(SETTINGS.get_or_init(|| settings))
}

/// A key of this component's own for one purpose: HMAC-SHA256 of `label` under
/// its secret, so that no two purposes share one.
pub fn derived_key(label: &str) -> Result<[u8; 32], SettingsError> {
    let mut mac = Hmac::<Sha256>::new_from_slice(&get()?.secret)
        .map_err(|_| SettingsError::Unusable("lyceum.secret"))?;
    mac.update(label.as_bytes());
    Ok(mac.finalize().into_bytes().into())
}

fn key(name: &'static str) -> Result<[u8; 32], SettingsError> {
    let text = config::required(name)?;
    let bytes = BASE64.decode(text.trim_end_matches('=')).map_err(|_| SettingsError::Unusable(name))?;
    bytes.try_into().map_err(|_| SettingsError::Unusable(name))
}
