//! What the native server is asked for, too: reads, which it answers with the same bytes from rows of its own, and checkouts.

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::bench::Bench;
use crate::bench::case::Case;
use crate::bench::client::Client;
use crate::bench::load::Target;
use crate::bench::native::Native;

/// What the native server is to answer.
#[derive(Default)]
pub(super) struct Pages {
    pages: Vec<Page>,
    /// The case of a checkout and its return, its request, how many copies there are, and how many connections.
    lent: Option<(usize, &'static str, Target, (u32, u32))>,
}

struct Page {
    /// The case that it stands beside.
    case: usize,
    title: &'static str,
    path: String,
    /// A line of the server's file.
    line: Value,
}

impl Pages {
    /// Adds one.
    pub(super) fn add(&mut self, case: usize, title: &'static str, path: String, line: Value) {
        self.pages.push(Page { case, title, path, line });
    }

    /// Adds a checkout with its return.
    pub(super) fn lend(&mut self, case: usize, title: &'static str, target: Target, many: (u32, u32)) {
        self.lent = Some((case, title, target, many));
    }

    /// Starts a server that answers them, if there are any.
    pub(super) fn serve(&self, bench: &Bench, name: &str) -> anyhow::Result<Option<Native>> {
        if self.pages.is_empty() {
            return Ok(None);
        }
        let file = bench.data(&format!("{name}-pages.jsonl"));
        let lines: Vec<String> = self.pages.iter().map(|page| page.line.to_string()).collect();
        std::fs::write(&file, lines.join("\n")).with_context(|| format!("can't write {}", file.display()))?;
        let file = file.to_str().context("the folder's name is not UTF-8")?;
        let data = bench.data(&format!("{name}-native"));
        let copies = self.lent.as_ref().map_or(0, |(.., (copies, _))| *copies).to_string();
        let native = Native::start(&bench.programs.native, &data, &["--pages", file, "--copies", &copies])?;
        for page in &self.pages {
            let answered = Client::new().get(&native.url(&page.path), Some(native.token()))?;
            let search = page.line.get("search").is_some_and(Value::is_object);
            let same = page.line.get("answer").and_then(Value::as_str) == Some(&answered);
            ensure!(same || search, "the native server answers other bytes to {}: {answered}", page.path);
        }
        Ok(Some(native))
    }

    /// A case of each.
    pub(super) fn cases<'c>(&self, native: &Native) -> Vec<Case<'c>> {
        let case = |page: &Page| {
            let target = Target {
                url: native.url(&page.path),
                pids: vec![native.pid()],
                headers: vec![format!("authorization: Bearer {}", native.token())],
                ..Target::default()
            };
            Case { title: page.title, target, with_half: true, ..Case::default() }
        };
        let lent = self.lent.as_ref().map(|(_, title, target, (_, connections))| {
            let target = Target {
                url: native.url("/api/v1/lendings"),
                pids: vec![native.pid()],
                headers: vec![format!("authorization: Bearer {}", native.token())],
                session: None,
                ..target.clone()
            };
            Case { title, target, with_half: true, connections: Some(*connections), ..Case::default() }
        });
        self.pages.iter().map(case).chain(lent).collect()
    }

    /// Which cases they stand beside.
    pub(super) fn beside(&self) -> impl Iterator<Item = usize> {
        self.pages.iter().map(|page| page.case).chain(self.lent.iter().map(|(case, ..)| *case))
    }
}
