//! What those who took a course say of it, and what the catalogue counts.

use super::*;

const STUDENTS: [&str; 3] =
    [STUDENT, "01890000-0000-7000-8000-000000000004", "01890000-0000-7000-8000-000000000005"];

fn published(app: &App, title: &str) -> String {
    let [course, ..] = small_course(app, title);
    publish(app, &course);
    course
}

fn say(app: &App, course: &str, user: &'static str, rating: i64) -> Answer {
    let body = json!({ "rating": rating, "text": format!("Worth {rating}") });
    app.as_user(user).with_role(Role::Student).put(&format!("{course}/reviews/mine")).json(&body).send()
}

fn listed(app: &App, query: &str) -> Value {
    app.anonymous().get(&format!("{PATH}{query}")).send().expect(200).json()["items"].clone()
}

#[test]
fn who_took_a_course_says_once_what_they_think_of_it() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = published(app, "A");
        assert_eq!(say(app, &course, STUDENT, 5).expect(403).problem().error_code, "ENROLLMENT_REQUIRED");
        for (at, user) in STUDENTS.into_iter().enumerate() {
            let id = format!("01890000-0000-7000-8000-0000000001{at:0>2}");
            Enrolment { id, ..Enrolment::of(&course, user) }.begin(app, 1);
        }
        for (user, rating) in STUDENTS.into_iter().zip([5, 4, 4]) {
            say(app, &course, user, rating).expect(200);
        }
        assert_eq!(
            (&listed(app, "")[0]["rating"], &listed(app, "")[0]["rating_count"]),
            (&json!(4.33), &json!(3))
        );
        let again = say(app, &course, STUDENT, 1).expect(200);
        assert_eq!((again.tag(), &again.json()["rating"]), ("\"2\"", &json!(1)));
        assert_eq!(
            (&listed(app, "")[0]["rating"], &listed(app, "")[0]["rating_count"]),
            (&json!(3.0), &json!(3))
        );
        let reviews = format!("{course}/reviews");
        let read = app.anonymous().get(&reviews).send().expect(200);
        let ratings: Vec<i64> = read.json()["items"]
            .as_array()
            .unwrap()
            .iter()
            .map(|review| review["rating"].as_i64().unwrap())
            .collect();
        assert_eq!(ratings, [4, 4, 1]);
        assert!(!read.text().contains(STUDENT), "whose it is isn't shown");
        let mine = student(app).get(&format!("{reviews}/mine")).send().expect(200).json();
        assert_eq!(mine["text"], "Worth 1");
        for (body, pointer) in [
            (json!({ "rating": 0 }), "/rating"),
            (json!({ "rating": 6 }), "/rating"),
            (json!({ "rating": 3, "text": "x".repeat(5_001) }), "/text"),
        ] {
            let answer = student(app).put(&format!("{reviews}/mine")).json(&body).send().expect(422);
            assert_eq!(answer.problem().pointers(), [pointer]);
        }
        let body = json!({ "rating": 5 });
        student(app).put(&format!("{reviews}/mine")).if_match("\"1\"").json(&body).send().expect(412);
        teacher(app).put(&format!("{reviews}/mine")).json(&body).send().expect(403);
        app.anonymous().put(&format!("{reviews}/mine")).json(&body).send().expect(401);
        let path = format!("{reviews}/{}", mine["id"].as_str().unwrap());
        app.as_user(STUDENTS[1]).with_role(Role::Student).delete(&path).send().expect(404);
        teacher(app).delete(&path).send().expect(404);
        student(app).delete(&path).if_match("\"1\"").send().expect(412);
        student(app).delete(&path).send().expect(204);
        student(app).get(&format!("{reviews}/mine")).send().expect(404);
        assert_eq!(listed(app, "")[0]["rating"], 4.0);
        let first = app.anonymous().get(&format!("{reviews}?limit=1")).send().expect(200).json();
        admin(app)
            .delete(&format!("{reviews}/{}", first["items"][0]["id"].as_str().unwrap()))
            .send()
            .expect(204);
        // The numbers stay when the next version is published.
        changed(app, &course, &fields("B")).expect(200);
        publish(app, &course);
        assert_eq!(
            (&listed(app, "")[0]["rating"], &listed(app, "")[0]["rating_count"]),
            (&json!(4.0), &json!(1))
        );
    });
}

#[test]
fn courses_are_ordered_by_how_many_took_them_and_what_they_say() {
    App::new(&SERVICE).on_each_database(|app| {
        let [few, many] = ["Few", "Many"].map(|title| published(app, title));
        for (at, user) in STUDENTS.into_iter().enumerate() {
            let id = format!("01890000-0000-7000-8000-0000000001{at:0>2}");
            let enrolment = Enrolment { id, ..Enrolment::of(&many, user) };
            enrolment.begin(app, 1);
            enrolment.begin(app, 1);
            // Who is not there any more took it.
            enrolment.end(app, 2);
        }
        Enrolment::of(&few, STUDENT).begin(app, 1);
        say(app, &few, STUDENT, 5).expect(200);
        say(app, &many, STUDENT, 4).expect(200);
        assert_eq!(found(app, "?sort=-rating"), ["Few", "Many"]);
        app.tick("minute").unwrap();
        assert_eq!(found(app, "?sort=-popularity"), ["Many", "Few"]);
        assert_eq!(found(app, "?sort=popularity&q=few"), ["Few"]);
        assert_eq!(listed(app, "?sort=-popularity")[0]["learner_count"], 3);
        // Whose data is erased says nothing any more.
        let asked =
            json!({ "erasure_id": NOBODY, "user_id": STUDENT, "requested_at": "2026-01-01T00:00:00Z" });
        app.deliver(&Event::new("lyceum.users.ErasureRequested.v1", asked)).unwrap();
        app.tick("minute").unwrap();
        assert!(listed(app, "").as_array().unwrap().iter().all(|course| course["rating_count"] == 0));
    });
}

#[test]
fn facets_count_what_the_list_shows() {
    App::new(&SERVICE).on_each_database(|app| {
        for (title, level, language, tags, price) in [
            ("Rye bread", "beginner", "en", json!(["Baking", "Rye"]), 0),
            ("Wheat bread", "beginner", "pt", json!(["Baking"]), 0),
            ("Cakes", "advanced", "en", json!(["Baking", "Sugar"]), 500),
        ] {
            let mut fields = json!({ "title": title, "visibility": "public", "level": level,
                "language": language, "tags": tags, "price": price });
            if price > 0 {
                fields["currency"] = json!("EUR");
            }
            let course = course_with(app, &fields);
            lesson(app, &module(app, &course, "First"), "Hello");
            publish(app, &course);
        }
        let facets =
            |query: &str| app.anonymous().get(&format!("{PATH}/facets{query}")).send().expect(200).json();
        let all = facets("");
        assert_eq!(
            (&all["count"], &all["free"], &all["paid"], &all["capped"]),
            (&json!(3), &json!(2), &json!(1), &json!(false))
        );
        assert_eq!(
            all["levels"],
            json!([{ "value": "beginner", "count": 2 }, { "value": "advanced", "count": 1 }])
        );
        assert_eq!(all["languages"], json!([{ "value": "en", "count": 2 }, { "value": "pt", "count": 1 }]));
        assert_eq!(all["tags"][0], json!({ "value": "baking", "count": 3 }));
        let bread = facets("?q=bread");
        assert_eq!((&bread["count"], &bread["paid"]), (&json!(2), &json!(0)));
        assert_eq!(bread["tags"], json!([{ "value": "baking", "count": 2 }, { "value": "rye", "count": 1 }]));
        let both = facets("?q=bread&language=pt&tag=baking&free=true");
        assert_eq!(
            (&both["count"], &both["languages"]),
            (&json!(1), &json!([{ "value": "pt", "count": 1 }]))
        );
        assert_eq!(facets("?level=intermediate")["count"], 0);
        app.anonymous().get(&format!("{PATH}/facets?colour=red")).send().expect(400);
    });
}
