//! A bulkhead never holds more calls than its limit, and never loses a place.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use lyceum_mesh::bulkhead::{Bulkhead, Permit};
use proptest::prelude::*;

proptest! {
    #[test]
    fn it_refuses_exactly_when_full(
        limit in 1..20_usize,
        steps in prop::collection::vec(any::<Option<prop::sample::Index>>(), 1..200),
    ) {
        let bulkhead = Bulkhead::new(NonZeroUsize::new(limit).unwrap());
        let mut held: Vec<Permit> = Vec::new();
        for step in steps {
            match step {
                Some(index) if !held.is_empty() => drop(held.swap_remove(index.index(held.len()))),
                _ => {
                    if let Ok(permit) = bulkhead.try_acquire() {
                        held.push(permit);
                    } else {
                        prop_assert_eq!(held.len(), limit);
                    }
                }
            }
            prop_assert!(held.len() <= limit);
            prop_assert_eq!(bulkhead.in_flight(), held.len());
        }
    }
}

#[test]
fn threads_together_never_pass_the_limit() {
    let bulkhead = Bulkhead::new(NonZeroUsize::new(3).unwrap());
    let (inside, most) = (AtomicUsize::new(0), AtomicUsize::new(0));
    thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..20_000 {
                    if let Ok(_permit) = bulkhead.try_acquire() {
                        most.fetch_max(inside.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
                        std::hint::spin_loop();
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                }
            });
        }
    });
    assert!((1..=3).contains(&most.load(Ordering::SeqCst)));
    assert_eq!(bulkhead.in_flight(), 0);
}
