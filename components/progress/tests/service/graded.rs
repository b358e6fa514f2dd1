//! A course with a quiz and an assignment, as courses tells of them.

use lyceum_kit::prelude::{Bytes, Request, Response};
use lyceum_testing::Answer;

use super::*;

/// Where a question's id is a word.
pub(super) fn question(id: &str, points: &str, kind: &str, mut fields: Value) -> Value {
    fields["id"] = json!(id);
    fields["type"] = json!(kind);
    fields["points"] = json!(points);
    fields["text"] = json!(format!("What of {id}?"));
    fields["explanation"] = json!("It is told in the lesson.");
    fields
}

/// Two questions that need nobody, of 1 and 3 points.
pub(super) fn plain_questions() -> Value {
    let options = json!([{ "id": "o1", "text": "Rye" }, { "id": "o2", "text": "Wheat" }]);
    json!([
        question("q1", "1", "single-choice", json!({ "options": options, "correct": ["o2"] })),
        question("q2", "3", "numeric", json!({ "correct": "4711", "tolerance": "1" })),
    ])
}

/// A course with a module that has a quiz and an assignment, both of which have their lesson's id.
pub(super) struct Graded {
    pub(super) course: Course,
    pub(super) enrollment: Enrollment,
    pub(super) quiz: Uuid,
    pub(super) assignment: Uuid,
}

fn answer(request: &Request<Bytes>, quiz: &Value, assignment: &Value) -> Response<Bytes> {
    let path = request.uri().path();
    let mut found = if path.contains("/quizzes/") { quiz.clone() } else { assignment.clone() };
    found["id"] = json!(path.rsplit('/').next().unwrap());
    Response::new(Bytes::from(found.to_string()))
}

/// What courses answers when it is asked.
pub(super) fn told(app: &App, quiz: &Value, assignment: &Value) {
    let [mut quiz, mut assignment] = [quiz.clone(), assignment.clone()];
    for (all, defaults) in [
        (&mut quiz, json!({ "title": "Flour", "questions": plain_questions() })),
        (
            &mut assignment,
            json!({ "title": "Bake", "submission_types": ["text", "file", "link"], "points_possible": "20" }),
        ),
    ] {
        for (member, value) in defaults.as_object().unwrap() {
            if all[member].is_null() {
                all[member] = value.clone();
            }
        }
    }
    app.on_call("courses", move |request| answer(&request, &quiz, &assignment));
}

pub(super) fn graded(app: &App, quiz: &Value, assignment: &Value) -> Graded {
    at(app, NOW);
    told(app, quiz, assignment);
    let (quiz_id, assignment_id) = (ids::new(), ids::new());
    let lesson = json!({ "lesson_id": assignment_id, "type": "assignment", "assignment_id": assignment_id });
    let mut course = Course::new();
    let modules = [(ids::new(), vec![super::quiz(quiz_id, quiz_id), lesson])];
    app.deliver(&course.published(1, &modules)).unwrap();
    let mut enrollment = Enrollment::new(&course, STUDENT);
    app.deliver(&enrollment.enrolled(1, [None, None])).unwrap();
    Graded { course, enrollment, quiz: quiz_id, assignment: assignment_id }
}

impl Graded {
    pub(super) fn attempts(&self) -> String {
        format!("{PATH}/users/{STUDENT}/quizzes/{}/attempts", self.quiz)
    }

    pub(super) fn submissions(&self) -> String {
        format!("{PATH}/users/{STUDENT}/assignments/{}/submissions", self.assignment)
    }

    /// Begins an attempt; its path.
    pub(super) fn begin(&self, app: &App) -> String {
        let begun = student(app).post(&self.attempts()).send().expect(201);
        begun.header("location").unwrap().to_owned()
    }

    /// Hands something in; its path.
    pub(super) fn hand_in(&self, app: &App) -> String {
        let content = json!({ "submission_type": "text", "text_content": "It rose.", "submit": true });
        let begun = student(app).post(&self.submissions()).json(&content).send().expect(201);
        begun.header("location").unwrap().to_owned()
    }

    pub(super) fn gradebook(&self) -> String {
        format!("{PATH}/courses/{}/gradebook", self.course.id)
    }

    /// What the student sees of their grades.
    pub(super) fn own(&self, app: &App) -> Value {
        let path = format!("{PATH}/users/me/courses/{}/grades", self.course.id);
        student(app).get(&path).send().expect(200).json()
    }
}

/// Saves these answers, and hands them in.
pub(super) fn answered(app: &App, attempt: &str, answers: &Value) -> Value {
    saved(app, attempt, answers).expect(200);
    student(app).post(&format!("{attempt}/submit")).send().expect(200).json()
}

pub(super) fn saved(app: &App, attempt: &str, answers: &Value) -> Answer {
    let tag = student(app).get(attempt).send().expect(200).tag().to_owned();
    student(app).put(attempt).if_match(&tag).json(&json!({ "answers": answers })).send()
}

pub(super) fn choice(id: &str, option: &str) -> Value {
    json!({ "question_id": id, "selected_options": [option] })
}

pub(super) fn words(id: &str, text: &str) -> Value {
    json!({ "question_id": id, "text_response": text })
}

pub(super) fn code(answer: Answer) -> String {
    answer.expect(409).problem().error_code
}
