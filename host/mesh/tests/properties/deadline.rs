//! A deadline only ever shrinks.

use std::time::{Duration, Instant};

use lyceum_mesh::Deadline;
use proptest::prelude::*;

proptest! {
    #[test]
    fn no_hop_has_longer_than_the_one_before(
        first in 0..10_000_000_u64,
        hops in prop::collection::vec((0..1_000_000_u64, 0..1_000_000_u64, any::<bool>()), 0..20),
    ) {
        let mut now = Instant::now();
        let mut deadline = Deadline::after(now, Duration::from_micros(first));
        for (passed, reserve, by_header) in hops {
            let before = deadline;
            let sent = now;
            now += Duration::from_micros(passed);
            deadline = deadline.next_hop(Duration::from_micros(reserve));
            if by_header {
                // The time on the way is not known to the receiver, so its deadline is read at arrival; what
                // is compared is the time left that was sent.
                deadline = Deadline::from_header(&deadline.to_header(sent), sent).unwrap();
            }
            prop_assert!(deadline <= before || before.has_passed(sent));
            prop_assert!(deadline.left(now) <= before.left(now));
        }
    }

    #[test]
    fn a_written_deadline_loses_less_than_a_millisecond(left in 0..3_600_000_000_u64) {
        let now = Instant::now();
        let deadline = Deadline::after(now, Duration::from_micros(left));
        let read = Deadline::from_header(&deadline.to_header(now), now).unwrap();
        prop_assert!(read <= deadline);
        prop_assert!(deadline.left(now).saturating_sub(read.left(now)) < Duration::from_millis(1));
    }

    #[test]
    fn no_text_is_read_as_more_than_the_longest(text in ".{0,20}") {
        let now = Instant::now();
        if let Ok(deadline) = Deadline::from_header(&text, now) {
            prop_assert!(deadline.left(now) <= lyceum_mesh::deadline::MAX_TIMEOUT);
        }
    }
}
