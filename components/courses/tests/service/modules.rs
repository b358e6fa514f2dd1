//! Modules of a course.

use super::*;

fn list(app: &App, course: &str, query: &str) -> Answer {
    teacher(app).get(&format!("{course}/modules{query}")).send().expect(200)
}

fn move_to(app: &App, module: &str, place: u32) -> Answer {
    teacher(app).post(&format!("{module}/move")).json(&json!({ "order_index": place })).send()
}

#[test]
fn a_module_is_added_once_at_the_end_and_shown() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = course(app, "A");
        module(app, &course, "First");
        let add = || {
            let body =
                json!({ "title": "Second", "description": "d", "duration": 60, "metadata": { "a": 1 } });
            teacher(app).post(&format!("{course}/modules")).key("k").json(&body).send().expect(201)
        };
        let (added, again) = (add(), add());
        assert_eq!((added.body(), added.tag()), (again.body(), again.tag()));
        assert_eq!((&added.json()["order_index"], &added.json()["status"]), (&json!(1), &json!("published")));
        let shown = teacher(app).get(&location(&added)).send().expect(200);
        assert_eq!((shown.json(), shown.tag()), (added.json(), added.tag()));
        assert_eq!(in_order(&list(app, &course, "")), ["First", "Second"]);
        let first = list(app, &course, "?limit=1");
        let cursor = first.json()["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!(titles(&list(app, &course, &format!("?limit=1&cursor={cursor}"))), ["Second"]);
        app.anonymous().get(&format!("{course}/modules")).send().expect(401);
        student(app).get(&format!("{course}/modules")).send().expect(404);
        for wrong in ["?limit=0", "?cursor=x", "?version=0", "?version=1x", "?colour=red"] {
            teacher(app).get(&format!("{course}/modules{wrong}")).send().expect(400);
        }
    });
}

#[test]
fn a_module_is_changed_and_deleted_from_the_state_it_is_in_by_who_gives_the_course() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = course(app, "A");
        let paths = ["1", "2", "3"].map(|title| module(app, &course, title));
        let body = json!({ "title": "Two", "status": "draft" });
        let change = |tag: &str| teacher(app).put(&paths[1]).if_match(tag).json(&body).send();
        teacher(app).put(&paths[1]).json(&body).send().expect(428);
        change("\"9\"").expect(412);
        assert_eq!(change("\"1\"").expect(200).tag(), "\"2\"");
        change("\"1\"").expect(412);
        for (body, pointer) in [
            (json!({ "title": "" }), "/title"),
            (json!({ "title": "A", "duration": -1 }), "/duration"),
            (json!({ "title": "A", "status": "archived" }), "/status"),
            (json!({ "title": "A", "order_index": 1 }), "/order_index"),
        ] {
            let answer = teacher(app).put(&paths[1]).if_match("\"2\"").json(&body).send().expect(422);
            assert_eq!(answer.problem().pointers(), [pointer]);
        }
        other_teacher(app).put(&paths[1]).if_match("\"2\"").json(&body).send().expect(404);
        student(app).delete(&paths[0]).send().expect(403);
        let elsewhere = super::course(app, "B");
        let wrong = paths[0].replace(id_of(&course), id_of(&elsewhere));
        for path in [&wrong, &format!("{course}/modules/{NOBODY}")] {
            teacher(app).get(path).send().expect(404);
            teacher(app).put(path).if_match("\"1\"").json(&body).send().expect(404);
            teacher(app).delete(path).send().expect(404);
            move_to(app, path, 0).expect(404);
        }
        teacher(app).delete(&paths[0]).if_match("\"9\"").send().expect(412);
        teacher(app).delete(&paths[0]).send().expect(204);
        teacher(app).get(&paths[0]).send().expect(404);
        assert_eq!(in_order(&list(app, &course, "")), ["Two", "3"]);
    });
}

#[test]
fn a_module_moves_and_the_others_make_room() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = course(app, "A");
        let paths = ["1", "2", "3", "4"].map(|title| module(app, &course, title));
        for (module, place, order) in [
            (0, 2, ["2", "3", "1", "4"]),
            (3, 0, ["4", "2", "3", "1"]),
            (3, 0, ["4", "2", "3", "1"]),
            (1, 99, ["4", "3", "1", "2"]),
        ] {
            move_to(app, &paths[module], place).expect(200);
            assert_eq!(in_order(&list(app, &course, "")), order);
        }
        for wrong in [json!({}), json!({ "order_index": -1 }), json!({ "order_index": "first" })] {
            teacher(app).post(&format!("{}/move", paths[0])).json(&wrong).send().expect(422);
        }
        let stale = teacher(app).post(&format!("{}/move", paths[0])).if_match("\"1\"");
        stale.json(&json!({ "order_index": 0 })).send().expect(412);
    });
}

/// Two editors at once: no place is there twice, and nobody has to try again.
#[test]
fn an_outline_that_somebody_else_changed_meanwhile_is_changed_as_it_is_now() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = course(app, "A");
        let first = module(app, &course, "1");
        let somebody_else = "UPDATE courses SET outline = outline + 1";
        app.commit_first(somebody_else);
        let second = module(app, &course, "2");
        app.commit_first(somebody_else);
        move_to(app, &first, 1).expect(200);
        assert_eq!(in_order(&list(app, &course, "")), ["2", "1"]);
        // Before its content is written, and before it is.
        app.commit_first(somebody_else);
        app.commit_first(somebody_else);
        lesson(app, &second, "Hello");
        app.commit_first(somebody_else);
        teacher(app).delete(&second).send().expect(204);
        assert_eq!(in_order(&list(app, &course, "")), ["1"]);
        // What a change is meant for is not changed in the meantime.
        app.commit_first("UPDATE modules SET version = version + 1");
        changed(app, &first, &json!({ "title": "One" })).expect(412);
    });
}
