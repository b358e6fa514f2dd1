//! How much memory the providers take.

use std::collections::BTreeMap;
use std::fmt;
use std::fs;

use anyhow::{Context, Result, ensure};
use lyceum_private_lattice::Lattice;

/// What each provider of objects takes at a moment, in bytes, by its process.
pub(crate) struct Memory(BTreeMap<u32, usize>);

/// How much more each of them took at most since then, in bytes, by its host.
pub(crate) struct Growth(BTreeMap<String, usize>);

impl Memory {
    /// What they take now, from which on the most is counted.
    pub(crate) fn reset(lattice: &Lattice) -> Result<Self> {
        let mut all = BTreeMap::new();
        for (_, process) in providers(lattice)? {
            fs::write(format!("/proc/{process}/clear_refs"), "5")?;
            all.insert(process, status(process, "VmRSS:")?);
        }
        ensure!(!all.is_empty(), "there are no providers of objects");
        Ok(Self(all))
    }

    /// What they took at most since then.
    pub(crate) fn growth(&self, lattice: &Lattice) -> Result<Growth> {
        let mut all = BTreeMap::new();
        for (host, process) in providers(lattice)? {
            let before = self.0.get(&process).context("a provider was started meanwhile")?;
            all.insert(host, status(process, "VmHWM:")?.saturating_sub(*before));
        }
        Ok(Growth(all))
    }
}

impl Growth {
    /// The largest.
    pub(crate) fn most(&self) -> usize {
        self.0.values().copied().max().unwrap_or_default()
    }
}

impl fmt::Display for Growth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the peak memory of blobs grew by")?;
        for (host, grown) in &self.0 {
            write!(f, " {} MiB on host {host}", grown >> 20)?;
        }
        Ok(())
    }
}

fn providers(lattice: &Lattice) -> Result<Vec<(String, u32)>> {
    let mut all = Vec::new();
    for host in lattice.hosts() {
        all.extend(host.providers()?.get("blobs").map(|process| (host.name.clone(), *process)));
    }
    Ok(all)
}

/// A line of what the kernel tells of a process, in bytes.
fn status(process: u32, name: &str) -> Result<usize> {
    let text = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = text.lines().find_map(|line| line.strip_prefix(name)).with_context(|| name.to_owned())?;
    let kibibytes: usize = line.trim().trim_end_matches("kB").trim().parse()?;
    Ok(kibibytes << 10)
}
