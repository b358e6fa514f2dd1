//! The routes answer what the benchmark takes them to answer.

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{Request, StatusCode};
use clap::Parser;
use tempfile::TempDir;
use tower::ServiceExt;

use super::{Server, router};
use crate::arguments::Arguments;

async fn open(data: &TempDir, more: &[&str]) -> (Router, String) {
    let data = data.path().to_str().unwrap();
    let command = [&["baseline", "--data", data, "--readers", "1"], more].concat();
    let server = Server::open(&Arguments::parse_from(command)).await.unwrap();
    let token = server.token().unwrap();
    (router(server), token)
}

async fn send(router: &Router, request: Request<Body>) -> (StatusCode, String) {
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, String::from_utf8(body.to_vec()).unwrap())
}

fn me(token: &str) -> Request<Body> {
    let request = Request::get("/api/v1/users/me").header("authorization", format!("Bearer {token}"));
    request.body(Body::empty()).unwrap()
}

fn register(email: &str, password: &str) -> Request<Body> {
    let body = serde_json::json!({ "email": email, "password": password, "display_name": "Ada" });
    let request = Request::post("/api/v1/auth/register").header("content-type", "application/json");
    request.body(Body::from(body.to_string())).unwrap()
}

#[tokio::test]
async fn the_profile_is_answered_in_the_bytes_that_were_given() {
    let data = TempDir::new().unwrap();
    let json = r#"{"b":"x\"\u00e9","user_id":"u-1","a":[1,{"z":1,"y":null}],"version":7,"ok":true,"n":null,"f":1.50}"#;
    let json = json.replace(r"\u00e9", "é");
    let file = data.path().join("given.json");
    std::fs::write(&file, &json).unwrap();
    for flags in [&[][..], &["--cache-tokens"]] {
        let arguments = [&["--profile", file.to_str().unwrap()], flags].concat();
        let (router, token) = open(&data, &arguments).await;
        for _ in 0..2 {
            assert_eq!(send(&router, me(&token)).await, (StatusCode::OK, json.clone()));
        }
        assert_eq!(send(&router, me("x")).await.0, StatusCode::UNAUTHORIZED);
    }
}

#[tokio::test]
async fn pages_are_answered_in_the_bytes_that_were_given_to_who_may_read_them() {
    let data = TempDir::new().unwrap();
    let lesson = r#"{"id":"l-1","text":"Rye"}"#;
    let list = r#"{"items":[{"id":1},{"id":2}],"next_cursor":null}"#;
    let pages = [
        serde_json::json!({ "path": "/api/v1/lessons/1?version=1", "answer": lesson, "access": "c-1" }),
        serde_json::json!({ "path": "/api/v1/lessons", "answer": list }),
        serde_json::json!({ "path": "/api/v1/courses?q=rye", "answer": r#"{"items":[{"id":1}],"next_cursor":null}"#,
            "search": { "rows": 3, "text": "Rye and wheat", "words": "wheat rye" } }),
    ];
    let file = data.path().join("pages.jsonl");
    std::fs::write(&file, pages.map(|page| page.to_string()).join("\n")).unwrap();
    let (router, token) = open(&data, &["--pages", file.to_str().unwrap()]).await;
    let found = r#"{"items":[{"id":1},{"id":1},{"id":1}],"next_cursor":null}"#;
    for (path, answer) in [("lessons/1?version=1", lesson), ("lessons", list), ("courses?q=rye", found)] {
        let request = Request::get(format!("/api/v1/{path}"));
        let request = request.header("authorization", format!("Bearer {token}")).body(Body::empty()).unwrap();
        assert_eq!(send(&router, request).await, (StatusCode::OK, answer.to_owned()), "{path}");
        let nobody = Request::get(format!("/api/v1/{path}")).body(Body::empty()).unwrap();
        assert_eq!(send(&router, nobody).await.0, StatusCode::UNAUTHORIZED, "{path}");
    }
}

#[tokio::test]
async fn a_copy_is_lent_once_until_it_is_back() {
    let data = TempDir::new().unwrap();
    let (router, token) = open(&data, &["--copies", "2"]).await;
    let post = |path: &str, body: &str| {
        let request = Request::post(path).header("content-type", "application/json");
        let request = request.header("authorization", format!("Bearer {token}"));
        request.body(Body::from(body.to_owned())).unwrap()
    };
    let pair = r#"{"barcode":"copy-1","reader_number":"2025/2"}"#;
    for number in 1..=2 {
        let (status, lending) = send(&router, post("/api/v1/lendings", pair)).await;
        let lending: serde_json::Value = serde_json::from_str(&lending).unwrap();
        assert_eq!((status, &lending["number"]), (StatusCode::CREATED, &format!("2026/{number}").into()));
        assert_eq!(send(&router, post("/api/v1/lendings", pair)).await.0, StatusCode::CONFLICT);
        let back = format!("/api/v1/lendings/{}/return", lending["id"].as_str().unwrap());
        assert_eq!(send(&router, post(&back, "")).await.0, StatusCode::OK);
        assert_eq!(send(&router, post(&back, "")).await.0, StatusCode::CONFLICT);
    }
}

#[tokio::test]
async fn a_registration_is_made_once_and_lasts() {
    let data = TempDir::new().unwrap();
    for (flags, expected) in
        [(&[][..], StatusCode::CREATED), (&["--without-password-hash"], StatusCode::CONFLICT)]
    {
        let (router, _) = open(&data, flags).await;
        let (status, _) = send(&router, register("ada@example.org", "correct horse battery")).await;
        assert_eq!(status, expected, "the second time after a restart");
        let (status, _) = send(&router, register("ADA@example.org", "correct horse battery")).await;
        assert_eq!(status, StatusCode::CONFLICT);
        let (status, _) = send(&router, register("ada@example.org", "short")).await;
        assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    }
}

#[tokio::test]
async fn registrations_that_wait_together_share_commits() {
    let data = TempDir::new().unwrap();
    let (router, _) = open(&data, &["--without-password-hash"]).await;
    let all = (0..200).map(|number| {
        let router = router.clone();
        tokio::spawn(async move {
            send(&router, register(&format!("{number}@example.org"), "correct horse battery")).await.0
        })
    });
    for one in all.collect::<Vec<_>>() {
        assert_eq!(one.await.unwrap(), StatusCode::CREATED);
    }
    let request = Request::get("/statistics").body(Body::empty()).unwrap();
    let counts: serde_json::Value = serde_json::from_str(&send(&router, request).await.1).unwrap();
    assert_eq!(counts["commits"], 200);
    assert!(counts["batches"].as_u64().unwrap() < 200, "{counts}");
}
