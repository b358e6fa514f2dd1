//! `lyceum import library`: a whole older library moves in, while the command is killed, and its clients find what they know.
#![allow(clippy::indexing_slicing, reason = "a member that JSON lacks is null to serde_json")]

use std::fs;
use std::io::Write as _;
use std::process::{Command, Output, Stdio};

use anyhow::{Context as _, Result, ensure};
use lyceum_end_to_end::client::{Answer, Client};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup, program, workspace};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use reqwest::multipart::Form;
use serde_json::{Value, json};

const FILE: &str = "tests/end-to-end/tests/commands/library.jsonl";
const PASSWORD: &str = "horse battery staple";
/// Lines before the first lending.
const BEFORE_LENDINGS: usize = 41;

fn import(lyceum: &Lyceum, file: &str, more: &[&str]) -> Result<Command> {
    let mut command = Command::new(program()?);
    command.args(["import", "library", file, "--json", "--rows", "10"]).args(more).current_dir(workspace());
    let admin = lyceum.admin();
    command.env("LYCEUM_IMPORT_SERVER", lyceum.client()?.base());
    command.env("LYCEUM_IMPORT_USER", admin.email).env("LYCEUM_IMPORT_PASSWORD", admin.password);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Ok(command)
}

fn told(output: &Output, code: i32) -> Result<Value> {
    ensure!(output.status.code() == Some(code), "{output:?}");
    Ok(serde_json::from_slice(&output.stdout)?)
}

/// How many of a kind were added, there already, and refused.
fn counts(told: &Value, kind: &str) -> Vec<u64> {
    let of = |name: &&str| told["kinds"][kind][*name].as_u64();
    ["added", "present", "refused"].iter().filter_map(of).collect()
}

/// Runs it on this much of the file by its standard input, and kills it once ten lendings are there.
async fn killed_midway(lyceum: &Lyceum, file: &str) -> Result<()> {
    let mut child = import(lyceum, "-", &[])?.stdin(Stdio::piped()).spawn()?;
    let mut input = child.stdin.take().context("its input")?;
    let part: Vec<&str> = file.lines().take(BEFORE_LENDINGS + 15).collect();
    writeln!(input, "{}", part.join("\n"))?;
    let admin = lyceum.client()?.sign_in(&lyceum.admin()).await?;
    until("ten lendings are there", PATIENCE, || async {
        let list = admin.get("/api/v1/lendings?limit=50").await?.expect(200)?.json()?;
        Ok((list["items"].as_array().map(Vec::len) == Some(10)).then_some(()))
    })
    .await?;
    ensure!(child.try_wait()?.is_none(), "it waits for more");
    child.kill()?;
    child.wait()?;
    Ok(())
}

/// A user of the older library: their answer to a sign-in there, and their token.
async fn login(client: &Client, username: &str) -> Result<(Value, String)> {
    let body = json!({ "username": username, "password": PASSWORD });
    let answer = client.post("/api/public/login", &body).await?.expect(200)?;
    let token = answer.header("authorization").context("a token")?.to_owned();
    Ok((answer.json()?, token))
}

async fn ask(client: &Client, token: &str, path: &str) -> Result<Answer> {
    Answer::to(client.request(Method::GET, path).bearer_auth(token)).await
}

/// How the passwords of imported users are hashed.
fn hashes(lyceum: &Lyceum) -> Result<Vec<(String, String)>> {
    let accounts = rusqlite::Connection::open(lyceum.data().join("sql/auth.db"))?;
    let text = "SELECT email, SUBSTR(password_hash, 1, 9) FROM accounts WHERE email LIKE '%@library.example.org' ORDER BY email";
    let mut found = accounts.prepare(text)?;
    let rows = found.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// An author is taken over, deleted, and comes again.
async fn stays_deleted(lyceum: &Lyceum) -> Result<()> {
    let (file, report) = (lyceum.data().join("one.jsonl"), lyceum.data().join("deleted.jsonl"));
    fs::write(&file, r#"{"kind":"author","number":9,"name":"Not For Long"}"#)?;
    let (file, report) = (file.display().to_string(), report.display().to_string());
    told(&import(lyceum, &file, &[])?.output()?, 3)?;
    fs::write(&file, r#"{"kind":"author","number":10,"name":"Not For Long"}"#)?;
    told(&import(lyceum, &file, &[])?.output()?, 0)?;
    let admin = lyceum.client()?.sign_in(&lyceum.admin()).await?;
    let found = admin.get("/api/v1/authors?q=not+for+long").await?.expect(200)?.json()?;
    let id = found["items"][0]["id"].as_str().context("the author")?;
    let path = format!("/api/v1/authors/{id}");
    Answer::to(admin.request(Method::DELETE, &path)).await?.expect(204)?;
    let again = told(&import(lyceum, &file, &["--report", &report])?.output()?, 0)?;
    ensure!(again["kinds"]["author"]["deleted"] == 1 && again["refused"] == 0, "{again}");
    ensure!(fs::read_to_string(&report)?.contains("DELETED_HERE"), "{report}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_library_moves_in_though_its_import_is_killed_and_its_clients_find_what_they_know() -> Result<()> {
    let setup = Setup::of(Backend::Sqlite)?.with_variable("LYCEUM_CLOCK", "2025-06-10T12:00:00Z");
    let lyceum = Lyceum::start(setup).await?;
    let client = lyceum.client()?;
    let file = fs::read_to_string(workspace().join(FILE))?;

    let dry = told(&import(&lyceum, FILE, &["--dry-run"])?.output()?, 0)?;
    ensure!(counts(&dry, "lending") == [46, 0, 0], "{dry}");
    killed_midway(&lyceum, &file).await?;
    let whole = told(&import(&lyceum, FILE, &[])?.output()?, 0)?;
    ensure!(counts(&whole, "lending") == [36, 10, 0], "{whole}");
    ensure!(counts(&whole, "user") == [0, 9, 0], "{whole}");

    let bad = lyceum.data().join("bad.jsonl");
    let report = lyceum.data().join("refused.jsonl");
    let lines = [
        r#"{"kind":"genre","name":"Romance"}"#,
        r#"{"kind":"genre","name":"Romance"}"#,
        r#"{"kind":"book","isbn":"9780141439587","title":"Emma","genre":"Romance","authors":[99]}"#,
        r#"{"kind":"author","number":9,"name":"Helena Prado"}"#,
    ];
    fs::write(&bad, lines.join("\n"))?;
    let (bad, report) = (bad.display().to_string(), report.display().to_string());
    let refused = told(&import(&lyceum, &bad, &["--report", &report])?.output()?, 3)?;
    ensure!(refused["refused"] == 3 && refused["kinds"]["genre"]["present"] == 1, "{refused}");
    let report = fs::read_to_string(&report)?;
    for (line, code) in report.lines().zip(["DUPLICATE", "OUT_OF_ORDER", "UNKNOWN_AUTHOR"]) {
        ensure!(line.contains(code), "{report}");
    }

    stays_deleted(&lyceum).await?;

    let kinds: Vec<String> = hashes(&lyceum)?.into_iter().map(|(_, hash)| hash).collect();
    ensure!(kinds.len() == 9 && kinds.iter().all(|hash| hash == "$2a$06$ab"), "{kinds:?}");
    let (user, reader) = login(&client, "sara@library.example.org").await?;
    ensure!(
        user == json!({ "id": "3", "username": "sara@library.example.org", "fullName": "Sara Pinheiro" }),
        "{user}"
    );
    ensure!(
        hashes(&lyceum)?.contains(&("sara@library.example.org".into(), "$argon2id".into())),
        "not upgraded"
    );
    let (_, librarian) = login(&client, "desk@library.example.org").await?;

    let author = until("the tokens count", PATIENCE, || async {
        let answer = ask(&client, &reader, "/api/authors/7").await?;
        Ok((answer.status.as_u16() == 200).then_some(answer))
    })
    .await?;
    let seen = author.json()?;
    ensure!(author.header("etag") == Some("\"0\"") && seen["name"] == "Luísa Tavares", "{author}");
    let link = format!("{}/api/authors/7", client.base());
    ensure!(seen["authorNumber"] == 7 && seen["_links"]["author"] == link, "{seen}");
    let lending = ask(&client, &librarian, "/api/lendings/2025/35").await?.expect(200)?;
    ensure!(lending.header("etag") == Some("\"0\""), "{lending}");
    let lending = lending.json()?;
    let days = ["startDate", "limitDate", "returnedDate"].map(|member| lending[member].clone());
    ensure!(days == ["2025-05-01", "2025-05-16", "2025-05-15"].map(Value::from), "{lending}");
    ensure!(lending["bookTitle"] == "Letters to the Tide", "{lending}");

    let form = Form::new().text("name", "Rui Costa").text("bio", "New here.");
    let added = client.request(Method::POST, "/api/authors").bearer_auth(&librarian).multipart(form);
    ensure!(Answer::to(added).await?.expect(201)?.json()?["authorNumber"] == 11, "the next number");
    let wanted = json!({ "isbn": "972204673X", "readerNumber": "2025/1" });
    let lent = client.request(Method::POST, "/api/lendings").bearer_auth(&librarian).json(&wanted);
    ensure!(Answer::to(lent).await?.expect(201)?.json()?["lendingNumber"] == "2025/47", "the next number");
    let admin = client.sign_in(&lyceum.admin()).await?;
    let new = json!({
        "account": { "password": "a quiet harbour at dawn" }, "full_name": "Eva Reis", "email": "eva@example.org",
        "birth_date": "2000-01-31", "gdpr_consent": true,
    });
    admin.post("/api/v1/readers", &new).await?.expect(202)?;
    let number = until("the new reader is there", PATIENCE, || async {
        let found = admin.get("/api/v1/readers?email=eva@example.org").await?.expect(200)?.json()?;
        Ok(found["items"][0]["number"].as_str().map(ToOwned::to_owned))
    })
    .await?;
    ensure!(number == "2025/9", "{number}");

    // What other services hear of by events.
    until("books and authors are counted", PATIENCE, || async {
        let books = ask(&client, &librarian, "/api/books/top5").await?.expect(200)?.json()?;
        let authors = ask(&client, &librarian, "/api/authors/top5").await?;
        let first = (&books["items"][0]["bookView"]["title"], &books["items"][0]["lendingCount"]);
        let counted = first == (&json!("The Salt Road"), &json!(18)) && authors.status.as_u16() == 200;
        Ok((counted && authors.json()?["items"][0]["authorName"] == "Marta Vilela").then_some(()))
    })
    .await?;
    // The new reader is greeted, and nobody who was taken over.
    until("the new reader is greeted", PATIENCE, || async {
        Ok((lyceum.post().mails_to("eva@example.org")? > 0).then_some(()))
    })
    .await?;
    for mail in lyceum.post().mails()? {
        ensure!(!mail.contains("@library.example.org"), "{mail}");
    }
    Ok(())
}
