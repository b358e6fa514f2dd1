//! Who is woken by what is added to the log.

use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::watch;

use super::log::Appended;

/// So many events that it doesn't want don't wake a consumer; then it notes that it has passed them.
const PASSED: i64 = 4096;

struct Listener {
    /// None means all.
    kinds: Arc<[String]>,
    head: watch::Sender<i64>,
}

/// The consumers that read the log.
pub(super) struct Listeners {
    /// The position of the newest durable event.
    head: watch::Sender<i64>,
    listeners: Mutex<Vec<Listener>>,
}

impl Listeners {
    pub(super) fn new(head: i64) -> Self {
        Self { head: watch::Sender::new(head), listeners: Mutex::default() }
    }

    /// Tells up to where there may be events of these kinds.
    pub(super) fn listen(&self, kinds: Arc<[String]>) -> watch::Receiver<i64> {
        let mut listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        // What is added from now on finds the listener.
        let head = watch::Sender::new(*self.head.borrow());
        let told = head.subscribe();
        listeners.push(Listener { kinds, head });
        told
    }

    /// Wakes those who want some of it.
    pub(super) fn tell(&self, appended: &Appended) {
        let last = appended.last;
        raise(&self.head, last);
        let listeners = self.listeners.lock().unwrap_or_else(PoisonError::into_inner);
        for listener in listeners.iter() {
            let wants = listener.kinds.is_empty()
                || listener.kinds.iter().any(|kind| appended.kinds.contains(kind))
                || last - *listener.head.borrow() >= PASSED;
            if wants {
                raise(&listener.head, last);
            }
        }
    }
}

fn raise(head: &watch::Sender<i64>, last: i64) {
    head.send_if_modified(|head| std::mem::replace(head, last.max(*head)) < last);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn appended(last: i64, kind: &str) -> Appended {
        Appended { last, kinds: [kind.to_owned()].into() }
    }

    #[test]
    fn an_event_wakes_only_consumers_of_its_kind() {
        let listeners = Listeners::new(5);
        let mut some = listeners.listen(Arc::new(["a".to_owned()]));
        let mut all = listeners.listen(Arc::new([]));
        listeners.tell(&appended(6, "b"));
        assert_eq!((some.has_changed().unwrap(), all.has_changed().unwrap()), (false, true));
        listeners.tell(&appended(7, "a"));
        assert_eq!((*some.borrow_and_update(), *all.borrow_and_update()), (7, 7));
        listeners.tell(&appended(7 + PASSED - 1, "b"));
        assert!(!some.has_changed().unwrap());
        listeners.tell(&appended(7 + PASSED, "b"));
        assert_eq!(*some.borrow(), 7 + PASSED, "it notes now and then what it has passed");
        assert_eq!(*listeners.listen(Arc::new(["a".to_owned()])).borrow(), 7 + PASSED);
    }
}
