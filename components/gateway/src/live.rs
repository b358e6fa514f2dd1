//! Answers that the host is to hold: whose channels they name, for whom, and until when.

use http::{HeaderMap, HeaderName, HeaderValue};

use crate::authentication::Session;

const HOLD: HeaderName = HeaderName::from_static("grip-hold");
/// To the host's listener, which takes it away. A service that says it itself isn't heard.
const LIVE: HeaderName = HeaderName::from_static("lyceum-live");

/// What the host is told if the component lets its answer be held.
pub(crate) fn announce(component: &str, caller: Option<&Session>) -> Option<HeaderValue> {
    let told = match caller {
        // auth tells when a session ends before its tokens do.
        Some(Session { user_id, id, expires_at, .. }) => {
            format!("{component}; until={expires_at}; caller={user_id}; session=auth/{id}")
        }
        None => component.to_owned(),
    };
    HeaderValue::try_from(told).ok()
}

/// Marks an answer that is to be held. What can't be marked is not held.
pub(crate) fn mark(headers: &mut HeaderMap, live: Option<HeaderValue>) {
    if !headers.contains_key(HOLD) {
        return;
    }
    match live {
        Some(live) => drop(headers.insert(LIVE, live)),
        None => drop(headers.remove(HOLD)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_that_is_to_be_held_says_whose_channels_and_for_whom() {
        let session = Session {
            identity: HeaderValue::from_static("v1.x"),
            user_id: "u1".to_owned(),
            id: "s1".to_owned(),
            expires_at: 1_800_000_000,
            is_admin: false,
        };
        let mut held = HeaderMap::new();
        held.insert(HOLD, HeaderValue::from_static("stream"));
        mark(&mut held, announce("notes", Some(&session)));
        assert_eq!(held[LIVE], "notes; until=1800000000; caller=u1; session=auth/s1");
        mark(&mut held, announce("notes", None));
        assert_eq!(held[LIVE], "notes");
        mark(&mut held, None);
        assert!(!held.contains_key(HOLD));
        let mut plain = HeaderMap::new();
        mark(&mut plain, announce("notes", Some(&session)));
        assert!(plain.is_empty());
    }
}
