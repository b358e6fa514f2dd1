//! Registration, with and without the cost of the password's hash; and how many commits share a sync.

use super::answers::into_array;
use super::person::registrations;
use crate::bench::Bench;
use crate::bench::case::{Case, measure as measure_cases};
use crate::bench::figures::Figures;
use crate::bench::lyceum::Lyceum;
use crate::bench::native::{Commits, Native};

/// Measured figures.
pub(in crate::bench) struct Registration {
    pub(in crate::bench) native: Figures,
    pub(in crate::bench) lyceum: Figures,
    pub(in crate::bench) native_without_hash: Figures,
    pub(in crate::bench) lyceum_without_hash: Figures,
}

/// Measures.
pub(in crate::bench) fn measure(bench: &Bench) -> anyhow::Result<Registration> {
    let path = "/api/v1/auth/register";
    let (programs, manifests) = (&bench.programs, &bench.manifests);
    let native = Native::start(&programs.native, &bench.data("native-hash"), &[])?;
    let lyceum = Lyceum::start(&programs.lyceum, &manifests.application, &bench.data("hash"))?;
    let instant =
        Native::start(&programs.native, &bench.data("native-instant"), &["--without-password-hash"])?;
    let lyceum_instant =
        Lyceum::start(&programs.lyceum, &manifests.instant_passwords, &bench.data("instant"))?;

    let of_native = |title, native| case(title, native, path);
    let of_lyceum = |title, lyceum| lyceum_case(title, lyceum, path);
    let cases = [
        of_native("native axum + sqlx", &native),
        of_lyceum("Lyceum", &lyceum),
        of_native("native, without the hash", &instant),
        of_lyceum("Lyceum, without the hash", &lyceum_instant),
    ];
    let measured = measure_cases(bench, &cases)?;
    let [native, lyceum, native_without_hash, lyceum_without_hash] = into_array(measured)?;
    Ok(Registration { native, lyceum, native_without_hash, lyceum_without_hash })
}

fn case<'c>(title: &'static str, native: &'c Native, path: &str) -> Case<'c> {
    Case {
        title,
        target: registrations(native.url(path), vec![native.pid()]),
        with_half: true,
        commits: Some(Box::new(|| native.commits())),
        ..Case::default()
    }
}

fn lyceum_case<'c>(title: &'static str, lyceum: &'c Lyceum, path: &str) -> Case<'c> {
    let commits = || {
        let metrics = lyceum.metrics()?;
        let count = |name| metrics.count(name, Some("auth"));
        Ok(Commits { commits: count("lyceum_sql_commits_total"), batches: count("lyceum_sql_batches_total") })
    };
    Case {
        title,
        target: registrations(lyceum.url(path), vec![lyceum.pid()]),
        with_half: true,
        commits: Some(Box::new(commits)),
        ..Case::default()
    }
}
