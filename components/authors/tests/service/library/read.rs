//! GET /authors/{n} and GET /authors?name=

use super::*;

const BOTH: [Role; 2] = [Role::Reader, Role::Librarian];

fn found(app: &App, query: &str) -> Vec<String> {
    let list = get(app, &format!("/api/authors{query}")).expect(200).json();
    assert_eq!(list.as_object().unwrap().keys().collect::<Vec<_>>(), ["items"]);
    let items = list["items"].as_array().unwrap();
    items.iter().map(|item| item["name"].as_str().unwrap().to_owned()).collect()
}

#[test]
pub(super) fn an_author_is_shown_with_nulls_links_and_version() {
    App::new(&SERVICE).on_each_database(|app| {
        let new = author(app, "Ana");
        for role in BOTH {
            let answer = ask(app, role, Method::GET, "/api/authors/1").send().expect(200);
            assert_eq!((answer.tag(), answer.json()), ("\"0\"", new.clone()));
            assert_eq!(answer.header("location"), None);
            assert!(answer.text().contains("\"photo\":null"));
            assert_eq!(
                answer.header("cache-control"),
                Some("no-cache, no-store, max-age=0, must-revalidate")
            );
        }
        assert!(portrayed(app, "a.png", "image/png")["photo"].is_string());
        // One that nobody described.
        named(app, "Homer");
        assert_eq!(get(app, "/api/authors/3").expect(200).json()["bio"], "");
    });
}

#[test]
pub(super) fn an_unknown_author_is_404_and_no_number_400() {
    let app = App::new(&SERVICE).sqlite();
    for number in ["1", "0", "-1"] {
        told_in_a_sentence(&get(&app, &format!("/api/authors/{number}")), 404, "Not found");
    }
    for text in ["one", "1.5", "99999999999999999999"] {
        let details = told(&get(&app, &format!("/api/authors/{text}")), 400, "Method argument type mismatch");
        let [name, value, message] = details.as_slice() else { panic!("{details:?}") };
        assert_eq!((name, value), (&json!({ "paramName": "number" }), &json!({ "paramValue": text })));
        assert!(message["errorMessage"].is_string());
    }
}

#[test]
pub(super) fn an_author_that_the_client_has_is_304_and_if_match_is_ignored() {
    App::new(&SERVICE).on_each_database(|app| {
        author(app, "Ana");
        let with = |name: &str, value: &str| {
            ask(app, Role::Reader, Method::GET, "/api/authors/1").header(name, value).send()
        };
        let had = with("if-none-match", "\"0\"").expect(304);
        assert_eq!((had.text(), had.tag()), ("", "\"0\""));
        with("if-none-match", "\"1\"").expect(200);
        for version in ["\"7\"", "nonsense"] {
            with("if-match", version).expect(200);
        }
    });
}

#[test]
pub(super) fn others_than_librarians_and_readers_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    author(&app, "Ana");
    for path in ["/api/authors/1", "/api/authors?name=A", "/api/authors/1/photo"] {
        refused_to_others_than(&app, &BOTH, &Method::GET, path);
    }
}

#[test]
pub(super) fn authors_are_found_by_how_their_name_begins() {
    App::new(&SERVICE).on_each_database(|app| {
        for name in ["Maria Alba", "Ana Maria", "Mário Silva", "Ana"] {
            author(app, name);
        }
        for (query, names) in [
            ("?name=MAR", ["Maria Alba", "Mário Silva"].as_slice()),
            ("?name=m%C3%A1ri", &["Maria Alba", "Mário Silva"]),
            ("?name=Ana%20M", &["Ana Maria"]),
            ("?name=Ana", &["Ana", "Ana Maria"]),
            ("?name=%25", &[]),
            ("?name=", &["Ana", "Ana Maria", "Maria Alba", "Mário Silva"]),
            ("?name=Ana&unknown=1", &["Ana", "Ana Maria"]),
        ] {
            assert_eq!(found(app, query), names, "{query}");
        }
        let list = get(app, "/api/authors?name=Ana%20M").expect(200).json();
        assert_eq!(list["items"][0], get(app, "/api/authors/2").expect(200).json());
        // Others of an author's names are for the modern face.
        added(app, &woolf());
        assert_eq!(found(app, "?name=Woolf"), [""; 0]);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
pub(super) fn nobody_of_that_name_is_an_empty_list() {
    let app = App::new(&SERVICE).sqlite();
    assert_eq!(get(&app, "/api/authors?name=x").expect(200).text(), "{\"items\":[]}");
}

#[test]
pub(super) fn no_name_at_all_is_400() {
    let app = App::new(&SERVICE).sqlite();
    told_by_the_framework(&get(&app, "/api/authors"), 400);
    told_by_the_framework(&get(&app, "/api/authors?title=x"), 400);
}

#[test]
pub(super) fn a_list_has_a_tag_of_its_content() {
    let app = App::new(&SERVICE).sqlite();
    author(&app, "Ana");
    let answer = get(&app, "/api/authors?name=A").expect(200);
    let tag = answer.tag().to_owned();
    assert!(tag.len() == 35 && tag.starts_with("\"0"), "{tag}");
    let again =
        ask(&app, Role::Reader, Method::GET, "/api/authors?name=A").header("if-none-match", &tag).send();
    again.expect(304);
    author(&app, "Alba");
    assert_ne!(get(&app, "/api/authors?name=A").expect(200).tag(), tag);
}
