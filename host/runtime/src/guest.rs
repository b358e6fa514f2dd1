//! The state that belongs to one instance.

use std::sync::Arc;
use std::time::{Duration, Instant};

use lyceum_clock::WallClock;
use lyceum_network::Call;
use wasmtime::ResourceLimiter;
use wasmtime::component::ResourceTable;
use wasmtime_wasi::{HostWallClock, WasiCtx, WasiCtxView, WasiView};
use wasmtime_wasi_http::{WasiHttpCtx, WasiHttpCtxView, WasiHttpView};

use crate::links::Links;
use crate::outgoing::Outgoing;
use crate::statistics::Statistics;

/// Why a component was called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trigger {
    Request,
    Message,
}

/// What a component gets at most to answer in after its database did not: with less, a busy host says for it that it did not
/// answer in time (504), although it only waited and could say so (503, and when to try again).
const RESERVE: Duration = Duration::from_secs(1);
/// The longest that one call of a database may take, also where the component's own deadline is further away: a component
/// that has a minute for an upload needs none to hear that the database stands still.
const MAX_CALL: Duration = Duration::from_secs(10);

pub(crate) struct Guest {
    pub(crate) component: Arc<str>,
    pub(crate) links: Arc<Links>,
    pub(crate) table: ResourceTable,
    pub(crate) memory: MemoryLimit,
    pub(crate) outgoing: Outgoing,
    pub(crate) trigger: Trigger,
    pub(crate) statistics: Arc<Statistics>,
    wasi: WasiCtx,
    http: WasiHttpCtx,
}

impl Guest {
    pub(crate) fn new(
        component: Arc<str>,
        links: Arc<Links>,
        outgoing: Outgoing,
        memory: usize,
        statistics: Arc<Statistics>,
    ) -> Self {
        // No files, no environment, no sockets: a component has its imports and nothing else.
        let wasi = WasiCtx::builder()
            .stdout(crate::capabilities::logging::Lines::new(&component))
            .stderr(crate::capabilities::logging::Lines::new(&component))
            .wall_clock(WallTime(links.clock))
            .build();
        let mut http = WasiHttpCtx::new();
        http.set_field_size_limit(64 << 10);
        Self {
            component,
            links,
            table: ResourceTable::new(),
            memory: MemoryLimit { limit: memory, used: 0 },
            outgoing,
            trigger: Trigger::Request,
            statistics,
            wasi,
            http,
        }
    }

    pub(crate) fn call(&self) -> &Call {
        &self.outgoing.call
    }

    /// When a call of a database must be over: a little before the component's own deadline, so that it has the time to
    /// say in its own words that the database does not answer.
    pub(crate) fn database_deadline(&self) -> Instant {
        let (now, deadline) = (Instant::now(), self.call().deadline);
        let left = deadline.saturating_duration_since(now);
        let deadline = deadline.checked_sub(RESERVE.min(left / 10)).unwrap_or(deadline);
        deadline.min(now + MAX_CALL)
    }
}

/// What `wasi:clocks/wall-clock` shows.
struct WallTime(WallClock);

impl HostWallClock for WallTime {
    fn resolution(&self) -> Duration {
        Duration::from_nanos(1)
    }

    fn now(&self) -> Duration {
        self.0.since_epoch()
    }
}

impl WasiView for Guest {
    fn ctx(&mut self) -> WasiCtxView<'_> {
        WasiCtxView { ctx: &mut self.wasi, table: &mut self.table }
    }
}

impl WasiHttpView for Guest {
    fn http(&mut self) -> WasiHttpCtxView<'_> {
        WasiHttpCtxView { hooks: &mut self.outgoing, table: &mut self.table, ctx: &mut self.http }
    }
}

/// Refuses growth past the limit and remembers how much is in use.
pub(crate) struct MemoryLimit {
    limit: usize,
    used: usize,
}

impl MemoryLimit {
    pub(crate) fn used(&self) -> usize {
        self.used
    }
}

impl ResourceLimiter for MemoryLimit {
    fn memory_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        let allowed = desired <= self.limit;
        if allowed {
            self.used = self.used.max(desired);
        }
        Ok(allowed)
    }

    fn table_growing(
        &mut self,
        _current: usize,
        desired: usize,
        _maximum: Option<usize>,
    ) -> wasmtime::Result<bool> {
        Ok(desired <= 50_000)
    }
}
