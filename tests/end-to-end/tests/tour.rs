//! The tour of README.md is typed into a shell, line by line, and must show what the README says.
#![forbid(unsafe_code)]

use std::fs;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup, workspace};

/// The address that the README uses.
const ADDRESS: &str = "http://127.0.0.1:8080";
/// The administrator whom the README names, and the password.
const ADMIN: [&str; 2] = ["head@example.org", "shelves and quiet rooms"];
/// Begins a line that says what the command above it shows.
const SHOWS: &str = "#=> ";

/// The shell's part of the README, each block followed by what it must have shown so far.
fn tour(readme: &str) -> Vec<(String, Vec<String>)> {
    let blocks = readme.split("```sh\n").skip(1).filter_map(|block| block.split("```").next());
    blocks
        .map(|block| {
            let (shows, lines): (Vec<&str>, Vec<&str>) =
                block.lines().partition(|line| line.starts_with(SHOWS));
            let shows = shows.iter().filter_map(|line| line.strip_prefix(SHOWS)).map(str::to_owned).collect();
            (lines.join("\n"), shows)
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_tour_shows_what_it_says() -> Result<()> {
    let readme = fs::read_to_string(workspace().join("README.md")).context("read README.md")?;
    let tour = tour(&readme);
    ensure!(tour.len() >= 5, "the README has lost its tour");
    let lyceum = Lyceum::start(Setup::of(Backend::Sqlite)?).await?;
    let (base, admin) = (lyceum.client()?.base().to_owned(), lyceum.admin());

    // One shell for all of it, since a block uses the variables of those before it. A person reads for a moment
    // before typing on: what happens in the background has that moment here too, as a repeat until it shows.
    let mut typed = String::from("set -eu\n");
    for (block, shows) in tour {
        let block =
            block.replace(ADDRESS, &base).replace(ADMIN[0], &admin.email).replace(ADMIN[1], &admin.password);
        let mut shown = String::new();
        for _ in 0..50 {
            shown = shell(&format!("{typed}\necho '---'\n{block}"))?;
            if shows.iter().all(|text| shown.contains(text)) {
                break;
            }
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
        for text in &shows {
            ensure!(shown.contains(text), "{text:?} is not in what this shows:\n{block}\n{shown}");
        }
        // Only assignments are needed later, which a key makes safe to repeat; what else changes something is not typed twice.
        let assignments = block.split("\ncurl").next().filter(|part| !part.starts_with("curl"));
        typed.push_str(assignments.unwrap_or_default());
        typed.push('\n');
    }
    Ok(())
}

/// What a script writes after the line `---`.
fn shell(script: &str) -> Result<String> {
    let output = Command::new("bash").arg("-c").arg(script).output().context("run bash")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    Ok(text.split_once("---\n").map_or_else(String::new, |(_, after)| after.to_owned()))
}
