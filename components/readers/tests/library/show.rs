//! GET /readers of a reader, and GET /readers/{y}/{s}

use http::Request;
use lyceum_kit::http::SendError;

use super::*;

const SOURCE: &str = "history.example";
const ADDRESS: &str = "https://history.example/events?year={year}&month={month}";

#[test]
pub(super) fn a_reader_is_shown_their_own_record_with_version_and_nulls() {
    on_each(|app| {
        let ada = added(app, "Ada", &json!({ "interests": ["Poetry"], "marketing_consent": true }));
        reader(app, "Ben");
        let shown = own(app, &ada, Method::GET, READERS).send().expect(200);
        let changes = json!({ "interestList": ["Poetry"], "marketingConsent": true });
        assert_eq!((shown.json(), shown.tag()), (view(&ada, "Ada", &changes), "\"0\""));
        assert_eq!(shown.header("x-frame-options"), Some("DENY"));
        app.explain().assert_indexed(&[]);
    });
}

#[test]
pub(super) fn an_account_without_a_record_is_404() {
    let app = on_sqlite();
    told_in_a_sentence(&FACE.ask(&app, Role::Reader, Method::GET, READERS).send(), 404, "Not found");
}

#[test]
pub(super) fn a_record_that_the_client_has_is_304_and_if_match_is_ignored() {
    on_each(|app| {
        let ada = reader(app, "Ada");
        for version in ["nonsense", "7"] {
            own(app, &ada, Method::GET, READERS).if_match(version).send().expect(200);
        }
        let known = own(app, &ada, Method::GET, READERS).header("if-none-match", "\"0\"").send();
        assert_eq!(known.expect(304).text(), "");
        let path = format!("/api/v1/readers/{}", ada.id);
        let change = json!({ "category": "staff" });
        app.as_role(Role::Librarian).patch(&path).if_match("\"1\"").json(&change).send().expect(200);
        let changed = own(app, &ada, Method::GET, READERS).header("if-none-match", "\"0\"").send();
        assert_eq!(changed.expect(200).tag(), "\"1\"");
    });
}

#[test]
pub(super) fn a_librarian_is_shown_a_reader_with_version_and_a_null_quote() {
    on_each(|app| {
        let ada = added(app, "Ada", &json!({ "phone_number": "912345678" }));
        let shown = get(app, &ada.path()).expect(200);
        let expected = view(&ada, "Ada", &json!({ "phoneNumber": "912345678", "quote": null }));
        assert_eq!((shown.json(), shown.tag()), (expected, "\"0\""));
        let known = ask(app, Method::GET, &ada.path()).header("if-none-match", "\"0\"").send();
        assert_eq!(known.expect(304).text(), "");
        app.explain().assert_indexed(&[]);
    });
}

fn answered(body: &'static str) -> Response<Bytes> {
    Response::builder()
        .header("content-type", "application/json")
        .body(Bytes::from_static(body.as_bytes()))
        .unwrap()
}

#[test]
pub(super) fn the_quote_is_one_of_what_happened_in_the_month_of_birth() {
    let app = on_sqlite();
    let ada = reader(&app, "Ada");
    app.configure("quote_url", ADDRESS);
    app.configure("quote_key", "k1");
    app.on_call(SOURCE, |request: Request<Bytes>| {
        assert_eq!(request.uri(), "https://history.example/events?year=2000&month=1");
        assert_eq!(request.headers()["x-api-key"], "k1");
        answered(r#"[{"year":"2000","event":"A."},{"event":"B.","day":"2"}]"#)
    });
    let quotes: std::collections::BTreeSet<String> = (0..64)
        .map(|_| get(&app, &ada.path()).expect(200).json()["quote"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(quotes.into_iter().collect::<Vec<_>>(), ["A.", "B."]);
}

#[test]
pub(super) fn a_source_of_quotes_that_fails_or_is_slow_or_odd_never_fails_the_reader() {
    let app = on_sqlite();
    let ada = reader(&app, "Ada");
    let without = |case: &str| {
        let shown = get(&app, &ada.path()).expect(200);
        assert_eq!((&shown.json()["quote"], shown.tag()), (&Value::Null, "\"0\""), "{case}");
    };
    app.configure("quote_url", ADDRESS);
    for body in ["[]", "{}", "", "<html>", "[{\"year\":\"2000\"}]"] {
        app.on_call(SOURCE, move |_| answered(body));
        without(body);
    }
    for status in [302, 403, 429, 500] {
        app.on_call(SOURCE, move |_| Response::builder().status(status).body(Bytes::new()).unwrap());
        without(&status.to_string());
    }
    for error in [SendError::Timeout, SendError::Denied, SendError::Unavailable("away".into())] {
        app.on_send(SOURCE, move |_| Err(error.clone()));
        without("no answer");
    }
    app.configure("quote_url", "no address");
    without("no address");
}

#[test]
pub(super) fn an_unknown_number_is_404_and_no_number_400() {
    let app = on_sqlite();
    reader(&app, "Ada");
    for path in ["/api/readers/2026/2", "/api/readers/1900/1", "/api/readers/2026/-1"] {
        told_in_a_sentence(&get(&app, path), 404, "Not found");
    }
    for (path, name, value) in [("/api/readers/x/1", "year", "x"), ("/api/readers/2026/y", "seq", "y")] {
        let details = told(&get(&app, path), 400, "Method argument type mismatch");
        assert_eq!(details[..2], [json!({ "paramName": name }), json!({ "paramValue": value })]);
        assert!(details[2]["errorMessage"].is_string());
    }
}

#[test]
pub(super) fn others_than_librarians_are_refused_without_a_body() {
    let app = on_sqlite();
    let path = reader(&app, "Ada").path();
    FACE.refused_to_others_than(&app, &[Role::Librarian], &Method::GET, &path);
}
