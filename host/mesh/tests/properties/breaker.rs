//! A breaker changes its state only as its description says.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use lyceum_mesh::breaker::{Admission, Breaker, Settings, State, Verdict};
use proptest::prelude::*;

#[derive(Clone, Debug)]
enum Step {
    Advance(u64),
    /// Begin calls.
    Admit(u8),
    /// End the call in flight that this number points at.
    End(prop::sample::Index, Verdict),
}

fn step() -> impl Strategy<Value = Step> {
    let verdict = prop_oneof![
        3 => Just(Verdict::Success),
        3 => Just(Verdict::Failure),
        1 => Just(Verdict::Unknown)
    ];
    prop_oneof![
        1 => (0..3_000_u64).prop_map(Step::Advance),
        1 => (1..12_u8).prop_map(Step::Admit),
        8 => (any::<prop::sample::Index>(), verdict).prop_map(|(index, verdict)| Step::End(index, verdict)),
    ]
}

/// Times that grow far enough to be told apart.
fn patient() -> Settings {
    let number = |number: u32| NonZeroU32::new(number).unwrap();
    Settings::new(50, number(20), Duration::from_secs(5), Duration::from_mins(1), number(5)).unwrap()
}

/// The rules written down a second time, as a list of what happened.
struct Model {
    state: State,
    start: Instant,
    /// Second and whether it failed, of every call that began and ended while closed.
    outcomes: Vec<(u64, bool)>,
    probes: u32,
    succeeded: u32,
    opened: Instant,
    /// How often it opened since it was last closed.
    openings: u32,
    trips: u64,
    /// Which stretch of a state this is.
    stretch: u64,
}

impl Model {
    fn new(start: Instant) -> Self {
        let (outcomes, state) = (Vec::new(), State::Closed);
        let (probes, succeeded, openings, trips, stretch) = (0, 0, 0, 0, 0);
        Self { state, start, outcomes, probes, succeeded, opened: start, openings, trips, stretch }
    }

    fn enter(&mut self, state: State, now: Instant) {
        self.state = state;
        self.stretch += 1;
        match state {
            State::Open => {
                self.opened = now;
                self.openings += 1;
                self.trips += 1;
            }
            State::HalfOpen => (self.probes, self.succeeded) = (0, 0),
            State::Closed => {
                self.openings = 0;
                self.outcomes.clear();
                self.start = now;
            }
        }
    }

    /// The shortest and the longest time that it may now stay open.
    fn open_between(&self) -> (u64, u64) {
        match self.openings {
            0 | 1 => (5, 5),
            2 => (5, 10),
            3 => (10, 20),
            4 => (20, 40),
            _ => (30, 60),
        }
    }

    fn end(&mut self, began_in: u64, verdict: Verdict, now: Instant) {
        if began_in != self.stretch {
            return;
        }
        match (self.state, verdict) {
            (State::Closed, Verdict::Success | Verdict::Failure) => {
                let second = now.duration_since(self.start).as_secs();
                self.outcomes.push((second, verdict == Verdict::Failure));
                let recent: Vec<_> = self.outcomes.iter().filter(|(at, _)| at + 10 > second).collect();
                let failures = recent.iter().filter(|(_, failed)| *failed).count();
                if recent.len() >= 20 && failures * 2 >= recent.len() {
                    self.enter(State::Open, now);
                }
            }
            (State::HalfOpen, Verdict::Success) => {
                self.succeeded += 1;
                if self.succeeded == 5 {
                    self.enter(State::Closed, now);
                }
            }
            (State::HalfOpen, Verdict::Failure) => self.enter(State::Open, now),
            (State::HalfOpen, Verdict::Unknown) => self.probes -= 1,
            (State::Closed, Verdict::Unknown) | (State::Open, _) => {}
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn transitions_are_only_the_specified_ones(
        steps in prop::collection::vec(step(), 1..400),
        number in any::<u64>(),
    ) {
        let mut now = Instant::now();
        let mut breaker = Breaker::new(patient(), now);
        let mut model = Model::new(now);
        let mut in_flight: Vec<(Admission, u64)> = Vec::new();
        for step in steps {
            match step {
                Step::Advance(milliseconds) => now += Duration::from_millis(milliseconds),
                Step::Admit(count) => for _ in 0..count {
                    let admitted = breaker.try_admit(now);
                    if model.state == State::Open {
                        let (shortest, longest) = model.open_between();
                        let open_for = now.duration_since(model.opened);
                        prop_assert!(admitted.is_err() || open_for >= Duration::from_secs(shortest));
                        prop_assert!(admitted.is_ok() || open_for < Duration::from_secs(longest));
                        if admitted.is_ok() {
                            model.enter(State::HalfOpen, now);
                        }
                    }
                    if model.state == State::HalfOpen {
                        prop_assert_eq!(admitted.is_ok(), model.probes < 5);
                        model.probes += u32::from(admitted.is_ok());
                    }
                    prop_assert!(admitted.is_ok() || model.state != State::Closed);
                    if let Ok(admission) = admitted {
                        in_flight.push((admission, model.stretch));
                    }
                },
                Step::End(index, verdict) => if !in_flight.is_empty() {
                    let (admission, began_in) = in_flight.swap_remove(index.index(in_flight.len()));
                    breaker.record(admission, verdict, now, number);
                    model.end(began_in, verdict, now);
                },
            }
            if model.state != State::Open {
                prop_assert_eq!(breaker.state(now), model.state);
            }
            prop_assert_eq!(breaker.trips(), model.trips);
        }
    }
}
