//! No files of a package use each other in a circle: each can be read with those that it uses, and none of them leads back.
//!
//! A file uses what it names by a path from `crate` or `super`, in macros as well. A module and what is below it are one thing
//! in several files, so they may use each other; tests don't count.

mod allowed;
mod used;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};

use self::allowed::{ALLOWED, Allowed};
use self::used::Uses;
use super::sources;
use xtask::workspace::Workspace;

/// The modules of one package: the name of each, empty for the first one, and its file.
type Modules = BTreeMap<Vec<String>, PathBuf>;

/// What each module uses.
type Graph<'m> = BTreeMap<&'m [String], BTreeSet<&'m [String]>>;

pub(super) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let mut packages: BTreeMap<PathBuf, Modules> = BTreeMap::new();
    for file in sources::below(&workspace.root, "rs")? {
        let own = file.strip_prefix(&workspace.root).unwrap_or(&file);
        if let Some((folder, name)) = place(own) {
            packages.entry(folder).or_default().insert(name, file);
        }
    }
    let (mut found, mut seen) = (Vec::new(), BTreeSet::new());
    for (folder, modules) in &packages {
        for circle in circles(&uses(modules)?) {
            match ALLOWED.iter().position(|allowed| is_allowed(allowed, folder, &circle)) {
                Some(at) => {
                    seen.insert(at);
                }
                None => found.push(shown(folder, &circle)),
            }
        }
    }
    let unneeded = ALLOWED.iter().enumerate().filter(|(at, _)| !seen.contains(at));
    found.extend(unneeded.map(|(_, (folder, modules, _))| {
        format!("{folder}: {} are no circle any more: take them out of the check", modules.join(", "))
    }));
    if !found.is_empty() {
        bail!(
            "files use each other in a circle: move what both need to where it belongs, or turn one direction round\n    {}",
            found.join("\n    ")
        );
    }
    Ok(())
}

/// A package's folder of sources and the module that a file of it is; none for tests and other programs.
fn place(file: &Path) -> Option<(PathBuf, Vec<String>)> {
    let parts: Vec<_> = file.iter().map(|part| part.to_string_lossy().into_owned()).collect();
    let at = parts.iter().position(|part| part == "src")?;
    let (folder, rest) = parts.split_at_checked(at + 1)?;
    let (last, above) = rest.split_last()?;
    let last = last.strip_suffix(".rs")?;
    let is_first = matches!(last, "mod" | "lib" | "main");
    let name: Vec<_> = above.iter().cloned().chain((!is_first).then(|| last.to_owned())).collect();
    (!name.iter().any(|part| part == "tests")).then(|| (folder.iter().collect(), name))
}

fn uses(modules: &Modules) -> anyhow::Result<Graph<'_>> {
    let mut graph = Graph::new();
    for (name, file) in modules {
        let text = std::fs::read_to_string(file).with_context(|| format!("can't read {}", file.display()))?;
        let parsed =
            syn::parse_file(&text).with_context(|| format!("{} is no valid Rust", file.display()))?;
        let used = Uses::of(&parsed, name).into_iter().filter_map(|path| nearest(modules, &path));
        let others = used.filter(|used| !used.starts_with(name) && !name.starts_with(used));
        graph.insert(name.as_slice(), others.collect());
    }
    Ok(graph)
}

/// The module that a path leads to, or into.
fn nearest<'m>(modules: &'m Modules, path: &[String]) -> Option<&'m [String]> {
    (1..=path.len())
        .rev()
        .find_map(|length| modules.get_key_value(path.get(..length)?))
        .map(|(name, _)| name.as_slice())
}

/// Those that reach each other, each group once.
fn circles<'m>(graph: &Graph<'m>) -> Vec<BTreeSet<&'m [String]>> {
    let behind: BTreeMap<_, _> = graph.keys().map(|name| (*name, all_used(graph, name))).collect();
    let reaches = |from: &[String], to: &[String]| behind.get(from).is_some_and(|found| found.contains(to));
    let mut circles: Vec<BTreeSet<_>> = Vec::new();
    for name in graph.keys().filter(|name| reaches(name, name)) {
        if !circles.iter().any(|circle| circle.contains(name)) {
            let both = graph.keys().filter(|other| reaches(name, other) && reaches(other, name));
            circles.push(both.copied().collect());
        }
    }
    circles
}

/// All that a module uses, and what that uses.
fn all_used<'m>(graph: &Graph<'m>, name: &[String]) -> BTreeSet<&'m [String]> {
    let mut found = BTreeSet::new();
    let mut waiting: Vec<&[String]> = vec![name];
    while let Some(next) = waiting.pop() {
        for used in graph.get(next).into_iter().flatten() {
            if found.insert(*used) {
                waiting.push(used);
            }
        }
    }
    found
}

fn is_allowed((folder, modules, _): &Allowed, own: &Path, circle: &BTreeSet<&[String]>) -> bool {
    own == Path::new(folder) && circle.iter().all(|name| modules.contains(&name.join("::").as_str()))
}

fn shown(folder: &Path, circle: &BTreeSet<&[String]>) -> String {
    let names: Vec<_> = circle.iter().map(|name| name.join("/")).collect();
    format!("{}: {}", folder.display(), names.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The circles of a package with these files.
    fn found(files: &[(&str, &str)]) -> Vec<String> {
        let folder = tempfile::tempdir().unwrap();
        let modules: Modules = files
            .iter()
            .map(|(file, text)| {
                let (_, name) = place(&Path::new("a/src").join(file)).unwrap();
                let path = folder.path().join(file.replace('/', "-"));
                std::fs::write(&path, text).unwrap();
                (name, path)
            })
            .collect();
        circles(&uses(&modules).unwrap()).iter().map(|circle| shown(Path::new("src"), circle)).collect()
    }

    #[test]
    fn files_that_lead_back_to_each_other_are_named() {
        assert_eq!(
            found(&[
                ("lib.rs", "mod a; mod b; mod c; mod d;"),
                ("a.rs", "use crate::{b::{self, B}, d};"),
                ("b.rs", "fn f() { super::c::g(); }"),
                ("c.rs", "fn g() { m!(x, crate::a::A); }"),
                ("d.rs", "use std::fmt;"),
            ]),
            ["src: a, b, c"]
        );
    }

    #[test]
    fn what_is_below_belongs_to_its_module() {
        let files =
            [("a.rs", "mod b; use self::b::B;"), ("a/b.rs", "use super::A;"), ("c.rs", "use crate::a::b;")];
        assert!(found(&files).is_empty());
        assert_eq!(
            found(&[("a/mod.rs", ""), ("a/b.rs", "use super::c::C;"), ("a/c.rs", "use crate::a::b::B;")]),
            ["src: a/b, a/c"]
        );
    }

    #[test]
    fn tests_and_words_do_not_count() {
        let test = "/// See [`crate::b`].\n#[cfg(test)] mod tests { use crate::b::B; }";
        assert!(found(&[("a.rs", test), ("b.rs", "use crate::a::A;")]).is_empty());
        assert!(place(Path::new("components/x/src/a/tests.rs")).is_none());
        assert!(place(Path::new("components/x/tests/service.rs")).is_none());
    }

    #[test]
    fn a_module_in_a_file_counts_as_the_file() {
        let inner = "mod inner { use super::super::b::B; fn f() { self::g() } }";
        assert_eq!(found(&[("a.rs", inner), ("b.rs", "use crate::a::inner::f;")]), ["src: a, b"]);
    }
}
