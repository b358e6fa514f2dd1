//! Services that say where they are, and by heartbeats that they still are.

use std::time::Duration;

use lyceum_kit::prelude::*;
use lyceum_kit::sql::AsJson;
use lyceum_kit::violation::Invalid;
use serde::Deserialize;
use serde_json::{Map, Value as Json};
use utoipa::ToSchema;

use super::length;

/// Without a heartbeat for this long a service isn't healthy, if nothing else is asked for.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(30);

/// What a service says of itself. Other fields are ignored.
#[derive(Clone, Debug, Deserialize, PartialEq, ToSchema)]
pub(crate) struct Registration {
    /// 1 to 255 characters.
    pub(crate) host: String,
    /// 1 to 65535.
    pub(crate) port: i64,
    /// At most 100 characters, beginning with a slash; `/health` if it isn't given.
    #[serde(default = "health")]
    pub(crate) health_endpoint: String,
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(crate) metadata: Map<String, Json>,
}

fn health() -> String {
    "/health".to_owned()
}

/// A service that said where it is.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Discovered {
    pub(crate) service_name: String,
    pub(crate) host: String,
    pub(crate) port: i64,
    pub(crate) health_endpoint: String,
    pub(crate) metadata: AsJson<Map<String, Json>>,
    pub(crate) last_heartbeat: Timestamp,
}

/// 1 to 50 lower-case letters, digits and hyphens; a letter first and no hyphen last.
pub(crate) fn name(name: &str) -> Result<(), Violation> {
    length(name, 1, 50)?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let first = name.bytes().next().is_some_and(|byte| byte.is_ascii_lowercase());
    if first && name.bytes().all(plain) && !name.ends_with('-') {
        return Ok(());
    }
    let message = "Service name must begin with a lower-case letter, have letters, digits and hyphens, and end \
                   with a letter or digit";
    Err(Violation::new("NOT_ALLOWED", message))
}

impl Registration {
    /// The service of this name, heard of just now.
    pub(crate) fn named(self, service_name: String) -> Result<Discovered, Invalid> {
        let mut valid = Validation::new();
        valid.take("/host", length(&self.host, 1, 255));
        valid.check(
            "/port",
            (1..=65_535).contains(&self.port),
            "OUT_OF_RANGE",
            "Input should be from 1 to 65535",
        );
        valid.take("/health_endpoint", length(&self.health_endpoint, 1, 100));
        let slash = self.health_endpoint.starts_with('/');
        valid.check("/health_endpoint", slash, "NOT_ALLOWED", "Health endpoint must begin with a slash");
        valid.into_result()?;
        let Self { host, port, health_endpoint, metadata } = self;
        let last_heartbeat = clock::now();
        Ok(Discovered {
            service_name,
            host,
            port,
            health_endpoint,
            metadata: AsJson(metadata),
            last_heartbeat,
        })
    }
}

impl Discovered {
    /// Whether it was heard of within this time, both ends inside.
    pub(crate) fn is_healthy(&self, now: Timestamp, timeout: Duration) -> bool {
        self.last_heartbeat >= now.minus(timeout)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_begins_with_a_letter_and_ends_without_a_hyphen() {
        for good in ["a", "file-service", "a9", &"k".repeat(50)] {
            assert_eq!(name(good), Ok(()), "{good}");
        }
        for bad in ["", "9a", "a-", "-a", "A", "a_b", &"k".repeat(51)] {
            assert!(name(bad).is_err(), "{bad}");
        }
    }
}
