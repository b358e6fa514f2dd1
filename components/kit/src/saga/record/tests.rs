use super::*;
use crate::saga::{Next, Turn};

const SECOND: i64 = 1_000_000;
const MINUTE: i64 = 60 * SECOND;
const DEADLINE: i64 = 24 * 60 * MINUTE;

type Act = fn(&mut Turn<()>) -> Result<Next, StepError>;
const NOTHING: Act = |_| Ok(Next::Done);

const STEPS: &[Step<()>] = &[
    Step::new("reserve", NOTHING).undo(NOTHING),
    Step::new("note", NOTHING),
    Step::new("charge", NOTHING).undo(NOTHING),
    Step::new("send", NOTHING).retriable(),
    Step::new("close", NOTHING).undo(NOTHING),
];

fn at(micros: i64) -> Timestamp {
    Timestamp::from_micros(micros)
}

fn record(step: &str) -> Record {
    Record {
        id: Uuid::nil(),
        name: "order".into(),
        subject: None,
        actor: None,
        correlation_id: "c1".into(),
        state: State::Running,
        backward: false,
        step: step.into(),
        waiting: false,
        waiting_for: AsJson(Vec::new()),
        data: "null".into(),
        attempts: 0,
        problem: None,
        reason: None,
        due_at: Some(at(0)),
        deadline: at(DEADLINE),
        version: 1,
        created_at: at(0),
        updated_at: at(0),
        ended_at: None,
    }
}

/// The states and steps that follow from steps that succeed.
fn way(mut record: Record) -> Vec<(State, String)> {
    let mut way = vec![(record.state, record.step.clone())];
    while record.ended_at.is_none() {
        record.step_done(STEPS, at(1));
        way.push((record.state, record.step.clone()));
    }
    assert_eq!(record.due_at, None);
    way
}

fn names(way: &[(State, String)]) -> Vec<&str> {
    way.iter().map(|(_, step)| step.as_str()).collect()
}

#[test]
fn steps_follow_each_other_to_the_end() {
    let way = way(record("reserve"));
    assert_eq!(names(&way), ["reserve", "note", "charge", "send", "close", "close"]);
    assert_eq!(way.last().unwrap().0, State::Completed);
}

#[test]
fn what_was_done_before_a_refusal_is_taken_back_the_last_first() {
    for (refused, back) in [("charge", &["reserve", "reserve"][..]), ("note", &["reserve", "reserve"])] {
        let mut record = record(refused);
        record.step_refused(STEPS, &StepError::Refused("FULL".into()), at(1));
        assert_eq!(
            (record.state, record.reason.as_deref()),
            (State::Compensating, Some("FULL")),
            "{refused}"
        );
        let way = way(record);
        assert_eq!(names(&way), back, "{refused}");
        assert_eq!(way.last().unwrap().0, State::Compensated);
    }
    let mut first = record("reserve");
    first.step_refused(STEPS, &StepError::Refused("FULL".into()), at(1));
    assert_eq!((first.state, first.due_at, first.ended_at), (State::Compensated, None, Some(at(1))));
}

#[test]
fn a_step_that_keeps_failing_is_stuck_and_then_taken_back_with_those_before_it() {
    let mut record = record("charge");
    let failure = StepError::failed("no");
    let mut waits = Vec::new();
    let mut now = 0;
    while !record.backward {
        record.step_failed(STEPS, &failure, at(now));
        let due = record.due_at.unwrap().as_micros();
        waits.push((record.state, (due - now) / SECOND));
        now = due;
    }
    let running = [30, 60, 120, 240].map(|wait| (State::Running, wait));
    let stuck = [300, 600, 1200, 2400, 3600, 3600].map(|wait| (State::Stuck, wait));
    assert_eq!(waits[..4], running);
    assert_eq!(waits[4..10], stuck);
    assert_eq!(waits[10..], [(State::Compensating, 0)]);
    assert_eq!(names(&way(record)), ["charge", "reserve", "reserve"]);
}

#[test]
fn what_is_not_available_costs_no_attempt_before_the_deadline() {
    let mut record = record("charge");
    let away = StepError::unavailable("away");
    for _ in 0..100 {
        record.step_failed(STEPS, &away, at(DEADLINE - 1));
        assert_eq!(record.state, State::Running);
    }
    assert_eq!(record.due_at, Some(at(DEADLINE - 1 + 10 * MINUTE)));
    record.step_failed(STEPS, &away, at(DEADLINE));
    assert_eq!((record.state, record.problem.as_deref()), (State::Stuck, Some("away")));
}

#[test]
fn from_a_step_that_can_only_be_repeated_there_is_no_way_back() {
    for step in ["send", "close"] {
        let mut record = record(step);
        for _ in 0..50 {
            record.step_failed(STEPS, &StepError::failed("no"), at(0));
        }
        assert_eq!(
            (record.state, record.backward, record.due_at),
            (State::Stuck, false, Some(at(60 * MINUTE)))
        );
        record.step_refused(STEPS, &StepError::Refused("no".into()), at(0));
        assert_eq!((record.state, record.backward), (State::Stuck, false));
        record.step_done(STEPS, at(1));
        assert!(matches!(record.state, State::Running | State::Completed));
    }
}

#[test]
fn a_compensation_that_fails_is_stuck_and_never_given_up() {
    let mut record = record("charge");
    record.step_refused(STEPS, &StepError::Refused("FULL".into()), at(0));
    for _ in 0..50 {
        record.step_failed(STEPS, &StepError::unavailable("away"), at(0));
    }
    assert_eq!((record.state, record.backward, record.step.as_str()), (State::Stuck, true, "reserve"));
    record.step_done(STEPS, at(1));
    assert_eq!((record.state, record.reason.as_deref()), (State::Compensated, Some("FULL")));
}

#[test]
fn a_step_waits_for_its_answer_but_not_past_the_deadline() {
    let mut record = record("reserve");
    record.step_waits(&STEPS[0], at(0));
    assert!(record.waits_for("reserve", false) && !record.waits_for("reserve", true));
    assert_eq!(record.due_at, Some(at(10 * MINUTE)));
    record.step_waits(&STEPS[0], at(DEADLINE - MINUTE));
    assert_eq!(record.due_at, Some(at(DEADLINE)));
    record.waiting_for.0 = vec!["files".into(), "auth".into()];
    record.step_failed(STEPS, &record.no_answer(), at(DEADLINE));
    assert_eq!(record.state, State::Stuck);
    assert_eq!(record.problem.as_deref(), Some("no answer came in time from files, auth"));
    record.step_waits(&STEPS[0], at(DEADLINE));
    assert_eq!((record.state, record.due_at), (State::Stuck, Some(at(DEADLINE + 10 * MINUTE))));
}
