//! A transaction that passed every check which needs no database.

use super::Guard;
use crate::event::NewEvent;
use crate::{Context, Error, Once, Statement, Transaction};

/// A checked transaction.
#[derive(Debug)]
pub(crate) struct Prepared {
    pub(crate) statements: Vec<Statement>,
    pub(crate) events: Vec<NewEvent>,
    pub(crate) once: Option<Once>,
    pub(crate) context: Context,
}

impl Guard {
    /// Refuses a transaction that could not commit whatever the database holds.
    pub(crate) fn prepare(&self, transaction: Transaction) -> Result<Prepared, Error> {
        let Transaction { statements, events, once, context } = transaction;
        let params = self.check(&statements, true)?;
        if events.len() > self.limits.events {
            return Err(Error::TooLarge(format!("more than {} events", self.limits.events)));
        }
        let events_size: usize = events.iter().map(|event| event.data.len() + event.id.len()).sum();
        if params + events_size > self.limits.request_bytes {
            return Err(Error::TooLarge(format!(
                "a transaction of more than {} bytes",
                self.limits.request_bytes
            )));
        }
        if let Some(once) = &once {
            once.check()?;
        }
        let events = events
            .into_iter()
            .map(|event| NewEvent::check(event, &self.publishes))
            .collect::<Result<_, _>>()?;
        Ok(Prepared { statements, events, once, context })
    }
}
