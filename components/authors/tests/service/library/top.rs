//! GET /authors/top5

use lyceum_kit::{ids, prelude::Uuid};
use lyceum_testing::Event;

use super::*;

const TOP: &str = "/api/authors/top5";

fn lent(app: &App, book: &str, times: usize) {
    for _ in 0..times {
        let (id, other) = (ids::new(), Uuid::nil());
        let data = json!({
            "lending_id": id, "number": "2026/1", "book_id": book, "item_id": null, "reader_id": other, "user_id": other,
            "genre_id": null, "hold_id": null, "started_at": "2026-01-05T10:00:00Z", "started_on": "2026-01-05",
            "due_on": "2026-01-20",
        });
        let event =
            Event::new("lyceum.lendings.LendingStarted.v1", data).about("lending", &id.to_string(), 1);
        for _ in 0..2 {
            app.deliver(&event).unwrap();
        }
    }
}

#[test]
pub(super) fn those_whose_books_are_lent_most_are_at_the_top() {
    App::new(&SERVICE).on_each_database(|app| {
        let names = ["Ana", "Bia", "Carla", "Dora", "Eva", "Fia"];
        let paths = names.map(|name| super::super::named(app, name));
        for (number, (path, times)) in paths.iter().zip([1, 3, 2, 1, 1, 1]).enumerate() {
            let book = format!("01890000-0000-7000-8000-0000000000c{number}");
            app.deliver(&super::super::books::book("BookAdded", &book, 1, &[path.as_str()])).unwrap();
            lent(app, &book, times);
        }
        let view = |name: &str, count: i64| json!({ "authorName": name, "lendingCount": count });
        let expected = [view("Bia", 3), view("Carla", 2), view("Ana", 1), view("Dora", 1), view("Eva", 1)];
        for role in [Role::Reader, Role::Librarian] {
            let top = ask(app, role, Method::GET, TOP).send().expect(200).json();
            assert_eq!(top, json!({ "items": expected }));
        }
    });
}

#[test]
pub(super) fn nothing_lent_is_404() {
    let app = App::new(&SERVICE).sqlite();
    author(&app, "Ana");
    told_in_a_sentence(&get(&app, TOP), 404, "Not found");
}

#[test]
pub(super) fn others_than_librarians_and_readers_are_refused_without_a_body() {
    let app = App::new(&SERVICE).sqlite();
    refused_to_others_than(&app, &[Role::Librarian, Role::Reader], &Method::GET, TOP);
}
