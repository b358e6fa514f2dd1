//! Measures pages, filters and searches of a list on few and on many rows, on both databases, in the same run.
//!
//! `cargo run --profile dist -p lyceum-lists -- --books 1000000` prints tables in Markdown. Each figure is of one
//! page of 50 read by the kit on the database's own interface, without HTTP and WebAssembly.
#![forbid(unsafe_code)]

mod pages;

use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Instant,
};

use clap::Parser as _;
use lyceum_lists::{
    Store,
    books::WORDS,
    costs::{self, Processes, Size},
    fill,
    store::{configure, connect},
};
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
    folder: PathBuf,
    /// Leaves the SQLite files in the folder, and takes those that are there
    #[arg(long)]
    keep: bool,
    /// A PostgreSQL server on this machine, on which the databases are left, and taken if they are there; otherwise one is
    /// started
    #[arg(long)]
    postgres: Option<String>,
}

/// A list of so many rows, and what it takes.
struct Measured {
    store: Store,
    books: usize,
    sizes: Vec<Size>,
}

fn main() -> anyhow::Result<()> {
    let options = Options::parse();
    configure();
    let runtime = Arc::new(Builder::new_multi_thread().enable_all().worker_threads(2).build()?);
    std::fs::create_dir_all(&options.folder)?;
    let sizes = [options.few, options.books];
    {
        let temporary = tempfile::tempdir_in(&options.folder)?;
        let folder = if options.keep { &*options.folder } else { temporary.path() };
        let lists = sizes.map(|books| sqlite(&runtime, folder, books));
        report("SQLite", lists, Processes::own(), options.rounds)?;
    }
    let server = if options.postgres.is_none() { Some(PostgresServer::start()?) } else { None };
    let url = |books: usize| match (&server, &options.postgres) {
        (Some(server), _) => server.create_database(&format!("books{books}")),
        (None, Some(url)) => runtime.block_on(database(url, &format!("books{books}"))),
        (None, None) => anyhow::bail!("there is no server"),
    };
    let lists = sizes.map(|books| postgres(&runtime, &url(books)?, books));
    let any = server.as_ref().map(PostgresServer::url).or(options.postgres.clone()).unwrap_or_default();
    // Connections have been made by now.
    let processes = move || runtime.block_on(Processes::with_postgres(&any));
    report_with("PostgreSQL", lists, processes, options.rounds)
}

fn report(
    name: &str,
    lists: [anyhow::Result<Measured>; 2],
    processes: Processes,
    rounds: usize,
) -> anyhow::Result<()> {
    report_with(name, lists, || Ok(processes), rounds)
}

fn report_with(
    name: &str,
    [few, many]: [anyhow::Result<Measured>; 2],
    processes: impl FnOnce() -> anyhow::Result<Processes>,
    rounds: usize,
) -> anyhow::Result<()> {
    let mut lists = [few?, many?];
    pages::report(name, &mut lists, processes, rounds)?;
    println!("\n| {name}: bytes a row of the list, with indexes | the list | its terms |\n|---|--:|--:|");
    for Measured { books, sizes, .. } in &lists {
        let bytes = |(_, size): &Size| size / u64::try_from(*books).unwrap_or(u64::MAX);
        let bytes: Vec<String> = sizes.iter().map(|size| bytes(size).to_string()).collect();
        println!("| {books} rows | {} |", bytes.join(" | "));
    }
    Ok(())
}

fn sqlite(runtime: &Arc<Runtime>, folder: &Path, books: usize) -> anyhow::Result<Measured> {
    let path = folder.join(format!("{books}.db"));
    let (tables, indexes) = fill::schema(&[WORDS]);
    let url = format!("sqlite:{}", path.display());
    if !path.exists() {
        drop(Store::open(runtime, &url, &tables)?);
        let begun = Instant::now();
        fill::sqlite(&path, books, &indexes)?;
        eprintln!("SQLite: {books} books in {:?}", begun.elapsed());
    }
    let sizes = costs::sqlite(&path)?;
    Ok(Measured { store: Store::open(runtime, &url, &tables)?, books, sizes })
}

/// The database of this name on the server, empty if it wasn't there.
async fn database(url: &str, name: &str) -> anyhow::Result<String> {
    let (client, _connection) = connect(url).await?;
    let there = client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await?;
    if there.is_none() {
        client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
    }
    let (server, _) = url.rsplit_once('/').ok_or_else(|| anyhow::anyhow!("{url} names no database"))?;
    Ok(format!("{server}/{name}"))
}

fn postgres(runtime: &Arc<Runtime>, url: &str, books: usize) -> anyhow::Result<Measured> {
    let (tables, indexes) = fill::schema(&[WORDS]);
    let store = Store::open(runtime, url, &tables)?;
    let filled = runtime.block_on(async {
        let (client, _connection) = connect(url).await?;
        let row = client.query_one("SELECT EXISTS (SELECT 1 FROM books.books)", &[]).await?;
        anyhow::Ok(row.get::<_, bool>(0))
    })?;
    if !filled {
        let begun = Instant::now();
        runtime.block_on(fill::postgres(url, books, &indexes))?;
        eprintln!("PostgreSQL: {books} books in {:?}", begun.elapsed());
    }
    let sizes = runtime.block_on(costs::postgres(url))?;
    Ok(Measured { store, books, sizes })
}
