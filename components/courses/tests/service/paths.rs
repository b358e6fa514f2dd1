//! Learning paths.

use super::*;

const PATHS: &str = "/api/v1/learning-paths";

fn open(title: &str, courses: &[&str]) -> Value {
    let courses: Vec<_> = courses.iter().map(|path| json!({ "course_id": id_of(path) })).collect();
    json!({ "title": title, "status": "published", "visibility": "public", "courses": courses })
}

#[test]
fn a_path_is_kept_by_who_made_it_and_found_by_everybody_once_it_is_published() {
    App::new(&SERVICE).on_each_database(|app| {
        let (first, second) = (course(app, "A"), course(app, "B"));
        let begin = || {
            let courses =
                json!([{ "course_id": id_of(&second) }, { "course_id": id_of(&first), "required": false }]);
            let body = json!({ "title": "Baking", "courses": courses });
            teacher(app).post(PATHS).key("k").json(&body).send().expect(201)
        };
        let (made, again) = (begin(), begin());
        assert_eq!((made.body(), made.tag()), (again.body(), again.tag()));
        let path = location(&made);
        assert_eq!(made.json()["courses"][0], json!({ "course_id": id_of(&second), "required": true }));
        assert_eq!((&made.json()["status"], &made.json()["owner_id"]), (&json!("draft"), &json!(TEACHER)));
        for who in [app.anonymous(), student(app), other_teacher(app)] {
            who.get(&path).send().expect(404);
        }
        other_teacher(app).put(&path).if_match("\"1\"").json(&open("B", &[&first])).send().expect(404);
        student(app).post(PATHS).json(&open("B", &[&first])).send().expect(403);
        assert_eq!(titles(&teacher(app).get(&format!("{PATHS}/own")).send().expect(200)), ["Baking"]);
        assert_eq!(titles(&other_teacher(app).get(&format!("{PATHS}/own")).send().expect(200)), [""; 0]);

        let change =
            |tag: &str| teacher(app).put(&path).if_match(tag).json(&open("Baking", &[&first])).send();
        teacher(app).put(&path).json(&open("Baking", &[&first])).send().expect(428);
        change("\"9\"").expect(412);
        assert_eq!(change("\"1\"").expect(200).tag(), "\"2\"");
        app.anonymous().get(&path).send().expect(200);
        other_teacher(app).put(&path).if_match("\"2\"").json(&open("B", &[&first])).send().expect(403);
        other_teacher(app).delete(&path).send().expect(403);
        teacher(app).delete(&path).if_match("\"1\"").send().expect(412);
        teacher(app).delete(&path).send().expect(204);
        app.anonymous().get(&path).send().expect(404);
    });
}

#[test]
fn open_paths_are_listed_by_title_and_found_by_words() {
    App::new(&SERVICE).on_each_database(|app| {
        let one = course(app, "A");
        for title in ["Cakes of rye", "Bread of rye", "Algebra"] {
            teacher(app).post(PATHS).json(&open(title, &[&one])).send().expect(201);
        }
        let hidden = teacher(app).post(PATHS).json(&json!({ "title": "Rye alone" })).send().expect(201);
        let list = |query: &str| titles(&app.anonymous().get(&format!("{PATHS}{query}")).send().expect(200));
        assert_eq!(list(""), ["Algebra", "Bread of rye", "Cakes of rye"]);
        assert_eq!(list("?q=rye&sort=-title"), ["Cakes of rye", "Bread of rye"]);
        changed(app, &location(&hidden), &open("Rye alone", &[&one])).expect(200);
        assert_eq!(list("?q=alone"), ["Rye alone"]);
        let mut private = open("Rye alone", &[&one]);
        private["visibility"] = json!("private");
        changed(app, &location(&hidden), &private).expect(200);
        assert_eq!(list("?q=alone"), [""; 0]);
        let own = format!("{PATHS}/own?limit=3");
        let page = teacher(app).get(&own).send().expect(200);
        assert_eq!(titles(&page), ["Algebra", "Bread of rye", "Cakes of rye"]);
        let cursor = page.json()["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!(titles(&teacher(app).get(&format!("{own}&cursor={cursor}")).send()), ["Rye alone"]);
        for wrong in ["?sort=id", "?limit=0", "?colour=red"] {
            app.anonymous().get(&format!("{PATHS}{wrong}")).send().expect(400);
        }
    });
}

#[test]
fn what_is_wrong_with_a_path_is_named() {
    App::new(&SERVICE).on_each_database(|app| {
        let one = course(app, "A");
        for (body, pointer) in [
            (json!({ "title": "" }), "/title"),
            (json!({ "title": "A", "status": "lost" }), "/status"),
            (json!({ "title": "A", "image_url": "a" }), "/image_url"),
            (open("A", &[]), "/courses"),
            (open("A", &[&one, &one]), "/courses"),
            (open("A", &[&one, NOBODY]), "/courses/1/course_id"),
        ] {
            let answer = teacher(app).post(PATHS).json(&body).send().expect(422);
            assert_eq!(answer.problem().pointers(), [pointer], "{body}");
        }
    });
}

#[test]
fn a_path_is_told_as_it_is_whenever_it_changes_and_when_it_is_gone() {
    App::new(&SERVICE).on_each_database(|app| {
        let first = course(app, "A");
        let path = location(&teacher(app).post(PATHS).json(&json!({ "title": "Baking" })).send().expect(201));
        teacher(app).put(&path).if_match("\"1\"").json(&open("Baking", &[&first])).send().expect(200);
        let told = app.events_of("lyceum.courses.LearningPathChanged.v1");
        let open: Vec<&Value> = told.iter().map(|event| &event.data["is_open"]).collect();
        assert_eq!(open, [&json!(false), &json!(true)]);
        assert_eq!(told[1].data["courses"], json!([{ "course_id": id_of(&first), "required": true }]));
        teacher(app).delete(&path).send().expect(204);
        assert_eq!(app.events_of("lyceum.courses.LearningPathDeleted.v1").len(), 1);
    });
}
