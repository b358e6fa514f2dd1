//! What streams and subjects are called.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use sha2::{Digest, Sha256};

/// Into how many parts each consumer's events are divided, so that hosts can share them. Part of the subjects of
/// stored events, so it can't change.
pub(super) const PARTITIONS: u8 = 8;

/// What may stand in one token of a subject.
const TOKEN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'/');
const KIND: &AsciiSet = &TOKEN.remove(b'.');

/// The names of one application's bus.
#[derive(Debug)]
pub(super) struct Names {
    application: String,
    pub(super) events: String,
    pub(super) progress: String,
    pub(super) dead_letters: String,
    pub(super) live: String,
    /// The subject of messages to live channels.
    pub(super) live_message: String,
    /// Where hosts tell each other that they are there.
    pub(super) members: String,
    /// Where an operator tells that a replay was asked for.
    pub(super) replays: String,
}

impl Names {
    /// Streams can't have dots, spaces or slashes in their names.
    pub(super) fn new(application: &str) -> Self {
        let plain = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
        let application: String = application.chars().map(|c| if plain(c) { c } else { '-' }).collect();
        Self {
            events: format!("{application}-events"),
            progress: format!("{application}-progress"),
            dead_letters: format!("{application}-dead-letters"),
            live: format!("{application}-live"),
            live_message: format!("{application}.live"),
            members: format!("{application}.members"),
            replays: format!("{application}.replays"),
            application,
        }
    }

    pub(super) fn all_events(&self) -> String {
        format!("{}.events.>", self.application)
    }

    pub(super) fn all_progress(&self) -> String {
        format!("{}.progress.>", self.application)
    }

    pub(super) fn all_dead_letters(&self) -> String {
        format!("{}.dead-letters.>", self.application)
    }

    /// The subject of an event.
    pub(super) fn event(&self, kind: &str, aggregate_id: &str) -> String {
        let (partition, bucket) = place(aggregate_id);
        format!("{}.events.{partition}.{bucket}.{}", self.application, kind_token(kind))
    }

    /// The subjects of the events of these kinds, or of all kinds, in a partition or in all of them.
    pub(super) fn events_of(&self, partition: Option<u8>, kinds: &[String]) -> Vec<String> {
        let partition = partition.map_or_else(|| "*".to_owned(), |partition| partition.to_string());
        let prefix = format!("{}.events.{partition}.*", self.application);
        if kinds.is_empty() {
            return vec![format!("{prefix}.>")];
        }
        kinds.iter().map(|kind| format!("{prefix}.{}", kind_token(kind))).collect()
    }

    /// The subject of all events of an aggregate, and of some others.
    pub(super) fn aggregate(&self, aggregate_id: &str, kinds: &[String]) -> String {
        let (partition, bucket) = place(aggregate_id);
        let kind = match kinds {
            [only] => kind_token(only),
            _ => ">".to_owned(),
        };
        format!("{}.events.{partition}.{bucket}.{kind}", self.application)
    }

    /// Where a consumer's progress in a partition is kept.
    pub(super) fn progress_of(&self, consumer: &str, partition: u8) -> String {
        format!("{}.progress.{}.{partition}", self.application, token(consumer))
    }

    /// The subject of a dead letter.
    pub(super) fn dead_letter(&self, consumer: &str, partition: u8, position: i64) -> String {
        format!("{}.dead-letters.{}.{partition}.{position}", self.application, token(consumer))
    }

    /// The subjects of a consumer's dead letters.
    pub(super) fn dead_letters_of(&self, consumer: Option<&str>, partition: Option<u8>) -> String {
        let consumer = consumer.map_or_else(|| "*".to_owned(), token);
        let partition = partition.map_or_else(|| "*".to_owned(), |partition| partition.to_string());
        format!("{}.dead-letters.{consumer}.{partition}.*", self.application)
    }
}

fn token(text: &str) -> String {
    utf8_percent_encode(text, TOKEN).to_string()
}

/// A kind's own dots may stay, where they don't make an empty token.
fn kind_token(kind: &str) -> String {
    if kind.split('.').any(str::is_empty) {
        return token(kind);
    }
    utf8_percent_encode(kind, KIND).to_string()
}

/// The partition of an aggregate and, within it, one of 256 buckets. A subject for each aggregate would cost
/// the server memory for each.
pub(super) fn place(aggregate_id: &str) -> (u8, u8) {
    let digest = Sha256::digest(aggregate_id.as_bytes());
    let byte = |index: usize| digest.get(index).copied().unwrap_or_default();
    (byte(0) % PARTITIONS, byte(1))
}

/// A number that differs from name to name, so that consumers don't all begin with the same host.
pub(super) fn offset(name: &str) -> usize {
    usize::from(Sha256::digest(name.as_bytes()).first().copied().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_a_kind_or_a_consumer_is_called_makes_a_subject() {
        let names = Names::new("my app.v2");
        assert_eq!(names.events, "my-app-v2-events");
        for kind in ["lyceum.auth.UserCreated.v1", "a b", "*", ">", "a..b", ".a", "ä"] {
            for subject in [names.event(kind, "x"), names.progress_of(kind, 3), names.dead_letter(kind, 3, 7)]
            {
                let tokens: Vec<_> = subject.split('.').collect();
                assert!(tokens.iter().all(|token| !token.is_empty()), "{subject}");
                assert!(!subject.contains([' ', '*', '>']), "{subject}");
            }
        }
        assert!(names.event("a.b", "x").ends_with(".a.b"));
    }

    #[test]
    fn an_events_subject_is_among_those_asked_for() {
        let names = Names::new("app");
        let (partition, bucket) = place("user-1");
        assert_eq!(names.event("k", "user-1"), format!("app.events.{partition}.{bucket}.k"));
        assert_eq!(names.events_of(Some(partition), &["k".into()]), [format!("app.events.{partition}.*.k")]);
        assert_eq!(names.aggregate("user-1", &["k".into()]), format!("app.events.{partition}.{bucket}.k"));
        assert_eq!(names.aggregate("user-1", &[]), format!("app.events.{partition}.{bucket}.>"));
    }
}
