//! Many people at once, from a file or a cohort: a job whose rows are enrolled one by one, so that a course's row is never held
//! for longer than one of them takes, and others get their turn between any two.
//!
//! Each row is a transaction of its own. A part of the job that is repeated after a crash finds people enrolled, and leaves them
//! so.

use lyceum_event_types::enrollments::JobContinued;
use lyceum_kit::job::{self, Import, Kind, RowWrites};
use lyceum_kit::prelude::*;
use lyceum_kit::tabular::Format;
use lyceum_kit::text_enum;
use serde::{Deserialize, Serialize};

use crate::domain::{CourseSeen, Origin, Terms};
use crate::enrolling::{Asking, already_enrolled};
use crate::store::seen;

const KINDS: &[&dyn Kind] = &[&IMPORT];
/// The most people of a cohort that are enrolled by one job.
const MOST: usize = 100_000;
const SOME: u16 = 1_000;

text_enum! {
    /// Whom somebody finds by their address.
    pub(crate) enum Finds {
        /// Whoever has an account.
        Everybody = "everybody",
        /// Those who are in the course's organisation.
        Members = "members",
    }
}

text_enum! {
    /// What becomes of the rows.
    pub(crate) enum Purpose {
        /// They are enrolled.
        Enrol = "enrol",
        /// It is only found out what is against it.
        TryOut = "try-out",
    }
}

/// A row as the job keeps it.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Asked {
    pub(crate) course_id: Uuid,
    pub(crate) origin: Origin,
    pub(crate) finds: Finds,
    pub(crate) purpose: Purpose,
    pub(crate) user_id: Option<UserId>,
    pub(crate) email: Option<String>,
    pub(crate) waive_prerequisites: bool,
    pub(crate) waive_payment: bool,
    pub(crate) starts_at: Option<Timestamp>,
    pub(crate) expires_at: Option<Timestamp>,
    /// Why it can't be read.
    pub(crate) unreadable: Option<String>,
    /// Whether the file has the person already.
    pub(crate) repeated: bool,
}

impl Asked {
    /// Whom this course's rows name; the rest is said of each.
    pub(crate) fn of(course_id: Uuid, origin: Origin, finds: Finds, purpose: Purpose) -> Self {
        Self {
            course_id,
            origin,
            finds,
            purpose,
            user_id: None,
            email: None,
            waive_prerequisites: false,
            waive_payment: false,
            starts_at: None,
            expires_at: None,
            unreadable: None,
            repeated: false,
        }
    }

    fn terms(&self) -> Terms {
        Terms {
            waive_prerequisites: self.waive_prerequisites,
            waive_payment: self.waive_payment,
            starts_at: self.starts_at,
            expires_at: self.expires_at,
        }
    }

    /// Who is meant.
    fn person(&self, course: &CourseSeen) -> Result<UserId, Problem> {
        match (self.user_id, &self.email) {
            (Some(user_id), None) if self.origin == Origin::Cohort || seen::is_known(user_id)? => Ok(user_id),
            (Some(_), None) => Err(wrong("/user_id", "UNKNOWN_USER", "Nobody has an account with this id.")),
            (None, Some(email)) => self.with_address(course, email),
            (None, None) => Err(wrong("/user_id", "REQUIRED", "There must be a user_id or an email.")),
            (Some(_), Some(_)) => {
                Err(wrong("/user_id", "NAMED_TWICE", "There must be a user_id or an email, not both."))
            }
        }
    }

    fn with_address(&self, course: &CourseSeen, email: &str) -> Result<UserId, Problem> {
        for user_id in seen::with_address(email)? {
            let is_member = match course.organization_id {
                Some(id) => seen::is_in_organization(id, user_id)?,
                None => false,
            };
            if is_member || self.finds == Finds::Everybody {
                return Ok(user_id);
            }
        }
        Err(wrong("/email", "UNKNOWN_USER", "Nobody whom you may find has this address."))
    }
}

static IMPORT: Import<Asked> = Import::new("enroll", |asked: Asked| {
    if let Some(why) = &asked.unreadable {
        return Err(Problem::unprocessable("UNREADABLE_ROW", why.clone()));
    }
    if asked.repeated {
        return Err(wrong("/user_id", "REPEATED", "The file has this person already."));
    }
    let gone = || Problem::conflict("COURSE_NOT_OPEN", "The course was deleted in the meantime.");
    let course = seen::course(asked.course_id)?.filter(|course| !course.removed).ok_or_else(gone)?;
    let user_id = asked.person(&course)?;
    let (origin, terms) = (asked.origin, asked.terms());
    let asking = Asking { course, user_id, origin, invitation: None, terms };
    let done = match asked.purpose {
        Purpose::TryOut => asking.try_out(),
        Purpose::Enrol => asking.begin_alone(&Context::current().without_once()),
    };
    match done {
        // Whoever is enrolled stays so: by an earlier attempt at this row, too.
        Err(problem) if problem.code() == already_enrolled().code() => Ok(RowWrites::new()),
        Err(problem) => Err(problem),
        Ok(()) => Ok(RowWrites::new()),
    }
});

fn wrong(pointer: &'static str, code: &'static str, message: &'static str) -> Problem {
    Problem::invalid(vec![Violation::new(code, message).at(pointer)])
}

/// Begins a job with these rows.
pub(crate) fn start(rows: &[Asked], format: Option<Format>, dry_run: bool) -> Result<job::Started, Problem> {
    let mut lines = Vec::new();
    for row in rows {
        serde_json::to_writer(&mut lines, row).map_err(|_| Problem::internal())?;
        lines.push(b'\n');
    }
    let mut kept = HeaderMap::new();
    let kind = HeaderValue::from_static(Format::JsonLines.content_type());
    kept.insert(header::CONTENT_TYPE, kind);
    let started = IMPORT.start(&kept, &Bytes::from(lines), dry_run)?;
    Ok(match format {
        Some(format) => started.of_form(format.name()),
        None => started.of_form("cohort"),
    })
}

/// Those who are in a cohort now; none if they are too many.
pub(crate) fn of_cohort(cohort_id: Uuid) -> Result<Option<Vec<UserId>>, SqlError> {
    let mut all: Vec<UserId> = Vec::new();
    loop {
        let some = seen::cohort_members(cohort_id, all.last().copied(), SOME)?;
        let is_last = some.len() < usize::from(SOME);
        all.extend(some);
        if all.len() > MOST {
            return Ok(None);
        }
        if is_last {
            return Ok(Some(all));
        }
    }
}

/// Goes on with a job.
pub(crate) fn go_on(received: &Received, _: &JobContinued) -> Result<(), EventError> {
    job::on_continued(received, KINDS)
}

/// Takes up those that nothing drives any more.
pub(crate) fn run_due(by: &WithoutOnce) -> Result<(), EventError> {
    job::run_due(by, KINDS)
}
