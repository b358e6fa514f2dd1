//! HTTP itself, over real connections.

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use lyceum_end_to_end::client::Answer;
use lyceum_end_to_end::client::raw::{Reply, exchange};
use reqwest::Method;

use crate::deployments::Target;
use crate::files::content::uploaded;
use crate::users::profiles::{tag, with_profile};

pub(crate) async fn an_answer_to_head_is_that_to_get_without_its_body(target: Target) -> Result<()> {
    let person = with_profile(&target).await?;
    let id = uploaded(&person, "a.txt", &Bytes::from_static(b"0123456789")).await?;
    for path in [
        "/",
        "/openapi.json",
        "/api/v1/users/me/profile",
        "/api/v1/notifications",
        "/.well-known/jwks.json",
        "/nowhere",
        "/api/v1/users/nobody",
        "/%2e%2e",
        &format!("/api/v1/files/{id}"),
        &format!("/api/v1/files/{id}/content"),
    ] {
        let get = Answer::to(person.request(Method::GET, path)).await?;
        for range in [None, Some("bytes=2-4"), Some("bytes=99-")] {
            let mut request = person.request(Method::HEAD, path);
            if let Some(range) = range {
                request = request.header("range", range);
            }
            let head = Answer::to(request).await?;
            ensure!(head.status == get.status, "{path} {range:?}: {head}");
            for name in ["content-type", "etag", "cache-control", "content-range", "accept-ranges"] {
                ensure!(head.header(name) == get.header(name), "{path} {range:?}: {name} in {head}");
            }
            // A problem holds the time and the correlation id, so its length may differ by a little.
            if let Some(length) = head.header("content-length") {
                let exactly = get.status.is_success() && Some(length) == get.header("content-length");
                let problem = !get.status.is_success() && length != "0";
                ensure!(exactly || problem, "{path} {range:?}: {head} and {:?}", get.headers);
            }
        }
    }
    Ok(())
}

pub(crate) async fn bytes_after_a_request_hold_up_no_answer(target: Target) -> Result<()> {
    let request = "GET /api/v1/auth/me HTTP/1.1\r\nhost: x\r\n\r\n";
    for after in [
        "",
        "\r\n",
        "\n",
        "\r\n\r\n",
        "\r",
        "G",
        "GET /api/v1/heal",
        "GET / HTTP/1.1\r\nhost: x\r\n",
        request,
    ] {
        let bytes = format!("{request}{after}");
        let Reply::Answer(answer) = exchange(target.client.base(), bytes.as_bytes()).await? else {
            anyhow::bail!("no answer with {after:?} after the request");
        };
        answer.expect_problem(401).with_context(|| format!("{after:?}"))?;
    }
    Ok(())
}

pub(crate) async fn a_patch_says_its_format(target: Target) -> Result<()> {
    let person = with_profile(&target).await?;
    for kind in ["application/json-patch+json", "application/vnd.x+json", "text/plain"] {
        let request = person
            .request(Method::PATCH, "/api/v1/users/me/profile")
            .header("if-match", tag(&person).await?)
            .header("content-type", kind)
            .body("{\"location\": \"London\"}");
        let answer = Answer::to(request).await?;
        answer.expect_problem(415).with_context(|| kind.to_owned())?;
        let accepted = answer.header("accept-patch").unwrap_or_default();
        ensure!(accepted.contains("application/merge-patch+json"), "{answer}");
    }
    for kind in ["application/merge-patch+json", "application/json"] {
        let request = person
            .request(Method::PATCH, "/api/v1/users/me/profile")
            .header("if-match", tag(&person).await?)
            .header("content-type", kind)
            .body("{\"location\": \"London\"}");
        Answer::to(request).await?.expect(200)?;
    }
    Ok(())
}
