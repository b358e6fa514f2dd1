//! CPU time of processes, from `/proc/<pid>/stat` (proc_pid_stat(5)).

use std::fs;
use std::time::Duration;

use anyhow::Context;
use nix::unistd::{SysconfVar, sysconf};

/// User and system time of all threads, living and ended, of these processes.
pub(crate) fn of(pids: &[u32]) -> anyhow::Result<Duration> {
    let ticks_per_second = sysconf(SysconfVar::CLK_TCK)
        .context("ask for the clock tick")?
        .and_then(|ticks| u32::try_from(ticks).ok())
        .filter(|ticks| *ticks > 0)
        .context("the system names no clock tick")?;
    let mut ticks = 0;
    for pid in pids {
        let path = format!("/proc/{pid}/stat");
        let text = fs::read_to_string(&path).with_context(|| format!("read {path}"))?;
        ticks += parse(&text).with_context(|| format!("{path} has another form than expected"))?;
    }
    Ok(Duration::from_secs(ticks) / ticks_per_second)
}

/// The sum of fields 14 (`utime`) and 15 (`stime`), in ticks.
fn parse(stat: &str) -> Option<u64> {
    // The second field is the program's name in parentheses, which may hold spaces and parentheses itself.
    let (_, rest) = stat.rsplit_once(')')?;
    let mut fields = rest.split_ascii_whitespace().skip(11);
    let user: u64 = fields.next()?.parse().ok()?;
    let system: u64 = fields.next()?.parse().ok()?;
    Some(user + system)
}

#[cfg(test)]
mod tests {
    use super::{of, parse};

    #[test]
    fn a_strange_program_name_does_not_shift_the_fields() {
        let stat = "42 (a) b (c)) S 1 42 42 0 -1 4194304 100 0 0 0 7 5 0 0 20 0 1 0 100 1000 10";
        assert_eq!(parse(stat), Some(12));
        assert_eq!(parse("42 (a) S 1"), None);
    }

    #[test]
    fn this_process_has_a_time_and_no_process_has_none() {
        assert!(of(&[std::process::id()]).is_ok());
        assert!(of(&[u32::MAX]).is_err());
    }
}
