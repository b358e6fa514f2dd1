//! Files: uploaded in one request, in parts and as forms; read as a whole, by ranges and by links.

use anyhow::{Context, Result, ensure};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use bytes::Bytes;
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::deployments::Target;

/// The largest that a file may be, and the sum of a person's, as `spin.toml` says.
const LARGEST: usize = 52_428_800;
const QUOTA: usize = 1 << 30;

/// Bytes that differ all along.
fn content(length: usize, seed: u32) -> Bytes {
    let mut state = seed;
    let words = std::iter::repeat_with(|| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()
    });
    let mut bytes: Vec<u8> = words.take(length.div_ceil(4)).flatten().collect();
    bytes.truncate(length);
    bytes.into()
}

fn digest(content: &[u8]) -> String {
    format!("sha-256=:{}:", BASE64.encode(Sha256::digest(content)))
}

pub(crate) async fn announce(person: &Person, name: &str, size: usize) -> Result<String> {
    let body = json!({ "original_filename": name, "file_size": size });
    let answer = person.post("/api/v1/files", &body).await?.expect(201)?;
    let id = answer.json()?["id"].as_str().context("an id")?.to_owned();
    ensure!(answer.header("location") == Some(&format!("/api/v1/files/{id}")), "{answer}");
    Ok(id)
}

async fn put(person: &Person, path: &str, content: &Bytes, digest: Option<&str>) -> Result<Answer> {
    let mut request = person.request(Method::PUT, path).body(content.clone());
    if let Some(digest) = digest {
        request = request.header("Content-Digest", digest);
    }
    Answer::to(request).await
}

/// A file with this content.
pub(crate) async fn uploaded(person: &Person, name: &str, content: &Bytes) -> Result<String> {
    let id = announce(person, name, content.len()).await?;
    put(person, &format!("/api/v1/files/{id}/content"), content, Some(&digest(content)))
        .await?
        .expect(200)?;
    Ok(id)
}

async fn ranged(person: &Person, path: &str, range: &str) -> Result<Answer> {
    Answer::to(person.request(Method::GET, path).header("Range", range)).await
}

pub(crate) async fn a_file_is_read_as_it_was_uploaded(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let bytes = content(300_000, 1);
    let body = json!({
        "original_filename": "Skizze \"1\"; ü.pdf", "file_size": bytes.len(), "mime_type": "application/pdf",
        "service_name": "syllabus", "entity_type": "course", "entity_id": "7",
    });
    let announced = person.post("/api/v1/files", &body).await?.expect(201)?.json()?;
    assert_eq!(announced["status"], "uploading");
    let path = format!("/api/v1/files/{}", announced["id"].as_str().context("an id")?);
    person.get(&format!("{path}/content")).await?.expect_problem(409)?;
    let answer = put(&person, &format!("{path}/content"), &bytes, None).await?.expect(200)?;
    let file = answer.json()?;
    assert_eq!(file["status"], "available");
    assert_eq!(file["checksum"].as_str(), Some(&*format!("{:x}", Sha256::digest(&bytes))));
    assert_eq!(person.get(&path).await?.expect(200)?.json()?, file);

    let whole = person.get(&format!("{path}/content")).await?.expect(200)?;
    ensure!(whole.body == bytes, "byte for byte");
    assert_eq!(whole.header("content-type"), Some("application/pdf"));
    assert_eq!(whole.header("content-length"), Some("300000"));
    assert_eq!(whole.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(whole.header("repr-digest"), Some(&*digest(&bytes)));
    let disposition = whole.header("content-disposition").context("a disposition")?;
    ensure!(disposition.ends_with("filename*=UTF-8''Skizze%20%221%22%3B%20%C3%BC.pdf"), "{disposition}");

    let again = put(&person, &format!("{path}/content"), &bytes, Some(&digest(&bytes))).await?.expect(200)?;
    assert_eq!(again.json()?, file, "to put it twice is as good as once");
    let other = put(&person, &format!("{path}/content"), &content(300_000, 2), None).await?;
    assert_eq!(other.expect_problem(409)?["error_code"], "FILE_COMPLETE");

    Answer::to(person.request(Method::DELETE, &path)).await?.expect(204)?;
    for gone in [path.clone(), format!("{path}/content"), format!("{path}/url")] {
        person.get(&gone).await?.expect_problem(404)?;
    }
    Answer::to(person.request(Method::DELETE, &path)).await?.expect_problem(404)?;
    Ok(())
}

pub(crate) async fn ranges_are_answered(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let bytes = content(200_000, 3);
    let path = format!("/api/v1/files/{}/content", uploaded(&person, "a.txt", &bytes).await?);
    for (range, from, to) in [
        ("bytes=0-0", 0, 1),
        ("bytes=70000-", 70_000, 200_000),
        ("bytes=-5", 199_995, 200_000),
        ("bytes=9-150000", 9, 150_001),
    ] {
        let part = ranged(&person, &path, range).await?.expect(206)?;
        ensure!(part.body == bytes.slice(from..to), "{range}");
        let stated = format!("bytes {from}-{}/200000", to - 1);
        assert_eq!(part.header("content-range"), Some(&*stated));
    }
    let behind = ranged(&person, &path, "bytes=200000-").await?;
    behind.expect_problem(416)?;
    assert_eq!(behind.header("content-range"), Some("bytes */200000"));
    ensure!(ranged(&person, &path, "bytes=0-1,5-6").await?.expect(200)?.body == bytes);

    let whole = person.get(&path).await?.expect(200)?;
    let tag = whole.header("etag").context("a tag")?.to_owned();
    for (tag, status) in [(tag.as_str(), 206), ("\"other\"", 200)] {
        let request = person.request(Method::GET, &path).header("Range", "bytes=0-9").header("If-Range", tag);
        Answer::to(request).await?.expect(status)?;
    }
    Answer::to(person.request(Method::GET, &path).header("If-None-Match", &tag)).await?.expect(304)?;
    let head = Answer::to(person.request(Method::HEAD, &path)).await?.expect(200)?;
    ensure!(head.body.is_empty() && head.header("accept-ranges") == Some("bytes"), "{head}");
    Ok(())
}

pub(crate) async fn what_is_not_as_stated_is_not_stored(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let bytes = content(100_000, 4);
    let path = format!("/api/v1/files/{}/content", announce(&person, "a.md", bytes.len()).await?);
    let wrong = put(&person, &path, &bytes, Some(&digest(b"something else"))).await?;
    assert_eq!(wrong.expect_problem(422)?["error_code"], "CHECKSUM_MISMATCH");
    let short = put(&person, &path, &bytes.slice(1..), None).await?;
    assert_eq!(short.expect_problem(422)?["error_code"], "SIZE_MISMATCH");
    put(&person, &path, &content(100_001, 4), None).await?.expect_problem(413)?;
    put(&person, &path, &bytes, Some("junk")).await?.expect_problem(400)?;
    let html = person.request(Method::PUT, &path).header("Content-Type", "text/html").body(bytes.clone());
    Answer::to(html).await?.expect_problem(415)?;
    person.get(&path).await?.expect_problem(409)?;
    put(&person, &path, &bytes, Some(&digest(&bytes))).await?.expect(200)?;
    ensure!(person.get(&path).await?.expect(200)?.body == bytes);
    Ok(())
}

pub(crate) async fn only_what_is_allowed_is_taken(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    for (body, status) in [
        (json!({ "original_filename": "a.exe", "file_size": 1 }), 415),
        (json!({ "original_filename": "a.txt", "file_size": 1, "mime_type": "text/html" }), 415),
        (json!({ "original_filename": "a.txt", "file_size": LARGEST + 1 }), 413),
        (json!({ "original_filename": "a.txt", "file_size": -1 }), 422),
        (json!({ "original_filename": "", "file_size": 1 }), 422),
        (json!({ "original_filename": "a.txt" }), 422),
        (json!({ "original_filename": "a.txt", "file_size": 1, "user_id": "me" }), 422),
    ] {
        person
            .post("/api/v1/files", &body)
            .await?
            .expect_problem(status)
            .with_context(|| body.to_string())?;
    }
    Ok(())
}

pub(crate) async fn files_are_private(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let other = target.client.newcomer("Mallory").await?;
    let bytes = content(10, 5);
    let id = uploaded(&person, "a.txt", &bytes).await?;
    let path = format!("/api/v1/files/{id}");
    for path in [path.clone(), format!("{path}/content"), format!("{path}/url"), format!("{path}/parts")] {
        other.get(&path).await?.expect_problem(404)?;
        target.client.get(&path).await?.expect_problem(401)?;
    }
    Answer::to(other.request(Method::DELETE, &path)).await?.expect_problem(404)?;
    put(&other, &format!("{path}/content"), &bytes, None).await?.expect_problem(404)?;
    let of = |list: Value| -> Vec<String> {
        let items = list["items"].as_array().cloned().unwrap_or_default();
        items.iter().filter_map(|item| Some(item["id"].as_str()?.to_owned())).collect()
    };
    assert_eq!(of(person.get("/api/v1/files").await?.expect(200)?.json()?), [id.as_str()]);
    ensure!(of(other.get("/api/v1/files").await?.expect(200)?.json()?).is_empty());
    let theirs = format!("/api/v1/files?user_id={}", person.id);
    other.get(&theirs).await?.expect_problem(404)?;
    assert_eq!(of(target.admin.get(&theirs).await?.expect(200)?.json()?), [id.as_str()]);
    ensure!(target.admin.get(&format!("{path}/content")).await?.expect(200)?.body == bytes);
    Ok(())
}

pub(crate) async fn a_link_works_without_a_sign_in_until_it_expires(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let bytes = content(100_000, 6);
    let path = format!("/api/v1/files/{}", uploaded(&person, "a.pdf", &bytes).await?);
    let link = |seconds: u32| {
        let (person, path) = (&person, &path);
        async move {
            let link = person.get(&format!("{path}/url?expires_in={seconds}")).await?.expect(200)?.json()?;
            anyhow::Ok(link["url"].as_str().context("a url")?.to_owned())
        }
    };
    let url = link(600).await?;
    ensure!(target.client.get(&url).await?.expect(200)?.body == bytes);
    let part = target.client.request(Method::GET, &url).header("Range", "bytes=5-9");
    ensure!(Answer::to(part).await?.expect(206)?.body == bytes.slice(5..10));
    let (base, signature) = url.rsplit_once('=').context("a signature")?;
    let other = uploaded(&person, "b.pdf", &content(5, 7)).await?;
    let id = path.rsplit('/').next().unwrap_or_default();
    let flipped = if signature.starts_with('A') { "B" } else { "A" };
    for tampered in [
        format!("{base}={flipped}{}", signature.get(1..).unwrap_or_default()),
        format!("{base}="),
        url.replacen(id, &other, 1),
        url.replacen("expires=", "expires=9", 1),
    ] {
        let refused = target.client.get(&tampered).await?;
        assert_eq!(refused.expect_problem(403)?["error_code"], "LINK_INVALID", "{tampered}");
    }
    target.client.get(&format!("{path}/download")).await?.expect_problem(400)?;
    for wrong in [0, 604_801] {
        person.get(&format!("{path}/url?expires_in={wrong}")).await?.expect_problem(400)?;
    }
    let brief = link(1).await?;
    until("the link has expired", PATIENCE, || async {
        let answer = target.client.get(&brief).await?;
        Ok((answer.status == 403 && answer.problem()?["error_code"] == "LINK_EXPIRED").then_some(()))
    })
    .await?;
    Answer::to(person.request(Method::DELETE, &path)).await?.expect(204)?;
    target.client.get(&url).await?.expect_problem(404)?;
    Ok(())
}

pub(crate) async fn an_upload_goes_on_where_it_broke_off(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let bytes = content(3_000_000, 8);
    let path = format!("/api/v1/files/{}", announce(&person, "a.docx", bytes.len()).await?);
    let part = |from: usize, to: usize| bytes.slice(from..to);
    let (first, second, third) = (part(0, 1_200_000), part(1_200_000, 2_400_000), part(2_400_000, 3_000_000));
    put(&person, &format!("{path}/parts/3"), &third, Some(&digest(&third))).await?.expect(200)?;
    put(&person, &format!("{path}/parts/1"), &first, None).await?.expect(200)?;
    // A part whose sender goes away half-way leaves nothing.
    let broken = futures::stream::iter([Ok(part(1_200_000, 1_300_000)), Err(std::io::Error::other("gone"))]);
    let request =
        person.request(Method::PUT, &format!("{path}/parts/2")).body(reqwest::Body::wrap_stream(broken));
    ensure!(Answer::to(request).await.is_err(), "the sender went away");
    let wrong = put(&person, &format!("{path}/parts/2"), &second, Some(&digest(&first))).await?;
    assert_eq!(wrong.expect_problem(422)?["error_code"], "CHECKSUM_MISMATCH");
    let early = Answer::to(person.request(Method::POST, &format!("{path}/complete"))).await?;
    assert_eq!(early.expect_problem(422)?["error_code"], "PARTS_MISSING");
    let state = person.get(&format!("{path}/parts")).await?.expect(200)?.json()?;
    assert_eq!(state["received"], 1_800_000);
    let numbers: Vec<_> =
        state["items"].as_array().context("parts")?.iter().map(|part| &part["number"]).collect();
    assert_eq!(numbers, [&json!(1), &json!(3)]);
    put(&person, &format!("{path}/parts/2"), &part(0, 2_000_000), None).await?.expect_problem(422)?;
    put(&person, &format!("{path}/parts/0"), &second, None).await?.expect_problem(400)?;
    put(&person, &format!("{path}/parts/2"), &second, None).await?.expect(200)?;
    let file =
        Answer::to(person.request(Method::POST, &format!("{path}/complete"))).await?.expect(200)?.json()?;
    assert_eq!(file["checksum"].as_str(), Some(&*format!("{:x}", Sha256::digest(&bytes))));
    ensure!(person.get(&format!("{path}/content")).await?.expect(200)?.body == bytes);
    put(&person, &format!("{path}/parts/1"), &first, None).await?.expect_problem(409)?;
    Ok(())
}

pub(crate) async fn nobody_gets_more_than_their_quota(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let body = json!({ "original_filename": "a.pdf", "file_size": LARGEST });
    let fit = QUOTA / LARGEST;
    let requests = (0..fit + 5).map(|_| person.post("/api/v1/files", &body));
    let mut taken = Vec::new();
    for answer in futures::future::try_join_all(requests).await? {
        if answer.status == 201 {
            taken.push(answer.json()?["id"].as_str().context("an id")?.to_owned());
        } else {
            assert_eq!(answer.expect_problem(409)?["error_code"], "QUOTA_EXCEEDED");
        }
    }
    assert_eq!(taken.len(), fit, "however many come at once");
    let first = taken.first().context("a file")?;
    Answer::to(person.request(Method::DELETE, &format!("/api/v1/files/{first}"))).await?.expect(204)?;
    person.post("/api/v1/files", &body).await?.expect(201)?;
    Ok(())
}

pub(crate) async fn a_form_is_taken_as_the_older_system_did(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let bytes = content(700_000, 9);
    let form = |name: &str, bytes: &Bytes| {
        let file = reqwest::multipart::Part::stream_with_length(bytes.clone(), bytes.len() as u64);
        let file = file.file_name(name.to_owned());
        reqwest::multipart::Form::new().text("service_name", "syllabus").part("file", file)
    };
    let post = |form| Answer::to(person.request(Method::POST, "/api/v1/files/upload").multipart(form));
    let answer = post(form("Plan.pdf", &bytes).text("entity_type", "subject")).await?.expect(201)?;
    let file = answer.json()?;
    assert_eq!(file["status"], "available");
    assert_eq!(file["file_size"], 700_000);
    assert_eq!((&file["service_name"], &file["entity_type"]), (&json!("syllabus"), &json!("subject")));
    let path = answer.header("location").context("a location")?.to_owned();
    ensure!(person.get(&format!("{path}/content")).await?.expect(200)?.body == bytes);
    person.get(&format!("{path}/url")).await?.expect(200)?;

    post(form("Plan.exe", &bytes)).await?.expect_problem(415)?;
    let wrong = form("Plan.pdf", &bytes).text("checksum", "00".repeat(32));
    assert_eq!(post(wrong).await?.expect_problem(422)?["error_code"], "CHECKSUM_MISMATCH");
    post(form("Plan.pdf", &bytes).text("colour", "red")).await?.expect_problem(422)?;
    post(reqwest::multipart::Form::new().text("service_name", "x")).await?.expect_problem(422)?;
    let junk = person
        .request(Method::POST, "/api/v1/files/upload")
        .header("Content-Type", "multipart/form-data; boundary=x");
    Answer::to(junk.body("junk")).await?.expect_problem(400)?;
    person.post("/api/v1/files/upload", &json!({})).await?.expect_problem(415)?;
    let list = person.get("/api/v1/files").await?.expect(200)?.json()?;
    assert_eq!(list["items"].as_array().map(Vec::len), Some(1), "what was refused left nothing: {list}");
    Ok(())
}

pub(crate) async fn of_a_name_with_folders_the_last_part_is_kept(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let post = async |name: &str| {
        let form = format!(
            "--B\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\
             Content-Type: text/plain\r\n\r\nx\r\n--B--\r\n"
        );
        let kind = "multipart/form-data; boundary=B";
        let request = person.request(Method::POST, "/api/v1/files/upload").header("Content-Type", kind);
        Answer::to(request.body(form)).await
    };
    for (name, kept) in [("../../p.txt", "p.txt"), ("C:\\dir\\w.txt", "w.txt"), ("/a/b\\c.txt", "c.txt")] {
        let file = post(name).await?.expect(201)?.json()?;
        assert_eq!(file["original_filename"], json!(kept));
        let body = json!({ "original_filename": name, "file_size": 1 });
        let file = person.post("/api/v1/files", &body).await?.expect(201)?.json()?;
        assert_eq!(file["original_filename"], json!(kept));
    }
    for name in ["", "dir/", "..", "a\\..", "."] {
        post(name).await?.expect_problem(422).with_context(|| name.to_owned())?;
        let body = json!({ "original_filename": name, "file_size": 1 });
        person.post("/api/v1/files", &body).await?.expect_problem(422).with_context(|| name.to_owned())?;
    }
    Ok(())
}

pub(crate) async fn the_largest_file_passes(target: Target) -> Result<()> {
    let person = target.client.newcomer("Ada").await?;
    let bytes = content(LARGEST, 10);
    let id = uploaded(&person, "a.pdf", &bytes).await?;
    let read = person.get(&format!("/api/v1/files/{id}/content")).await?.expect(200)?;
    ensure!(read.body == bytes, "byte for byte");
    Answer::to(person.request(Method::DELETE, &format!("/api/v1/files/{id}"))).await?.expect(204)?;
    Ok(())
}
