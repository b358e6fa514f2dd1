//! How much is asked for.

use std::env::var;

use anyhow::{Context, Result, ensure};

/// Requests a second. `LYCEUM_LATTICE_READS` and `LYCEUM_LATTICE_REGISTRATIONS` say otherwise.
#[derive(Clone, Copy, Debug)]
pub struct Rates {
    /// Somebody who is signed in reads what is their own.
    pub reads: f64,
    /// Each costs some 25 ms of computing for the password alone.
    pub registrations: f64,
}

impl Rates {
    /// Modest ones, that two busy cores can serve, unless the environment says otherwise.
    pub fn from_environment() -> Result<Self> {
        Ok(Self {
            reads: rate("LYCEUM_LATTICE_READS", 40.0)?,
            registrations: rate("LYCEUM_LATTICE_REGISTRATIONS", 3.0)?,
        })
    }
}

fn rate(name: &str, usual: f64) -> Result<f64> {
    let Ok(text) = var(name) else { return Ok(usual) };
    let rate: f64 = text.parse().with_context(|| format!("{name}={text}"))?;
    ensure!((0.1..=10_000.0).contains(&rate), "{name} is 0.1 to 10000 a second, not {text}");
    Ok(rate)
}
