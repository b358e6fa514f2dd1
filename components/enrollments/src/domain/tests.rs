use lyceum_event_types::enrollments::{EndReason, FailureReason};
use lyceum_kit::prelude::*;
use proptest::prelude::*;

use super::*;

const DAY: i64 = 86_400_000_000;

fn moment(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn enrollment() -> Enrollment {
    let user = UserId::new(ids::new());
    Enrollment::requested(ids::new(), user, Origin::Own, Terms::default())
}

#[test]
fn a_code_is_known_however_it_is_typed() {
    for typed in ["AB10-0CDE", " ab1o ocde", "abLO-0cde", "a-b-i-0-0-c-d-e"] {
        assert_eq!(code_as_kept(typed), "AB100CDE", "{typed}");
    }
}

#[test]
fn an_enrolment_that_asked_for_a_payment_is_compensated_and_another_one_fails() {
    let failed = How::Failed(FailureReason::TimedOut);
    assert_eq!(enrollment().ended(failed).status, Status::Failed);
    let charged = enrollment().charged(1, "EUR", std::time::Duration::from_hours(1));
    assert_eq!(charged.ended(failed).status, Status::Compensated);
}

#[test]
fn what_was_completed_stays_completed_however_it_ends() {
    let settings = Settings::of(ids::new());
    let confirmed = enrollment().confirmed(1, &settings, false);
    for (reason, status) in [(EndReason::Expired, Status::Expired), (EndReason::Withdrawn, Status::Withdrawn)]
    {
        assert_eq!(confirmed.ended(How::Over(reason)).status, status);
        let completed = confirmed.completed(clock::now());
        assert_eq!(completed.ended(How::Over(reason)).status, Status::Completed);
        assert!(!completed.ended(How::Over(reason)).is_active());
    }
    let late = confirmed.ended(How::Over(EndReason::Withdrawn)).completed(clock::now());
    assert_eq!((late.status, late.completed_at.is_some()), (Status::Withdrawn, true));
}

proptest! {
    #[test]
    fn an_enrolment_ends_with_its_days_or_with_the_course_whatever_is_first(
        begins in 0..1_000 * DAY, days in proptest::option::of(1_i64..=36_525), ends in proptest::option::of(0..40_000 * DAY)
    ) {
        let settings = Settings { valid_days: days, ends_at: ends.map(moment), ..Settings::of(ids::new()) };
        let end = settings.end_for(moment(begins)).map(Timestamp::as_micros);
        let lasts = days.map(|days| begins + days * DAY);
        prop_assert_eq!(end, match (lasts, ends) {
            (Some(lasts), Some(ends)) => Some(lasts.min(ends)),
            (one, other) => one.or(other),
        });
    }
}
