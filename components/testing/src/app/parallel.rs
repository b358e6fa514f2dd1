//! One service in several instances at the same moment.

use std::{
    rc::Rc,
    sync::{Arc, Barrier},
    thread,
};

use lyceum_kit::host::Host;

use super::App;
use crate::host::{calls::Calls, config::Variables, sql::Recorded};

impl App {
    /// Does this so many times at the same moment, each with an instance of its own: they share the tables and the clock,
    /// and have nothing else, no variables either. What each gives, in the order of their numbers from 0.
    pub fn in_parallel<T: Send>(&self, count: usize, work: impl Fn(usize, &Self) -> T + Sync) -> Vec<T> {
        let (service, place, clock) = (self.service, &self.place, &self.clock);
        let (database, start, work) = (self.sql.database(), Barrier::new(count), &work);
        let instance = || {
            let sql = Rc::new(Recorded::new(Arc::clone(&database)));
            let calls = Rc::new(Calls::default());
            let variables = Rc::new(Variables::of(service.name()));
            let host = Host {
                config: Some(Rc::clone(&variables) as _),
                http: Some(Rc::clone(&calls) as _),
                sql: Some(Rc::clone(&sql) as _),
                ..Host::default()
            };
            let folder = tempfile::tempdir().expect("can't make a folder");
            Self {
                service,
                host,
                sql,
                place: place.clone(),
                #[cfg(feature = "documents")]
                documents: None,
                calls,
                #[cfg(feature = "mail")]
                mails: Rc::new(crate::host::mail::Mails::in_folder(&folder.path().join("mail"))),
                variables,
                clock: Arc::clone(clock),
                _folder: folder,
            }
        };
        let (instance, start) = (&instance, &start);
        thread::scope(|scope| {
            let threads: Vec<_> = (0..count)
                .map(|number| {
                    scope.spawn(move || {
                        let app = instance();
                        start.wait();
                        work(number, &app)
                    })
                })
                .collect();
            threads.into_iter().map(|thread| thread.join().expect("what is done in parallel")).collect()
        })
    }
}
