//! Courses: begun, seen, changed and deleted.

use super::*;

#[test]
fn a_course_is_begun_once_under_one_key_as_a_draft_of_who_begins_it() {
    App::new(&SERVICE).on_each_database(|app| {
        let begin = || {
            let all = json!({
                "title": "Baking  bread", "description": "All of it.", "short_description": "Bread.",
                "image_url": "https://example.org/bread.png", "visibility": "public", "price": 1999,
                "currency": "EUR", "language": "PT-br", "level": "beginner", "duration": 3600,
                "tags": ["Baking", "Food"], "learning_objectives": ["Know flour"], "metadata": { "a": [1] },
            });
            teacher(app).post(PATH).key("k1").json(&all).send().expect(201)
        };
        let (first, again) = (begin(), begin());
        assert_eq!((first.body(), first.tag()), (again.body(), again.tag()));
        let shown = teacher(app).get(&location(&first)).send().expect(200);
        assert_eq!((shown.json(), shown.tag()), (first.json(), first.tag()));
        let course = first.json();
        assert_eq!(course["title"], "Baking bread");
        assert_eq!(course["language"], "pt-BR");
        assert_eq!(course["instructor_ids"], json!([TEACHER]));
        assert_eq!((&course["status"], &course["draft_status"]), (&json!("draft"), &json!("draft")));
        assert_eq!((&course["price"], &course["currency"]), (&json!(1999), &json!("EUR")));
        assert!(course["slug"].as_str().unwrap().starts_with("baking-bread-"), "{course}");
        let events = app.events_of("lyceum.courses.CourseCreated.v1");
        assert_eq!((events.len(), &events[0].data["title"]), (1, &json!("Baking bread")));
    });
}

#[test]
fn instructors_begin_and_change_courses_and_nobody_else_does() {
    App::new(&SERVICE).on_each_database(|app| {
        let body = json!({ "title": "A" });
        app.anonymous().post(PATH).json(&body).send().expect(401);
        for role in [Role::Student, Role::Librarian, Role::Reader] {
            app.as_role(role).post(PATH).json(&body).send().expect(403);
        }
        let [course, ..] = small_course(app, "A");
        app.anonymous().put(&course).if_match("\"1\"").json(&body).send().expect(401);
        student(app).put(&course).if_match("\"1\"").json(&body).send().expect(403);
        // Nobody else sees a draft.
        for who in [app.anonymous(), student(app), other_teacher(app)] {
            who.get(&course).send().expect(404);
        }
        other_teacher(app).put(&course).if_match("\"1\"").json(&fields("B")).send().expect(404);
        other_teacher(app).delete(&course).send().expect(404);
        publish(app, &course);
        app.anonymous().get(&course).send().expect(200);
        other_teacher(app).put(&course).if_match("\"2\"").json(&fields("B")).send().expect(403);
        other_teacher(app).delete(&course).send().expect(403);
        admin(app).put(&course).if_match("\"2\"").json(&fields("B")).send().expect(200);
        teacher(app)
            .with_scopes(&["course:create"])
            .put(&course)
            .if_match("\"3\"")
            .json(&body)
            .send()
            .expect(403);
        let shared = json!({ "title": "C", "instructor_ids": [TEACHER, OTHER] });
        assert_eq!(
            changed(app, &course, &shared).expect(200).json()["instructor_ids"],
            json!([TEACHER, OTHER])
        );
        other_teacher(app).get(&course).send().expect(200);
    });
}

#[test]
fn a_change_needs_the_state_it_is_meant_for() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = course(app, "A");
        let change = |tag: &str| teacher(app).put(&course).if_match(tag).json(&fields("B")).send();
        teacher(app).put(&course).json(&fields("B")).send().expect(428);
        change("\"7\"").expect(412);
        app.commit_first("UPDATE courses SET version = version + 1");
        change("\"1\"").expect(412);
        let changed = change("\"2\"").expect(200);
        assert_eq!((changed.tag(), &changed.json()["title"]), ("\"3\"", &json!("B")));
        let events = app.events_of("lyceum.courses.CourseUpdated.v1");
        assert_eq!((events.len(), &events[0].data["title"]), (1, &json!("B")));
        teacher(app).get(&course).header("if-none-match", "\"3\"").send().expect(304);
        teacher(app).delete(&course).if_match("\"1\"").send().expect(412);
    });
}

#[test]
fn what_is_wrong_is_named_and_nothing_is_kept() {
    App::new(&SERVICE).on_each_database(|app| {
        for (body, pointer) in [
            (json!({}), "/title"),
            (json!({ "title": " " }), "/title"),
            (json!({ "title": "x".repeat(201) }), "/title"),
            (json!({ "title": "A", "description": "x".repeat(5_001) }), "/description"),
            (json!({ "title": "A", "short_description": "a\nb" }), "/short_description"),
            (json!({ "title": "A", "slug": "No" }), "/slug"),
            (json!({ "title": "A", "slug": "-ab" }), "/slug"),
            (json!({ "title": "A", "image_url": "ftp://a" }), "/image_url"),
            (json!({ "title": "A", "visibility": "everybody" }), "/visibility"),
            (json!({ "title": "A", "visibility": "organization" }), "/organization_id"),
            (json!({ "title": "A", "price": -1 }), "/price"),
            (json!({ "title": "A", "price": 100 }), "/currency"),
            (json!({ "title": "A", "price": 100, "currency": "euro" }), "/currency"),
            (json!({ "title": "A", "language": "no language" }), "/language"),
            (json!({ "title": "A", "level": "expert" }), "/level"),
            (json!({ "title": "A", "duration": -1 }), "/duration"),
            (json!({ "title": "A", "tags": ["é", "E\u{301}"] }), "/tags/1"),
            (json!({ "title": "A", "tags": vec!["a"; 21] }), "/tags"),
            (json!({ "title": "A", "prerequisites": [NOBODY] }), "/prerequisites/0"),
            (
                json!({ "title": "A", "required_competencies": [{ "competency_id": NOBODY, "level": 1 }] }),
                "/required_competencies/0/competency_id",
            ),
            (
                json!({ "title": "A", "required_competencies": [{ "competency_id": NOBODY, "level": 0 }] }),
                "/required_competencies/0/level",
            ),
            (json!({ "title": "A", "category_id": NOBODY }), "/category_id"),
            (json!({ "title": "A", "learning_objectives": [""] }), "/learning_objectives/0"),
            (json!({ "title": "A", "metadata": { "a": "x".repeat(5_000) } }), "/metadata"),
            (json!({ "title": "A", "status": "published" }), "/status"),
        ] {
            let answer = teacher(app).post(PATH).json(&body).send().expect(422);
            assert_eq!(answer.problem().pointers()[0], pointer, "{body}");
        }
        let course = course(app, "A");
        let own = json!({ "title": "A", "instructor_ids": [TEACHER], "prerequisites": [id_of(&course)] });
        assert_eq!(changed(app, &course, &own).expect(422).problem().pointers(), ["/prerequisites"]);
        let nobodys = json!({ "title": "A" });
        assert_eq!(changed(app, &course, &nobodys).expect(422).problem().pointers(), ["/instructor_ids"]);
        for id in ["me", "%00", "taught2"] {
            teacher(app).get(&format!("{PATH}/{id}")).send().expect(400);
        }
        teacher(app).get(&format!("{PATH}/{NOBODY}")).send().expect(404);
        assert_eq!(app.events().len(), 1);
    });
}

#[test]
fn a_slug_is_there_once_and_stays_until_another_is_given() {
    App::new(&SERVICE).on_each_database(|app| {
        let bread = course_with(app, &json!({ "title": "Bread", "slug": "bread" }));
        let taken = json!({ "title": "Bread", "slug": "bread" });
        assert_eq!(
            teacher(app).post(PATH).json(&taken).send().expect(409).problem().error_code,
            "SLUG_TAKEN"
        );
        assert_eq!(changed(app, &bread, &fields("Rolls")).expect(200).json()["slug"], "bread");
        let other = course(app, "Bread");
        let taken = json!({ "title": "Bread", "slug": "bread", "instructor_ids": [TEACHER] });
        assert_eq!(changed(app, &other, &taken).expect(409).problem().error_code, "SLUG_TAKEN");
    });
}

#[test]
fn a_course_is_deleted_before_it_is_published_or_once_it_is_archived() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, module, lesson] = small_course(app, "A");
        teacher(app).delete(&course).send().expect(204);
        for path in [&course, &module, &lesson] {
            teacher(app).get(path).send().expect(404);
        }
        let [course, ..] = small_course(app, "B");
        publish(app, &course);
        assert_eq!(teacher(app).delete(&course).send().expect(409).problem().error_code, "COURSE_PUBLISHED");
        teacher(app).post(&format!("{course}/archive")).send().expect(200);
        teacher(app).delete(&course).send().expect(204);
        app.anonymous().get(&course).send().expect(404);
        assert_eq!(app.events_of("lyceum.courses.CourseDeleted.v1").len(), 2);
    });
}

#[test]
fn who_teaches_lists_their_courses_and_an_administrator_those_of_everybody() {
    App::new(&SERVICE).on_each_database(|app| {
        for title in ["A", "B", "C"] {
            course(app, title);
        }
        other_teacher(app).post(PATH).json(&json!({ "title": "D" })).send().expect(201);
        let taught = format!("{PATH}/taught");
        let list = |query: &str| teacher(app).get(&format!("{taught}{query}")).send().expect(200);
        assert_eq!(titles(&list("")), ["C", "B", "A"]);
        let first = list("?limit=2");
        assert_eq!(titles(&first), ["C", "B"]);
        let cursor = first.json()["next_cursor"].as_str().unwrap().to_owned();
        assert_eq!(titles(&list(&format!("?limit=2&cursor={cursor}"))), ["A"]);
        assert_eq!(titles(&list("?status=published")), [""; 0]);
        assert_eq!(titles(&list("?draft_status=draft&status=draft")), ["C", "B", "A"]);
        assert_eq!(titles(&admin(app).get(&format!("{taught}?everybody=true")).send()), ["D", "C", "B", "A"]);
        assert_eq!(titles(&admin(app).get(&taught).send()), [""; 0]);
        teacher(app).get(&format!("{taught}?everybody=true")).send().expect(403);
        student(app).get(&taught).send().expect(403);
        for wrong in ["?status=lost", "?limit=0", "?cursor=x", "?colour=red"] {
            teacher(app).get(&format!("{taught}{wrong}")).send().expect(400);
        }
    });
}

#[test]
fn a_course_says_what_learners_have_to_be_able_to_do_and_tells_it_with_its_version() {
    App::new(&SERVICE).on_each_database(|app| {
        let told = |kind: &str, data: Value, sequence: u64| {
            let event = Event::new(&format!("lyceum.progress.{kind}.v1"), data);
            app.deliver(&event.about("competency", OTHER, sequence)).unwrap();
        };
        let named =
            json!({ "competency_id": OTHER, "competency_name": "Kneading", "defined_at": clock::now() });
        told("CompetencyDefined", named, 1);
        let [course, ..] = small_course(app, "A");
        let required = json!([{ "competency_id": OTHER, "level": 60 }]);
        let fields = json!({ "title": "A", "instructor_ids": [TEACHER], "required_competencies": required });
        assert_eq!(changed(app, &course, &fields).expect(200).json()["required_competencies"], required);
        publish(app, &course);
        let version = app.events_of("lyceum.courses.CoursePublished.v1").pop().unwrap();
        let expected = json!([{ "competency_id": OTHER, "competency_name": "Kneading", "level": 60 }]);
        assert_eq!(version.data["required_competencies"], expected);
        // Who gives a course can't want what is gone.
        told("CompetencyRemoved", json!({ "competency_id": OTHER, "removed_at": clock::now() }), 2);
        let refused = changed(app, &course, &fields).expect(422);
        assert_eq!(refused.problem().pointers(), ["/required_competencies/0/competency_id"]);
    });
}
