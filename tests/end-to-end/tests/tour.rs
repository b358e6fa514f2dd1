//! The tour of README.md and the guides are typed into a shell, block by block, and must show what they say.
#![forbid(unsafe_code)]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup, workspace};

/// The address that the documents use.
const ADDRESS: &str = "http://127.0.0.1:8080";
/// The administrator whom they name, and the password.
const ADMIN: [&str; 2] = ["head@example.org", "shelves and quiet rooms"];
/// Begins a line that says what the command above it shows.
const SHOWS: &str = "#=> ";
/// The day of the documents: numbers of readers and lendings begin with the year.
const TIME: &str = "2026-06-10T12:00:00Z";

/// A block of a document, and what it must show.
struct Block {
    lines: String,
    shows: Vec<String>,
}

/// The shell's part of a document.
fn blocks(document: &str) -> Vec<Block> {
    let blocks = document.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    blocks
        .map(|block| {
            let (shows, lines): (Vec<&str>, Vec<&str>) =
                block.lines().partition(|line| line.starts_with(SHOWS));
            let shows = shows.iter().filter_map(|line| line.strip_prefix(SHOWS)).map(str::to_owned).collect();
            Block { lines: lines.join("\n"), shows }
        })
        .collect()
}

/// One shell for all of a document, since a block uses the variables of those before it.
struct Shell {
    child: Child,
    input: ChildStdin,
    output: BufReader<ChildStdout>,
}

impl Shell {
    fn start() -> Result<Self> {
        let mut child = Command::new("bash")
            .arg("--norc")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .context("run bash")?;
        let input = child.stdin.take().context("bash takes no input")?;
        let output = BufReader::new(child.stdout.take().context("bash has no output")?);
        Ok(Self { child, input, output })
    }

    /// Types these lines, and reads what they show.
    fn type_in(&mut self, lines: &str) -> Result<String> {
        const END: &str = "--- that was it";
        // Commands must not read what is typed next.
        writeln!(self.input, "{{\n{lines}\n}} </dev/null\necho\necho '{END}'")?;
        self.input.flush()?;
        let mut shown = String::new();
        loop {
            let before = shown.len();
            let read = self.output.read_line(&mut shown).context("read what bash shows")?;
            ensure!(read > 0, "bash ended at:\n{lines}\n{shown}");
            if shown.get(before..).is_some_and(|line| line.trim_end() == END) {
                shown.truncate(before);
                return Ok(shown);
            }
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // Both fail harmlessly when it has ended.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether this is, or has within it, a problem that was answered.
fn has_problem(text: &str) -> bool {
    text.contains(r#""status":4"#) || text.contains(r#""status":5"#) || text.contains(r#"\"status\":4"#)
}

/// Types all blocks of a document. A person reads for a moment before typing on: what happens in the background has that moment here too, as a
/// repeat of a block until it shows what it says.
async fn typed(document: &str, count: usize) -> Result<()> {
    let text = fs::read_to_string(workspace().join(document)).with_context(|| format!("read {document}"))?;
    let blocks = blocks(&text);
    ensure!(blocks.len() >= count, "{document} has lost blocks: {} are left", blocks.len());
    let setup = Setup::of(Backend::Sqlite)?.with_variable("LYCEUM_CLOCK", TIME);
    let lyceum = Lyceum::start(setup).await?;
    let (base, admin) = (lyceum.client()?.base().to_owned(), lyceum.admin());
    let mut shell = Shell::start()?;
    for Block { lines, shows } in blocks {
        let lines =
            lines.replace(ADDRESS, &base).replace(ADMIN[0], &admin.email).replace(ADMIN[1], &admin.password);
        let is_refused_on_purpose = shows.iter().any(|text| text.contains("\"status\":4"));
        let (mut all, mut last, mut is_good) = (String::new(), String::new(), false);
        for _ in 0..50 {
            last = shell.type_in(&lines)?;
            all.push_str(&last);
            let variables = shell.type_in("declare -p")?;
            is_good = shows.iter().all(|text| all.contains(text))
                && (is_refused_on_purpose || !has_problem(&last))
                && !has_problem(&variables);
            if is_good {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        ensure!(is_good, "{document}: this shows neither {shows:?} nor what is right:\n{lines}\n{last}");
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_shows_what_it_says() -> Result<()> {
    typed("README.md", 14).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_to_learning_shows_what_it_says() -> Result<()> {
    typed("docs/guides/learning.md", 7).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_to_the_library_shows_what_it_says() -> Result<()> {
    typed("docs/guides/library.md", 13).await
}

#[tokio::test(flavor = "multi_thread")]
async fn the_guide_to_organisations_shows_what_it_says() -> Result<()> {
    typed("docs/guides/organisations.md", 5).await
}
