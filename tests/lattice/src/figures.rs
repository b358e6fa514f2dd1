//! What is printed: a period of a load in numbers, one below the other.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::{Result, ensure};

use crate::load::{Kind, Outcome, Outcomes, Sample};

/// One part of the time of a load.
#[derive(Clone, Debug)]
pub struct Period<'a> {
    name: String,
    samples: Vec<&'a Sample>,
    begin: Instant,
    length: Duration,
}

impl Outcomes {
    /// The requests that were meant to be sent then.
    pub fn period(&self, name: &str, time: Range<Instant>) -> Period<'_> {
        let samples = self.samples.iter().filter(|sample| time.contains(&sample.intended)).collect();
        Period {
            name: name.to_owned(),
            samples,
            begin: time.start,
            length: time.end.saturating_duration_since(time.start),
        }
    }
}

impl Period<'_> {
    /// All requests of it.
    pub fn samples(&self) -> &[&Sample] {
        &self.samples
    }

    /// How long after its begin the last request was meant to be sent that a client with other addresses to try got no good
    /// answer to; nothing if there was none.
    pub fn failing_for(&self) -> Duration {
        let bad = self.samples.iter().filter(|sample| sample.last != Outcome::Good);
        let last = bad.map(|sample| sample.intended).max();
        last.map_or(Duration::ZERO, |last| last.saturating_duration_since(self.begin))
    }

    /// Nobody with other addresses to try sees an error that long after its begin, and there was somebody to see it.
    pub fn expect_error_free_after(&self, time: Duration) -> Result<()> {
        let later = self.samples.iter().filter(|sample| sample.intended >= self.begin + time);
        let later: Vec<_> = later.collect();
        ensure!(!later.is_empty(), "{}: nothing was asked {time:?} later", self.name);
        let bad = later.iter().filter(|sample| sample.last != Outcome::Good).count();
        ensure!(
            bad == 0,
            "{}: {bad} of {} requests failed although it was over\n{self}",
            self.name,
            later.len()
        );
        Ok(())
    }

    /// How often each address gave the first answer, and a good one.
    pub fn by_address(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for sample in self.samples.iter().filter(|sample| sample.first == Outcome::Good) {
            *counts.entry(sample.address.as_str()).or_default() += 1;
        }
        counts
    }

    fn errors(&self, of: impl Fn(&Sample) -> (&Outcome, Instant)) -> String {
        let mut kinds = BTreeMap::<String, usize>::new();
        let (mut asked, mut ended) = (None, None);
        for sample in &self.samples {
            let (outcome, end) = of(sample);
            if let Outcome::Bad(why) = outcome {
                *kinds.entry(format!("{why} at {}", sample.address)).or_default() += 1;
                asked = asked.max(Some(sample.intended));
                ended = ended.max(Some(end));
            }
        }
        let since =
            |at: Option<Instant>| at.map_or(0.0, |at| at.saturating_duration_since(self.begin).as_secs_f64());
        if kinds.is_empty() {
            return "none".to_owned();
        }
        let kinds: Vec<_> = kinds.into_iter().map(|(why, count)| format!("{count} x {why}")).collect();
        let (asked, ended) = (since(asked), since(ended));
        format!("{}; the last was asked at {asked:.1} s and failed at {ended:.1} s", kinds.join(", "))
    }
}

impl fmt::Display for Period<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(formatter, "{} ({:.1} s)", self.name, self.length.as_secs_f64())?;
        for kind in Kind::ALL {
            let samples: Vec<_> = self.samples.iter().filter(|sample| sample.kind == kind).collect();
            let good = |of: fn(&Sample) -> &Outcome| {
                samples.iter().filter(|sample| *of(sample) == Outcome::Good).count()
            };
            let mut waits: Vec<_> = samples.iter().map(|sample| sample.latency()).collect();
            waits.sort();
            let at = |percent: usize| {
                let index = (waits.len() * percent / 100).min(waits.len().saturating_sub(1));
                waits.get(index).copied().unwrap_or_default().as_millis()
            };
            writeln!(
                formatter,
                "  {:12} {:5} asked, {:5} good at once, {:5} good with retry; p50 {} ms, p99 {} ms, longest {} ms",
                format!("{kind:?}"),
                samples.len(),
                good(|sample| &sample.first),
                good(|sample| &sample.last),
                at(50),
                at(99),
                at(100),
            )?;
        }
        writeln!(
            formatter,
            "  errors without retry: {}",
            self.errors(|sample| (&sample.first, sample.first_ended))
        )?;
        write!(formatter, "  errors with retry: {}", self.errors(|sample| (&sample.last, sample.last_ended)))
    }
}

/// Prints periods, one below the other.
pub fn show(periods: &[&Period<'_>]) {
    for period in periods {
        println!("{period}");
    }
}

/// So many requests at most were not sent because too many others waited.
pub fn expect_unsent(outcomes: &Outcomes, most: usize) -> Result<()> {
    ensure!(outcomes.unsent <= most, "{} requests were not even sent", outcomes.unsent);
    Ok(())
}
