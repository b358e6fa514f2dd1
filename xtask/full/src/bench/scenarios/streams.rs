//! What an open stream costs a host: its memory without any, and with thousands.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, anyhow, ensure};

use super::person::Person;
use crate::bench::ROUNDS;
use crate::bench::lyceum::Lyceum;
use crate::bench::memory::Memory;
use crate::bench::percentiles::median;
use xtask::process::step;

/// So many are open at once; the first is what the others stand beside.
const OPEN: [usize; 3] = [0, 1_000, 5_000];
/// Who opens them at once.
const OPENERS: usize = 16;
/// Requests for the same route before the first look, each answered at once, so that the instances that open streams are
/// there already.
const WARM: usize = 800;
const PATH: &str = "/api/v1/notifications/stream";
const PATIENCE: Duration = Duration::from_secs(30);

/// A host with so many streams, in medians.
pub(in crate::bench) struct Open {
    pub(in crate::bench) streams: usize,
    pub(in crate::bench) memory: Memory,
    /// Streams that were opened a second, if any were.
    pub(in crate::bench) rate: Option<f64>,
}

/// Measures the program with the application in `root`.
pub(in crate::bench) fn measure(program: &Path, root: &Path, folder: &Path) -> anyhow::Result<Vec<Open>> {
    // Of this process and those that it starts: a descriptor for each end of each stream.
    let own = std::process::id().to_string();
    let limit = Command::new("prlimit").args(["--pid", &own, "--nofile=12000:"]).status();
    ensure!(limit.context("prlimit, of util-linux")?.success(), "12,000 files may be open");
    let (manifest, data) = (root.join("spin.toml"), folder.join("streams"));
    // Compiles everything and makes every database.
    let lyceum = start(program, &manifest, &data)?;
    let token = Person::register(&lyceum.url(""))?.token;
    lyceum.stop()?;
    let mut samples: Vec<Vec<(Memory, f64)>> = OPEN.iter().map(|_| Vec::new()).collect();
    for round in 1..=ROUNDS {
        let lyceum = start(program, &manifest, &data)?;
        let address = lyceum.addresses().0.to_owned();
        at_once(WARM, || ask(&address, &token, "prefer: wait=0\r\n", "\"last_event_id\"").map(drop))?;
        let mut open = Vec::new();
        for (wanted, samples) in OPEN.into_iter().zip(&mut samples) {
            let (began, more) = (Instant::now(), wanted - open.len());
            open.extend(at_once(more, || ask(&address, &token, "", "id: "))?);
            #[expect(clippy::cast_precision_loss, reason = "a few thousand")]
            let rate = more as f64 / began.elapsed().as_secs_f64();
            let memory = Memory::of(lyceum.pid())?;
            step(format_args!("round {round}, {wanted} streams: {:.0} MiB", memory.proportional));
            samples.push((memory, rate));
        }
        let counted = lyceum.metrics()?.count("lyceum_live_open", None);
        ensure!(usize::try_from(counted)? == open.len(), "the host counts {counted} streams");
        drop(open);
        lyceum.stop()?;
    }
    let open = OPEN.into_iter().zip(samples).map(|(streams, samples)| {
        let of = |value: fn(&Memory) -> f64| median(samples.iter().map(|(memory, _)| value(memory)));
        let memory = Memory {
            resident: of(|memory| memory.resident),
            proportional: of(|memory| memory.proportional),
            anonymous: of(|memory| memory.anonymous),
        };
        let rate = median(samples.iter().map(|(_, rate)| *rate));
        Open { streams, memory, rate: (streams > 0).then_some(rate) }
    });
    Ok(open.collect())
}

fn start(program: &Path, manifest: &Path, data: &Path) -> anyhow::Result<Lyceum> {
    let of_one = OPEN.iter().max().unwrap_or(&0).to_string();
    Lyceum::start_on(program, manifest, data, &[("LYCEUM_LIVE_STREAMS_OF_ONE", of_one)])
}

/// So many times, by several threads.
fn at_once<T: Send>(times: usize, each: impl Fn() -> anyhow::Result<T> + Sync) -> anyhow::Result<Vec<T>> {
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..OPENERS)
            .map(|index| {
                let own = times / OPENERS + usize::from(index < times % OPENERS);
                let each = &each;
                scope.spawn(move || (0..own).map(|_| each()).collect::<anyhow::Result<Vec<T>>>())
            })
            .collect();
        let mut all = Vec::new();
        for thread in threads {
            all.extend(thread.join().map_err(|_| anyhow!("a thread panicked"))??);
        }
        Ok(all)
    })
}

/// The connection, once this text has come in answer.
fn ask(address: &str, token: &str, header: &str, text: &str) -> anyhow::Result<TcpStream> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let head = format!("GET {PATH} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\n{header}\r\n");
    stream.write_all(head.as_bytes())?;
    let (mut came, mut part) = (Vec::new(), [0; 2048]);
    while !String::from_utf8_lossy(&came).contains(text) {
        let length = stream.read(&mut part)?;
        ensure!(length > 0, "the connection ended: {}", String::from_utf8_lossy(&came));
        came.extend_from_slice(part.get(..length).unwrap_or_default());
    }
    Ok(stream)
}
