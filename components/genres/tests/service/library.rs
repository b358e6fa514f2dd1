//! What a client of the older library sends and is told.

use super::*;

pub(super) fn search(app: &App, asked: &Value) -> Answer {
    librarian(app).post("/legacy/genres/search").json(asked).send()
}

fn genres(answer: &Answer) -> Vec<String> {
    let list = answer.json();
    assert_eq!(list.as_object().unwrap().keys().collect::<Vec<_>>(), ["items"]);
    let genre = |item: &Value| {
        assert_eq!(item.as_object().unwrap().len(), 1, "{item}");
        item["genre"].as_str().unwrap().to_owned()
    };
    list["items"].as_array().unwrap().iter().map(genre).collect()
}

#[test]
fn a_page_by_its_number_holds_the_genres_that_a_book_may_have() {
    App::new(&SERVICE).on_each_database(|app| {
        for name in ["Infantil", "Direito", "Informação", "Romance"] {
            named(app, name);
        }
        let old = added(app, &json!({ "name": "Indexado", "archived": true }));
        assert_eq!(librarian(app).get(&path_of(&old)).send().expect(200).json()["archived"], true);
        for (asked, found) in [
            (json!({}), ["Direito", "Infantil", "Informação", "Romance"].as_slice()),
            (json!({ "page": null, "query": null }), &["Direito", "Infantil", "Informação", "Romance"]),
            (json!({ "query": { "name": "INF" }, "unknown": 1 }), &["Infantil", "Informação"]),
            (json!({ "query": { "name": "informacao" } }), &["Informação"]),
            (json!({ "query": { "name": "x&archived=true" } }), &[]),
            (json!({ "page": { "number": 2, "limit": 3 } }), &["Romance"]),
            (json!({ "page": { "number": 1, "limit": 1 }, "query": { "name": " " } }), &["Direito"]),
            (json!({ "page": { "number": 9 } }), &[]),
        ] {
            assert_eq!(genres(&search(app, &asked).expect(200)), found, "{asked}");
        }
    });
}

#[test]
fn what_goes_wrong_is_told_in_the_librarys_way() {
    let app = App::new(&SERVICE).sqlite();
    for page in
        [json!({ "number": 0 }), json!({ "limit": 0 }), json!({ "limit": 101 }), json!({ "number": 5000 })]
    {
        let answer = search(&app, &json!({ "page": page })).expect(400).json();
        assert_eq!(answer["message"], "Bad Request", "{page}");
        assert!(answer["details"][0].is_string(), "{answer}");
    }
    let answer = search(&app, &json!({ "page": { "number": "one" } })).expect(400).json();
    assert_eq!(answer["message"], "Method argument validation failed");
    let wrong = search(&app, &json!({ "query": { "name": 7 } })).expect(400).json();
    assert_eq!(wrong["message"], "Method argument validation failed");
    assert_eq!(wrong["details"][0]["field"], "query.name");
    let malformed = librarian(&app).post("/legacy/genres/search").body("application/json", "{").send();
    let malformed = malformed.expect(400);
    assert_eq!(malformed.header("content-type"), Some("application/problem+json"));
    assert_eq!(malformed.json()["title"], "Bad Request");
    librarian(&app).post("/legacy/genres/search").body("text/plain", "{}").send().expect(415);
    assert_eq!(librarian(&app).get("/legacy/genres/search").send().expect(405).json()["status"], 405);
}

#[test]
fn librarians_and_readers_search_and_others_get_an_empty_refusal() {
    let app = App::new(&SERVICE).sqlite();
    let by = |caller: As<'_>| caller.post("/legacy/genres/search").json(&json!({})).send();
    by(app.as_role(Role::Reader)).expect(200);
    by(app.as_role(Role::Librarian)).expect(200);
    let stranger = by(app.anonymous()).expect(401);
    assert_eq!((stranger.text(), stranger.header("www-authenticate")), ("", Some("Bearer")));
    let student = by(app.as_role(Role::Student)).expect(403);
    assert_eq!(student.text(), "");
    assert_eq!(student.header("www-authenticate"), Some("Bearer error=\"insufficient_scope\""));
}
