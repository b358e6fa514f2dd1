//! Where a process's time goes, by Linux's `perf`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

/// Samples a second; not a round number, so that it beats with no other clock.
const FREQUENCY: &str = "499";
/// Functions that are named.
const FUNCTIONS: usize = 15;

/// Shares of the samples, in percent, greatest first.
pub(super) struct Profile {
    /// By part of the program, by library, and the kernel.
    pub(super) parts: Vec<(f64, String)>,
    /// By function.
    pub(super) functions: Vec<(f64, String)>,
}

/// Watches the process for so long; `None`, and a word about it, where that can't be done.
pub(super) fn record(pid: u32, length: Duration, file: &Path) -> Option<Profile> {
    let mut command = Command::new("perf");
    command.args(["record", "--quiet", "-F", FREQUENCY, "-p", &pid.to_string(), "-o"]).arg(file);
    command.args(["--", "sleep", &length.as_secs().to_string()]);
    let recorded = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::piped()).output();
    match recorded {
        Ok(output) if output.status.success() => {}
        Ok(output) => {
            eprintln!("perf can't watch here: {}", String::from_utf8_lossy(&output.stderr).trim());
            return None;
        }
        Err(error) => {
            eprintln!("perf is not there ({error}); Debian's package is linux-perf");
            return None;
        }
    }
    let functions = shares(file)?;
    let mut parts = BTreeMap::<_, f64>::new();
    for (share, name) in &functions {
        *parts.entry(part(name)).or_default() += share;
    }
    let mut parts: Vec<_> = parts.into_iter().map(|(name, share)| (share, name.to_owned())).collect();
    parts.sort_by(|(one, _), (other, _)| other.total_cmp(one));
    let functions =
        functions.into_iter().filter(|(_, name)| name.starts_with("[.]")).take(FUNCTIONS).collect();
    Some(Profile { parts, functions })
}

/// The part of the program that a function belongs to.
fn part(function: &str) -> &'static str {
    const PARTS: [(&str, &[&str]); 7] = [
        ("the kernel", &["[k]"]),
        ("wasmtime: calls between host and component, fibers, handles", &["wasmtime", "wiggle"]),
        ("sockets and HTTP", &["hyper", "http", "httparse", "h2", "tokio::net", "mio"]),
        ("tokio: tasks, timers, channels", &["tokio", "std::sys::sync", "event_listener"]),
        (
            "SQLite and what leads to it",
            &["sqlite", "rusqlite", "lyceum_sql", "pcache", "pager", "balance", "yy", "btree", "wal"],
        ),
        ("Lyceum's host: runtime, mesh, statistics", &["lyceum_", "prometheus"]),
        (
            "allocating and copying memory",
            &[
                "mi_",
                "_mi_",
                "malloc",
                "free",
                "cfree",
                "_int_",
                "__memmove",
                "__memset",
                "__memcmp",
                "bytes",
                "alloc",
                "realloc",
            ],
        ),
    ];
    let name = function.trim_start_matches("[.] ").trim_start_matches(['<', '&', '(']);
    if name.starts_with("0x") || name.starts_with("[JIT]") {
        return "the components' own code";
    }
    let is_of = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    PARTS.iter().find(|(_, prefixes)| is_of(prefixes)).map_or("the rest", |(part, _)| part)
}

/// By function, greatest first.
fn shares(file: &Path) -> Option<Vec<(f64, String)>> {
    let mut command = Command::new("perf");
    command.args(["report", "--stdio", "--quiet", "--no-children", "--no-inline", "--sort", "symbol", "-i"]);
    let output = command.arg(file).stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    Some(parse(&String::from_utf8_lossy(&output.stdout)))
}

/// Lines such as `  12.34%  [k] name`, which some versions of `perf` end with columns of their own.
fn parse(text: &str) -> Vec<(f64, String)> {
    let lines = text.lines().filter_map(|line| {
        let (share, name) = line.trim().split_once('%')?;
        let name = name.trim().split("  ").next().unwrap_or_default();
        Some((share.parse().ok()?, name.to_owned()))
    });
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::{parse, part};

    #[test]
    fn comments_are_left_out() {
        let text = "# Samples: 7\n\n    41.20%  lyceum            \n     3.00%  [kernel.kallsyms]\n";
        assert_eq!(parse(text), [(41.2, "lyceum".to_owned()), (3.0, "[kernel.kallsyms]".to_owned())]);
    }

    #[test]
    fn further_columns_are_left_out() {
        let text = "     2.59%  [k] unlock      -      -            \n";
        assert_eq!(parse(text), [(2.59, "[k] unlock".to_owned())]);
    }

    #[test]
    fn functions_are_told_apart_by_their_names() {
        assert_eq!(part("[k] do_syscall_64"), "the kernel");
        assert_eq!(part("[.] <hyper::proto::h1::Conn as Future>::poll"), "sockets and HTTP");
        assert_eq!(part("[.] 0x00007fc9017e5945"), "the components' own code");
        assert_eq!(part("[.] main"), "the rest");
    }
}
