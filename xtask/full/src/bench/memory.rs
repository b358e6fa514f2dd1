//! How much memory a process has.

use anyhow::Context;

/// In MiB.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory {
    /// Pages in memory, those of files among them.
    pub(super) resident: f64,
    /// The process's share: a page that several use counts in parts.
    pub(super) proportional: f64,
    /// Pages of its own, which are not those of a file.
    pub(super) anonymous: f64,
}

impl Memory {
    pub(super) fn of(pid: u32) -> anyhow::Result<Self> {
        let path = format!("/proc/{pid}/smaps_rollup");
        let text = std::fs::read_to_string(&path).with_context(|| format!("can't read {path}"))?;
        let field = |name: &str| field(&text, name).with_context(|| format!("{path} has no {name}"));
        Ok(Self { resident: field("Rss:")?, proportional: field("Pss:")?, anonymous: field("Anonymous:")? })
    }
}

/// How many threads a process has.
pub(super) fn threads(pid: u32) -> anyhow::Result<f64> {
    let path = format!("/proc/{pid}/status");
    let text = std::fs::read_to_string(&path).with_context(|| format!("can't read {path}"))?;
    let line = text.lines().find_map(|line| line.strip_prefix("Threads:"));
    line.and_then(|line| line.trim().parse().ok()).with_context(|| format!("{path} has no number of threads"))
}

fn field(text: &str, name: &str) -> Option<f64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    let kibibytes: f64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::field;

    #[test]
    fn fields_are_in_mebibytes() {
        let text = "55-7f ---p 0 00:00 0 [rollup]\nRss:              2048 kB\nPss:  512 kB\n";
        assert_eq!(field(text, "Rss:"), Some(2.0));
        assert_eq!(field(text, "Pss:"), Some(0.5));
        assert_eq!(field(text, "Anonymous:"), None);
    }
}
