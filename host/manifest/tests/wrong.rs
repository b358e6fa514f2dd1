//! Wrong manifests: each `wrong/<name>.toml` is answered by exactly the mistakes in `<name>.expected`.
//!
//! After a change that is meant, `LYCEUM_BLESS=1 cargo test -p lyceum-manifest` writes the files anew;
//! the difference is then read in review.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // That is how a test fails.

use std::path::{Path, PathBuf};

use lyceum_manifest::{Manifest, Report};

fn folder() -> PathBuf {
    // Tests run in their package's folder.
    PathBuf::from("tests/wrong")
}

fn check(name: &str) {
    let file = folder().join(format!("{name}.toml"));
    let text = std::fs::read_to_string(&file).unwrap();
    // A bare name, so that the answer is the same wherever the tests run.
    let mistakes = Manifest::parse(Path::new("spin.toml"), &text).expect_err("must be refused");
    let answer = format!("{}\n", Report(mistakes));
    let expected = folder().join(format!("{name}.expected"));
    if std::env::var_os("LYCEUM_BLESS").is_some() {
        std::fs::write(&expected, &answer).unwrap();
    }
    assert_eq!(answer, std::fs::read_to_string(&expected).unwrap_or_default(), "{name}");
}

macro_rules! wrong {
    ($($name:ident),+ $(,)?) => {
        $(#[test] fn $name() { check(stringify!($name)); })+

        #[test]
        fn every_file_is_checked() {
            let mut files: Vec<_> = std::fs::read_dir(folder())
                .unwrap()
                .map(|entry| entry.unwrap().path())
                .filter(|path| path.extension().is_some_and(|extension| extension == "toml"))
                .map(|path| path.file_stem().unwrap().to_str().unwrap().to_owned())
                .collect();
            files.sort();
            assert_eq!(files, [$(stringify!($name)),+]);
        }
    };
}

wrong!(
    calls,
    empty,
    events,
    identity,
    limits,
    no_toml,
    read_models,
    routes,
    triggers,
    types,
    unknown_keys,
    variables,
);

#[test]
fn a_file_that_is_absent_is_named() {
    let mistakes = Manifest::load(Path::new("/nowhere/spin.toml")).expect_err("must be refused");
    assert!(Report(mistakes).to_string().starts_with("/nowhere/spin.toml:1:1: can't be read"));
}

#[test]
fn components_that_were_not_built_are_named_with_all_other_mistakes() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("spin.toml");
    let text = "spin_manifest_version = 2\napplication.name = 'x'\nnonsense = 1\n\
        [[trigger.http]]\nroute = '/...'\ncomponent = 'a'\n\
        [component.a]\nsource = 'a.wasm'\n[component.b]\nsource = 'b.wasm'\n";
    std::fs::write(&path, text).unwrap();
    std::fs::write(folder.path().join("a.wasm"), "").unwrap();
    let report = Report(Manifest::load(&path).expect_err("must be refused")).to_string();
    assert!(report.contains("spin.toml:10:10: component `b` has no file"), "{report}");
    assert!(report.contains("unknown key `nonsense`") && report.ends_with("2 mistakes"), "{report}");
}
