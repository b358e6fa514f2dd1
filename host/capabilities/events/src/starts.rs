//! Where a consumer begins with each kind of event, and what it remembers events by.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::options::{Start, Subscription};

/// Stands for every kind, where a subscription names none.
const ANY: &str = "*";

/// From where on a consumer is given events of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindStart {
    /// Events at this position and before are not given.
    pub after: i64,
    /// The handler is told the consumer's name with events after this position: it remembers under that name which
    /// events it has handled. Those before were published when handlers were not told, so they are remembered by the
    /// component's name alone.
    pub named_after: i64,
}

/// Of each kind that a consumer knows.
pub type Starts = BTreeMap<String, KindStart>;

/// Where a consumer stands when it subscribes.
pub(crate) struct Standing<'a> {
    /// Every event at or below is finished, but for aggregates that stand elsewhere.
    pub(crate) floor: i64,
    /// Up to where the aggregate is finished that is furthest behind.
    pub(crate) oldest_lane: Option<i64>,
    /// None for a consumer of a version that didn't keep them: it has had all of its kinds up to the floor.
    pub(crate) starts: Option<&'a Starts>,
    /// The position of the newest event.
    pub(crate) head: i64,
}

/// Where it begins.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Beginning {
    pub(crate) floor: i64,
    pub(crate) starts: Starts,
    /// Whether it goes back to the beginning for a kind that is new to it. Its aggregates begin there, too.
    pub(crate) goes_back: bool,
}

impl Standing<'_> {
    /// Where a consumer begins that wants these kinds now. One that it didn't know begins as its subscription says; a kind
    /// that it no longer wants is forgotten.
    ///
    /// For a kind that begins at the beginning, the whole consumer goes back, so that the events of an aggregate stay in
    /// order; of the kinds that it knew it is then given only what some aggregate has not had yet.
    pub(crate) fn begin(&self, subscription: &Subscription) -> Beginning {
        let kinds = kinds(subscription);
        let Some(known) = self.starts else {
            let as_before = KindStart { after: 0, named_after: self.head };
            let starts = kinds.into_iter().map(|(kind, _)| (kind, as_before)).collect();
            return Beginning { floor: self.floor, starts, goes_back: false };
        };
        let stands = self.oldest_lane.map_or(self.floor, |oldest| oldest.min(self.floor));
        let is_new = |kind: &str, start| start == Start::Beginning && !known.contains_key(kind);
        let goes_back = stands > 0 && kinds.iter().any(|(kind, start)| is_new(kind, *start));
        let begin = |(kind, start): (String, Start)| {
            let begins = match known.get(&kind) {
                Some(known) if goes_back => KindStart { after: known.after.max(stands), ..*known },
                Some(known) => *known,
                None if start == Start::Now => KindStart { after: self.head, named_after: 0 },
                None => KindStart::default(),
            };
            (kind, begins)
        };
        let starts: Starts = kinds.into_iter().map(begin).collect();
        // Nothing is wanted before all of them.
        let first = starts.values().map(|start| start.after).min().unwrap_or_default();
        let floor = if goes_back { 0 } else { self.floor }.max(first);
        Beginning { floor, starts, goes_back }
    }
}

fn kinds(subscription: &Subscription) -> Vec<(String, Start)> {
    if subscription.kinds.is_empty() {
        return vec![(ANY.to_owned(), subscription.start)];
    }
    subscription.kinds.iter().map(|kind| (kind.clone(), subscription.start_of(kind))).collect()
}

fn of(starts: &Starts, kind: &str) -> KindStart {
    starts.get(kind).or_else(|| starts.get(ANY)).copied().unwrap_or_default()
}

/// Whether the event of this kind at this position is the consumer's.
pub(crate) fn wants(starts: &Starts, kind: &str, position: i64) -> bool {
    position > of(starts, kind).after
}

/// Whether its handler is told the consumer's name.
pub(crate) fn is_named(starts: &Starts, kind: &str, position: i64) -> bool {
    position > of(starts, kind).named_after
}

/// As an operator wishes who has events after `floor` delivered again.
pub(crate) fn rewind(starts: &mut Starts, floor: i64) {
    for start in starts.values_mut() {
        start.after = start.after.min(floor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subscription(kinds: &[(&str, Start)]) -> Subscription {
        Subscription {
            starts: kinds.iter().map(|(kind, start)| ((*kind).to_owned(), *start)).collect(),
            ..Subscription::new("c", kinds.iter().map(|(kind, _)| *kind))
        }
    }

    fn starts(of: &[(&str, i64, i64)]) -> Starts {
        let start = |(kind, after, named_after): &(&str, i64, i64)| {
            ((*kind).to_owned(), KindStart { after: *after, named_after: *named_after })
        };
        of.iter().map(start).collect()
    }

    #[test]
    fn a_new_consumer_begins_with_each_kind_as_it_wishes() {
        let standing = Standing { floor: 0, oldest_lane: None, starts: Some(&Starts::new()), head: 9 };
        let both = standing.begin(&subscription(&[("a", Start::Beginning), ("b", Start::Now)]));
        assert_eq!((both.floor, both.goes_back), (0, false));
        assert_eq!(both.starts, starts(&[("a", 0, 0), ("b", 9, 0)]));
        assert_eq!(standing.begin(&subscription(&[("b", Start::Now)])).floor, 9, "it reads nothing older");
    }

    #[test]
    fn a_consumer_of_an_older_version_goes_on_where_it_stands() {
        let standing = Standing { floor: 5, oldest_lane: Some(2), starts: None, head: 9 };
        let begun = standing.begin(&subscription(&[("a", Start::Beginning), ("b", Start::Now)]));
        assert_eq!((begun.floor, begun.goes_back), (5, false));
        assert_eq!(begun.starts, starts(&[("a", 0, 9), ("b", 0, 9)]));
    }

    #[test]
    fn a_kind_added_to_a_consumer_begins_as_it_wishes() {
        let known = starts(&[("a", 3, 4), ("gone", 0, 0)]);
        let standing = Standing { floor: 7, oldest_lane: Some(5), starts: Some(&known), head: 9 };
        let now = standing.begin(&subscription(&[("a", Start::Beginning), ("b", Start::Now)]));
        assert_eq!((now.floor, now.goes_back), (7, false));
        assert_eq!(now.starts, starts(&[("a", 3, 4), ("b", 9, 0)]));
        let all = standing.begin(&subscription(&[("a", Start::Beginning), ("b", Start::Beginning)]));
        assert_eq!((all.floor, all.goes_back), (0, true));
        assert_eq!(all.starts, starts(&[("a", 5, 4), ("b", 0, 0)]), "what is behind at 5 gets the rest");
    }

    #[test]
    fn who_subscribes_again_begins_nowhere_else() {
        let standing = Standing { floor: 0, oldest_lane: None, starts: Some(&Starts::new()), head: 9 };
        let wanted = subscription(&[("a", Start::Beginning), ("b", Start::Now)]);
        let first = standing.begin(&wanted);
        let again = Standing { floor: 20, oldest_lane: None, starts: Some(&first.starts), head: 30 };
        assert_eq!(
            again.begin(&wanted),
            Beginning { floor: 20, starts: first.starts.clone(), goes_back: false }
        );
    }
}
