//! Who finds which lendings.

use super::*;

fn numbers(answer: Answer) -> Vec<String> {
    let list = answer.expect(200).json();
    list["items"].as_array().unwrap().iter().map(|item| item["number"].as_str().unwrap().to_owned()).collect()
}

#[test]
fn lendings_are_found_by_what_is_asked_and_readers_see_their_own() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let (one, other, book) = (reader(app), reader(app), ids::new());
        let first = lent(app, copy_of(app, book, &Value::Null), &one);
        at(app, "2026-01-06T10:00:00Z");
        lent(app, copy(app), &other);
        at(app, "2026-01-07T10:00:00Z");
        let third = copy_of(app, book, &Value::Null);
        lent(app, third, &one);
        at(app, "2026-01-21T10:00:00Z");
        give_back(app, &first).expect(200);
        at(app, "2026-01-22T10:00:00Z");
        for (query, expected) in [
            (String::new(), vec!["2026/3", "2026/2", "2026/1"]),
            ("?sort=due_on".into(), vec!["2026/1", "2026/2", "2026/3"]),
            (format!("?reader_id={}", one.id), vec!["2026/3", "2026/1"]),
            (format!("?book_id={book}&returned=false"), vec!["2026/3"]),
            (format!("?item_id={}", third.item), vec!["2026/3"]),
            ("?returned=true".into(), vec!["2026/1"]),
            ("?number=2026/2".into(), vec!["2026/2"]),
            ("?due_from=2026-01-21&due_to=2026-01-22".into(), vec!["2026/3", "2026/2"]),
            ("?overdue=true".into(), vec!["2026/2"]),
            ("?overdue=false&sort=started_at".into(), vec!["2026/1", "2026/2", "2026/3"]),
        ] {
            assert_eq!(numbers(librarian(app).get(&format!("{PATH}{query}")).send()), expected, "{query}");
        }
        let own = app.as_user(&one.user.to_string()).with_role(Role::Reader);
        assert_eq!(numbers(own.get(PATH).send()), ["2026/3", "2026/1"]);
        assert_eq!(numbers(own.get(&format!("{PATH}?reader_id={}", other.id)).send()), [""; 0]);
        assert_eq!(numbers(own.get(&format!("{PATH}?overdue=true")).send()), [""; 0]);
        let shown = own.get(&first).send().expect(200);
        own.get(&first).header("if-none-match", shown.tag()).send().expect(304);
        app.as_user(&other.user.to_string()).get(&first).send().expect(404);
        app.anonymous().get(&first).send().expect(401);
        own.post(&format!("{first}/return")).send().expect(403);
        own.post(PATH).json(&json!({ "item_id": third.item, "reader_id": one.id })).send().expect(403);
        own.get(&format!("/api/v1/reader-accounts/{}", one.id)).send().expect(200);
        own.get(&format!("/api/v1/reader-accounts/{}", other.id)).send().expect(404);
    });
}

#[test]
fn a_page_goes_on_where_the_last_one_ended() {
    App::new(&SERVICE).on_each_database(|app| {
        at(app, FIRST_DAY);
        let reader = reader(app);
        for _ in 0..3 {
            lent(app, copy(app), &reader);
        }
        at(app, "2026-02-22T10:00:00Z");
        let page = librarian(app).get(&format!("{PATH}?overdue=true&sort=due_on&limit=2")).send().expect(200);
        let link = page.header("link").unwrap();
        let next = link.split_once('<').unwrap().1.split_once('>').unwrap().0;
        assert_eq!(numbers(librarian(app).get(next).send()), ["2026/3"]);
        for query in
            ["?overdue=1", "?overdue=true&overdue=true", "?overdue=true&returned=true", "?sort=number"]
        {
            librarian(app).get(&format!("{PATH}{query}")).send().expect(400).problem();
        }
    });
}
