//! Values that requests take in turns.

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, ensure};

/// The lines of a file, each for one request; after the last one the first one comes again.
#[derive(Debug, Default)]
pub(crate) struct Values {
    all: Vec<String>,
    next: AtomicUsize,
}

impl Values {
    /// Those of this file; none without one.
    pub(crate) fn read(file: Option<&Path>) -> anyhow::Result<Self> {
        let Some(file) = file else { return Ok(Self::default()) };
        let text = std::fs::read_to_string(file).with_context(|| format!("read {}", file.display()))?;
        let values = Self::of(&text);
        ensure!(!values.all.is_empty(), "{} has no lines", file.display());
        Ok(values)
    }

    fn of(text: &str) -> Self {
        Self { all: text.lines().map(ToOwned::to_owned).collect(), next: AtomicUsize::new(0) }
    }

    /// The next request's; nothing if there are none.
    pub(crate) fn next(&self) -> &str {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let at = number.checked_rem(self.all.len()).unwrap_or_default();
        self.all.get(at).map_or("", String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::Values;

    #[test]
    fn values_come_in_their_order_again_and_again() {
        let values = Values::of("a\nb\r\nc");
        let taken: Vec<_> = (0..7).map(|_| values.next()).collect();
        assert_eq!(taken, ["a", "b", "c", "a", "b", "c", "a"]);
        assert_eq!(Values::read(None).unwrap().next(), "");
    }
}
