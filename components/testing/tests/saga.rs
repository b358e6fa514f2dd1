//! Sagas on each database: what is lost between two steps when the process dies (nothing), answers that come twice and
//! too late, and what becomes of steps that fail.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

use std::{cell::Cell, time::Duration};

use lyceum_kit::{
    http::Service,
    periodic::{Job, every, minutes},
    prelude::*,
    saga::{self, Next, Saga, Step, StepError, Turn},
    sql::Sequence,
    subscription::Consumes,
};
use lyceum_testing::{App, Crash};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const USER: &str = "01890000-0000-7000-8000-0000000000bb";
const OTHER: &str = "01890000-0000-7000-8000-0000000000cc";
const ANSWERED: &str = "lyceum.testing.SeatAnswered.v1";

thread_local! {
    /// How often the last step fails.
    static FAILURES: Cell<u32> = const { Cell::new(0) };
}

lyceum_kit::service! {
    name: "things",
    routes: routes,
    migrations: [
        "0001-things", "0002-sagas" = lyceum_kit::saga::SAGAS, "0003-sequences" = lyceum_kit::sql::SEQUENCES,
    ],
    publishes: [SeatWanted, SeatReleased],
    on: {
        reaction: { SeatAnswered => seat_answered },
        periodic: JOBS,
    },
}

const JOBS: &[Job] = &[every(minutes(1), "sagas", |by| saga::run_due(by, &[&ENROLMENT]))];

const NOTES: Sequence = Sequence::new("notes");

/// Reserves a seat by an event, has it paid by a call, and notes it under a number.
static ENROLMENT: Saga<Enrolment> = Saga::new(
    "enrolment",
    &[
        Step::new("reserve", reserve).undo(release).answer_within(Duration::from_mins(2)),
        Step::new("pay", pay),
        Step::new("note", note),
    ],
)
.within(Duration::from_hours(1));

#[derive(Debug, Deserialize, Serialize)]
struct Enrolment {
    course: String,
    seat: Option<i64>,
}

macro_rules! commands {
    ($($event:ident $kind:literal),*) => {
        $(
            #[derive(Serialize)]
            struct $event {
                saga_id: Uuid,
            }
            impl Event for $event {
                const KIND: &'static str = $kind;
                const AGGREGATE_TYPE: &'static str = "course";
                fn aggregate_id(&self) -> String {
                    self.saga_id.to_string()
                }
            }
        )*
    };
}
commands!(SeatWanted "lyceum.testing.SeatWanted.v1", SeatReleased "lyceum.testing.SeatReleased.v1");

#[allow(clippy::unnecessary_wraps, reason = "it is a step")]
fn reserve(turn: &mut Turn<Enrolment>) -> Result<Next, StepError> {
    turn.publish(&SeatWanted { saga_id: turn.id() });
    turn.wait_for(["courses"]);
    Ok(Next::Answer)
}

#[allow(clippy::unnecessary_wraps, reason = "it is a step")]
fn release(turn: &mut Turn<Enrolment>) -> Result<Next, StepError> {
    turn.publish(&SeatReleased { saga_id: turn.id() });
    Ok(Next::Done)
}

fn pay(turn: &mut Turn<Enrolment>) -> Result<Next, StepError> {
    let _paid: Value = Service::new("payments").once_by(&turn.key()).post("/payments", &json!({}))?;
    Ok(Next::Done)
}

fn note(turn: &mut Turn<Enrolment>) -> Result<Next, StepError> {
    if let Some(left) = FAILURES.get().checked_sub(1) {
        FAILURES.set(left);
        return Err(StepError::failed("the disk is upside down"));
    }
    let (course, number) = (turn.data.course.clone(), turn.number(&NOTES, 2026)?);
    turn.execute(statement(
        "INSERT INTO things (id, a, b) VALUES ($1, $2, $3)",
        params![turn.id(), course, number.to_string()],
    ));
    Ok(Next::Done)
}

#[derive(Deserialize)]
struct SeatAnswered {
    saga_id: Uuid,
    seat: Option<i64>,
}
impl Consumes for SeatAnswered {
    const CONSUMED_KIND: &'static str = ANSWERED;
}

fn seat_answered(received: &Received, answered: &SeatAnswered) -> Result<(), EventError> {
    ENROLMENT.answered(received, answered.saga_id, "reserve", |turn| {
        turn.data.seat = Some(answered.seat.ok_or_else(|| Problem::conflict("FULL", "No seats left."))?);
        Ok(Next::Done)
    })
}

fn routes() -> Routes {
    Routes::new("Things", "For a test.").add(Access::SignedIn, route!(enrol)).with(saga::routes("things"))
}

/// Begins a saga.
#[utoipa::path(post, path = "/enrolments", responses((status = 202)))]
async fn enrol(context: Context) -> Result<Response, Problem> {
    let saga = ENROLMENT.start(&Enrolment { course: "History".into(), seat: None })?.about("History");
    let taken = || Problem::conflict("UNDER_WAY", "It is under way.");
    let transaction = context.begin().execute(saga.insert()).on_unique("sagas.name,subject", taken);
    let answer = transaction.respond(saga.accepted()).commit()?;
    ENROLMENT.advance(saga.id());
    Ok(answer)
}

/// One app on each database, with a clock that the test moves and payments that succeed.
fn on_each(test: impl Fn(&Scene<'_>)) {
    App::new(&SERVICE).on_each_database(|app| {
        FAILURES.set(0);
        let scene = Scene { app, now: Cell::new(1_767_225_600_000_000), counted: Cell::new(false) };
        scene.pass(0);
        scene.payments(200);
        test(&scene);
        // Counting reads all that there is.
        app.explain().assert_indexed(if scene.counted.get() { &["COUNT(*)"] } else { &[] });
    });
}

struct Scene<'a> {
    app: &'a App,
    now: Cell<i64>,
    counted: Cell<bool>,
}

impl Scene<'_> {
    /// Time passes, in minutes.
    fn pass(&self, minutes: i64) {
        self.now.set(self.now.get() + minutes * 60_000_000);
        self.app.stop_clock(Timestamp::from_micros(self.now.get()));
    }

    /// Time passes, and then there is a tick.
    fn tick_after(&self, minutes: i64) {
        self.pass(minutes);
        self.app.tick("minute").unwrap();
    }

    fn payments(&self, status: u16) {
        self.app.on_call("payments", move |request| {
            let key = request.headers()["idempotency-key"].to_str().unwrap();
            assert!(!key.is_empty());
            let body = json!({ "error_code": "NO_MONEY", "detail": "No money." }).to_string();
            let response =
                http::Response::builder().status(status).header("content-type", "application/json");
            response.body(body.into()).unwrap()
        });
    }

    fn enrol(&self) -> String {
        let answer = self.app.as_user(USER).post("/enrolments").send().expect(202);
        answer.header("location").unwrap().to_owned()
    }

    fn show(&self, location: &str) -> Value {
        self.app.as_user(USER).get(location).send().expect(200).json()
    }

    fn state(&self, location: &str) -> String {
        self.show(location)["state"].as_str().unwrap().to_owned()
    }

    fn published(&self) -> Vec<String> {
        let kind = |event: lyceum_testing::Published| event.kind.split('.').nth(2).unwrap().to_owned();
        self.app.events().into_iter().map(kind).collect()
    }

    fn noted(&self) -> i64 {
        self.counted.set(true);
        let count = || query_one(statement("SELECT COUNT(*) AS things FROM things", vec![]));
        let (count,) = self.app.run(count).unwrap();
        count
    }
}

/// The number under which a saga noted what it did.
fn number(scene: &Scene<'_>, location: &str) -> String {
    let id: Uuid = id_of(location).parse().unwrap();
    let noted = || query_one(statement("SELECT b FROM things WHERE id = $1", params![id]));
    let (number,) = scene.app.run(noted).unwrap();
    number
}

fn id_of(location: &str) -> &str {
    location.strip_prefix("/api/v1/sagas/things-").unwrap()
}

/// Somebody else's answer to a command of the saga.
fn answered(location: &str, seat: Option<i64>) -> lyceum_testing::Event {
    lyceum_testing::Event::new(ANSWERED, json!({ "saga_id": id_of(location), "seat": seat }))
}

#[test]
fn a_saga_ends_when_each_step_was_done_whatever_comes_twice() {
    on_each(|scene| {
        let location = scene.enrol();
        let saga = scene.show(&location);
        assert_eq!((&saga["state"], &saga["step"]), (&json!("running"), &json!("reserve")));
        assert_eq!((&saga["waiting_for"], &saga["actor"]), (&json!(["courses"]), &json!(USER)));
        let answer = answered(&location, Some(7));
        for _ in 0..3 {
            scene.app.deliver(&answer).unwrap();
            scene.tick_after(1);
        }
        // Another event that says the same, and one that comes too late to say something else.
        scene.app.deliver(&answered(&location, Some(7))).unwrap();
        scene.app.deliver(&answered(&location, None)).unwrap();
        assert_eq!(scene.state(&location), "completed");
        assert_eq!((scene.published(), scene.noted()), (vec!["SeatWanted".to_owned()], 1));
    });
}

#[test]
fn a_step_that_is_refused_has_those_before_it_taken_back() {
    on_each(|scene| {
        scene.payments(409);
        let location = scene.enrol();
        scene.app.deliver(&answered(&location, Some(7))).unwrap();
        let saga = scene.show(&location);
        assert_eq!(saga["state"], "compensated");
        assert!(saga["reason"].as_str().unwrap().contains("NO_MONEY"), "{saga}");
        assert_eq!(
            (scene.published(), scene.noted()),
            (vec!["SeatWanted".into(), "SeatReleased".to_owned()], 0)
        );
        // The subject is free again.
        scene.enrol();
    });
}

#[test]
fn a_refusing_answer_has_nothing_taken_back_that_was_not_done() {
    on_each(|scene| {
        let location = scene.enrol();
        let answer = answered(&location, None);
        scene.app.deliver(&answer).unwrap();
        scene.app.deliver(&answer).unwrap();
        assert_eq!(scene.state(&location), "compensated");
        assert_eq!(scene.published(), ["SeatWanted"]);
    });
}

#[test]
fn nothing_is_lost_or_done_twice_wherever_the_process_dies() {
    // The commits are the beginning, the command, the answer, the payment and the note.
    for crash in [Crash::BeforeCommit, Crash::AfterCommit] {
        for commit in 1..5 {
            on_each(|scene| {
                scene.app.pass_commits(commit);
                scene.app.fail_next_commit(crash);
                let location = scene.enrol();
                scene.tick_after(1);
                let answer = answered(&location, Some(7));
                while scene.app.deliver(&answer).is_err() {}
                scene.tick_after(1);
                assert_eq!(scene.state(&location), "completed", "{crash:?} at {commit}");
                assert_eq!((scene.published(), scene.noted()), (vec!["SeatWanted".to_owned()], 1));
            });
        }
    }
}

#[test]
fn a_command_without_an_answer_is_sent_again_then_stuck_and_then_taken_back() {
    on_each(|scene| {
        let location = scene.enrol();
        scene.tick_after(1);
        assert_eq!(scene.published(), ["SeatWanted"]);
        scene.tick_after(1);
        assert_eq!(scene.published(), ["SeatWanted"; 2]);
        scene.tick_after(60);
        let saga = scene.show(&location);
        assert_eq!(
            (&saga["state"], &saga["problem"]),
            (&json!("stuck"), &json!("no answer came in time from courses"))
        );
        let stuck =
            scene.app.as_role(Role::Admin).get("/api/v1/sagas/things?state=stuck").send().expect(200).json();
        assert_eq!(stuck["items"][0]["id"], saga["id"]);
        // An answer helps a stuck saga, too: see the next test. Without one it is taken back.
        for _ in 0..13 {
            scene.tick_after(60);
        }
        assert_eq!(scene.state(&location), "compensated");
        assert_eq!(scene.published().last().unwrap(), "SeatReleased");
        let seat = answered(&location, Some(7));
        scene.app.deliver(&seat).unwrap();
        assert_eq!((scene.state(&location).as_str(), scene.noted()), ("compensated", 0));
    });
}

#[test]
fn a_stuck_saga_goes_on_when_its_answer_comes() {
    on_each(|scene| {
        let location = scene.enrol();
        scene.tick_after(61);
        assert_eq!(scene.state(&location), "stuck");
        scene.tick_after(10);
        scene.app.deliver(&answered(&location, Some(7))).unwrap();
        assert_eq!(scene.state(&location), "completed");
    });
}

#[test]
fn a_step_that_fails_is_tried_again_after_growing_waits() {
    on_each(|scene| {
        FAILURES.set(2);
        let location = scene.enrol();
        scene.app.deliver(&answered(&location, Some(7))).unwrap();
        assert_eq!(scene.show(&location)["problem"], "the disk is upside down");
        scene.tick_after(1);
        assert_eq!(scene.show(&location)["attempts"], 2);
        scene.tick_after(1);
        assert_eq!((scene.state(&location).as_str(), scene.noted()), ("completed", 1));
    });
}

#[test]
fn a_step_takes_the_next_number_also_if_somebody_else_is_quicker_and_leaves_none_out() {
    on_each(|scene| {
        FAILURES.set(1);
        let first = scene.enrol();
        scene.app.deliver(&answered(&first, Some(7))).unwrap();
        assert_eq!(scene.state(&first), "running");
        scene.app.commit_first("INSERT INTO sequences (name, scope, value) VALUES ('notes', '2026', 1)");
        scene.tick_after(1);
        assert_eq!((scene.state(&first).as_str(), number(scene, &first).as_str()), ("completed", "2026/2"));
        let second = scene.enrol();
        // The answer and the payment are committed, the note is not.
        scene.app.pass_commits(2);
        scene.app.fail_next_commit(Crash::BeforeCommit);
        scene.app.deliver(&answered(&second, Some(8))).unwrap();
        scene.tick_after(1);
        assert_eq!((scene.state(&second).as_str(), number(scene, &second).as_str()), ("completed", "2026/3"));
    });
}

#[test]
fn a_saga_is_seen_by_its_actor_and_administrators_only() {
    on_each(|scene| {
        let location = scene.enrol();
        let app = scene.app;
        let answer = app.as_user(USER).post("/enrolments").send().expect(409);
        assert_eq!(answer.problem().error_code, "UNDER_WAY");
        app.as_user(OTHER).get(&location).send().expect(404);
        app.anonymous().get(&location).send().expect(401);
        app.as_role(Role::Admin).get(&location).send().expect(200);
        app.as_user(USER).get("/api/v1/sagas/things").send().expect(403);
        app.as_user(USER).get(&format!("/api/v1/sagas/things-{USER}")).send().expect(404);
        app.as_user(USER).get("/api/v1/sagas/things-x").send().expect(400);
    });
}

#[test]
fn a_saga_that_ended_long_ago_is_forgotten() {
    on_each(|scene| {
        let location = scene.enrol();
        scene.app.deliver(&answered(&location, Some(7))).unwrap();
        scene.tick_after(89 * 24 * 60);
        assert_eq!(scene.state(&location), "completed");
        scene.tick_after(2 * 24 * 60);
        scene.app.as_user(USER).get(&location).send().expect(404);
    });
}
