use std::{
    cell::Cell,
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use lyceum_kit::testing;

use super::*;

/// A bucket that instances in threads of their own share.
#[derive(Default)]
struct Memory {
    values: Mutex<BTreeMap<String, Vec<u8>>>,
    counts: Mutex<BTreeMap<String, u64>>,
    broken: bool,
}

impl Memory {
    fn usable(&self) -> Result<(), KeyValueError> {
        if self.broken { Err(KeyValueError::Unavailable("gone".into())) } else { Ok(()) }
    }
}

impl Common for Memory {
    fn read(&self, name: &str) -> Result<Option<Vec<u8>>, KeyValueError> {
        self.usable()?;
        Ok(self.values.lock().unwrap_or_else(PoisonError::into_inner).get(name).cloned())
    }

    fn write(&self, name: &str, value: &[u8]) -> Result<(), KeyValueError> {
        self.usable()?;
        self.values.lock().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), value.to_vec());
        Ok(())
    }

    fn count(&self, name: &str) -> Result<u64, KeyValueError> {
        self.usable()?;
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(name.to_owned()).or_default();
        *count += 1;
        Ok(*count)
    }

    fn pause(&self, time: Duration) {
        std::thread::sleep(time);
    }
}

const GOOD_FOR: Duration = Duration::from_secs(2);

#[test]
fn a_hundred_who_ask_at_once_get_an_answer_that_was_made_once_or_twice() {
    let (memory, made) = (Memory::default(), Mutex::new(0));
    std::thread::scope(|scope| {
        for _ in 0..100 {
            scope.spawn(|| {
                let answer = get_from(&memory, "health", || {
                    *made.lock().unwrap() += 1;
                    // Services take their time.
                    std::thread::sleep(Duration::from_millis(100));
                    Ok((Bytes::from_static(b"well"), GOOD_FOR))
                });
                assert_eq!(answer.unwrap().body, "well");
            });
        }
    });
    // Twice if a slot began meanwhile.
    let made = *made.lock().unwrap();
    assert!((1..=2).contains(&made), "made {made} times");
}

#[test]
fn an_answer_is_made_again_when_its_time_is_over_and_the_last_one_is_given_meanwhile() {
    let (memory, made) = (Memory::default(), Cell::new(0));
    let at = |seconds: i64| {
        let _clock = testing::freeze(Timestamp::from_micros(1_800_000_000_000_000 + seconds * 1_000_000));
        let next = || {
            made.set(made.get() + 1);
            Ok((Bytes::from(made.get().to_string()), GOOD_FOR))
        };
        get_from(&memory, "health", next).unwrap().body
    };
    assert_eq!((at(0), at(1)), ("1".into(), "1".into()));
    assert_eq!((at(2), at(3)), ("2".into(), "2".into()));
    // In the slot of the fifth second another instance has begun to make one.
    let slot = 900_000_002;
    memory.count(&format!("health/{slot}")).unwrap();
    assert_eq!(at(4), "2");
    assert_eq!(at(6), "3");
}

#[test]
fn without_the_bucket_each_makes_an_answer_of_its_own() {
    let memory = Memory { broken: true, ..Memory::default() };
    let answer = get_from(&memory, "health", || Ok((Bytes::from_static(b"own"), GOOD_FOR)));
    assert_eq!(answer.unwrap().body, "own");
}

#[test]
fn a_problem_is_told_and_not_shared() {
    let memory = Memory::default();
    let failed = get_from(&memory, "health", || Err(Problem::internal()));
    assert_eq!(failed.unwrap_err().status(), 500);
    assert!(memory.read("health").unwrap().is_none());
}
