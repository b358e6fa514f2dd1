//! Which records of a file are there: 16 bytes each, whatever their keys are.

use std::collections::HashSet;

use sha2::{Digest as _, Sha256};

/// The keys of records that were taken over, or would be.
#[derive(Debug, Default)]
pub(super) struct Seen(HashSet<[u8; 16]>);

impl Seen {
    /// Notes a record. Whether it is the first one with this key.
    pub(super) fn insert(&mut self, kind: &str, key: &str) -> bool {
        self.0.insert(digest(kind, key))
    }

    pub(super) fn contains(&self, kind: &str, key: &str) -> bool {
        self.0.contains(&digest(kind, key))
    }
}

fn digest(kind: &str, key: &str) -> [u8; 16] {
    let mut hash = Sha256::new();
    hash.update(kind);
    hash.update([0]);
    hash.update(key);
    let mut digest = [0; 16];
    digest.iter_mut().zip(hash.finalize()).for_each(|(byte, of)| *byte = of);
    digest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_seen_in_its_kind_alone() {
        let mut seen = Seen::default();
        assert!(seen.insert("author", "7") && !seen.insert("author", "7"));
        assert!(
            seen.contains("author", "7") && !seen.contains("book", "7") && !seen.contains("author", "70")
        );
    }
}
