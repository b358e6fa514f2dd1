//! Figures of this process and of its machine, from what Linux tells.

use procfs::process::Process;
use procfs::{CurrentSI, KernelStats, ProcResult};

use crate::Family;
use crate::Kind::{Counter, Gauge};

/// Time spent computing and memory of this process, and how much of the machine's time is gone. None of it where the
/// system does not tell.
pub fn of_this() -> Vec<Family> {
    read().unwrap_or_default()
}

#[expect(
    clippy::cast_precision_loss,
    reason = "neither seconds nor bytes come near the 53 bits that are exact"
)]
fn read() -> ProcResult<Vec<Family>> {
    let ticks = procfs::ticks_per_second() as f64;
    let own = Process::myself()?.stat()?;
    let machine = KernelStats::current()?;
    let total = machine.total;
    let idle = total.idle + total.iowait.unwrap_or_default();
    let busy = total.user + total.nice + total.system + total.irq.unwrap_or_default();
    let busy = busy + total.softirq.unwrap_or_default() + total.steal.unwrap_or_default();
    let seconds = |ticks_spent: u64| ticks_spent as f64 / ticks;
    Ok(vec![
        Family::new("process_cpu_seconds_total", Counter, "Time that the process spent computing")
            .with(&[], seconds(own.utime + own.stime)),
        Family::new("process_resident_memory_bytes", Gauge, "Memory of the process")
            .with(&[], (own.rss * procfs::page_size()) as f64),
        Family::new("machine_cpu_seconds_total", Counter, "Time of all processors of the machine")
            .with(&[("mode", "busy")], seconds(busy))
            .with(&[("mode", "idle")], seconds(idle)),
    ])
}

#[cfg(test)]
mod tests {
    use super::of_this;

    #[test]
    fn a_process_knows_its_own_figures() {
        let all = of_this();
        let memory = all.iter().find(|family| family.name == "process_resident_memory_bytes").unwrap();
        assert!(memory.samples[0].value > 1_000_000.0, "{memory:?}");
        let machine = all.iter().find(|family| family.name == "machine_cpu_seconds_total").unwrap();
        assert!(machine.samples.iter().all(|sample| sample.value > 0.0), "{machine:?}");
    }
}
