//! Versions of a component beside each other.

use http::Method;

use super::{AT_ONCE, FAILED, OK, World};
use crate::breaker::State;
use crate::destination::Destination;
use crate::mesh::{Call, Outcome, Refused};
use crate::weights::{Weights, WeightsByComponent};

impl World {
    fn share(&self, weights: &[(&str, u32)]) {
        let weights = Weights::new(weights.iter().copied()).unwrap();
        self.mesh.set_versions(WeightsByComponent::from([("books".to_owned(), weights)]));
    }

    /// Which version a call goes to, which then ends as `judge` says.
    fn goes_to(&self, judge: impl Fn(&str) -> Outcome) -> Result<String, Refused> {
        let ticket = self.mesh.admit(&self.call(&self.books))?;
        let version = ticket.target().to_owned();
        let outcome = judge(&version);
        ticket.finish(outcome);
        Ok(version)
    }

    fn state_of(&self, name: &str) -> (State, u64, usize) {
        let snapshot = self.mesh.snapshot();
        let found = snapshot.destinations.iter().find(|one| one.name == name).unwrap();
        (found.state, found.trips, found.limit)
    }
}

fn only_next_fails(version: &str) -> Outcome {
    if version == "books-next" { Outcome::Broken } else { OK }
}

#[test]
fn the_others_take_the_calls_of_a_version_that_is_left_alone() {
    let world = World::new();
    world.share(&[("books", 1), ("books-next", 1)]);
    let went: Vec<String> = (0..400).map(|_| world.goes_to(only_next_fails).unwrap()).collect();
    let next = went.iter().filter(|version| *version == "books-next").count();
    assert_eq!(next, 5, "the failing version is left alone after 5 calls");
    assert_eq!(went.len(), 400, "no call was refused");
    assert_eq!(world.state(), (State::Closed, 0));
    assert_eq!(world.state_of("books-next").0, State::Open);
}

#[test]
fn a_canary_that_fails_is_left_alone_though_it_gets_few_calls() {
    let world = World::new();
    world.share(&[("books", 99), ("books-next", 1)]);
    for _ in 0..2000 {
        world.goes_to(only_next_fails).unwrap();
    }
    assert_eq!(world.state_of("books-next").1, 1);
}

#[test]
fn a_version_that_is_off_takes_no_call_even_when_no_other_does() {
    let world = World::new();
    world.share(&[("books", 1), ("books-next", 0)]);
    for _ in 0..20 {
        assert_eq!(world.goes_to(|_| FAILED).unwrap(), "books");
    }
    assert!(matches!(world.goes_to(|_| OK), Err(Refused::Open { .. })));
}

#[test]
fn a_request_that_one_version_broke_is_retried_on_another() {
    let world = World::new();
    let call = Call { avoid: Some("books-next"), ..world.call(&world.books) };
    assert_eq!(world.mesh.may_retry(&call, Outcome::Broken, AT_ONCE), None, "there is no other");
    world.share(&[("books", 1), ("books-next", 0)]);
    assert!(world.mesh.may_retry(&call, Outcome::Broken, AT_ONCE).is_some());
    let post = Call { method: &Method::POST, ..call };
    assert_eq!(world.mesh.may_retry(&post, Outcome::Broken, AT_ONCE), None, "it may have had an effect");
    let only = Call { avoid: Some("books"), ..call };
    assert_eq!(world.mesh.may_retry(&only, Outcome::Broken, AT_ONCE), None, "the other takes no calls");

    world.share(&[("books", 1), ("books-next", 99)]);
    for _ in 0..100 {
        let repeat = Call { repeat: 1, ..call };
        assert_eq!(world.mesh.admit(&repeat).unwrap().target(), "books");
    }
    world.share(&[("books-next", 1)]);
    assert_eq!(world.mesh.admit(&call).unwrap().target(), "books-next", "better than none");
}

#[test]
fn a_version_is_what_its_component_is() {
    let world = World::new();
    world.share(&[("books", 0), ("books-next", 1)]);
    assert_eq!(world.mesh.component_of("books-next"), "books");
    assert_eq!(world.goes_to(|_| OK).unwrap(), "books-next");
    assert_eq!(world.state_of("books-next").2, 2, "its limit is that of its component");

    let gateway = Weights::new([("gateway", 1), ("gateway-next", 0)]).unwrap();
    let call = Call { caller: "gateway-next", ..world.call(&world.books) };
    assert!(matches!(world.mesh.admit(&call), Err(Refused::NotAllowed)));
    world.mesh.set_versions(WeightsByComponent::from([("gateway".to_owned(), gateway)]));
    assert!(world.mesh.admit(&call).is_ok(), "it may call what its component may");
    let other = Destination::component("auth").unwrap();
    assert!(matches!(world.mesh.admit(&Call { destination: &other, ..call }), Err(Refused::NotAllowed)));
}

#[test]
fn without_weights_all_calls_go_to_the_component() {
    let world = World::new();
    world.share(&[("books-next", 1)]);
    assert_eq!(world.goes_to(|_| OK).unwrap(), "books-next");
    world.mesh.set_versions(WeightsByComponent::new());
    assert_eq!(world.goes_to(|_| OK).unwrap(), "books");
    assert_eq!(world.mesh.component_of("books-next"), "books-next");
}
