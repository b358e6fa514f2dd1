//! Identifiers: UUID version 7 (RFC 9562), which sort by the time they were made.

use std::cell::Cell;

use uuid::Uuid;

thread_local! {
    static NEXT: Cell<Option<u64>> = const { Cell::new(None) };
}

/// A new identifier; or the next in line after [`crate::testing::count_ids_from`].
pub fn new() -> Uuid {
    match NEXT.get() {
        Some(next) => {
            NEXT.set(Some(next.wrapping_add(1)));
            uuid::Builder::from_unix_timestamp_millis(0, &counted(next)).into_uuid()
        }
        None => Uuid::now_v7(),
    }
}

/// Makes this thread's identifiers countable, or random again.
pub(crate) fn set(next: Option<u64>) {
    NEXT.set(next);
}

fn counted(number: u64) -> [u8; 10] {
    let mut bytes = [0; 10];
    for (byte, digit) in bytes.iter_mut().rev().zip(number.to_le_bytes()) {
        *byte = digit;
    }
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_version_7_and_sort_by_time() {
        let first = new();
        let second = new();
        assert_eq!(first.get_version_num(), 7);
        assert!(first < second);
    }

    #[test]
    fn tests_can_count_ids() {
        set(Some(1));
        let first = new();
        set(Some(1));
        assert_eq!(new(), first);
        assert_ne!(new(), first);
        set(None);
        assert_ne!(new(), first);
    }
}
