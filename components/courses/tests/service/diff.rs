//! What is another in one version than in another one.

use super::*;

fn diff(app: &App, course: &str, query: &str) -> Value {
    teacher(app).get(&format!("{course}/diff{query}")).send().expect(200).json()
}

#[test]
fn a_diff_names_what_was_added_removed_and_changed() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, first, hello] = small_course(app, "A");
        teacher(app).get(&format!("{course}/diff")).send().expect(404);
        let gone = lesson(app, &first, "Gone");
        publish(app, &course);
        assert_eq!(diff(app, &course, ""), json!({ "course": [], "modules": [], "lessons": [] }));
        changed(app, &course, &fields("B")).expect(200);
        changed(app, &hello, &text("Goodbye")).expect(200);
        teacher(app).delete(&gone).send().expect(204);
        let second = module(app, &course, "Second");
        let new = lesson(app, &second, "New");
        teacher(app).post(&format!("{second}/move")).json(&json!({ "order_index": 0 })).send().expect(200);
        let all = diff(app, &course, "");
        assert_eq!(all["course"], json!([{ "field": "title", "from": "A", "to": "B" }]));
        let part = |path: &str, title: &str, change: &str, fields: &[&str]| {
            json!({ "id": id_of(path), "title": title, "change": change, "fields": fields })
        };
        let modules = [part(&first, "First", "changed", &["order_index"]), part(&second, "Second", "added", &[])];
        assert_eq!(all["modules"], json!(modules));
        let lessons = [
            part(&hello, "Goodbye", "changed", &["title", "content"]),
            part(&gone, "Gone", "removed", &[]),
            part(&new, "New", "added", &[]),
        ];
        let mut shown: Vec<Value> = all["lessons"].as_array().unwrap().clone();
        for wanted in lessons {
            let at = shown.iter().position(|shown| shown["id"] == wanted["id"]).unwrap();
            let mut found = shown.remove(at);
            found["fields"].as_array_mut().unwrap().sort_by_key(|name| std::cmp::Reverse(name.to_string()));
            assert_eq!(found, wanted);
        }
        assert!(shown.is_empty());
        publish(app, &course);
        assert_eq!(diff(app, &course, "?from=1&to=2"), all);
        let hidden = module(app, &course, "Hidden");
        changed(app, &hidden, &json!({ "title": "Hidden", "status": "draft" })).expect(200);
        assert_eq!(diff(app, &course, "")["modules"], json!([]));
        for (query, status) in [("?from=3", 404), ("?from=0", 400), ("?to=later", 400), ("?colour=red", 400)] {
            teacher(app).get(&format!("{course}/diff{query}")).send().expect(status);
        }
        student(app).get(&format!("{course}/diff")).send().expect(403);
        other_teacher(app).get(&format!("{course}/diff")).send().expect(403);
    });
}
