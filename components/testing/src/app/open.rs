//! How an app gets its stores.

use std::{
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use lyceum_kit::{host::Host, service::Service};
use lyceum_sql::{Clock, Options, Publishes};
use tempfile::TempDir;

use super::{App, RUNS};
use crate::{
    database::Database,
    host::{calls::Calls, config::Variables, sql::Recorded},
};

/// A service that has no stores yet.
#[derive(Debug)]
pub struct Unopened(pub(super) &'static Service);

impl Unopened {
    /// With its tables in a SQLite file.
    pub fn sqlite(self) -> App {
        let Self(service) = self;
        App::open(service, |folder, options| {
            Database::in_file(folder.path().join("sql.db"), service, options)
        })
    }

    /// With its tables on a private PostgreSQL server, which is started with the first such app of the program and ends
    /// with it.
    pub fn postgres(self) -> App {
        let Self(service) = self;
        App::open(service, |_, options| Database::on_server(service, options))
    }

    /// Runs the same test on an empty app of each database.
    pub fn on_each_database(self, test: impl Fn(&App)) {
        for open in [Self::sqlite, Self::postgres] {
            let app = open(Self(self.0));
            // Shown if the test fails.
            println!("on {:?}", app.place);
            test(&app);
        }
    }
}

impl App {
    fn open(service: &'static Service, open: impl FnOnce(&TempDir, Options) -> Database) -> Self {
        let folder = tempfile::tempdir().expect("can't make a folder");
        let clock = Arc::new(AtomicI64::new(RUNS));
        let shared = Arc::clone(&clock);
        let told = Clock::new(move || time(shared.load(Ordering::SeqCst)));
        // As on a host, which takes them from the manifest.
        let publishes = Publishes::only(service.publishes());
        let options = Options { clock: told.clone(), publishes: publishes.clone(), ..Options::default() };
        let Database { place, backend } = open(&folder, options);
        let sql = Rc::new(Recorded::new(backend));
        let calls = Rc::new(Calls::default());
        let variables = Rc::new(Variables::of(service.name()));
        #[allow(unused_mut, reason = "without a feature there are no more stores")]
        let mut host = Host {
            config: Some(Rc::clone(&variables) as _),
            http: Some(Rc::clone(&calls) as _),
            sql: Some(Rc::clone(&sql) as _),
            ..Host::default()
        };
        #[cfg(feature = "blobs")]
        {
            use crate::host::blobs::Containers;
            host.blobs = Some(Rc::new(Containers::in_folder(&folder.path().join("blobs"), service.name())));
        }
        #[cfg(feature = "keyvalue")]
        {
            host.keyvalue = Some(Rc::new(crate::host::keyvalue::Buckets::of(service.name())));
        }
        #[cfg(feature = "documents")]
        let documents = {
            use lyceum_documents::Options;
            let path = folder.path().join("documents.db");
            let documents =
                crate::host::documents::Stored::in_file(path, service, Options { clock: told, publishes })
                    .map(Rc::new);
            host.documents = documents
                .clone()
                .map(|documents| documents as Rc<dyn lyceum_kit::host::documents::Documents>);
            documents
        };
        #[cfg(feature = "mail")]
        let mails = {
            let mails = Rc::new(crate::host::mail::Mails::in_folder(&folder.path().join("mail")));
            host.mail = Some(Rc::clone(&mails) as _);
            mails
        };
        Self {
            service,
            host,
            sql,
            place,
            #[cfg(feature = "documents")]
            documents,
            calls,
            #[cfg(feature = "mail")]
            mails,
            variables,
            clock,
            _folder: folder,
        }
    }
}

fn time(stopped: i64) -> SystemTime {
    if stopped == RUNS {
        return SystemTime::now();
    }
    UNIX_EPOCH + Duration::from_micros(u64::try_from(stopped).unwrap_or_default())
}
