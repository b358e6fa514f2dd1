//! Measures pages, filters and searches of a list on few and on many rows, on both databases, in the same run.
//!
//! `cargo run --profile dist -p lyceum-lists -- --books 1000000` prints a table in Markdown. Each figure is of one
//! page of 50 read by the kit on the database's own interface, without HTTP and WebAssembly.
#![forbid(unsafe_code)]

use std::{
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use clap::Parser as _;
use lyceum_kit::list::{ListQuery, OffsetPage, Scope};
use lyceum_lists::{Books, Store, books::WORDS, fill, store::configure};
use lyceum_private_servers::PostgresServer;
use tokio::runtime::{Builder, Runtime};

#[derive(clap::Parser)]
struct Options {
    /// How many rows the larger list has
    #[arg(long, default_value_t = 1_000_000)]
    books: usize,
    /// How many rows the smaller list has
    #[arg(long, default_value_t = 10_000)]
    few: usize,
    /// How often each page is read from each list
    #[arg(long, default_value_t = 500)]
    rounds: usize,
    /// Where the databases are made
    #[arg(long, default_value = "target")]
    folder: std::path::PathBuf,
}

/// What is measured: what a client asks for, and whether far behind the first page.
const PAGES: [(&str, &str, bool); 20] = [
    ("first page", "", false),
    ("deep page", "", true),
    ("newest first", "sort=-added_at", false),
    ("newest first, deep page", "sort=-added_at", true),
    ("equal, a twentieth of the rows", "genre=g7", false),
    ("equal, deep page", "genre=g7", true),
    ("one of two", "genres=g1,g2", false),
    ("range, a tenth of the rows", "year_from=1950&year_to=1961", false),
    ("range, in its own order", "sort=year&year_from=1990", false),
    ("a value is missing", "returned=false", false),
    ("flag", "out=true", false),
    ("flag, deep page", "out=true", true),
    ("word in a third of the rows", "q=the", false),
    ("the same, deep page", "q=the", true),
    ("one letter", "q=b", false),
    ("one letter, deep page", "q=b", true),
    ("four letters", "q=baba", false),
    ("two words, each in many rows", "q=the+b", false),
    ("word and filter", "q=the&genre=g3", false),
    ("word, filter and range", "q=b&genre=g3&year_from=1950", false),
];

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    configure();
    let runtime = Arc::new(Builder::new_multi_thread().enable_all().worker_threads(2).build()?);
    std::fs::create_dir_all(&options.folder)?;
    let folder = tempfile::tempdir_in(&options.folder)?;
    let sizes = [options.few, options.books];
    {
        let mut stores = Vec::new();
        for size in sizes {
            stores.push(sqlite(&runtime, folder.path(), size)?);
        }
        report("SQLite", &mut stores, &options)?;
    }
    let server = PostgresServer::start()?;
    let mut stores = Vec::new();
    for size in sizes {
        stores.push(postgres(&runtime, &server, size)?);
    }
    report("PostgreSQL", &mut stores, &options)
}

fn sqlite(runtime: &Arc<Runtime>, folder: &Path, books: usize) -> anyhow::Result<Store> {
    let path = folder.join(format!("{books}.db"));
    let (tables, indexes) = fill::schema(&[WORDS]);
    let url = format!("sqlite:{}", path.display());
    drop(Store::open(runtime, &url, &tables)?);
    let begun = Instant::now();
    fill::sqlite(&path, books, &indexes)?;
    let bytes = std::fs::metadata(&path)?.len();
    eprintln!("SQLite: {books} books in {:?}, {} MiB", begun.elapsed(), bytes / 1024 / 1024);
    Store::open(runtime, &url, &tables)
}

fn postgres(runtime: &Arc<Runtime>, server: &PostgresServer, books: usize) -> anyhow::Result<Store> {
    let url = server.create_database(&format!("books{books}"))?;
    let (tables, indexes) = fill::schema(&[WORDS]);
    let store = Store::open(runtime, &url, &tables)?;
    let begun = Instant::now();
    runtime.block_on(fill::postgres(&url, books, &indexes))?;
    eprintln!("PostgreSQL: {books} books in {:?}", begun.elapsed());
    Ok(store)
}

fn query(text: &str) -> anyhow::Result<ListQuery<Books>> {
    let uri = format!("/books?{text}").parse()?;
    ListQuery::of(&uri).map_err(|problem| anyhow::anyhow!("{text}: {}", problem.detail()))
}

fn page(store: &mut Store, text: &str) -> anyhow::Result<(usize, Option<String>)> {
    let answer = query(text)?.page_by(&Scope::all(), &mut |asked| store.query(asked));
    let (rows, next) = answer.map_err(|problem| anyhow::anyhow!("{text}: {}", problem.detail()))?;
    Ok((rows.len(), next))
}

/// The query of a page nine tenths down the list, or 4,500 pages of 200.
fn deep(store: &mut Store, text: &str) -> anyhow::Result<String> {
    let mut cursors = Vec::new();
    let mut next = page(store, &format!("{text}&limit=200"))?.1;
    while let Some(cursor) = next {
        next = page(store, &format!("{text}&limit=200&cursor={cursor}"))?.1;
        cursors.push(cursor);
    }
    let cursor = cursors.get(cursors.len() * 9 / 10).context("the list has one page")?;
    Ok(format!("{text}&cursor={cursor}"))
}

struct Times(Vec<Duration>);

impl Times {
    /// In milliseconds.
    fn percentile(&mut self, percent: usize) -> f64 {
        self.0.sort_unstable();
        let at = self.0.len().saturating_sub(1) * percent / 100;
        self.0.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
    }
}

fn row(name: &str, times: &mut [Times]) {
    print!("| {name} |");
    for times in &mut *times {
        print!(" {:.2} | {:.2} |", times.percentile(50), times.percentile(99));
    }
    let medians: Vec<f64> = times.iter_mut().map(|times| times.percentile(50)).collect();
    if let [few, many] = medians.as_slice() {
        println!(" {:.2} |", many / few);
    }
}

fn report(name: &str, stores: &mut [Store], options: &Options) -> anyhow::Result<()> {
    let Options { few, books, .. } = options;
    println!("\n| {name} | {few} rows: p50 ms | p99 ms | {books} rows: p50 ms | p99 ms | p50 beside |");
    println!("|---|--:|--:|--:|--:|--:|");
    for (name, text, far) in PAGES {
        let mut queries = Vec::new();
        for store in &mut *stores {
            queries.push(if far { deep(store, text)? } else { text.to_owned() });
        }
        measure(name, stores, options.rounds, |store, at| {
            let text = queries.get(at).map_or("", String::as_str);
            page(store, text).map(|(rows, _)| rows)
        })?;
    }
    let scope = Scope::all();
    for (name, text) in [("total of all, counted to 10,001", ""), ("total of a twentieth", "genre=g7")] {
        measure(name, stores, options.rounds, |store, _| {
            let total = query(text)?.total_by(&scope, &mut |asked| store.query(asked));
            Ok(total.map_or(0, |total| usize::try_from(total.rows).unwrap_or_default()))
        })?;
    }
    let last = OffsetPage::numbered(200, 50).context("past the cap")?;
    measure("page 200 by its number", stores, options.rounds, |store, _| {
        let rows = query("")?.offset_page_by(&scope, last, &mut |asked| store.query(asked));
        Ok(rows.map_or(0, |rows| rows.len()))
    })
}

/// The lists take turns, so that whatever else the machine does meets both alike.
fn measure(
    name: &str,
    stores: &mut [Store],
    rounds: usize,
    mut read: impl FnMut(&mut Store, usize) -> anyhow::Result<usize>,
) -> anyhow::Result<()> {
    let mut times: Vec<Times> = stores.iter().map(|_| Times(Vec::new())).collect();
    for round in 0..rounds + 20 {
        for (at, (store, times)) in stores.iter_mut().zip(&mut times).enumerate() {
            let begun = Instant::now();
            let rows = read(store, at)?;
            // The first rounds fill caches.
            if round >= 20 {
                times.0.push(begun.elapsed());
            } else {
                anyhow::ensure!(rows > 0, "{name}: no rows");
            }
            store.asked.clear();
        }
    }
    row(name, &mut times);
    Ok(())
}
