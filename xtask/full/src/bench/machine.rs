//! What it was measured on.

use anyhow::Context;

/// One line about the machine.
pub(super) fn describe() -> anyhow::Result<String> {
    let read = |path: &str| std::fs::read_to_string(path).with_context(|| format!("can't read {path}"));
    let processors = read("/proc/cpuinfo")?;
    let model = value(&processors, "model name").unwrap_or("unknown processor");
    let cores = std::thread::available_parallelism().context("can't count the cores")?;
    let memory = read("/proc/meminfo")?;
    let kibibytes: u64 =
        value(&memory, "MemTotal").and_then(|text| text.split(' ').next()?.parse().ok()).unwrap_or(0);
    let kernel = read("/proc/sys/kernel/osrelease")?;
    let gibibytes = kibibytes.div_ceil(1024 * 1024);
    Ok(format!("{model}, {cores} cores, {gibibytes} GiB, Linux {}", kernel.trim()))
}

/// How many processes wanted a core in the last minute.
pub(super) fn load_average() -> anyhow::Result<String> {
    let text = std::fs::read_to_string("/proc/loadavg").context("can't read /proc/loadavg")?;
    Ok(text.split(' ').next().unwrap_or_default().to_owned())
}

fn value<'t>(text: &'t str, name: &str) -> Option<&'t str> {
    let line = text.lines().find(|line| line.starts_with(name))?;
    Some(line.split_once(':')?.1.trim())
}
