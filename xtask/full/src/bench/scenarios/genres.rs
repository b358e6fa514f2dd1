//! A service on the kit: a page of its list, a search that fills one, and a genre that is added, through gateway,
//! genres and SQLite.

use std::time::{Duration, Instant};

use anyhow::{Context, bail};
use serde_json::json;

use super::answers::into_array;
use crate::bench::Bench;
use crate::bench::case::{Case, measure as measure_cases};
use crate::bench::client::Client;
use crate::bench::figures::Figures;
use crate::bench::load::{Pace, Target};
use crate::bench::lyceum::Lyceum;

const PATH: &str = "/api/v1/genres";
const EMAIL: &str = "librarian@example.org";
const PASSWORD: &str = "an engine of analysis";
/// For the first administrator, who is made on the tick of a minute.
const PATIENCE: Duration = Duration::from_secs(90);
/// Genres that are there before.
pub(in crate::bench) const GENRES: u64 = 1_000;

/// Measured figures.
pub(in crate::bench) struct Genres {
    pub(in crate::bench) page: Figures,
    pub(in crate::bench) search: Figures,
    pub(in crate::bench) create: Figures,
}

/// Measures.
pub(in crate::bench) fn measure(bench: &Bench) -> anyhow::Result<Genres> {
    let admin = [
        ("LYCEUM_VARIABLE_FIRST_ADMIN_EMAIL", EMAIL.to_owned()),
        ("LYCEUM_VARIABLE_FIRST_ADMIN_PASSWORD", PASSWORD.to_owned()),
    ];
    let (program, manifest) = (&bench.programs.lyceum, &bench.manifests.application);
    let lyceum = Lyceum::start_on(program, manifest, &bench.data("genres"), &admin)?;
    let authorization = format!("authorization: Bearer {}", sign_in(&lyceum)?);
    let target = |query: &str, body: Option<String>| Target {
        url: lyceum.url(&format!("{PATH}{query}")),
        pids: vec![lyceum.pid()],
        headers: vec![authorization.clone()],
        body,
    };
    let create = target("", Some(json!({ "name": "Poetry of {unique}" }).to_string()));
    create.run(&bench.programs.load, bench.connections, Pace::Count(GENRES)).context("genres to read")?;
    let case = |title, target| Case { title, target, with_half: true, commits: None };
    let cases = [
        case("a page of 50", target("?limit=50", None)),
        case("a search that fills a page of 50", target("?q=poe&limit=50", None)),
        case("a genre that is added", create),
    ];
    let [page, search, create] = into_array(measure_cases(bench, &cases)?)?;
    Ok(Genres { page, search, create })
}

/// The token of the first administrator.
fn sign_in(lyceum: &Lyceum) -> anyhow::Result<String> {
    let (client, url) = (Client::new(), lyceum.url("/api/v1/auth/login"));
    let until = Instant::now() + PATIENCE;
    loop {
        match client.post(&url, &json!({ "email": EMAIL, "password": PASSWORD })) {
            Ok(session) => {
                let token = session.get("access_token").and_then(|token| token.as_str());
                return Ok(token.context("no access_token")?.to_owned());
            }
            Err(error) if Instant::now() > until => bail!("nobody can sign in: {error:#}"),
            Err(_) => std::thread::sleep(Duration::from_secs(1)),
        }
    }
}
