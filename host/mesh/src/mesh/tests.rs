//! What a host relies on when it passes its calls through the mesh.

mod versions;

use std::num::NonZeroUsize;
use std::sync::Arc;
use std::time::Duration;

use http::{Method, StatusCode};

use super::{Call, Mesh, Outcome, Refused};
use crate::breaker::State;
use crate::clock::{Clock, VirtualClock};
use crate::deadline::Deadline;
use crate::destination::Destination;
use crate::policy::Outbound;
use crate::random::SeededRandom;

const OK: Outcome = Outcome::Answered(StatusCode::OK);
const FAILED: Outcome = Outcome::Answered(StatusCode::INTERNAL_SERVER_ERROR);

const AT_ONCE: Duration = Duration::from_millis(3);

struct World {
    mesh: Mesh,
    clock: Arc<VirtualClock>,
    books: Destination,
}

impl World {
    fn new() -> Self {
        let clock = Arc::new(VirtualClock::at(0));
        let may_call = Outbound::parse(&["http://books.spin.internal", "https://*:*"]).unwrap();
        let mesh = Mesh::builder()
            .clock(clock.clone())
            .random(Arc::new(SeededRandom::new(7)))
            .caller("gateway", may_call)
            .caller("books", Outbound::default())
            .limit("books", NonZeroUsize::new(2).unwrap())
            .build();
        Self { mesh, clock, books: Destination::component("books").unwrap() }
    }

    fn call<'a>(&self, destination: &'a Destination) -> Call<'a> {
        Call {
            caller: "gateway",
            destination,
            method: &Method::GET,
            has_idempotency_key: false,
            deadline: Deadline::after(self.clock.now(), Duration::from_secs(2)),
            repeat: 0,
            avoid: None,
        }
    }

    fn make(&self, outcome: Outcome) -> Result<(), Refused> {
        self.mesh.admit(&self.call(&self.books)).map(|ticket| ticket.finish(outcome))
    }

    fn state(&self) -> (State, u64) {
        let snapshot = self.mesh.snapshot();
        let books = snapshot.destinations.iter().find(|one| one.name == "books").unwrap();
        (books.state, books.trips)
    }
}

#[test]
fn a_destination_that_fails_is_left_alone_then_probed_then_trusted() {
    let world = World::new();
    for _ in 0..20 {
        assert_eq!(world.make(FAILED), Ok(()));
    }
    assert_eq!(world.state(), (State::Open, 1));
    assert_eq!(world.make(OK), Err(Refused::Open { retry_after: Duration::from_secs(1) }));
    world.clock.advance(Duration::from_secs(1));
    for _ in 0..5 {
        assert_eq!(world.make(OK), Ok(()));
    }
    assert_eq!(world.state(), (State::Closed, 1));
}

#[test]
fn answers_that_blame_the_caller_never_open_the_breaker() {
    let world = World::new();
    let blameless = [StatusCode::NOT_FOUND, StatusCode::TOO_MANY_REQUESTS, StatusCode::NOT_IMPLEMENTED];
    for status in blameless.into_iter().cycle().take(100) {
        assert_eq!(world.make(Outcome::Answered(status)), Ok(()));
    }
    // Nor does a caller that leaves no time.
    for _ in 0..100 {
        let deadline = Deadline::after(world.clock.now(), Duration::from_millis(100));
        let ticket = world.mesh.admit(&Call { deadline, ..world.call(&world.books) }).unwrap();
        ticket.finish(Outcome::TimedOut);
    }
    // Nor one that hangs up.
    for _ in 0..100 {
        drop(world.mesh.admit(&world.call(&world.books)).unwrap());
    }
    assert_eq!(world.state(), (State::Closed, 0));
}

#[test]
fn who_says_that_another_is_away_is_not_left_alone() {
    let world = World::new();
    let away = Outcome::Dependent(StatusCode::SERVICE_UNAVAILABLE);
    for outcome in [away, Outcome::Dependent(StatusCode::GATEWAY_TIMEOUT)].into_iter().cycle().take(100) {
        assert_eq!(world.make(outcome), Ok(()));
    }
    assert_eq!(world.state(), (State::Closed, 0));
    assert!(away.is_retry_safe());
}

#[test]
fn a_fair_time_out_and_a_trap_speak_against_the_destination() {
    for outcome in [Outcome::TimedOut, Outcome::Broken, Outcome::Lost, Outcome::Unreached] {
        let world = World::new();
        for _ in 0..20 {
            assert_eq!(world.make(outcome), Ok(()));
        }
        assert_eq!(world.state(), (State::Open, 1), "{outcome:?}");
    }
}

#[test]
fn one_call_too_many_is_refused_until_another_ends() {
    let world = World::new();
    let first = world.mesh.admit(&world.call(&world.books)).unwrap();
    let _second = world.mesh.admit(&world.call(&world.books)).unwrap();
    assert_eq!(world.make(OK), Err(Refused::Full { retry_after: Duration::from_secs(1) }));
    first.finish(OK);
    assert_eq!(world.make(OK), Ok(()));
    let snapshot = world.mesh.snapshot();
    let books = snapshot.destinations.iter().find(|one| one.name == "books").unwrap();
    assert_eq!((books.in_flight, books.limit, books.calls, books.refused.full), (1, 2, 3, 1));
}

#[test]
fn nobody_calls_what_the_manifest_does_not_allow() {
    let world = World::new();
    let plain = Destination::parse("http", "example.org").unwrap();
    let refused = world.mesh.admit(&world.call(&plain)).map(|_| ());
    assert_eq!(refused, Err(Refused::NotAllowed));
    for caller in ["books", "unknown"] {
        let call = Call { caller, ..world.call(&world.books) };
        assert_eq!(world.mesh.admit(&call).map(|_| ()), Err(Refused::NotAllowed), "{caller}");
    }
    assert_eq!(world.mesh.snapshot().not_allowed, 3);
}

#[test]
fn the_callee_gets_a_little_less_time_and_a_call_without_any_is_not_made() {
    let world = World::new();
    let call = world.call(&world.books);
    let ticket = world.mesh.admit(&call).unwrap();
    assert_eq!(ticket.deadline().left(world.clock.now()), Duration::from_millis(1995));
    drop(ticket);
    world.clock.advance(Duration::from_millis(1995));
    assert_eq!(world.mesh.admit(&call).map(|_| ()), Err(Refused::DeadlinePassed));
}

#[test]
fn only_a_harmless_repeat_that_fits_is_granted() {
    let world = World::new();
    let get = world.call(&world.books);
    let post = Call { method: &Method::POST, ..get };
    let unavailable = Outcome::Answered(StatusCode::SERVICE_UNAVAILABLE);
    for outcome in [unavailable, Outcome::Unreached, Outcome::Lost] {
        assert!(
            world
                .mesh
                .may_retry(&get, outcome, AT_ONCE)
                .is_some_and(|wait| wait <= Duration::from_millis(10))
        );
        assert!(world.mesh.may_retry(&Call { repeat: 1, ..get }, outcome, AT_ONCE).is_some());
        assert_eq!(world.mesh.may_retry(&Call { repeat: 2, ..get }, outcome, AT_ONCE), None);
        assert_eq!(world.mesh.may_retry(&post, outcome, AT_ONCE), None);
        assert!(
            world.mesh.may_retry(&Call { has_idempotency_key: true, ..post }, outcome, AT_ONCE).is_some()
        );
    }
    for outcome in [OK, FAILED, Outcome::Broken, Outcome::TimedOut] {
        assert_eq!(world.mesh.may_retry(&get, outcome, AT_ONCE), None, "{outcome:?}");
    }
    world.clock.advance(Duration::from_secs(2));
    assert_eq!(world.mesh.may_retry(&get, unavailable, AT_ONCE), None);
}

#[test]
fn who_waited_for_something_slow_is_not_asked_again() {
    let world = World::new();
    let get = world.call(&world.books);
    let unavailable = Outcome::Answered(StatusCode::SERVICE_UNAVAILABLE);
    let slow = Duration::from_millis(1001);
    assert_eq!(world.mesh.may_retry(&get, unavailable, slow), None);
    // A host that is gone took what it had with it: another one has not waited.
    assert!(world.mesh.may_retry(&get, Outcome::Lost, slow).is_some());
}

#[test]
fn repeats_stay_within_the_budget() {
    let world = World::new();
    for _ in 0..1000 {
        assert_eq!(world.make(OK), Ok(()));
    }
    let call = world.call(&world.books);
    let granted =
        (0..1000).filter(|_| world.mesh.may_retry(&call, Outcome::Unreached, AT_ONCE).is_some()).count();
    assert_eq!(granted, 300);
}

#[test]
fn names_from_a_wildcard_do_not_fill_the_memory() {
    let world = World::new();
    for number in 0..3000 {
        let outside = Destination::parse("https", &format!("host{number}.example")).unwrap();
        world.mesh.admit(&world.call(&outside)).unwrap().finish(OK);
    }
    let snapshot = world.mesh.snapshot();
    assert_eq!(snapshot.destinations.len(), 1024 + 2);
    assert!(snapshot.destinations.iter().any(|one| one.name == "books"));
}
