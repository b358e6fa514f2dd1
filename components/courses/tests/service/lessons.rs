//! Lessons of a module, and what they say.

use super::*;

fn list(app: &App, module: &str) -> Answer {
    teacher(app).get(&format!("{module}/lessons")).send().expect(200)
}

fn add(app: &App, module: &str, body: &Value) -> Answer {
    teacher(app).post(&format!("{module}/lessons")).json(body).send()
}

fn content(app: &App, lesson: &str) -> Value {
    teacher(app).get(lesson).send().expect(200).json()["content"].clone()
}

#[test]
fn a_lesson_is_added_once_and_shown_with_its_content() {
    App::new(&SERVICE).on_each_database(|app| {
        let [_, module, _] = small_course(app, "A");
        let add = || {
            let body = json!({ "title": "Second", "type": "text", "content": {
                "text_content": "# Flour\n<script>alert(1)</script>\n\n[a](javascript:alert(1))" } });
            teacher(app).post(&format!("{module}/lessons")).key("k").json(&body).send().expect(201)
        };
        let (added, again) = (add(), add());
        assert_eq!((added.body(), added.tag()), (again.body(), again.tag()));
        assert_eq!((&added.json()["order_index"], &added.json()["content"]), (&json!(1), &Value::Null));
        let html = content(app, &location(&added))["text_html"].as_str().unwrap().to_owned();
        assert!(html.contains("<h1>Flour</h1>"), "{html}");
        assert!(!html.contains("script"), "{html}");
        assert_eq!(in_order(&list(app, &module)), ["Hello", "Second"]);
        assert!(list(app, &module).json()["items"][0].get("content").is_none());
    });
}

#[test]
fn each_type_has_its_own_content() {
    App::new(&SERVICE).on_each_database(|app| {
        let [_, module, _] = small_course(app, "A");
        let video = json!({ "title": "V", "type": "video", "content": {
            "video_url": "https://www.youtube.com/watch?v=1", "video_provider": "youtube",
            "text_content": "<b>Look</b><style>*{}</style>", "text_format": "html",
            "attachments": [{ "name": "Slides", "file_url": "https://example.org/a.pdf",
                "file_type": "application/pdf", "file_size": 7 }] } });
        let shown = content(app, &location(&add(app, &module, &video).expect(201)));
        assert_eq!((&shown["video_provider"], &shown["text_html"]), (&json!("youtube"), &json!("<b>Look</b>")));
        assert_eq!(shown["attachments"][0]["file_size"], 7);
        let link = json!({ "title": "L", "type": "link", "content": { "link_url": "https://example.org/" } });
        let shown = content(app, &location(&add(app, &module, &link).expect(201)));
        assert_eq!((&shown["link_url"], &shown["text_html"]), (&json!("https://example.org/"), &Value::Null));
        for (kind, content, pointer) in [
            ("text", json!({}), "/content/text_content"),
            ("text", json!({ "text_content": "a", "video_url": "https://a.org" }), "/content/video_url"),
            ("text", json!({ "text_content": "a", "link_url": "https://a.org" }), "/content/link_url"),
            ("text", json!({ "text_content": "a", "video_provider": "vimeo" }), "/content/video_provider"),
            ("text", json!({ "text_content": "x".repeat(200_001) }), "/content/text_content"),
            ("video", json!({}), "/content/video_url"),
            ("video", json!({ "video_url": "javascript:alert(1)" }), "/content/video_url"),
            ("video", json!({ "video_url": "https://a.org", "video_provider": "vimeo" }), "/content/video_url"),
            ("video", json!({ "video_url": "https://vimeo.com.a.org", "video_provider": "vimeo" }), "/content/video_url"),
            ("link", json!({ "link_url": "" }), "/content/link_url"),
            ("link", json!({ "link_url": "https://a.org", "attachments": [{ "name": "", "file_url": "https://a.org" }] }),
                "/content/attachments/0/name"),
            ("file", json!({}), "/type"),
            ("text", json!({ "text_content": "a", "colour": "red" }), "/content/colour"),
        ] {
            let body = json!({ "title": "A", "type": kind, "content": content });
            assert_eq!(add(app, &module, &body).expect(422).problem().pointers()[0], pointer, "{kind}");
        }
    });
}

#[test]
fn a_lesson_is_changed_and_deleted_from_the_state_it_is_in_by_who_gives_the_course() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, module, lesson] = small_course(app, "A");
        let body = text("Goodbye");
        let change = |tag: &str| teacher(app).put(&lesson).if_match(tag).json(&body).send();
        teacher(app).put(&lesson).json(&body).send().expect(428);
        change("\"9\"").expect(412);
        assert_eq!(change("\"1\"").expect(200).json()["title"], "Goodbye");
        assert_eq!(content(app, &lesson)["text_html"], "<p><em>Goodbye</em></p>\n");
        let link = json!({ "title": "L", "type": "link", "content": { "link_url": "https://example.org/" } });
        assert_eq!(changed(app, &lesson, &link).expect(200).json()["type"], "link");
        assert_eq!(content(app, &lesson)["text_content"], Value::Null);
        other_teacher(app).put(&lesson).if_match("\"3\"").json(&body).send().expect(404);
        student(app).delete(&lesson).send().expect(403);
        for path in
            [&format!("{module}/lessons/{NOBODY}"), &format!("{course}/modules/{NOBODY}/lessons/{NOBODY}")]
        {
            teacher(app).get(path).send().expect(404);
            teacher(app).put(path).if_match("\"1\"").json(&body).send().expect(404);
            teacher(app).delete(path).send().expect(404);
            teacher(app).post(&format!("{path}/move")).json(&json!({ "order_index": 0 })).send().expect(404);
        }
        add(app, &format!("{course}/modules/{NOBODY}"), &body).expect(404);
        super::lesson(app, &module, "Last");
        teacher(app).delete(&lesson).if_match("\"9\"").send().expect(412);
        teacher(app).delete(&lesson).send().expect(204);
        assert_eq!(in_order(&list(app, &module)), ["Last"]);
    });
}

#[test]
fn a_lesson_moves_within_its_module_and_to_another_one_of_the_course() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, first, hello] = small_course(app, "A");
        for title in ["2", "3"] {
            lesson(app, &first, title);
        }
        let second = module(app, &course, "Second");
        lesson(app, &second, "There");
        let go = |path: &str, body: Value| teacher(app).post(&format!("{path}/move")).json(&body).send();
        go(&hello, json!({ "order_index": 9 })).expect(200);
        assert_eq!(in_order(&list(app, &first)), ["2", "3", "Hello"]);
        let moved = go(&hello, json!({ "order_index": 0, "module_id": id_of(&second) })).expect(200);
        assert_eq!(moved.json()["module_id"], id_of(&second));
        assert_eq!(in_order(&list(app, &first)), ["2", "3"]);
        assert_eq!(in_order(&list(app, &second)), ["Hello", "There"]);
        teacher(app).get(&hello).send().expect(404);
        let hello = hello.replace(id_of(&first), id_of(&second));
        let elsewhere = module(app, &super::course(app, "B"), "Elsewhere");
        let refused = go(&hello, json!({ "order_index": 0, "module_id": id_of(&elsewhere) })).expect(422);
        assert_eq!(refused.problem().pointers(), ["/module_id"]);
    });
}

#[test]
fn a_content_that_nothing_refers_to_any_more_is_deleted_after_a_day() {
    App::new(&SERVICE).on_each_database(|app| {
        let hour = 3_600_000_000;
        let start = 1_800_000_000_000_000;
        app.stop_clock(Timestamp::from_micros(start));
        let [course, _, lesson] = small_course(app, "A");
        publish(app, &course);
        changed(app, &lesson, &text("Second")).expect(200);
        changed(app, &lesson, &text("Third")).expect(200);
        let loose = || {
            let rows = app.run(|| {
                let text = "SELECT CAST(COUNT(*) AS BIGINT) FROM loose_contents";
                lyceum_kit::sql::query_one::<(i64,)>(lyceum_kit::sql::statement(text, Vec::new())).unwrap()
            });
            rows.0
        };
        // What the version says stays.
        assert_eq!(loose(), 1);
        app.stop_clock(Timestamp::from_micros(start + 23 * hour));
        app.tick("hour").unwrap();
        assert_eq!(loose(), 1);
        app.stop_clock(Timestamp::from_micros(start + 25 * hour));
        app.tick("hour").unwrap();
        assert_eq!(loose(), 0);
        assert_eq!(content(app, &lesson)["text_content"], "*Third*");
        assert_eq!(content(app, &format!("{lesson}?version=1"))["text_content"], "*Hello*");
        teacher(app).post(&format!("{course}/archive")).send().expect(200);
        teacher(app).delete(&course).send().expect(204);
        assert_eq!(loose(), 2);
    });
}
