//! Nonsense on every route: always a 4xx that says what is wrong, never a 5xx, never a hang.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::raw::{Reply, exchange, request};
use lyceum_end_to_end::client::{Answer, NewPerson, Person};
use reqwest::Method;
use serde_json::{Value, json};

use crate::auth::registration::names;
use crate::deployments::Target;
use crate::platform::with_bodies::{NOT_THERE, is_for_admins, is_of_the_library, with_bodies};
use crate::users::profiles::{tag, with_profile};

/// Long enough for a busy machine, far too short for a hang.
const BOUND: Duration = Duration::from_secs(15);

async fn send(who: &Person, method: &Method, path: &str, kind: &str, body: Vec<u8>) -> Result<Answer> {
    let began = Instant::now();
    let request = who.request(method.clone(), path).header("content-type", kind).header("if-match", "*");
    let answer = Answer::to(request.body(body)).await.with_context(|| format!("{method} {path}"))?;
    ensure!(began.elapsed() < BOUND, "{method} {path} took {:?}", began.elapsed());
    Ok(answer)
}

fn is_refused(answer: &Answer, what: &str) -> Result<Value> {
    ensure!(answer.status.is_client_error(), "{what}: {answer}");
    answer.problem().with_context(|| what.to_owned())
}

pub(crate) async fn bodies(target: Target) -> Result<()> {
    let person = with_profile(&target).await?;
    let deep = "[".repeat(100_000);
    let deep_object = "{\"a\":".repeat(50_000);
    let (json, bad): (&str, Vec<(&str, Vec<u8>)>) = (
        "application/json",
        vec![
            ("nothing", vec![]),
            ("half an object", b"{\"email\": ".to_vec()),
            ("two values", b"{} {}".to_vec()),
            ("a number", b"1".to_vec()),
            ("null", b"null".to_vec()),
            ("a list", b"[]".to_vec()),
            ("a member twice", b"{\"email\":\"a\",\"email\":\"b\"}".to_vec()),
            ("bad UTF-8", b"{\"email\": \"\xff\xfe\"}".to_vec()),
            ("half a surrogate", b"{\"email\": \"\\ud800\"}".to_vec()),
            ("deep lists", deep.into_bytes()),
            ("deep objects", deep_object.into_bytes()),
            ("a huge number", b"{\"email\": 1e999999}".to_vec()),
            ("zeros", vec![0; 1_000]),
        ],
    );
    for (method, path) in with_bodies(&target, &person).await? {
        let who = if is_for_admins(&path) { &target.admin } else { &person };
        for (what, body) in &bad {
            // An empty patch, or one that is no object, may be a change of nothing; it must not be a failure.
            let answer = send(who, &method, &path, json, body.clone()).await?;
            is_refused(&answer, &format!("{method} {path} with {what}"))?;
        }
        for kind in [
            "text/plain",
            "application/xml",
            "multipart/form-data; boundary=x",
            "junk",
            "application/x-www-form-urlencoded",
        ] {
            let answer = send(who, &method, &path, kind, b"{}".to_vec()).await?;
            answer.expect_problem(415).with_context(|| format!("{method} {path} as {kind}"))?;
        }
    }
    Ok(())
}

/// The members' values in their order are no object, wherever one is due.
pub(crate) async fn arrays_for_objects(target: Target) -> Result<()> {
    let person = with_profile(&target).await?;
    let tag = tag(&person).await?;
    let (email, password) = (&person.credentials.email, &person.credentials.password);
    let new = NewPerson::named("Tess").credentials;
    let roles = format!("/api/v1/auth/users/{}/roles", person.id);
    let status = format!("/api/v1/users/{}/status", person.id);
    let profile = "/api/v1/users/me/profile";
    for (who, method, path, body, pointer) in [
        (
            &person,
            Method::POST,
            "/api/v1/auth/register",
            json!([new.email, new.password, "Tess", null, null]),
            "",
        ),
        (&person, Method::POST, "/api/v1/auth/login", json!([email, password]), ""),
        (&person, Method::POST, "/api/v1/auth/refresh", json!([person.tokens.refresh]), ""),
        (&target.admin, Method::PUT, &roles, json!([["student"]]), ""),
        (&target.admin, Method::PUT, &status, json!(["active"]), ""),
        (&person, Method::POST, "/api/v1/files", json!(["a.txt", 1, null, null, null, null, null]), ""),
        (
            &target.admin,
            Method::POST,
            "/api/v1/authors",
            json!(["Homer", null, [], null, null, null, {}]),
            "",
        ),
        (&target.admin, Method::POST, "/api/v1/genres", json!(["Drama", null, null, false]), ""),
        (&person, Method::PATCH, profile, json!({ "links": [["me", "https://example.org"]] }), "/links/0"),
        (
            &person,
            Method::PATCH,
            profile,
            json!({ "preferences": ["en", "UTC", true, true, true] }),
            "/preferences",
        ),
    ] {
        let kind = if method == Method::PATCH { "application/merge-patch+json" } else { "application/json" };
        let request = who.request(method.clone(), path).header("if-match", &tag).header("content-type", kind);
        let answer = Answer::to(request.body(body.to_string())).await?;
        let problem = answer.expect_problem(422).with_context(|| format!("{method} {path} with {body}"))?;
        names(&problem, pointer)?;
    }
    target.client.login(&new).await?.expect_problem(401)?;
    Ok(())
}

pub(crate) async fn fields(target: Target) -> Result<()> {
    let person = with_profile(&target).await?;
    let tag = tag(&person).await?;
    let base = |path: &str| match path {
        "/api/v1/auth/register" => {
            json!({ "email": "a@example.org", "password": "a quiet harbour", "display_name": "A" })
        }
        "/api/v1/auth/login" => json!({ "email": "a@example.org", "password": "a quiet harbour" }),
        "/api/v1/auth/refresh" => json!({ "refresh_token": "x" }),
        "/api/v1/files" => json!({ "original_filename": "a.txt", "file_size": 1 }),
        path if path.ends_with("/exports") => json!({ "format": "csv" }),
        path if path.ends_with("/roles") => json!({ "roles": ["student"] }),
        path if path.ends_with("/status") => json!({ "status": "active" }),
        path if path.starts_with("/api/v1/items") || path.ends_with("/items") => json!({ "barcode": "A" }),
        "/api/v1/books/exports" => json!({ "format": "csv" }),
        path if path.starts_with("/api/v1/books") => json!({ "title": "A" }),
        path if path.ends_with("/entries") => json!({ "kind": "comment", "text": "A" }),
        "/api/v1/circulation-rules" => json!({
            "loan_days": 7, "max_lendings": 1, "max_renewals": 0, "fine_cents_per_day": 5, "pickup_days": 3,
            "blocked_while_overdue": false,
        }),
        "/api/v1/courses" | "/api/v1/learning-paths" => json!({ "title": "A" }),
        "/api/v1/course-categories" => json!({ "name": "A" }),
        "/api/v1/enrollments" => json!({ "course_id": "01890000-0000-7000-8000-000000000001" }),
        "/api/v1/notifications/preferences" => json!({ "items": [] }),
        "/api/v1/closed-days" => json!({ "day": "2026-12-25" }),
        path if is_of_the_library(path) => json!({ "name": "A" }),
        _ => json!({ "display_name": "A" }),
    };
    for (method, path) in with_bodies(&target, &person).await? {
        // A file of rows has no fields; what is named by others isn't there.
        let not_there = NOT_THERE.iter().any(|part| path.contains(part));
        if path.ends_with("imports") || not_there {
            continue;
        }
        let who = if is_for_admins(&path) { &target.admin } else { &person };
        let tag = if is_of_the_library(&path) { "\"1\"" } else { tag.as_str() };
        let send = async |body: Value| {
            let request = who.request(method.clone(), &path).header("if-match", tag).json(&body);
            Answer::to(request).await
        };
        let mut unknown = base(&path);
        unknown["is_admin"] = json!(true);
        names(&is_refused(&send(unknown).await?, &path)?, "/is_admin")?;
        for name in base(&path).as_object().context("an object")?.keys() {
            for wrong in
                [json!(7), json!({ "a": 1 }), json!([[1]]), json!("x\u{0}y"), json!("x".repeat(100_000))]
            {
                let mut body = base(&path);
                // A number is wrong for a text, and for a number one that is no size.
                let fits = wrong.is_number() && body[name].is_number();
                body[name] = if fits { json!(-7) } else { wrong };
                let answer = send(body.clone()).await?;
                // A sign-in with a password or token of any form is only a wrong one.
                let is_secret =
                    ["password", "refresh_token"].contains(&name.as_str()) && body[name].is_string();
                let problem = is_refused(&answer, &format!("{method} {path} with a wrong {name}"))?;
                if !is_secret && answer.status.as_u16() != 401 {
                    let named = problem["details"].as_array().into_iter().flatten().any(|detail| {
                        detail["pointer"]
                            .as_str()
                            .is_some_and(|pointer| pointer.starts_with(&format!("/{name}")))
                    });
                    ensure!(named, "{method} {path}: {name} is named by {problem}");
                }
            }
            let mut missing = base(&path);
            missing.as_object_mut().context("an object")?.remove(name);
            if method != Method::PATCH {
                names(&is_refused(&send(missing).await?, &path)?, &format!("/{name}"))?;
            }
        }
    }
    Ok(())
}

pub(crate) async fn sizes(target: Target) -> Result<()> {
    let person = with_profile(&target).await?;
    for (method, path) in with_bodies(&target, &person).await? {
        let who = if is_for_admins(&path) { &target.admin } else { &person };
        let (token, huge) = (format!("Bearer {}", who.tokens.access), 64 << 20);
        // A length that is promised and too large is refused before anything is sent.
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\ncontent-type: application/json\r\n\
             if-match: *\r\ncontent-length: {huge}\r\n\r\n{{"
        );
        let Reply::Answer(answer) = exchange(target.client.base(), head.as_bytes()).await? else {
            anyhow::bail!("{method} {path}: no answer to a promise of {huge} bytes");
        };
        answer.expect_problem(413).with_context(|| format!("{method} {path} with a length"))?;
        let mut chunked = format!(
            "{method} {path} HTTP/1.1\r\nhost: x\r\nauthorization: {token}\r\ncontent-type: application/json\r\n\
             if-match: *\r\ntransfer-encoding: chunked\r\n\r\n"
        )
        .into_bytes();
        // A little more than each takes: files and books take 16 MiB.
        let large =
            ["/api/v1/files", "/api/v1/books", "/api/v1/items"].iter().any(|name| path.starts_with(name));
        let chunks = if large { 1088 } else { 512 };
        for _ in 0..chunks {
            chunked.extend_from_slice(b"4000\r\n");
            chunked.extend_from_slice(&[b' '; 0x4000]);
            chunked.extend_from_slice(b"\r\n");
        }
        chunked.extend_from_slice(b"0\r\n\r\n");
        // It is answered although much of it has not been read, and the answer is not lost with the connection.
        let Reply::Answer(answer) = exchange(target.client.base(), &chunked).await? else {
            anyhow::bail!("{method} {path}: no answer to chunks without end");
        };
        answer.expect_problem(413).with_context(|| format!("{method} {path} in chunks"))?;
    }
    target.client.get("/api/v1/health").await?.expect(200)?;
    Ok(())
}

pub(crate) async fn paths(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let token = format!("Bearer {}", person.tokens.access);
    let long = format!("/api/v1/users/{}", "a".repeat(30_000));
    let tricks = [
        "/api/v1/auth/../users",
        "/api/v1/auth/%2e%2e/users",
        "/api/v1/auth/..%2fusers",
        "/api/v1//users",
        "//api/v1/users",
        "/api/v1/users/%00",
        "/api/v1/users/%ff",
        "/api/v1/users/%",
        "/api/v1/users/%zz",
        "/api/v1/users/me/../../users",
        "/api/v1/users/./me",
        "/API/V1/USERS",
        "/api/v1/users/",
        "/api/v1",
        "/api/v1/authx",
        "/api/v1/passwords/hash",
        "/hash",
        "/verify",
        "/api/v1/users/me%2fprofile",
        "/api/v1/users;a=b",
        "/api/v1/notifications/not-an-id",
        "/..",
        "/%2e",
        "/\\..\\users",
        "/api/v1/users/{id}",
        "/api/v1/users/me\u{301}",
        "*",
        &long,
    ];
    for path in tricks {
        let bytes = request("GET", path, &[("authorization", &token)], b"");
        let Reply::Answer(answer) = exchange(target.client.base(), &bytes).await? else {
            anyhow::bail!("{path}: no answer");
        };
        is_refused(&answer, path)?;
    }
    for (method, path) in [(Method::DELETE, "/api/v1/users/me/profile"), (Method::POST, "/api/v1/auth/me")] {
        let answer = Answer::to(person.request(method, path)).await?;
        answer.expect_problem(405)?;
        ensure!(answer.header("allow").is_some(), "{answer}");
    }
    Ok(())
}

pub(crate) async fn queries(target: Target) -> Result<()> {
    let lists = [
        "/api/v1/users",
        "/api/v1/notifications",
        "/api/v1/notifications/deliveries",
        "/api/v1/authors",
        "/api/v1/genres",
        "/api/v1/books",
        "/api/v1/items",
    ];
    let long = format!("q={}", "a".repeat(8_000));
    for path in lists {
        for query in [
            "limit=0",
            "limit=-1",
            "limit=9999999999999999999999",
            "limit=a",
            "limit=1&limit=2",
            "cursor=%00",
            "cursor=junk",
            "cursor=eyJhIjoxfQ",
            "cursor=",
            "unknown=1",
            "%ff=1",
            "limit=%ff",
            "limit[]=1",
        ] {
            let answer = target.admin.get(&format!("{path}?{query}")).await?;
            is_refused(&answer, &format!("{path}?{query}"))?;
        }
    }
    for query in [long.as_str(), "q=%00", "status=asleep", "role=emperor", "role="] {
        let answer = target.admin.get(&format!("/api/v1/users?{query}")).await?;
        ensure!(answer.status.as_u16() < 500, "{query}: {answer}");
    }
    Ok(())
}

pub(crate) async fn headers(target: Target) -> Result<()> {
    let person = with_profile(&target).await?;
    let mut many = String::new();
    for number in 0..300 {
        write!(many, "x-{number}: y\r\n")?;
    }
    let bytes = format!("GET /api/v1/health HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{many}\r\n");
    let Reply::Answer(answer) = exchange(target.client.base(), bytes.as_bytes()).await? else {
        anyhow::bail!("no answer to 300 headers");
    };
    answer.expect_problem(431)?;
    // Nobody may say who they are but by a token.
    for (name, value) in [
        ("lyceum-identity", "v1.eyJzdWIiOiJhIiwicm9sZXMiOlsiYWRtaW4iXX0.x.x"),
        ("lyceum-identity", ""),
        ("lyceum-component", "auth"),
        ("x-user-id", person.id.as_str()),
        ("x-forwarded-user", person.id.as_str()),
    ] {
        let request = target.client.request(Method::GET, "/api/v1/auth/me").header(name, value);
        Answer::to(request).await?.expect_problem(401).with_context(|| format!("{name}: {value}"))?;
        let request = person.request(Method::GET, "/api/v1/users").header(name, value);
        Answer::to(request).await?.expect_problem(403).with_context(|| format!("{name}: {value}"))?;
    }
    for junk in ["junk", "W/", "\"", "\"a\", b", "\u{e9}"] {
        let request = person.request(Method::PATCH, "/api/v1/users/me/profile").json(&json!({ "bio": "x" }));
        let answer = Answer::to(request.header("if-match", junk.as_bytes())).await?;
        is_refused(&answer, &format!("If-Match: {junk}"))?;
    }
    Ok(())
}
