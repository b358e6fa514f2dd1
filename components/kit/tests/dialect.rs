//! Old faces: what a client of each dialect sends and is told.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use axum::body::to_bytes;
use lyceum_kit::{
    block_on::block_on,
    dialect::{AURORA, LIBRARY},
    identity,
    prelude::*,
    testing,
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Book {
    title: String,
}

/// A book at version 3.
fn change(if_match: &IfMatch, book: &Book) -> Result<Response, Problem> {
    if_match.check(&EntityTag::of_version(3))?;
    match book.title.as_str() {
        "taken" => Err(Problem::conflict("TITLE_TAKEN", "There is one already.")),
        "missing" => Err(Problem::not_found("There is no such book.")),
        "others" => Err(Problem::forbidden("It is another's.").with_code("ACCESS_DENIED")),
        "broken" => Err(Problem::internal()),
        title => Ok(tagged(&EntityTag::of_version(4), title.to_owned())),
    }
}

#[utoipa::path(patch, path = "/library/books/{id}", request_body = Book, responses((status = 200)))]
async fn in_library(
    Path(_id): Path<u32>,
    if_match: IfMatch,
    ValidJson(book): ValidJson<Book>,
) -> Result<Response, Problem> {
    change(&if_match, &book)
}

#[utoipa::path(get, path = "/library/books/{id}", responses((status = 200)))]
async fn shown(Path(id): Path<u32>) -> String {
    id.to_string()
}

#[utoipa::path(delete, path = "/library/books/{id}", responses((status = 204)))]
async fn removed() -> Response {
    no_content()
}

#[utoipa::path(patch, path = "/aurora/books/{id}", request_body = Book, responses((status = 200)))]
async fn in_aurora(
    Path(_id): Path<u32>,
    if_match: IfMatch,
    ValidJson(book): ValidJson<Book>,
) -> Result<Response, Problem> {
    change(&if_match, &book)
}

#[utoipa::path(patch, path = "/books/{id}", request_body = Book, responses((status = 200)))]
async fn modern(
    Path(_id): Path<u32>,
    if_match: IfMatch,
    ValidJson(book): ValidJson<Book>,
) -> Result<Response, Problem> {
    change(&if_match, &book)
}

fn routes() -> Routes {
    let library = Routes::new("", "")
        .add(Access::Anyone, route!(in_library))
        .add(Access::Anyone, route!(shown))
        .add(Access::Roles(&[Role::Admin]), route!(removed));
    let aurora = Routes::new("", "").add(Access::Anyone, route!(in_aurora));
    Routes::new("Books", "For a test.")
        .add(Access::Anyone, route!(modern))
        .with(library.dialect(&LIBRARY))
        .with(aurora.dialect(&AURORA))
}

lyceum_kit::service! {
    name: "books",
    routes: routes,
}

struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }
}

fn send(method: &str, path: &str, user: Option<&str>, headers: &[(&str, &str)], body: &str) -> Answer {
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    for (name, value) in [("lyceum.identity-key", key), ("lyceum.secret", key), ("lyceum.component", "books")]
    {
        testing::configure(name, value);
    }
    let claims = identity::Claims {
        subject: user.map(Into::into),
        roles: user.iter().map(|_| "student".to_owned()).collect(),
        ..identity::Claims::default()
    };
    let identity = format!("{}.c2VhbA", identity::issue(claims).unwrap());
    let mut request = Request::builder().method(method).uri(path).header("lyceum-identity", identity);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = block_on(SERVICE.respond(request.body(Body::from(body.to_owned())).unwrap())).unwrap();
    let (parts, body) = response.into_parts();
    let body = block_on(to_bytes(body, usize::MAX)).unwrap().unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

fn patch(path: &str, if_match: Option<&str>, body: &str) -> Answer {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(if_match.map(|value| ("if-match", value)));
    send("PATCH", path, None, &headers, body)
}

const GOOD: &str = r#"{"title":"a"}"#;

#[test]
fn the_library_takes_a_version_with_and_without_quotes() {
    for version in ["3", "\"3\"", " 3 "] {
        let answer = patch("/library/books/1", Some(version), GOOD);
        assert_eq!(
            (answer.status, &answer.headers["etag"]),
            (200, &HeaderValue::from_static("\"4\"")),
            "{version}"
        );
    }
}

#[test]
fn the_library_answers_400_without_a_version_and_409_to_a_stale_one() {
    for missing in [None, Some(""), Some("null")] {
        let answer = patch("/library/books/1", missing, GOOD);
        assert_eq!(answer.status, 400, "{missing:?}");
        assert_eq!(answer.headers["content-type"], "application/problem+json");
        assert_eq!(answer.json()["instance"], "/library/books/1");
        assert!(answer.json().get("error_code").is_none());
    }
    for stale in ["2", "\"4\""] {
        let answer = patch("/library/books/1", Some(stale), GOOD);
        assert_eq!((answer.status, &answer.json()["message"]), (409, &json!("Conflict")), "{stale}");
    }
    for unreadable in ["*", "W/\"3\"", "three"] {
        let answer = patch("/library/books/1", Some(unreadable), GOOD);
        assert_eq!((answer.status, &answer.json()["message"]), (400, &json!("Bad Request")), "{unreadable}");
    }
}

#[test]
fn the_library_says_what_is_wrong_in_its_own_words() {
    let said = |title: &str| {
        let answer = patch("/library/books/1", Some("3"), &json!({ "title": title }).to_string());
        (answer.status, answer.json()["message"].as_str().unwrap_or_default().to_owned())
    };
    assert_eq!(said("taken"), (409, "Conflict".into()));
    assert_eq!(said("missing"), (404, "Not found".into()));
    assert_eq!(said("others"), (403, "Access denied!".into()));
    assert_eq!(said("broken"), (500, String::new()));
    let details = |path: &str, body: &str| {
        let answer = patch(path, Some("3"), body);
        (answer.status, answer.json()["message"].clone(), answer.json()["details"][0].clone())
    };
    let (status, message, detail) = details("/library/books/1", r#"{"title":7}"#);
    assert_eq!((status, message), (400, json!("Method argument validation failed")));
    assert_eq!((&detail["objectName"], &detail["field"]), (&json!("request"), &json!("title")));
    assert_eq!(detail["rejectedValue"], "null");
    let (status, message, detail) = details("/library/books/x", GOOD);
    assert_eq!((status, message), (400, json!("Method argument type mismatch")));
    assert_eq!(detail, json!({ "paramName": "id" }));
    let details = patch("/library/books/x", Some("3"), GOOD).json()["details"].clone();
    assert_eq!(details[1], json!({ "paramValue": "x" }));
    assert!(details[2]["errorMessage"].is_string());
    // A member that is called like a part of the address is one of the body all the same.
    let named = patch("/library/books/1", Some("3"), r#"{"title":"a","query":1}"#).json();
    assert_eq!(named["message"], "Method argument validation failed");
    assert_eq!(named["details"][0]["field"], "query");
    let answer = patch("/library/books/1", Some("3"), "{");
    assert_eq!(
        (answer.status, &answer.headers["content-type"]),
        (400, &HeaderValue::from_static("application/problem+json"))
    );
}

#[test]
fn the_library_refuses_callers_with_empty_bodies() {
    let nobody = send("DELETE", "/library/books/1", None, &[], "");
    assert_eq!((nobody.status, nobody.body.len()), (401, 0));
    assert_eq!(nobody.headers["www-authenticate"], "Bearer");
    let student = send("DELETE", "/library/books/1", Some("01890000-0000-7000-8000-00000000000a"), &[], "");
    assert_eq!((student.status, student.body.len()), (403, 0));
    assert!(student.headers["www-authenticate"].to_str().unwrap().contains("insufficient_scope"));
}

#[test]
fn the_library_tags_whatever_it_shows_and_ignores_if_match_there() {
    let answer = send("GET", "/library/books/1", None, &[("if-match", "nonsense")], "");
    let tag = answer.headers["etag"].to_str().unwrap().to_owned();
    assert_eq!((answer.status, tag.len(), &tag[..2]), (200, 35, "\"0"));
    assert_eq!(send("GET", "/library/books/1", None, &[("if-none-match", &tag)], "").status, 304);
    assert_ne!(send("GET", "/library/books/2", None, &[], "").headers["etag"], *tag);
}

#[test]
fn the_librarys_answers_all_have_the_headers_that_its_framework_adds() {
    let nobody = send("DELETE", "/library/books/1", None, &[("if-match", "nonsense")], "");
    for answer in
        [send("GET", "/library/books/1", None, &[], ""), patch("/library/books/x", None, GOOD), nobody]
    {
        for (name, value) in [
            ("cache-control", "no-cache, no-store, max-age=0, must-revalidate"),
            ("pragma", "no-cache"),
            ("expires", "0"),
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("x-xss-protection", "0"),
        ] {
            assert_eq!(answer.headers[name], value, "{} {name}", answer.status);
        }
    }
    assert!(!patch("/books/1", None, GOOD).headers.contains_key("pragma"));
}

#[test]
fn aurora_names_the_place_of_a_mistake_and_codes_what_a_handler_refuses() {
    let answer = patch("/aurora/books/1", Some("\"3\""), r#"{"heading":"a"}"#);
    assert_eq!((answer.status, &answer.json()["detail"][0]["loc"]), (422, &json!(["body", "heading"])));
    let answer = patch("/aurora/books/x", Some("\"3\""), GOOD);
    assert_eq!((answer.status, &answer.json()["detail"][0]["loc"]), (422, &json!(["path", "id"])));
    let answer = patch("/aurora/books/1", Some("\"3\""), r#"{"title":"missing"}"#);
    assert_eq!((answer.status, &answer.json()["error_code"]), (404, &json!("HTTP_ERROR")));
    assert!(answer.json()["timestamp"].is_f64());
    let answer = send("DELETE", "/aurora/books/1", None, &[], "");
    assert_eq!((answer.status, answer.json()), (405, json!({ "detail": "Method Not Allowed" })));
}

#[test]
fn a_dialect_is_spoken_on_its_own_routes_alone() {
    assert_eq!(patch("/books/1", None, GOOD).status, 428);
    assert_eq!(patch("/books/1", Some("3"), GOOD).status, 400);
    let stale = patch("/books/1", Some("\"2\""), GOOD);
    assert_eq!((stale.status, &stale.json()["error_code"]), (412, &json!("PRECONDITION_FAILED")));
}
