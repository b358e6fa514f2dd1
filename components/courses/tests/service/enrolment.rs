//! Enrolments, as their own service tells them.

use super::*;

/// An enrolment of somebody in a course.
#[derive(Clone)]
pub(crate) struct Enrolment {
    pub(crate) id: String,
    pub(crate) course: String,
    pub(crate) user: &'static str,
    pub(crate) version: i64,
    pub(crate) starts: Value,
    pub(crate) ends: Value,
}

impl Enrolment {
    /// In the first version, without dates.
    pub(crate) fn of(course: &str, user: &'static str) -> Self {
        let course = id_of(course).to_owned();
        Self { id: course.clone(), course, user, version: 1, starts: Value::Null, ends: Value::Null }
    }

    fn tell(&self, app: &App, kind: &str, sequence: u64, rest: &[(&str, Value)]) {
        let mut told = json!({ "enrollment_id": self.id, "course_id": self.course, "user_id": self.user });
        for (name, value) in rest {
            told[*name] = value.clone();
        }
        let event = Event::new(&format!("lyceum.enrollments.{kind}.v1"), told);
        app.deliver(&event.about("enrollment", &self.id, sequence)).unwrap();
    }

    fn dates(&self, at: &'static str) -> [(&'static str, Value); 4] {
        [
            ("course_version", json!(self.version)),
            ("starts_at", self.starts.clone()),
            ("expires_at", self.ends.clone()),
            (at, json!("2027-01-01T00:00:00Z")),
        ]
    }

    pub(crate) fn begin(&self, app: &App, sequence: u64) {
        let mut rest = self.dates("enrolled_at").to_vec();
        rest.push(("course_title", json!("A")));
        self.tell(app, "UserEnrolled", sequence, &rest);
    }

    pub(crate) fn change(&self, app: &App, sequence: u64) {
        self.tell(app, "EnrollmentUpdated", sequence, &self.dates("updated_at"));
    }

    pub(crate) fn end(&self, app: &App, sequence: u64) {
        let at = ("deleted_at", json!("2027-01-01T00:00:00Z"));
        self.tell(app, "EnrollmentDeleted", sequence, &[("reason", json!("withdrawn")), at]);
    }
}
