//! The contract's models, field by field: where each of its fields is served, by its name or by the one that we gave it.

use super::*;

/// Each of these pointers, of which those on the right say where the contract's field is, leads to something.
fn has(served: &Value, fields: &[(&str, &str)]) {
    for (named, pointer) in fields {
        let found = served.pointer(pointer).is_some_and(|value| !value.is_null());
        assert!(found, "{named}, which is {pointer}, is missing in {served}");
    }
}

/// Fields that have the contract's names.
fn has_all(served: &Value, names: &[&str]) {
    let pointers: Vec<String> = names.iter().map(|name| format!("/{name}")).collect();
    let fields: Vec<(&str, &str)> = names.iter().copied().zip(pointers.iter().map(String::as_str)).collect();
    has(served, &fields);
}

fn read(app: &App, path: &str) -> Value {
    teacher(app).get(path).send().expect(200).json()
}

fn lesson_of(app: &App, module: &str, kind: &str, content: &Value) -> Value {
    let fields = json!({
        "title": "L", "description": "D", "duration": 60, "type": kind, "content": content, "metadata": { "a": 1 }
    });
    let added = teacher(app).post(&format!("{module}/lessons")).json(&fields).send().expect(201);
    read(app, &location(&added))
}

#[test]
fn a_course_has_each_field_of_the_contract() {
    App::new(&SERVICE).on_each_database(|app| {
        let before = id_of(&course(app, "Before")).to_owned();
        let school = "01890000-0000-7000-8000-0000000000aa";
        let fields = json!({
            "title": "A", "description": "D", "short_description": "S", "image_url": "https://example.org/a.png",
            "visibility": "organization", "organization_id": school, "price": 1999, "currency": "EUR",
            "language": "pt", "level": "beginner", "duration": 60, "tags": ["T"], "prerequisites": [before],
            "learning_objectives": ["O"], "metadata": { "a": 1 }, "instructor_ids": [TEACHER],
        });
        let course = location(&admin(app).post(PATH).json(&fields).send().expect(201));
        lesson(app, &module(app, &course, "M"), "L");
        publish(app, &course);
        let names = [
            "title", "description", "short_description", "slug", "image_url", "status", "visibility", "price",
            "currency", "language", "level", "duration", "tags/0", "prerequisites/0", "learning_objectives/0",
            "instructor_ids/0", "organization_id", "metadata/a", "published_at",
        ];
        has_all(&read(app, &course), &names);
    });
}

#[test]
fn a_lesson_its_content_and_its_attachments_have_each_field_of_the_contract() {
    App::new(&SERVICE).on_each_database(|app| {
        let module = module(app, &course(app, "A"), "M");
        let attachment = json!({
            "name": "N", "description": "D", "file_url": "https://example.org/a.pdf",
            "file_type": "application/pdf", "file_size": 7
        });
        let content = json!({
            "video_url": "https://vimeo.com/1", "video_provider": "vimeo", "text_content": "T",
            "attachments": [attachment]
        });
        let video = lesson_of(app, &module, "video", &content);
        let names = [
            "module_id",
            "title",
            "description",
            "order_index",
            "duration",
            "type",
            "status",
            "content",
            "metadata/a",
        ];
        has_all(&video, &names);
        // A content has no id of its own: it is its lesson's, and what else is kept of it is kept of the lesson.
        let fields = [
            ("lesson_id", "/id"),
            ("type", "/type"),
            ("video_url", "/content/video_url"),
            ("video_provider", "/content/video_provider"),
            ("text_content", "/content/text_content"),
            ("attachments[]", "/content/attachments/0"),
            ("metadata", "/metadata"),
        ];
        has(&video, &fields);
        assert_eq!(video["content"]["attachments"], json!([attachment]));
        for (provider, url) in [("youtube", "https://youtu.be/1"), ("internal", "https://example.org/1.mp4")]
        {
            lesson_of(app, &module, "video", &json!({ "video_url": url, "video_provider": provider }));
        }
        let quiz = json!({ "questions": [{ "type": "essay", "text": "?" }] });
        let quiz = lesson_of(app, &module, "quiz", &json!({ "quiz": quiz }));
        assert_eq!(quiz["content"]["quiz_id"], quiz["id"]);
        let assignment =
            json!({ "instructions": "Do.", "submission_types": ["link"], "points_possible": "1" });
        let assignment = lesson_of(app, &module, "assignment", &json!({ "assignment": assignment }));
        assert_eq!(assignment["content"]["assignment_id"], assignment["id"]);
    });
}

#[test]
fn a_quiz_and_an_option_have_each_field_of_the_contract() {
    App::new(&SERVICE).on_each_database(|app| {
        let module = module(app, &course(app, "A"), "M");
        let options = json!([{ "id": "a", "text": "A" }, { "id": "b", "text": "B" }]);
        let question = json!({ "type": "single-choice", "text": "?", "options": options, "correct": ["a"] });
        let quiz =
            json!({ "time_limit": 60, "passing_score": 50, "attempts_allowed": 3, "questions": [question] });
        let quiz = lesson_of(app, &module, "quiz", &json!({ "quiz": quiz }));
        // A quiz is what a lesson of its type holds. Whether it may be taken again is how often it may be taken.
        let fields = [
            ("lesson_id", "/content/quiz_id"),
            ("title", "/title"),
            ("description", "/description"),
            ("time_limit", "/content/quiz/time_limit"),
            ("passing_score", "/content/quiz/passing_score"),
            ("shuffle_questions", "/content/quiz/shuffle_questions"),
            ("show_answers", "/content/quiz/feedback"),
            ("allow_retakes", "/content/quiz/attempts_allowed"),
            ("max_retakes", "/content/quiz/attempts_allowed"),
            ("questions[]", "/content/quiz/questions/0"),
            ("metadata", "/metadata"),
        ];
        has(&quiz, &fields);
        // An option's place is that in the list of its question.
        let options = &quiz["content"]["quiz"]["questions"][0]["options"];
        assert_eq!((&options[0]["text"], &options[1]["text"]), (&json!("A"), &json!("B")));
    });
}

#[test]
fn an_assignment_has_each_field_of_the_contract() {
    App::new(&SERVICE).on_each_database(|app| {
        let module = module(app, &course(app, "A"), "M");
        let level = json!({ "title": "Hard", "points": "2" });
        let criterion = json!({ "title": "Crust", "points_possible": "2", "levels": [level] });
        let assignment = json!({
            "instructions": "Bake.", "submission_types": ["text", "file", "link"], "due_at": "2027-01-31T12:00:00Z",
            "rubric": { "criteria": [criterion] }
        });
        let assignment = lesson_of(app, &module, "assignment", &json!({ "assignment": assignment }));
        // A rubric is part of its assignment, and what is late has more than one rule.
        let fields = [
            ("lesson_id", "/content/assignment_id"),
            ("title", "/title"),
            ("description", "/description"),
            ("instructions", "/content/assignment/instructions"),
            ("due_date", "/content/assignment/due_at"),
            ("points_possible", "/content/assignment/points_possible"),
            ("submission_type", "/content/assignment/submission_types/2"),
            ("allow_late_submissions", "/content/assignment/late/kind"),
            ("rubric_id", "/content/assignment/rubric/criteria/0/id"),
            ("metadata", "/metadata"),
        ];
        has(&assignment, &fields);
    });
}
