//! What is measured, and the tables of it.

use std::time::{Duration, Instant};

use anyhow::Context as _;
use lyceum_kit::list::{ListQuery, OffsetPage, Scope};
use lyceum_lists::{Books, Store, costs::Processes};

use crate::Measured;

/// What is measured: what a client asks for, and whether far behind the first page. Each has a full page on both lists.
const PAGES: [(&str, &str, bool); 24] = [
    ("first page", "", false),
    ("deep page", "", true),
    ("newest first", "sort=-added_at", false),
    ("newest first, deep page", "sort=-added_at", true),
    ("equal, a twentieth of the rows", "genre=g7", false),
    ("equal, deep page", "genre=g7", true),
    ("one of two", "genres=g1,g2", false),
    ("one of two, deep page", "genres=g1,g2", true),
    ("range, a tenth of the rows", "year_from=1950&year_to=1961", false),
    ("range, in its own order", "sort=year&year_from=1990", false),
    ("a value is missing", "returned=false", false),
    ("flag", "out=true", false),
    ("flag, deep page", "out=true", true),
    ("word in a third of the rows", "q=the", false),
    ("the same, deep page", "q=the", true),
    ("one letter", "q=b", false),
    ("one letter, deep page", "q=b", true),
    ("two letters", "q=be", false),
    ("two words, each in many rows", "q=the+b", false),
    ("two words, deep page", "q=the+b", true),
    ("word and filter", "q=the&genre=g3", false),
    ("word and filter, deep page", "q=the&genre=g3", true),
    ("word, filter and range", "q=b&genre=g3&year_from=1950", false),
    ("two words and a flag", "q=the+b&out=true", false),
];

/// What is counted, and read by number.
const TOTALS: [(&str, &str); 4] =
    [("all", ""), ("a twentieth", "genre=g7"), ("a word", "q=the"), ("word and filter", "q=the&genre=g3")];

fn query(text: &str) -> anyhow::Result<ListQuery<Books>> {
    let uri = format!("/books?{text}").parse()?;
    ListQuery::of(&uri).map_err(|problem| anyhow::anyhow!("{text}: {}", problem.detail()))
}

fn page(store: &mut Store, text: &str) -> anyhow::Result<(usize, Option<String>)> {
    let answer = query(text)?.page_by(&Scope::all(), &mut |asked| store.query(asked));
    let (rows, next) = answer.map_err(|problem| anyhow::anyhow!("{text}: {}", problem.detail()))?;
    Ok((rows.len(), next))
}

/// The query of a page nine tenths down the list, or 900 pages of 200. Of a short list it is the last but one, which is full.
fn deep(store: &mut Store, text: &str) -> anyhow::Result<String> {
    let far = cursors(store, text, 200)?;
    let cursor = if let Some(cursor) = far.get(far.len() * 9 / 10) {
        cursor.clone()
    } else {
        let all = cursors(store, text, 50)?;
        all.into_iter().nth_back(1).context("the list has two pages")?
    };
    Ok(format!("{text}&cursor={cursor}"))
}

/// Where the second page begins, the third and so on, of 1,000 at most.
fn cursors(store: &mut Store, text: &str, limit: usize) -> anyhow::Result<Vec<String>> {
    let mut cursors = Vec::new();
    let mut next = page(store, &format!("{text}&limit={limit}"))?.1;
    while let Some(cursor) = next.filter(|_| cursors.len() < 1_000) {
        next = page(store, &format!("{text}&limit={limit}&cursor={cursor}"))?.1;
        cursors.push(cursor);
        store.asked.clear();
    }
    Ok(cursors)
}

/// On the clock, and of processors.
#[derive(Default)]
struct Times {
    elapsed: Vec<Duration>,
    used: Vec<Duration>,
}

/// In milliseconds.
fn percentile(times: &mut [Duration], percent: usize) -> f64 {
    times.sort_unstable();
    let at = times.len().saturating_sub(1) * percent / 100;
    times.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1_000.0)
}

fn row(name: &str, times: &mut [Times]) {
    print!("| {name} |");
    let mut beside = Vec::new();
    for Times { elapsed, used } in &mut *times {
        for times in [elapsed, &mut *used] {
            print!(" {:.2} | {:.2} |", percentile(times, 50), percentile(times, 99));
        }
        beside.push(percentile(used, 50));
    }
    if let [few, many] = beside.as_slice() {
        println!(" {:.2} |", many / few);
    }
}

/// Prints the table of a database.
pub(crate) fn report(
    name: &str,
    lists: &mut [Measured; 2],
    processes: impl FnOnce() -> anyhow::Result<Processes>,
    rounds: usize,
) -> anyhow::Result<()> {
    let [few, many] = [&lists[0], &lists[1]].map(|list| list.books);
    for list in &mut *lists {
        page(&mut list.store, "")?;
    }
    let processes = processes()?;
    print!("\n| {name}, ms |");
    for books in [few, many] {
        print!(" {books} rows: p50 | p99 | CPU p50 | p99 |");
    }
    println!(" CPU p50 beside |\n|---|{}", "--:|".repeat(9));
    let mut measure = |name: &str, read: &mut dyn FnMut(&mut Store, usize) -> anyhow::Result<usize>| {
        let times = measure(name, lists, &processes, rounds, read);
        times.map(|mut times| row(name, &mut times))
    };
    for (name, text, far) in PAGES {
        let mut texts: Vec<Option<String>> = vec![None, None];
        measure(name, &mut |store, at| {
            let text = match texts.get_mut(at) {
                Some(Some(text)) => text.clone(),
                other => {
                    let first = if far { deep(store, text)? } else { text.to_owned() };
                    if let Some(other) = other {
                        *other = Some(first.clone());
                    }
                    first
                }
            };
            page(store, &text).map(|(rows, _)| rows)
        })?;
    }
    for (name, text) in TOTALS {
        measure(&format!("total of {name}, to 10,000"), &mut |store, _| {
            let total = query(text)?.total_by(&Scope::all(), &mut |asked| store.query(asked));
            Ok(total.map_or(0, |total| usize::try_from(total.rows).unwrap_or_default()))
        })?;
        let third = OffsetPage::numbered(3, 50).context("past the cap")?;
        let last = OffsetPage::numbered(200, 50).context("past the cap")?;
        for (number, page) in [(3, third), (200, last)] {
            measure(&format!("page {number} of {name}"), &mut |store, _| {
                let rows = query(text)?.offset_page_by(&Scope::all(), page, &mut |asked| store.query(asked));
                Ok(rows.map_or(0, |rows| rows.len()))
            })?;
        }
    }
    Ok(())
}

/// The lists take turns, so that whatever else the machine does meets both alike.
fn measure(
    name: &str,
    lists: &mut [Measured],
    processes: &Processes,
    rounds: usize,
    read: &mut dyn FnMut(&mut Store, usize) -> anyhow::Result<usize>,
) -> anyhow::Result<Vec<Times>> {
    let mut times: Vec<Times> = lists.iter().map(|_| Times::default()).collect();
    for round in 0..rounds + 20 {
        for (at, (list, times)) in lists.iter_mut().zip(&mut times).enumerate() {
            let before = processes.used();
            let begun = Instant::now();
            let rows = read(&mut list.store, at)?;
            let elapsed = begun.elapsed();
            // The first rounds fill caches.
            if round >= 20 {
                times.elapsed.push(elapsed);
                times.used.push(processes.used().saturating_sub(before));
            } else if rows < 50 {
                eprintln!("{name}: {rows} rows of {} books", list.books);
            }
            list.store.asked.clear();
        }
    }
    Ok(times)
}
