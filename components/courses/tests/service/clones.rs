//! Copies of courses, which jobs make, and templates.

use super::*;

const CONTINUED: &str = "lyceum.courses.JobContinued.v1";

/// Works on all jobs to their ends.
fn work(app: &App) {
    for at in 0.. {
        let Some(event) = app.events_of(CONTINUED).get(at).map(lyceum_testing::Published::to_deliver) else {
            break;
        };
        while app.deliver(&event).is_err() {}
    }
}

/// Copies a course to its end: the copy's path, and what the job has come to.
fn copied(app: &App, who: &As<'_>, course: &str, asked: &Value) -> (String, Value) {
    let begun = who.post(&format!("{course}/clones")).json(asked).send().expect(202);
    work(app);
    let job = who.get(&location(&begun)).send().expect(200).json();
    assert_eq!((&job["name"], &job["state"]), (&json!("clone-course"), &json!("completed")));
    (format!("{PATH}/{}", begun.json()["course_id"].as_str().unwrap()), job)
}

fn items(app: &App, path: &str) -> Vec<Value> {
    let listed = teacher(app).get(path).send().expect(200).json();
    listed["items"].as_array().unwrap().clone()
}

fn add(app: &App, path: &str, body: &Value) -> String {
    location(&teacher(app).post(path).json(body).send().expect(201))
}

/// A course with a bank, a quiz that draws of it, an assignment with dates and a rubric, and a lesson after another one.
fn full(app: &App) -> String {
    let course = course_with(
        app,
        &json!({
            "title": "Baking", "visibility": "public", "price": 500, "currency": "EUR", "tags": ["Food"],
            "metadata": { "a": 1 }
        }),
    );
    let question = json!({ "type": "true-false", "text": "1?", "correct": true });
    let bank = add(
        app,
        &format!("{course}/question-banks"),
        &json!({ "title": "Flour", "questions": [question, question] }),
    );
    let first = module(app, &course, "First");
    let second = module(app, &course, "Second");
    let rye = lesson(app, &first, "Rye");
    let lessons = format!("{first}/lessons");
    let mut wheat = text("Wheat");
    wheat["prerequisites"] = json!([id_of(&rye)]);
    wheat["available_from"] = json!("2027-01-01T00:00:00Z");
    add(app, &lessons, &wheat);
    let draws = json!([{ "bank_id": id_of(&bank), "count": 2 }]);
    let quiz =
        json!({ "draws": draws, "opens_at": "2027-01-02T00:00:00Z", "closes_at": "2027-01-03T00:00:00Z" });
    add(app, &lessons, &json!({ "title": "Quiz", "type": "quiz", "content": { "quiz": quiz } }));
    let level = json!({ "title": "Hard", "points": "2" });
    let rubric = json!({ "criteria": [{ "title": "Crust", "points_possible": "2", "levels": [level] }] });
    let assignment = json!({
        "instructions": "Bake.", "submission_types": ["text"], "due_at": "2027-01-31T12:00:00Z", "rubric": rubric
    });
    let content = json!({ "assignment": assignment });
    add(
        app,
        &format!("{second}/lessons"),
        &json!({ "title": "Bake", "type": "assignment", "status": "draft", "content": content }),
    );
    course
}

#[test]
fn a_copy_has_all_that_the_course_has_with_ids_of_its_own_and_dates_shifted() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = full(app);
        let asked = json!({ "title": "Baking in spring", "shift_days": 59 });
        let (copy, job) = copied(app, &teacher(app), &course, &asked);
        assert_eq!((&job["done"], &job["total"], &job["failed"]), (&json!(8), &json!(8), &json!(0)));
        let shown = teacher(app).get(&copy).send().expect(200).json();
        assert_eq!(shown["title"], "Baking in spring");
        assert_eq!((&shown["status"], &shown["visibility"]), (&json!("draft"), &json!("private")));
        assert_eq!(
            (&shown["price"], &shown["tags"], &shown["metadata"]["a"]),
            (&json!(500), &json!(["Food"]), &json!(1))
        );
        assert_eq!(app.events_of("lyceum.courses.CourseCreated.v1").len(), 2);

        let bank = items(app, &format!("{copy}/question-banks")).remove(0);
        assert_eq!((&bank["title"], &bank["question_count"]), (&json!("Flour"), &json!(2)));
        let bank_id = bank["id"].as_str().unwrap();
        let whole = teacher(app).get(&format!("{copy}/question-banks/{bank_id}")).send().expect(200).json();
        assert_eq!(whole["questions"][0]["correct"], true);
        assert_ne!(bank_id, items(app, &format!("{course}/question-banks"))[0]["id"]);

        let modules = teacher(app).get(&format!("{copy}/modules")).send().expect(200);
        assert_eq!(in_order(&modules), ["First", "Second"]);
        let modules = items(app, &format!("{copy}/modules"));
        let below = |at: usize| format!("{copy}/modules/{}/lessons", modules[at]["id"].as_str().unwrap());
        assert_eq!(in_order(&teacher(app).get(&below(0)).send().expect(200)), ["Rye", "Wheat", "Quiz"]);
        let lessons = items(app, &below(0));
        assert_eq!(lessons[1]["prerequisites"], json!([lessons[0]["id"]]));
        assert_eq!(lessons[1]["available_from"], "2027-03-01T00:00:00Z");
        let read = |at: usize, lesson: &Value| {
            let path = format!("{}/{}", below(at), lesson["id"].as_str().unwrap());
            teacher(app).get(&path).send().expect(200).json()["content"].clone()
        };
        assert_eq!(read(0, &lessons[0])["text_html"], "<p><em>Rye</em></p>\n");
        let quiz = read(0, &lessons[2]);
        assert_eq!(
            (&quiz["quiz_id"], &quiz["quiz"]["draws"][0]["bank_id"]),
            (&lessons[2]["id"], &bank["id"])
        );
        assert_eq!(quiz["quiz"]["closes_at"], "2027-03-03T00:00:00Z");
        let bake = items(app, &below(1)).remove(0);
        assert_eq!(bake["status"], "draft");
        let assignment = read(1, &bake)["assignment"].clone();
        assert_eq!(assignment["due_at"], "2027-03-31T12:00:00Z");
        assert_eq!(assignment["rubric"]["criteria"][0]["title"], "Crust");

        // Each goes its own way: the course loses what the copy keeps.
        let lost = items(app, &format!("{course}/modules"))[0]["id"].as_str().unwrap().to_owned();
        teacher(app).delete(&format!("{course}/modules/{lost}")).send().expect(204);
        assert_eq!(read(0, &lessons[0])["text_html"], "<p><em>Rye</em></p>\n");
        publish(app, &copy);
        let internal = format!(
            "/internal/courses/{}/versions/1/quizzes/{}",
            id_of(&copy),
            lessons[2]["id"].as_str().unwrap()
        );
        let drawn = app.as_service("progress").get(&internal).send().expect(200).json();
        assert_eq!(drawn["pools"][0]["questions"].as_array().unwrap().len(), 2);
    });
}

#[test]
fn a_published_version_is_copied_as_it_was() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = full(app);
        publish(app, &course);
        changed(app, &course, &fields("Something else")).expect(200);
        let first = items(app, &format!("{course}/modules"))[0]["id"].as_str().unwrap().to_owned();
        teacher(app).delete(&format!("{course}/modules/{first}")).send().expect(204);
        let (copy, job) = copied(app, &teacher(app), &course, &json!({ "version": 1 }));
        assert_eq!(job["failed"], 0);
        assert_eq!(teacher(app).get(&copy).send().expect(200).json()["title"], "Baking");
        let modules = items(app, &format!("{copy}/modules"));
        assert_eq!(modules.len(), 2);
        let lessons = items(app, &format!("{copy}/modules/{}/lessons", modules[0]["id"].as_str().unwrap()));
        assert_eq!(lessons.len(), 3);
        let unknown = teacher(app).post(&format!("{course}/clones")).json(&json!({ "version": 2 })).send();
        unknown.expect(404);
    });
}

#[test]
fn a_copy_is_edited_once_it_is_complete_and_is_made_once_under_one_key() {
    App::new(&SERVICE).on_each_database(|app| {
        let course = full(app);
        let path = format!("{course}/clones");
        let ask = || teacher(app).post(&path).key("k").json(&json!({})).send().expect(202);
        let (begun, again) = (ask(), ask());
        assert_eq!((begun.body(), location(&begun)), (again.body(), location(&again)));
        let copy = format!("{PATH}/{}", begun.json()["course_id"].as_str().unwrap());
        let refused = teacher(app).post(&format!("{copy}/modules")).json(&json!({ "title": "A" })).send();
        assert_eq!(refused.expect(409).problem().error_code, "COURSE_BEING_COPIED");
        let refused = teacher(app).post(&format!("{copy}/clones")).json(&json!({})).send();
        assert_eq!(refused.expect(409).problem().error_code, "COURSE_BEING_COPIED");
        work(app);
        // What continues it comes again, and changes nothing.
        for event in app.events_of(CONTINUED) {
            app.deliver(&event.to_deliver()).unwrap();
        }
        assert_eq!(items(app, &format!("{copy}/modules")).len(), 2);
        module(app, &copy, "Third");

        // A copy that was ended before it was complete can still be deleted.
        let begun = teacher(app).post(&path).json(&json!({})).send().expect(202);
        teacher(app).delete(&location(&begun)).send().expect(200);
        let copy = format!("{PATH}/{}", begun.json()["course_id"].as_str().unwrap());
        teacher(app).delete(&copy).send().expect(204);
        teacher(app).get(&copy).send().expect(404);
    });
}

#[test]
fn who_creates_courses_copies_their_own_and_templates() {
    App::new(&SERVICE).on_each_database(|app| {
        let [course, ..] = small_course(app, "A");
        let path = format!("{course}/clones");
        other_teacher(app).post(&path).json(&json!({})).send().expect(404);
        publish(app, &course);
        other_teacher(app).post(&path).json(&json!({})).send().expect(403);
        student(app).post(&path).json(&json!({})).send().expect(403);
        app.anonymous().post(&path).json(&json!({})).send().expect(401);
        let templates = "/api/v1/courses/templates";
        assert!(titles(&other_teacher(app).get(templates).send().expect(200)).is_empty());
        student(app).get(templates).send().expect(403);

        let mut marked = fields("A");
        marked["is_template"] = json!(true);
        assert_eq!(changed(app, &course, &marked).expect(200).json()["is_template"], true);
        assert_eq!(titles(&other_teacher(app).get(templates).send().expect(200)), ["A"]);
        let (copy, _) = copied(app, &other_teacher(app), &course, &json!({}));
        let shown = other_teacher(app).get(&copy).send().expect(200).json();
        assert_eq!((&shown["instructor_ids"], &shown["is_template"]), (&json!([OTHER]), &json!(false)));
        teacher(app).get(&copy).send().expect(404);

        let wrong = teacher(app).post(&path).json(&json!({ "shift_days": 3661 })).send();
        assert_eq!(wrong.expect(422).problem().pointers(), ["/shift_days"]);
        let wrong = teacher(app).post(&path).json(&json!({ "title": "" })).send();
        assert_eq!(wrong.expect(422).problem().pointers(), ["/title"]);
        teacher(app).post(&format!("{PATH}/{NOBODY}/clones")).json(&json!({})).send().expect(404);
    });
}
