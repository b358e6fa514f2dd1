//! The guide to writing a service shows nothing but code that is compiled and tested.
//!
//! Each of its blocks of code names a file: of the template that `cargo xtask new service` copies, or of the source tree.
//! The block's lines stand in it, one after the other; a line `// ...` or `-- ...` stands for lines that are left out.
#![allow(clippy::panic, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

// Tests run in their package's folder.
const GUIDE: &str = "../docs/guides/write-a-service.md";
const TREE: &str = "..";
const TEMPLATE: &str = "template/rooms";

/// A block of code: its language, the file that it names, and its lines.
struct Block<'a> {
    language: &'a str,
    file: Option<&'a str>,
    lines: Vec<&'a str>,
}

fn blocks(guide: &str) -> Vec<Block<'_>> {
    let (mut blocks, mut lines) = (Vec::new(), guide.lines());
    while let Some(line) = lines.next() {
        let Some(head) = line.strip_prefix("```") else { continue };
        let (language, file) = head.split_once(' ').map_or((head, None), |(first, rest)| (first, Some(rest)));
        let lines = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push(Block { language, file, lines });
    }
    blocks
}

/// The block's lines without those that stand for others.
fn runs<'a>(block: &'a Block<'a>) -> impl Iterator<Item = &'a [&'a str]> {
    let left_out = |line: &&str| ["// ...", "-- ...", "# ..."].contains(&line.trim());
    block.lines.split(left_out).filter(|run| !run.is_empty())
}

fn text(file: &str) -> String {
    let own = Path::new(TEMPLATE).join(file);
    let path = if own.exists() { own } else { Path::new(TREE).join(file) };
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

#[test]
fn every_block_of_code_is_in_the_file_that_it_names() {
    let guide = fs::read_to_string(GUIDE).unwrap();
    let mut shown = BTreeSet::new();
    for block in blocks(&guide) {
        let Some(file) = block.file else {
            assert!(
                !["rust", "sql", "toml"].contains(&block.language),
                "a block of code names no file:\n{}",
                block.lines.join("\n")
            );
            continue;
        };
        let text = text(file);
        let lines: Vec<&str> = text.lines().collect();
        let mut rest = lines.as_slice();
        for run in runs(&block) {
            let at = rest.windows(run.len()).position(|window| window == run);
            let at = at.unwrap_or_else(|| panic!("{file} doesn't have, in this order:\n{}", run.join("\n")));
            rest = rest.get(at + run.len()..).unwrap_or_default();
        }
        shown.insert(file);
    }
    for file in ["lib.rs", "domain.rs", "events.rs", "routes.rs", "store.rs"] {
        assert!(shown.contains(format!("src/{file}").as_str()), "the guide shows nothing of src/{file}");
    }
}

#[test]
fn the_guide_says_how_many_lines_the_template_has() {
    let guide = fs::read_to_string(GUIDE).unwrap();
    let files = ["lib.rs", "domain.rs", "events.rs", "routes.rs", "store.rs"];
    let lines: usize = files.iter().map(|file| text(&format!("src/{file}")).lines().count()).sum();
    assert!(guide.contains(&format!("{lines} lines")), "the guide doesn't say that these are {lines} lines");
}
