//! The wasmtime engine: pooled memory, epochs that make a busy guest yield, compiled code kept on disk.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result};
use wasmtime::{
    Cache, CacheConfig, Config, Engine, InstanceAllocationStrategy, PoolingAllocationConfig,
    WasmBacktraceDetails,
};

/// How often a running guest yields to its neighbours.
pub(crate) const TICK: Duration = Duration::from_millis(2);

/// What the engine must be able to hold.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Where compiled components are kept; none compiles them at every start.
    pub cache: Option<PathBuf>,
    /// Instances that may be alive at once, over all components.
    pub instances: u32,
    /// The largest linear memory of any component, in bytes.
    pub memory_bytes: usize,
}

/// Makes the engine. Its memory is reserved, not used, until instances come.
pub fn engine(options: &EngineOptions) -> Result<Engine> {
    let mut pool = PoolingAllocationConfig::new();
    pool.total_component_instances(options.instances)
        .total_core_instances(options.instances.saturating_mul(4))
        .total_memories(options.instances)
        .total_tables(options.instances.saturating_mul(3))
        .total_stacks(options.instances)
        .max_memory_size(options.memory_bytes)
        .table_elements(50_000)
        .max_core_instances_per_component(16)
        .max_memories_per_component(1)
        .max_tables_per_component(8)
        .max_component_instance_size(4 << 20)
        .max_core_instance_size(4 << 20)
        .max_unused_warm_slots(options.instances.min(64))
        // What a dropped instance leaves resident: enough for a small guest, cheap to wipe.
        .linear_memory_keep_resident(64 << 10)
        .table_keep_resident(16 << 10);
    let mut config = Config::new();
    config
        .wasm_component_model(true)
        .memory_init_cow(true)
        .epoch_interruption(true)
        .wasm_backtrace_details(WasmBacktraceDetails::Disable)
        // Tables for debuggers, which nobody reads here: a backtrace names functions without them. Each component would
        // keep more than a megabyte of them in memory.
        .generate_address_map(false)
        .native_unwind_info(false)
        .allocation_strategy(InstanceAllocationStrategy::Pooling(pool));
    if let Some(directory) = &options.cache {
        let mut cache = CacheConfig::new();
        cache.with_directory(directory);
        let cache = Cache::new(cache)
            .map_err(anyhow::Error::from)
            .with_context(|| format!("open the cache of compiled components in {}", directory.display()))?;
        config.cache(Some(cache));
    }
    Engine::new(&config).map_err(anyhow::Error::from).context("make the WebAssembly engine")
}

/// Advances the engine's epoch until dropped: one thread for the whole engine.
pub struct Ticker {
    stopped: Arc<AtomicBool>,
}

impl Ticker {
    /// Starts ticking.
    pub fn start(engine: &Engine) -> Result<Self> {
        let stopped = Arc::new(AtomicBool::new(false));
        let (engine, stop) = (engine.weak(), Arc::clone(&stopped));
        std::thread::Builder::new()
            .name("epoch".into())
            .spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    std::thread::sleep(TICK);
                    match engine.upgrade() {
                        Some(engine) => engine.increment_epoch(),
                        None => return,
                    }
                }
            })
            .context("start the epoch thread")?;
        Ok(Self { stopped })
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.stopped.store(true, Ordering::Relaxed);
    }
}
