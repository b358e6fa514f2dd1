//! GET /readers of a librarian and with parameters, and POST /readers/search

use super::*;

const SEARCH: &str = "/api/readers/search";
/// The whole table is looked through for a part of a name.
const PART_OF_NAME: &str = "REPLACE(full_name_folded";

fn search(app: &App, query: &Value) -> Answer {
    ask(app, Method::POST, SEARCH)
        .json(&json!({ "page": { "number": 1, "limit": 10 }, "query": query }))
        .send()
}

#[test]
pub(super) fn a_librarian_gets_a_bare_array_of_all_with_a_tag_of_its_content() {
    on_each(|app| {
        assert_eq!(get(app, READERS).expect(200).json(), json!([]));
        let zoe =
            added(app, "Zoe", &json!({ "phone_number": "912345678", "interests": ["Drama", "Poetry"] }));
        let ada = reader(app, "Ada");
        let list = get(app, READERS).expect(200);
        let changes = json!({ "phoneNumber": "912345678", "interestList": ["Drama", "Poetry"] });
        assert_eq!(list.json(), json!([listed(&zoe, "Zoe", &changes), listed(&ada, "Ada", &Value::Null)]));
        assert!(list.tag().len() == 35 && list.tag().starts_with("\"0"), "{}", list.tag());
        let known = ask(app, Method::GET, READERS).header("if-none-match", list.tag()).send();
        assert_eq!(known.expect(304).text(), "");
        app.explain().assert_indexed(&[]);
    });
}

#[test]
pub(super) fn others_than_librarians_and_readers_are_refused_without_a_body() {
    let app = on_sqlite();
    let nobody = FACE.by(&app.anonymous(), Method::GET, READERS).send().expect(401);
    assert_eq!((nobody.text(), nobody.header("www-authenticate")), ("", Some("Bearer")));
    for role in [Role::Student, Role::Instructor, Role::Admin] {
        let refused = FACE.ask(&app, role, Method::GET, READERS).send().expect(403);
        let challenge = Some("Bearer error=\"insufficient_scope\"");
        assert_eq!((refused.text(), refused.header("www-authenticate")), ("", challenge));
    }
}

#[test]
pub(super) fn readers_are_found_by_their_whole_telephone_number() {
    on_each(|app| {
        let zoe = added(app, "Zoe", &json!({ "phone_number": "912345678" }));
        let ada = added(app, "Ada", &json!({ "phone_number": "912345678" }));
        added(app, "Ben", &json!({ "phone_number": "212345678" }));
        let list = get(app, "/api/readers?phoneNumber=912345678").expect(200);
        let phone = json!({ "phoneNumber": "912345678" });
        let expected = json!({ "items": [listed(&ada, "Ada", &phone), listed(&zoe, "Zoe", &phone)] });
        assert_eq!(list.json(), expected);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
pub(super) fn a_reader_who_asks_by_telephone_is_told_no_names() {
    let app = on_sqlite();
    let ada = added(&app, "Ada", &json!({ "phone_number": "912345678" }));
    let ben = reader(&app, "Ben");
    let list = own(&app, &ben, Method::GET, "/api/readers?phoneNumber=912345678").send().expect(200);
    let changes = json!({ "phoneNumber": "912345678", "email": null, "fullName": null });
    assert_eq!(list.json(), json!({ "items": [listed(&ada, "Ada", &changes)] }));
}

#[test]
pub(super) fn a_telephone_number_that_is_nobodys_is_404() {
    let app = on_sqlite();
    let ada = added(&app, "Ada", &json!({ "phone_number": "912345678" }));
    for number in ["91234567", "", "912345679", "%25"] {
        let path = format!("/api/readers?phoneNumber={number}");
        told_in_a_sentence(&get(&app, &path), 404, "Not found");
        told_in_a_sentence(&own(&app, &ada, Method::GET, &path).send(), 404, "Not found");
    }
}

#[test]
pub(super) fn a_librarian_finds_readers_by_a_part_of_the_name_whatever_its_case() {
    on_each(|app| {
        for name in ["Zoë Byron", "Ada Byron", "Ben"] {
            reader(app, name);
        }
        let named = |name: &str| names(get(app, &format!("/api/readers?name={name}")));
        assert_eq!(named("YRO"), ["Ada Byron", "Zoë Byron"]);
        assert_eq!(named("zoe"), ["Zoë Byron"]);
        assert_eq!(named("").len(), 3);
        app.explain().assert_indexed(&[PART_OF_NAME]);
    });
}

#[test]
pub(super) fn a_name_that_is_nobodys_is_404() {
    let app = on_sqlite();
    reader(&app, "Ada");
    for name in ["Bea", "%25", "_"] {
        told_in_a_sentence(&get(&app, &format!("/api/readers?name={name}")), 404, "Not found");
    }
}

#[test]
pub(super) fn a_reader_who_asks_for_a_name_is_403_with_a_body() {
    let app = on_sqlite();
    let ada = reader(&app, "Ada");
    let refused = own(&app, &ada, Method::GET, "/api/readers?name=Ada").send();
    told_in_a_sentence(&refused, 403, "Access denied!");
}

#[test]
pub(super) fn a_search_finds_whom_one_of_name_address_and_telephone_fits() {
    on_each(|app| {
        let ada = added(app, "Ada", &json!({ "phone_number": "912345678" }));
        for name in ["Zoë Byron", "Ben", "Cleo"] {
            reader(app, name);
        }
        let one = search(app, &json!({ "phoneNumber": "912345678" })).expect(200);
        let phone = json!({ "phoneNumber": "912345678" });
        assert_eq!(one.json(), json!({ "items": [listed(&ada, "Ada", &phone)] }));
        let found = |query: Value| names(search(app, &query));
        assert_eq!(found(json!({ "name": "BYR" })), ["Zoë Byron"]);
        assert_eq!(found(json!({ "email": "BEN@example.org" })), ["Ben"]);
        let all =
            json!({ "name": "byron", "email": "ben@example.org", "phoneNumber": "912345678", "other": 1 });
        assert_eq!(found(all), ["Ada", "Ben", "Zoë Byron"]);
        assert_eq!(found(json!({ "name": " ", "email": "ben@example.org", "phoneNumber": null })), ["Ben"]);
        app.explain().assert_indexed(&[PART_OF_NAME, "OR phone_number = "]);
    });
}

#[test]
pub(super) fn a_search_for_nothing_finds_all_by_name_a_page_at_a_time() {
    on_each(|app| {
        for name in ["Cleo", "Ada", "Ben"] {
            reader(app, name);
        }
        let page = |number: u32| json!({ "page": { "number": number, "limit": 2 }, "query": {} });
        let asked = |body: &Value| ask(app, Method::POST, SEARCH).json(body).send();
        assert_eq!(names(asked(&page(1))), ["Ada", "Ben"]);
        assert_eq!(names(asked(&page(2))), ["Cleo"]);
        assert_eq!(names(asked(&json!({}))), ["Ada", "Ben", "Cleo"]);
        assert_eq!(names(asked(&json!({ "page": null, "query": null }))), ["Ada", "Ben", "Cleo"]);
        told_in_a_sentence(&asked(&page(3)), 404, "Not found");
        app.explain().assert_indexed(&[]);
    });
}

#[test]
pub(super) fn a_search_that_finds_nobody_is_404() {
    let app = on_sqlite();
    reader(&app, "Ada");
    for query in [json!({ "name": "%" }), json!({ "email": "a@example.org" }), json!({ "phoneNumber": "9" })]
    {
        told_in_a_sentence(&search(&app, &query), 404, "Not found");
    }
}

#[test]
pub(super) fn a_page_before_the_first_is_400() {
    let app = on_sqlite();
    reader(&app, "Ada");
    for page in [json!({ "number": 0, "limit": 10 }), json!({ "number": 1, "limit": 0 })] {
        let answer = ask(&app, Method::POST, SEARCH).json(&json!({ "page": page, "query": {} })).send();
        told_in_a_sentence(&answer, 400, "Bad Request");
    }
    let broken = ask(&app, Method::POST, SEARCH).body("application/json", "{").send();
    told_by_the_framework(&broken, 400);
}

#[test]
pub(super) fn others_than_librarians_are_refused_the_search_without_a_body() {
    let app = on_sqlite();
    let reader = reader(&app, "Ada");
    let refused = own(&app, &reader, Method::POST, SEARCH).json(&json!({})).send().expect(403);
    assert_eq!(refused.text(), "");
    only_for(&[Role::Librarian], &Method::POST, SEARCH);
}
