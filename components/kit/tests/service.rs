//! A service as its callers see it: access, problems, OpenAPI.
#![allow(clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use axum::body::to_bytes;
use lyceum_kit::{block_on::block_on, identity, prelude::*, testing};
use serde::Deserialize;
use serde_json::Value as Json;

mod greetings {
    use lyceum_kit::prelude::*;

    /// Greets.
    #[utoipa::path(get, path = "/greetings/{id}", responses((status = 200, body = String)))]
    pub(crate) async fn show(Path(id): Path<Uuid>) -> Response {
        tagged(&EntityTag::of_version(7), format!("hello {id}"))
    }
}

#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
struct Greeting {
    text: String,
}

/// Says who calls.
#[utoipa::path(get, path = "/me", responses((status = 200, body = String)))]
async fn me(caller: Caller) -> String {
    caller.user_id.to_string()
}

/// Sets the greeting.
#[utoipa::path(put, path = "/greetings/{id}", request_body = Greeting, responses((status = 204)))]
async fn set(Path(id): Path<Uuid>, _: IfMatch, ValidJson(greeting): ValidJson<Greeting>) -> Response {
    assert_eq!(id.get_version_num(), 7);
    assert!(!greeting.text.is_empty());
    no_content()
}

/// For who may make books.
#[utoipa::path(post, path = "/books", responses((status = 204)))]
async fn create() -> Response {
    no_content()
}

/// For the component `auth`.
#[utoipa::path(post, path = "/inside", responses((status = 204)))]
async fn inside() -> Response {
    no_content()
}

/// Adds one to the list, and says where it is.
#[utoipa::path(post, path = "/greetings", responses((status = 201, body = String)))]
async fn add(context: Context) -> Response {
    let address = context.outside("/greetings/7");
    created("/greetings/7", format!("{} {}", address.relative(), address.absolute()))
}

/// Lists more than a page.
#[utoipa::path(get, path = "/greetings", responses((status = 200, body = Vec<String>)))]
async fn list(page: Page) -> Response {
    page.answer(vec!["a", "b", "c"], ToString::to_string, ToString::to_string)
}

fn routes() -> Routes {
    Routes::new("Greetings", "For a test.")
        .add(Access::Anyone, route!(greetings::show))
        .add(Access::Anyone, route!(add))
        .add(Access::Anyone, route!(list))
        .add(Access::SignedIn, route!(me))
        .add(Access::Roles(&[Role::Admin]), route!(set))
        .add(Access::Permission(Permission::new("book:create")), route!(create))
        .add(Access::Service(&["auth"]), route!(inside))
}

lyceum_kit::service! {
    name: "greetings",
    routes: routes,
}

const ID: &str = "/greetings/01890000-0000-7000-8000-000000000001";

#[derive(Debug)]
struct Answer {
    status: u16,
    headers: HeaderMap,
    body: Bytes,
}

impl Answer {
    fn json(&self) -> Json {
        serde_json::from_slice(&self.body).unwrap()
    }
}

/// The identity of a caller with these roles; `None` is nobody.
fn identity_of(roles: Option<&[&str]>) -> String {
    let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
    testing::configure("lyceum.identity-key", key);
    testing::configure("lyceum.secret", key);
    testing::configure("lyceum.component", "greetings");
    let claims = identity::Claims {
        subject: roles.map(|_| "01890000-0000-7000-8000-00000000000a".into()),
        roles: roles
            .unwrap_or_default()
            .iter()
            .filter(|name| !name.contains(':'))
            .map(ToString::to_string)
            .collect(),
        // For short, what is no role is a scope.
        scopes: roles
            .unwrap_or_default()
            .iter()
            .filter(|name| name.contains(':'))
            .map(ToString::to_string)
            .collect(),
        ..identity::Claims::default()
    };
    // The mesh adds the seal.
    format!("{}.c2VhbA", identity::issue(claims).unwrap())
}

fn send(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> Answer {
    let mut request = Request::builder().method(method).uri(path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = block_on(SERVICE.respond(request.body(Body::from(body.to_owned())).unwrap())).unwrap();
    let (parts, body) = response.into_parts();
    let body = block_on(to_bytes(body, usize::MAX)).unwrap().unwrap();
    Answer { status: parts.status.as_u16(), headers: parts.headers, body }
}

fn send_as(roles: Option<&[&str]>, method: &str, path: &str) -> Answer {
    send(method, path, &[("lyceum-identity", &identity_of(roles))], "")
}

#[test]
fn nobody_gets_in_without_an_identity_of_the_mesh() {
    let forged = identity_of(Some(&["admin"])).replace("v1.e", "v1.f");
    for headers in [&[][..], &[("lyceum-identity", forged.as_str())]] {
        let answer = send("GET", ID, headers, "");
        assert_eq!(answer.status, 401);
        assert_eq!(answer.headers["www-authenticate"], "Bearer");
    }
}

#[test]
fn every_route_admits_exactly_its_callers() {
    for (method, path, roles, status) in [
        ("GET", ID, None, 200),
        ("GET", "/me", None, 401),
        ("GET", "/me", Some(&["student"][..]), 200),
        ("PUT", ID, None, 401),
        ("PUT", ID, Some(&["student"]), 403),
        ("PUT", ID, Some(&["student", "admin"]), 428),
        ("PUT", ID, Some(&["librarian"]), 403),
        ("POST", "/books", None, 401),
        ("POST", "/books", Some(&["student"]), 403),
        ("POST", "/books", Some(&["dean"]), 403),
        ("POST", "/books", Some(&["librarian"]), 204),
        ("POST", "/books", Some(&["admin"]), 204),
        ("POST", "/books", Some(&["librarian", "book:create", "user:list"]), 204),
        ("POST", "/books", Some(&["librarian", "user:list"]), 403),
        ("POST", "/books", Some(&["student", "book:create"]), 403),
        ("GET", "/me", Some(&["admin", "book:create"]), 403),
        ("GET", ID, Some(&["admin", "book:create"]), 200),
        ("POST", "/inside", Some(&["admin"]), 403),
    ] {
        assert_eq!(send_as(roles, method, path).status, status, "{method} {path} {roles:?}");
    }
}

#[test]
fn a_problem_has_every_member() {
    let headers = [("lyceum-identity", &*identity_of(None)), ("x-correlation-id", "c-1")];
    let answer = send("GET", "/nowhere", &headers, "");
    assert_eq!(answer.status, 404);
    assert_eq!(answer.headers["content-type"], "application/problem+json");
    assert_eq!(answer.headers["x-correlation-id"], "c-1");
    let problem = answer.json();
    for (member, value) in [
        ("type", "about:blank"),
        ("title", "Not Found"),
        ("instance", "/nowhere"),
        ("error_code", "NOT_FOUND"),
        ("correlation_id", "c-1"),
        ("service_name", "greetings"),
    ] {
        assert_eq!(problem[member], value);
    }
    assert_eq!(problem["status"], 404);
    assert_eq!(problem["detail"], problem["error_message"]);
    assert!(problem["timestamp"].as_str().unwrap().parse::<Timestamp>().is_ok());
}

#[test]
fn behind_a_rewritten_route_addresses_are_those_of_the_outside() {
    let identity = identity_of(None);
    let ask = |origin: &str, method: &str, path: &str| {
        send(method, path, &[("lyceum-identity", &identity), ("lyceum-origin", origin)], "")
    };
    let rewritten = "https://lms.example.org/x /old/all /old/all /greetings";
    let answer = ask(rewritten, "POST", "/greetings");
    assert_eq!(answer.headers["location"], "/x/old/all/7");
    assert_eq!(answer.body, "/x/old/all/7 https://lms.example.org/x/old/all/7");
    let answer = ask(rewritten, "GET", "/greetings?limit=2");
    let link = answer.headers["link"].to_str().unwrap();
    assert!(link.starts_with("</x/old/all?limit=2&cursor=") && link.ends_with(">; rel=\"next\""), "{link}");
    let answer = ask("http://h /old/all/9 /old/all /greetings", "GET", "/greetings/9");
    assert_eq!((answer.status, &answer.json()["instance"]), (400, &Json::from("/old/all/9")));

    let plain = send("POST", "/greetings", &[("lyceum-identity", &identity)], "");
    assert_eq!(
        (&plain.headers["location"], &*plain.body),
        (&HeaderValue::from_static("/greetings/7"), &b"/greetings/7 /greetings/7"[..])
    );
}

#[test]
fn a_wrong_method_is_405_and_says_what_is_allowed() {
    let answer = send_as(None, "DELETE", ID);
    assert_eq!(answer.status, 405);
    let allowed = answer.headers["allow"].to_str().unwrap();
    assert!(allowed.contains("GET") && allowed.contains("PUT"), "{allowed}");
    assert_eq!(answer.json()["error_code"], "METHOD_NOT_ALLOWED");
}

#[test]
fn bad_input_names_its_place() {
    let admin = identity_of(Some(&["admin"]));
    let put = |path: &str, content_type: &str, if_match: &str, body: &str| {
        let headers = [("lyceum-identity", &*admin), ("content-type", content_type), ("if-match", if_match)];
        let answer = send("PUT", path, &headers, body);
        (answer.status, answer.json()["details"][0]["pointer"].as_str().unwrap_or_default().to_owned())
    };
    let json = "application/json";
    assert_eq!(put("/greetings/7", json, "*", "{}"), (400, "/path/id".into()));
    assert_eq!(put("/greetings/%ff", json, "*", "{}"), (400, "/path/id".into()));
    assert_eq!(put(ID, json, "seven", "{}"), (400, "/header/if-match".into()));
    assert_eq!(put(ID, "text/plain", "*", "{}"), (415, String::new()));
    assert_eq!(put(ID, json, "*", "{"), (400, String::new()));
    assert_eq!(put(ID, json, "*", "{}"), (422, "/text".into()));
    assert_eq!(put(ID, json, "*", r#"{"text":"a","x":1}"#), (422, "/x".into()));
    let huge = format!(r#"{{"text":"{}"}}"#, "a".repeat(1024 * 1024));
    assert_eq!(put(ID, json, "*", &huge).0, 413);
    assert_eq!(put("/greetings/a%00", json, "*", "{}"), (400, "/path".into()));
    assert_eq!(put(&format!("{ID}?a=%00"), json, "*", "{}"), (400, "/query".into()));
    for path in ["/greetings/../me", "/greetings/%2e%2e/me", "//me", "/greetings/a%2fb/c"] {
        assert_eq!(put(path, json, "*", "{}").0, 404, "{path}");
    }
}

#[test]
fn a_get_with_the_present_tag_in_if_none_match_is_304() {
    let identity = identity_of(None);
    let answer = send("GET", ID, &[("lyceum-identity", &identity), ("if-none-match", "\"7\"")], "");
    assert_eq!((answer.status, answer.body.len()), (304, 0));
    assert_eq!(answer.headers["etag"], "\"7\"");
    assert_eq!(send_as(None, "HEAD", ID).status, 200);
}

#[test]
fn an_answer_is_held_against_the_stated_conditions() {
    let identity = identity_of(None);
    for method in ["GET", "HEAD"] {
        for (name, value, status) in [
            ("if-match", "\"7\"", 200),
            ("if-match", "*", 200),
            ("if-match", "\"6\"", 412),
            ("if-none-match", "\"6\"", 200),
            ("if-none-match", "*", 304),
        ] {
            let answer = send(method, ID, &[("lyceum-identity", &identity), (name, value)], "");
            assert_eq!(answer.status, status, "{method} {name}: {value}");
        }
    }
    // Who may not read it at all is told that, whatever the condition.
    let answer = send("GET", "/me", &[("lyceum-identity", &identity), ("if-match", "\"6\"")], "");
    assert_eq!(answer.status, 401);
}

#[test]
fn nothing_of_a_request_is_left_for_what_the_instance_does_next() {
    let headers = [("lyceum-identity", &*identity_of(Some(&["student"]))), ("x-correlation-id", "c-1")];
    assert_eq!(send("GET", "/me", &headers, "").status, 200);
    assert_eq!(Context::current().correlation_id(), "c-1");
    SERVICE.handle(b"no event").unwrap_err();
    let context = Context::current();
    assert_ne!(context.correlation_id(), "c-1");
    assert_eq!((context.service(), context.path(), context.actor()), ("greetings", "", None));
}

#[test]
fn openapi_shows_who_may_call_what() {
    let document = send_as(None, "GET", "/openapi.json").json();
    assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    let paths = &document["paths"];
    let of = |path: &str, method: &str| paths[path][method]["x-lyceum-access"].clone();
    assert_eq!(of("/greetings/{id}", "get"), "anyone");
    assert_eq!(of("/me", "get"), "signed-in");
    assert_eq!(of("/greetings/{id}", "put"), serde_json::json!({ "roles": ["admin"] }));
    let create = serde_json::json!({ "permission": "book:create", "roles": ["librarian", "admin"] });
    assert_eq!(of("/books", "post"), create);
    assert_eq!(of("/inside", "post"), "service");
    assert_eq!(paths["/me"]["get"]["tags"], serde_json::json!(["greetings"]));
    let schemas = document["components"]["schemas"].as_object().unwrap();
    for schema in ["Greeting", "Problem", "FieldViolation"] {
        assert!(schemas.contains_key(schema), "{schema}");
    }
}

#[test]
fn a_service_without_a_database_is_healthy() {
    for method in ["GET", "HEAD"] {
        assert_eq!(send_as(None, method, "/healthz").status, 204);
        assert_eq!(send_as(None, method, "/openapi.json").status, 200);
    }
}
