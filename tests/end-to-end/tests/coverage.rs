//! docs/coverage.md names only tests that exist.
#![forbid(unsafe_code)]

use std::fs;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::harness::workspace;

/// `path/to/file.rs::name` in backticks, the form in which a row names its test; with a `!` it is a macro that makes
/// a whole suite of them.
fn named(row: &str) -> Option<(&str, &str)> {
    row.split('`').filter_map(|part| part.split_once(".rs::").map(|(file, _)| (file, part))).find_map(
        |(file, part)| {
            let end = file.len() + ".rs".len();
            Some((part.get(..end)?, part.get(end + "::".len()..)?))
        },
    )
}

#[test]
fn every_listed_test_exists() -> Result<()> {
    let root = workspace();
    let coverage = fs::read_to_string(root.join("docs/coverage.md")).context("read docs/coverage.md")?;
    let rows: Vec<&str> = coverage.lines().filter(|line| line.starts_with("| ")).collect();
    let mut listed = 0;
    for row in &rows {
        let Some((file, name)) = named(row) else { continue };
        let source =
            fs::read_to_string(root.join(file)).with_context(|| format!("{row}: {file} does not exist"))?;
        // A check that several backends pass is generic.
        let texts = match name.strip_suffix('!') {
            Some(_) => vec![format!("{name}(")],
            None => vec![format!("fn {name}("), format!("fn {name}<")],
        };
        ensure!(texts.iter().any(|text| source.contains(text)), "{row}: {file} has no {name}");
        listed += 1;
    }
    ensure!(listed >= 40, "only {listed} of {} rows name a test", rows.len());
    Ok(())
}

#[test]
fn every_row_names_a_test_or_is_open() -> Result<()> {
    let coverage =
        fs::read_to_string(workspace().join("docs/coverage.md")).context("read docs/coverage.md")?;
    let rows = coverage.lines().filter(|line| line.starts_with("| ") && !line.ends_with("| shown by |"));
    for row in rows {
        let shown = row.trim_end_matches(" |").rsplit(" | ").next().unwrap_or_default();
        let measured = shown.starts_with("`cargo xtask bench`");
        ensure!(
            shown == "*open*" || measured || named(row).is_some(),
            "{row} names neither a test nor *open*"
        );
    }
    Ok(())
}

#[test]
fn no_row_of_the_older_librarys_contract_is_open() -> Result<()> {
    let coverage =
        fs::read_to_string(workspace().join("docs/coverage.md")).context("read docs/coverage.md")?;
    let library = coverage.split("\n## ").find(|part| part.starts_with("What the contract of the library"));
    let rows: Vec<&str> =
        library.context("no part about the library")?.lines().filter(|line| line.starts_with("| ")).collect();
    ensure!(rows.len() > 120, "only {} rows", rows.len());
    let open: Vec<_> = rows.iter().filter(|row| row.ends_with("| *open* |")).collect();
    ensure!(open.is_empty(), "{open:#?}");
    Ok(())
}

/// `GET /users/{id}` of a row such as "| GET `/users/{id}` — signed in | ... |"; `None` for any other row.
fn route(row: &str) -> Option<(String, String)> {
    let (method, rest) = row.strip_prefix("| ")?.split_once(" `/")?;
    let (path, rest) = rest.split_once('`')?;
    let known = ["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method) && rest.starts_with(" — ");
    known.then(|| (method.to_lowercase(), format!("/{path}")))
}

/// The contract's parameters have other names than ours: only where they stand matters.
fn without_names(path: &str) -> String {
    path.split('/').map(|part| if part.starts_with('{') { "{}" } else { part }).collect::<Vec<_>>().join("/")
}

#[test]
fn a_route_of_the_learning_contract_is_shown_if_and_only_if_it_is_served() -> Result<()> {
    let root = workspace();
    let coverage = fs::read_to_string(root.join("docs/coverage.md")).context("read docs/coverage.md")?;
    let document = fs::read(root.join("tests/golden/openapi.json")).context("read the API description")?;
    let document: serde_json::Value = serde_json::from_slice(&document)?;
    let served: Vec<(String, String)> = document["paths"]
        .as_object()
        .context("the API description has no paths")?
        .iter()
        .flat_map(|(path, methods)| {
            let methods = methods.as_object().into_iter().flatten();
            methods.map(move |(method, _)| (method.clone(), without_names(path)))
        })
        .collect();
    let mut seen = 0;
    let learning = coverage.split("\n## ").find(|part| part.starts_with("What the contract of the learning"));
    for row in learning.context("no part about the learning platform")?.lines() {
        let Some((method, path)) = route(row) else { continue };
        // The new generation's routes of enrolments stand outside of the base.
        let base = if path.starts_with("/api/") { "" } else { "/api/v1" };
        let path = without_names(path.split('?').next().unwrap_or_default());
        let exists = served.contains(&(method, format!("{base}{path}")));
        let open = row.ends_with("| *open* |");
        ensure!(exists != open, "{row}: {}", if exists { "it is served" } else { "it is not served" });
        seen += 1;
    }
    ensure!(seen > 100, "only {seen} rows name a route");
    Ok(())
}
