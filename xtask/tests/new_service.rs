//! `cargo xtask new service` on a copy of the source tree.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use std::fs;
use std::path::Path;

use lyceum_manifest::Manifest;
use xtask::new_service::write;

const TEMPLATE: &str = "xtask/template/rooms";
const SCENARIOS: &str = "xtask/template/suite";
const SUITE: &str = "tests/end-to-end/tests/suite";
const MAIN: &str = "tests/end-to-end/tests/suite/main.rs";
const COVERAGE: &str = "docs/coverage.md";
const API: &str = "tests/golden/openapi.json";
const API_OF_ROOMS: &str = "tests/golden/rooms.json";
const IMPORTS_OF_ROOMS: &str = "tests/golden/components/rooms.wit";
/// What is edited.
const EDITED: [&str; 5] = ["Cargo.toml", "spin.toml", MAIN, COVERAGE, API];
const PRELUDE: &str = "components/kit/src/prelude.rs";

/// The source tree that this is a part of. Tests run in their package's folder.
const TREE: &str = "..";

/// A copy of what the task reads.
fn tree() -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for file in EDITED.into_iter().chain([PRELUDE, API_OF_ROOMS, IMPORTS_OF_ROOMS]) {
        put(&copy.path().join(file), &fs::read_to_string(Path::new(TREE).join(file)).unwrap());
    }
    for folder in [TEMPLATE, SCENARIOS] {
        for (path, text) in files(&Path::new(TREE).join(folder)) {
            put(&copy.path().join(folder).join(path), &text);
        }
    }
    copy
}

fn put(file: &Path, text: &str) {
    fs::create_dir_all(file.parent().unwrap()).unwrap();
    fs::write(file, text).unwrap();
}

fn template() -> Vec<(String, String)> {
    files(&Path::new(TREE).join(TEMPLATE))
}

/// The paths and texts of all files below a folder, sorted.
fn files(folder: &Path) -> Vec<(String, String)> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(here) = folders.pop() {
        for entry in fs::read_dir(here).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else {
                let inside = path.strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
                files.push((inside, fs::read_to_string(path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

/// All files with their texts.
fn everything(tree: &tempfile::TempDir) -> Vec<(String, String)> {
    files(tree.path())
}

#[test]
fn a_new_service_is_the_tested_template_in_its_own_words() {
    let tree = tree();
    let written = write(tree.path(), "shelfmarks", None).unwrap();
    let back = |text: &str| {
        assert!(!text.to_lowercase().contains("room"), "{text}");
        let words = [("Shelfmark", "Room"), ("shelfmark", "room")];
        words.into_iter().fold(text.to_owned(), |text, (own, template)| text.replace(own, template))
    };
    let mut count = EDITED.len() + 1;
    for (folder, template) in [("components", TEMPLATE), (SUITE, SCENARIOS)] {
        let made = files(&tree.path().join(folder).join("shelfmarks"));
        let made: Vec<_> = made.iter().map(|(path, text)| (back(path), back(text))).collect();
        assert_eq!(made, files(&Path::new(TREE).join(template)));
        count += made.len();
    }
    assert_eq!(written.len(), count);
    let read = |file: &str| fs::read_to_string(tree.path().join(file)).unwrap();
    assert_eq!(read("tests/golden/components/shelfmarks.wit"), read(IMPORTS_OF_ROOMS));
}

#[test]
fn the_golden_api_has_its_routes_and_all_that_was_there_before() {
    let tree = tree();
    let read = || fs::read_to_string(tree.path().join(API)).unwrap();
    let before = read();
    write(tree.path(), "shelfmarks", None).unwrap();
    let (before, after) = (value(&before), value(&read()));
    for place in ["paths", "tags"] {
        let sizes = [&before, &after].map(|api| members(&api[place]).len());
        assert!(sizes[1] > sizes[0], "{place}: {sizes:?}");
    }
    assert!(after["paths"]["/api/v1/shelfmarks/{id}"].is_object());
    assert!(after["components"]["schemas"]["Shelfmark"].is_object());
    let names: Vec<_> = members(&after["tags"]).iter().skip(1).map(|tag| tag["name"].to_string()).collect();
    assert!(names.is_sorted(), "{names:?}");
    for (path, methods) in before["paths"].as_object().unwrap() {
        assert_eq!(after["paths"][path], *methods, "{path}");
    }
}

fn value(text: &str) -> serde_json::Value {
    serde_json::from_str(text).unwrap()
}

fn members(value: &serde_json::Value) -> Vec<&serde_json::Value> {
    value.as_array().map_or_else(|| value.as_object().unwrap().values().collect(), |all| all.iter().collect())
}

#[test]
fn its_scenarios_are_in_the_suite_and_its_routes_in_the_coverage_with_tests_that_exist() {
    let tree = tree();
    write(tree.path(), "shelfmarks", None).unwrap();
    let main = fs::read_to_string(tree.path().join(MAIN)).unwrap();
    for line in ["mod shelfmarks;", "    (\"shelfmarks\", shelfmarks::scenarios),"] {
        assert_eq!(main.lines().filter(|own| *own == line).count(), 1, "{line}");
    }
    let modules: Vec<_> = main.lines().filter(|line| line.starts_with("mod ")).collect();
    assert!(modules.is_sorted(), "{modules:?}");
    let coverage = fs::read_to_string(tree.path().join(COVERAGE)).unwrap();
    let part = coverage.split("\n### ").find(|part| part.starts_with("shelfmarks\n")).unwrap();
    let part = part.split("\n## ").next().unwrap();
    let access: toml::Table =
        fs::read_to_string(tree.path().join(SUITE).join("shelfmarks/access.toml")).unwrap().parse().unwrap();
    for route in access.keys() {
        let (method, path) = route.split_once(' ').unwrap();
        assert!(part.contains(&format!("| {method} `{path}` — ")), "{route}");
    }
    let tests = part.split('`').filter_map(|word| word.split_once(".rs::"));
    let mut named = 0;
    for (file, test) in tests {
        let source = fs::read_to_string(tree.path().join(format!("{file}.rs"))).unwrap();
        assert!(source.contains(&format!("fn {test}(")), "{file} has no {test}");
        named += 1;
    }
    assert!(named > access.len(), "{named} tests for {} routes", access.len());
}

#[test]
fn it_is_a_member_of_the_workspace_and_a_component_that_the_gateway_may_call() {
    let tree = tree();
    write(tree.path(), "shelfmarks", None).unwrap();
    let read = |file: &str| fs::read_to_string(tree.path().join(file)).unwrap();
    let cargo = read("Cargo.toml");
    assert_eq!(cargo.matches("  \"components/shelfmarks\",\n").count(), 1);
    let members = cargo.split_once("members = [\n").unwrap().1.split_once("\n]").unwrap().0;
    assert!(members.lines().is_sorted(), "{members}");
    // In a test's process it runs as the others do.
    assert_eq!(cargo.matches("\nlyceum-shelfmarks.opt-level = 0\n").count(), 1);

    let text = read("spin.toml");
    let manifest = Manifest::parse(Path::new("spin.toml"), &text).unwrap();
    let service = manifest.component("shelfmarks").unwrap();
    assert_eq!((service.routes.len(), service.publishes.len()), (1, 1));
    assert!(
        manifest.component(&manifest.public).unwrap().allowed_outbound_hosts.allows_component("shelfmarks")
    );
    // All that was there before is there as it was.
    let before = fs::read_to_string(Path::new(TREE).join("spin.toml")).unwrap();
    let mut lines = text.lines();
    assert!(before.lines().all(|line| lines.any(|own| own == line)));
}

#[test]
fn nothing_is_written_over_and_nothing_is_left_half_done() {
    let tree = tree();
    write(tree.path(), "shelfmarks", None).unwrap();
    let before = everything(&tree);
    let error = write(tree.path(), "shelfmarks", None).unwrap_err();
    assert!(format!("{error:#}").contains("shelfmarks"), "{error:#}");
    assert_eq!(everything(&tree), before);

    put(&tree.path().join("components/lecterns/notes.txt"), "mine");
    let before = everything(&tree);
    let error = write(tree.path(), "lecterns", None).unwrap_err();
    assert!(error.to_string().contains("components/lecterns exists already"), "{error:#}");
    assert_eq!(everything(&tree), before);
}

#[test]
fn a_name_that_cannot_be_used_is_refused_and_says_why() {
    let tree = tree();
    let before = everything(&tree);
    for (plural, singular, why) in [
        ("Authors", None, "lower-case"),
        ("study-groups", None, "lower-case"),
        ("2authors", None, "lower-case"),
        ("../authors", None, "lower-case"),
        ("s", None, "lower-case"),
        ("people", None, "--singular"),
        ("sheep", Some("sheep"), "for one"),
        ("types", None, "Rust or SQL"),
        ("authors", Some("fn"), "Rust or SQL"),
        (&"a".repeat(31), Some("a1"), "lower-case"),
    ] {
        let error = write(tree.path(), plural, singular).unwrap_err().to_string();
        assert!(error.contains(why), "{plural}: {error}");
    }
    // Words of the kit and of the template, whose types these would hide.
    for plural in ["routes", "callers", "events", "names", "lists", "answers", "versions"] {
        let error = write(tree.path(), plural, None).unwrap_err().to_string();
        assert!(error.contains("for something else"), "{plural}: {error}");
    }
    assert_eq!(everything(&tree), before);
    assert!(write(tree.path(), "people", Some("person")).is_ok());
}

/// What the guide promises of a plain service with five routes, a list, a search, an ETag and an event.
#[test]
fn the_template_needs_at_most_250_lines_without_its_tests() {
    let sources = template().into_iter();
    let sources = sources.filter(|(path, _)| path.starts_with("src/") && !path.ends_with("tests.rs"));
    let lines: usize = sources.map(|(_, text)| text.lines().count()).sum();
    assert!((100..=250).contains(&lines), "{lines} lines");
}
