//! The keys by which entries are listed: what a list is of, and then the time, as one text that sorts as it has to.
//!
//! A page of a list is then a range of one index. Filters on several fields are not: of them an index serves the first one
//! alone, and what it finds is sorted as a whole.

use lyceum_event_types::students::EntryKind;
use lyceum_kit::documents::{Field, Filter, all, field};
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};

/// Later than every time's digits.
const END: char = '~';

/// The keys of one entry. Without a course it is in no list of a course.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub(crate) struct Keys {
    time: String,
    kind: String,
    student: String,
    student_kind: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    course: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    course_kind: Option<String>,
}

impl Keys {
    pub(crate) fn of(student: UserId, course: Option<Uuid>, kind: EntryKind, at: Timestamp) -> Self {
        Self {
            time: key("", at),
            kind: key(&format!("{kind}/"), at),
            student: key(&format!("{student}/"), at),
            student_kind: key(&format!("{student}/{kind}/"), at),
            course: course.map(|course| key(&format!("{course}/"), at)),
            course_kind: course.map(|course| key(&format!("{course}/{kind}/"), at)),
        }
    }
}

/// Seventeen digits hold the microseconds of every year up to 5138; entries are of no later one.
fn key(prefix: &str, at: Timestamp) -> String {
    format!("{prefix}{:017}", at.as_micros().max(0))
}

/// Which entries are asked for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) student: Option<UserId>,
    pub(crate) course: Option<Uuid>,
    pub(crate) kind: Option<EntryKind>,
    /// At this time or later.
    pub(crate) from: Option<Timestamp>,
    /// Before this time.
    pub(crate) to: Option<Timestamp>,
}

impl Wanted {
    /// The field to sort by, and the filter that is a range of it. What the key has not in it is asked besides: the course
    /// among one student's entries, which are few.
    pub(crate) fn range(&self) -> (&'static str, Filter) {
        let Self { student, course, kind, from, to } = *self;
        let (path, prefix) = match (student, course, kind) {
            (Some(student), _, None) => ("keys.student", format!("{student}/")),
            (Some(student), _, Some(kind)) => ("keys.student_kind", format!("{student}/{kind}/")),
            (None, Some(course), None) => ("keys.course", format!("{course}/")),
            (None, Some(course), Some(kind)) => ("keys.course_kind", format!("{course}/{kind}/")),
            (None, None, Some(kind)) => ("keys.kind", format!("{kind}/")),
            (None, None, None) => ("keys.time", String::new()),
        };
        let by: Field = field(path);
        let mut filters = vec![
            by.is_at_least(key(&prefix, from.unwrap_or(Timestamp::from_micros(0)))),
            by.is_less_than(to.map_or_else(|| format!("{prefix}{END}"), |to| key(&prefix, to))),
        ];
        if let (Some(_), Some(course)) = (student, course) {
            filters.push(field("course_id").equals(course.to_string()));
        }
        (path, all(filters))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_sort_as_their_times_do() {
        let keys = [0, 9, 10, 1_767_225_600_000_000, 99_999_999_999_999_999].map(Timestamp::from_micros);
        assert!(keys.map(|at| key("a/", at)).is_sorted());
        assert!(keys.iter().all(|at| key("a/", *at) < format!("a/{END}")));
    }
}
