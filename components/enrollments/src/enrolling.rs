//! Whether somebody may be enrolled, and how that begins: with a place, or in the queue.

use lyceum_kit::again::again;
use lyceum_kit::sql::Table as _;
use lyceum_kit::{config, erasure, prelude::*};

use crate::domain::{CourseSeen, Enrollment, Invitation, Origin, Refusal, Settings, Status, Terms};
use crate::store::{enrollments, invitations, places, seen};
use crate::{events, filling, live, process};

/// Says whether payments are taken.
const PAYMENTS: &str = "payments";

/// Whether there is somebody who takes payments.
pub(crate) fn takes_payments() -> Result<bool, Problem> {
    Ok(config::get(PAYMENTS)?.as_deref() == Some("on"))
}

/// Somebody is to be enrolled.
#[derive(Clone, Debug)]
pub(crate) struct Asking {
    pub(crate) course: CourseSeen,
    pub(crate) user_id: UserId,
    pub(crate) origin: Origin,
    pub(crate) invitation: Option<Invitation>,
    pub(crate) terms: Terms,
}

/// How it can begin now.
#[derive(Clone, Debug)]
enum Way {
    /// A place is free.
    Place(Settings),
    /// They have to wait for one.
    Queue,
}

pub(crate) fn already_enrolled() -> Problem {
    Problem::conflict("ALREADY_ENROLLED", "They are enrolled in this course, or wait for a place.")
}

fn gone() -> Problem {
    Problem::conflict("USER_GONE", "The person's account was deleted.")
}

fn spent() -> Problem {
    Problem::conflict("INVITATION_USED_UP", "This invitation was used as often as it may be, or is over.")
}

impl Asking {
    fn is_by_self(&self) -> bool {
        matches!(self.origin, Origin::Own | Origin::Invitation)
    }

    /// How it can begin, or what is against it.
    fn way(&self) -> Result<Way, Problem> {
        let (course_id, now) = (self.course.course_id, clock::now());
        if query_optional::<Enrollment>(enrollments::live(course_id, self.user_id))?.is_some() {
            return Err(already_enrolled());
        }
        let (settings, counts) = places::of(course_id)?;
        if let Some(refusal) = self.refusal(&settings, now)? {
            return Err(refusal.into());
        }
        let has_room = settings.has_room(counts.taken);
        match (has_room, counts.waiting > 0) {
            (true, false) => Ok(Way::Place(settings)),
            // What is free is for those who wait.
            (true, true) => {
                let by = Context::current().without_once();
                let filled = filling::fill(&by, course_id, filling::AT_ONCE);
                filled.map_err(|error| Problem::unavailable(RETRY).with_detail(error.to_string()))?;
                if settings.waiting_list { Ok(Way::Queue) } else { Err(Problem::changed_meanwhile()) }
            }
            (false, _) if settings.waiting_list => Ok(Way::Queue),
            (false, _) => Err(Refusal::Full.into()),
        }
    }

    fn refusal(&self, settings: &Settings, now: Timestamp) -> Result<Option<Refusal>, Problem> {
        let by_self = || {
            let invited = self.invitation.is_some();
            self.is_by_self().then(|| Refusal::of_time(settings, invited, now)).flatten()
        };
        let known = Refusal::of_course(&self.course, settings, now).or_else(by_self);
        if known.is_some() {
            return Ok(known);
        }
        let costs = self.course.cost().is_some() && !self.terms.waive_payment;
        if costs && !takes_payments()? {
            return Ok(Some(Refusal::NoPayments));
        }
        if self.terms.waive_prerequisites {
            return Ok(None);
        }
        let missing = enrollments::missing(&self.course, self.user_id)?;
        Ok((!missing.is_empty()).then_some(Refusal::Prerequisites(missing)))
    }

    /// The enrolment as it is asked for, with a place.
    fn requested(&self) -> Enrollment {
        let requested = Enrollment::requested(self.course.course_id, self.user_id, self.origin, self.terms);
        Enrollment { invitation_id: self.invitation.as_ref().map(|invitation| invitation.id), ..requested }
    }

    /// Adds a new enrolment, in whatever state it begins; the course's row is the first that is written.
    fn add<E>(&self, transaction: Transaction<E>, enrollment: &Enrollment) -> Transaction<E> {
        let waits = enrollment.status == Status::Waitlisted;
        let course_id = enrollment.course_id;
        let counted = if waits { places::queue(course_id) } else { places::take(course_id) };
        let mut transaction = transaction
            .execute(places::ensure(course_id))
            .execute(counted)
            .on_missing(Problem::changed_meanwhile);
        if let Some(invitation) = &self.invitation {
            transaction =
                transaction.execute(invitations::spend(invitation.id, clock::now())).on_missing(spent);
        }
        transaction = transaction
            .execute(enrollment.insert())
            .on_unique("enrollments.course_id,user_id", already_enrolled)
            .execute(seen::is_open(course_id))
            .on_missing(|| Refusal::NotOpen.into())
            .execute(erasure::unless_erased(self.user_id))
            .on_missing(gone);
        if waits {
            transaction = transaction.execute(places::number(enrollment)).publish(&events::waitlisted(
                enrollment,
                &self.course,
                self.user_id,
            ));
        }
        live::tell(transaction, enrollment)
    }

    /// Begins it in the request's transaction: the place is reserved or waited for, and the saga does the rest.
    pub(crate) fn begin(
        &self,
        context: &Context,
        answer: impl Fn(&Enrollment) -> Response,
    ) -> Result<Response, Problem> {
        let (answer, saga) = again(|| {
            let requested = self.requested();
            match self.way()? {
                Way::Place(_) => {
                    let saga = process::begin(&requested)?;
                    let response = self
                        .add(context.begin(), &requested)
                        .execute(saga.insert())
                        .publish(&events::requested(&requested, self.user_id))
                        .respond(answer(&requested))
                        .commit()?;
                    Ok((response, Some((requested, saga.id()))))
                }
                Way::Queue => {
                    let waiting = requested.waiting();
                    let response = self.add(context.begin(), &waiting).respond(answer(&waiting)).commit()?;
                    Ok((response, None))
                }
            }
        })?;
        self.go_on(&context.without_once(), saga);
        Ok(answer)
    }

    /// Begins it in a transaction of its own. What needs no payment is confirmed by it.
    pub(crate) fn begin_alone(&self, by: &WithoutOnce) -> Result<(), Problem> {
        let saga = again(|| {
            let requested = self.requested();
            match self.way()? {
                Way::Place(_) if requested.cost(&self.course).is_some() => {
                    let saga = process::begin(&requested)?;
                    self.add(by.begin(), &requested)
                        .execute(saga.insert())
                        .publish(&events::requested(&requested, self.user_id))
                        .commit()?;
                    Ok(Some((requested, saga.id())))
                }
                Way::Place(settings) => {
                    let version = self.course.open_version().ok_or(Refusal::NotOpen)?;
                    let confirmed = requested.confirmed(version, &settings, true);
                    let transaction = self.add(by.begin(), &confirmed);
                    match events::enrolled(&confirmed, &self.course) {
                        Some(enrolled) => transaction.publish(&enrolled),
                        None => transaction,
                    }
                    .commit()?;
                    Ok(None)
                }
                Way::Queue => {
                    let waiting = requested.waiting();
                    self.add(by.begin(), &waiting).commit()?;
                    Ok(None)
                }
            }
        })?;
        self.go_on(by, saga);
        Ok(())
    }

    /// Does what can be done at once. A place that wasn't needed in the end, or that became free while somebody got into the queue, is
    /// given to who is first.
    fn go_on(&self, by: &WithoutOnce, begun: Option<(Enrollment, Uuid)>) {
        if let Some((enrollment, saga)) = begun {
            process::advance(&enrollment, saga);
        }
        if let Err(error) = filling::fill(by, self.course.course_id, filling::AT_ONCE) {
            log::warn(format!("places are given by the next tick: {error}"));
        }
    }

    /// What is against it, without doing anything.
    pub(crate) fn try_out(&self) -> Result<(), Problem> {
        self.way().map(drop)
    }
}

/// When one may try again.
const RETRY: std::time::Duration = std::time::Duration::from_secs(1);
