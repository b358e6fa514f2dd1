//! Medians over the rounds of one case.

use super::load::Report;
use super::native::Commits;
use super::percentiles::median;

/// One round of a case.
#[derive(Clone, Debug)]
pub(super) struct Round {
    /// Every connection always busy.
    pub(super) closed: Report,
    /// At half the requests a second of the closed loop.
    pub(super) half: Option<Report>,
    /// During the closed loop.
    pub(super) commits: Option<Commits>,
}

/// A case and its rounds.
#[derive(Clone, Debug)]
pub(super) struct Figures {
    pub(super) title: &'static str,
    pub(super) rounds: Vec<Round>,
}

impl Figures {
    fn median(&self, value: impl Fn(&Round) -> f64) -> f64 {
        median(self.rounds.iter().map(value))
    }

    pub(super) fn requests_per_second(&self) -> f64 {
        self.median(|round| round.closed.requests_per_second)
    }

    pub(super) fn cpu_us(&self) -> f64 {
        self.median(|round| round.closed.cpu_us())
    }

    /// Milliseconds.
    pub(super) fn p50(&self) -> f64 {
        self.median(|round| round.closed.latency_us.p50 / 1000.0)
    }

    /// Milliseconds.
    pub(super) fn p95(&self) -> f64 {
        self.median(|round| round.closed.latency_us.p95 / 1000.0)
    }

    /// Milliseconds.
    pub(super) fn p99(&self) -> f64 {
        self.median(|round| round.closed.latency_us.p99 / 1000.0)
    }

    pub(super) fn response_bytes(&self) -> f64 {
        self.median(|round| round.closed.response_bytes)
    }

    /// Milliseconds.
    pub(super) fn half_p50(&self) -> Option<f64> {
        self.half(|report| report.latency_us.p50 / 1000.0)
    }

    /// Milliseconds.
    pub(super) fn half_p95(&self) -> Option<f64> {
        self.half(|report| report.latency_us.p95 / 1000.0)
    }

    /// Milliseconds.
    pub(super) fn half_p99(&self) -> Option<f64> {
        self.half(|report| report.latency_us.p99 / 1000.0)
    }

    fn half(&self, value: impl Fn(&Report) -> f64) -> Option<f64> {
        let reports: Vec<_> = self.rounds.iter().filter_map(|round| round.half.as_ref()).collect();
        (!reports.is_empty()).then(|| median(reports.into_iter().map(value)))
    }

    /// Syncs of the disk for 1,000 commits.
    pub(super) fn batches_per_thousand(&self) -> Option<f64> {
        let rounds: Vec<_> = self.rounds.iter().filter_map(|round| round.commits).collect();
        #[expect(clippy::cast_precision_loss, reason = "counts stay far below 2^53")]
        let each = |of: Commits| of.batches as f64 * 1000.0 / of.commits.max(1) as f64;
        (!rounds.is_empty()).then(|| median(rounds.into_iter().map(each)))
    }
}
