//! Who may do what: every route of the API description, asked by everybody.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::harness::workspace;
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::FOLDERS;
use crate::auth::roles::with_role;
use crate::auth::sessions::is_refused_soon;
use crate::auth::tokens;
use crate::deployments::Target;
use crate::notifications::inbox::welcomed;

/// Who may call a route, as a service's `access.toml` has it. It is written down there once more on purpose: the
/// description says what the services declare, and this says what was meant.
#[derive(Clone, Debug, Deserialize, PartialEq)]
#[serde(untagged)]
enum Allowed {
    Whoever(Whoever),
    /// Who has this permission: people with one of these roles.
    Permitted {
        permission: String,
        roles: Vec<String>,
    },
    /// Everybody who is signed in for what is their own, and people with one of these roles for others'.
    OwnOr {
        own_or: Vec<String>,
    },
    /// People with one of these roles. The route is an older system's, whose clients are refused in their own way: without
    /// a body.
    OldFace {
        without_body: bool,
        roles: Vec<String>,
    },
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Whoever {
    Anyone,
    /// Everybody who is signed in, for what is their own or everybody's.
    SignedIn,
    /// As before, and admins for others' as well.
    OwnOrAdmin,
}
use Allowed::{OldFace, OwnOr, Permitted, Whoever as Are};
use Whoever::{Anyone, OwnOrAdmin, SignedIn};

/// A service's table.
pub(crate) fn file(service: &str) -> PathBuf {
    workspace().join("tests/end-to-end/tests/suite").join(service).join("access.toml")
}

/// Every route that a table names. One that is in none fails the test, as does one that isn't served.
fn tables() -> Result<BTreeMap<String, Allowed>> {
    let mut all = BTreeMap::new();
    for (service, _) in FOLDERS.iter().filter(|(service, _)| *service != "platform") {
        let file = file(service);
        let text = std::fs::read_to_string(&file).with_context(|| format!("read {}", file.display()))?;
        let table: BTreeMap<String, Allowed> =
            toml::from_str(&text).with_context(|| format!("read {}", file.display()))?;
        all.extend(table);
    }
    Ok(all)
}

/// Routes that end the session they are called with: they are asked last, and only without a good token.
const ENDS_SESSION: &[&str] = &["/api/v1/auth/logout"];
const ROLES: [&str; 5] = ["student", "instructor", "librarian", "reader", "admin"];

pub(crate) async fn every_route_by_everybody(target: Target) -> Result<()> {
    let (owner, message) = welcomed(&target).await?;
    let mut people = Vec::new();
    for role in ROLES {
        people.push((role, with_role(&target, role).await?));
    }
    let tables = tables()?;
    for (method, path) in described(&target).await? {
        let allowed = allowed(&tables, &method, &path)?;
        let path = path.replace("{id}", if path.contains("notifications") { &message } else { &owner.id });
        let path = path.replace("{number}", "1");
        let path = filled(path, &owner.id);
        let nobody = Answer::to(target.client.request(method.clone(), &path)).await?;
        let expected = match allowed {
            Are(Anyone) => Expect::Passes,
            OldFace { without_body: true, .. } => Expect::Empty(401),
            _ => Expect::Status(401),
        };
        expected.of(&nobody).with_context(|| format!("{method} {path} by nobody"))?;
        if ENDS_SESSION.contains(&path.as_str()) {
            continue;
        }
        for (role, person) in &people {
            // A stream would go on; a poll that doesn't wait has the same access.
            let request = person.request(method.clone(), &path).header("prefer", "wait=0");
            let mut request = request.header("if-match", "\"0\"");
            if method != Method::GET {
                request = request.json(&body_of(&path));
            }
            let answer = Answer::to(request).await?;
            // A feature flag is nobody's.
            let others =
                !path.starts_with("/ofrep/") && (path.contains(&owner.id) || path.contains(&message));
            let expected = match allowed {
                Permitted { roles, .. } if !roles.iter().any(|allowed| allowed == role) => {
                    Expect::Status(403)
                }
                OldFace { without_body, roles } if !roles.iter().any(|allowed| allowed == role) => {
                    if *without_body {
                        Expect::Empty(403)
                    } else {
                        Expect::Status(403)
                    }
                }
                // Another person, or their message or session, is not even there.
                Are(OwnOrAdmin) if *role != "admin" => Expect::Status(404),
                Are(SignedIn) if others => Expect::Status(404),
                OwnOr { own_or } if !own_or.iter().any(|allowed| allowed == role) => Expect::Status(404),
                _ => Expect::Passes,
            };
            expected.of(&answer).with_context(|| format!("{method} {path} by a {role}"))?;
        }
        if *allowed == Are(OwnOrAdmin) {
            // For a state that never was: nobody is to be gone before the next route is asked.
            let request = owner.request(method.clone(), &path).header("if-match", "\"0\"");
            let answer = Answer::to(request).await?;
            Expect::Passes.of(&answer).with_context(|| format!("{method} {path} by its owner"))?;
        }
    }
    Ok(())
}

/// The path with this id for each that it names.
pub(super) fn filled(mut path: String, id: &str) -> String {
    while let Some((begin, end)) = path.find('{').zip(path.find('}')) {
        path.replace_range(begin..=end, id);
    }
    path
}

/// The least that is a body there: what is wrong with one is told before what isn't there.
fn body_of(path: &str) -> Value {
    let bodies = [
        ("/reviews/mine", json!({ "rating": 5 })),
        ("/submissions", json!({ "submission_type": "text" })),
        ("/comments", json!({ "text": "Well done" })),
        ("/attempts", json!({ "answers": [] })),
        ("/lessons", json!({ "status": "in-progress" })),
    ];
    let is_below = |part: &str| match path.rfind(part) {
        // An id may follow.
        Some(at) => {
            path.get(at + part.len()..).is_some_and(|rest| !rest.trim_start_matches('/').contains('/'))
        }
        None => false,
    };
    bodies.into_iter().find(|(part, _)| is_below(part)).map_or_else(|| json!({}), |(_, body)| body)
}

enum Expect {
    /// Whatever it answers, it isn't because of who asked. (Bodies are empty on purpose.)
    Passes,
    Status(u16),
    /// This status without a body.
    Empty(u16),
}

impl Expect {
    fn of(&self, answer: &Answer) -> Result<()> {
        match self {
            Self::Status(status) => {
                // The syllabus system has a form of its own.
                let coded = answer.json().is_ok_and(|told| told["error_code"] == "HTTP_ERROR");
                ensure!(!coded || answer.status.as_u16() == *status, "{answer}");
                if coded { Ok(()) } else { answer.expect_problem(*status).map(|_| ()) }
            }
            Self::Empty(status) => {
                let challenge = answer.header("www-authenticate").unwrap_or_default();
                let empty = answer.body.is_empty() && challenge.starts_with("Bearer");
                ensure!(answer.status.as_u16() == *status && empty, "{answer}");
                Ok(())
            }
            Self::Passes => {
                let status = answer.status.as_u16();
                // An older system refuses what isn't there like that, and then with a body.
                let own =
                    status == 403 && answer.json().is_ok_and(|told| told["message"] == "Access denied!");
                ensure!(status < 500 && (status != 403 || own) && status != 405, "{answer}");
                let challenged = answer.header("www-authenticate").is_some();
                ensure!(status != 401 || !challenged, "{answer}");
                Ok(())
            }
        }
    }
}

pub(crate) async fn documents_agree(target: Target) -> Result<()> {
    let document = target.client.get("/openapi.json").await?.expect(200)?.json()?;
    ensure!(document["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "OpenAPI 3.1");
    let tables = tables()?;
    let described = described(&target).await?;
    for route in tables.keys() {
        let served = described.iter().any(|(method, path)| format!("{method} {path}") == *route);
        ensure!(served, "{route} is in a table and not served");
    }
    for (method, path) in described {
        let declared = &document["paths"][&path][method.as_str().to_lowercase()]["x-lyceum-access"];
        let expected = match allowed(&tables, &method, &path)? {
            Are(Anyone) => json!("anyone"),
            Are(SignedIn | OwnOrAdmin) | OwnOr { .. } => json!("signed-in"),
            Permitted { permission, roles } => json!({ "permission": permission, "roles": roles }),
            OldFace { roles, .. } => json!({ "roles": roles }),
        };
        assert_eq!(declared, &expected, "{method} {path}");
    }
    golden(&document)
}

/// The description is a contract: a change of it shows as a change of a file.
fn golden(document: &Value) -> Result<()> {
    let file = workspace().join("tests/golden/openapi.json");
    let text = serde_json::to_string_pretty(document)? + "\n";
    if std::env::var_os("LYCEUM_BLESS").is_some() {
        std::fs::create_dir_all(file.parent().context("a folder")?)?;
        std::fs::write(&file, &text)?;
    }
    let known =
        std::fs::read_to_string(&file).context("read tests/golden/openapi.json; LYCEUM_BLESS=1 writes it")?;
    ensure!(known == text, "the API description changed: run with LYCEUM_BLESS=1 and look at the difference");
    Ok(())
}

pub(crate) async fn tokens_that_must_not_pass(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let key = target.root_secret.as_deref().map(tokens::issuers_key).transpose()?;
    if let Some(key) = &key {
        // That the others fail means something only if this one passes.
        let same = tokens::Parts::of(&person.tokens.access)?.signed_by(key);
        ask(&target, Method::GET, "/api/v1/auth/me", &same)
            .await?
            .expect(200)
            .context("a token made like theirs")?;
    }
    let ended = ended_session(&target).await?;
    let mut bad = tokens::bad(&person.tokens.access, key.as_ref())?;
    bad.push(("an ended session", ended));
    let tables = tables()?;
    for (method, path) in described(&target).await? {
        if *allowed(&tables, &method, &path)? == Are(Anyone) {
            continue;
        }
        let route = path.as_str();
        let path = path.replace("{id}", &person.id);
        for (why, token) in &bad {
            let answer = ask(&target, method.clone(), &path, token).await?;
            let what = || format!("{method} {path} with a token: {why}");
            if matches!(allowed(&tables, &method, route)?, OldFace { .. }) {
                Expect::Empty(401).of(&answer).with_context(what)?;
            } else {
                answer.expect_problem(401).with_context(what)?;
            }
            ensure!(
                answer.header("www-authenticate").is_some_and(|value| value.starts_with("Bearer")),
                "{answer}"
            );
        }
    }
    for scheme in ["Basic YTpi", "Bearer", "bearer ", "Token x", ""] {
        let request = target.client.request(Method::GET, "/api/v1/auth/me").header("authorization", scheme);
        Answer::to(request).await?.expect_problem(401).with_context(|| format!("{scheme:?}"))?;
    }
    Ok(())
}

async fn ended_session(target: &Target) -> Result<String> {
    let person: Person = target.client.newcomer("Ada").await?;
    Answer::to(person.request(Method::POST, "/api/v1/auth/logout")).await?;
    is_refused_soon(&target.client, &person.tokens.access).await?;
    Ok(person.tokens.access)
}

async fn ask(target: &Target, method: Method, path: &str, token: &str) -> Result<Answer> {
    Answer::to(target.client.request(method, path).bearer_auth(token)).await
}

fn allowed<'a>(tables: &'a BTreeMap<String, Allowed>, method: &Method, path: &str) -> Result<&'a Allowed> {
    let route = format!("{method} {path}");
    tables.get(&route).with_context(|| format!("{route} is in no access.toml: who may call it?"))
}

/// Every route of the description.
pub(crate) async fn described(target: &Target) -> Result<Vec<(Method, String)>> {
    let document = target.client.get("/openapi.json").await?.expect(200)?.json()?;
    let paths = document["paths"].as_object().context("paths")?;
    let mut routes = Vec::new();
    for (path, operations) in paths {
        for name in operations.as_object().into_iter().flat_map(|all| all.keys()) {
            if let Ok(method @ (Method::GET | Method::POST | Method::PUT | Method::PATCH | Method::DELETE)) =
                Method::from_bytes(name.to_uppercase().as_bytes())
            {
                routes.push((method, path.clone()));
            }
        }
    }
    ensure!(routes.len() >= 15, "only {} routes are described", routes.len());
    Ok(routes)
}
