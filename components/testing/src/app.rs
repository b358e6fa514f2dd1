//! A service under test.

mod open;
mod parallel;

use std::{
    fmt,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
};

use bytes::Bytes;
use http::{Request, Response};
use lyceum_kit::{
    clock::{self, Timestamp},
    host::{self, Host},
    http::SendError,
    role::Role,
    service::Service,
    testing,
};
use tempfile::TempDir;

use crate::{
    Announced, As, Crash, Event, Plans, Published,
    database::Place,
    host::{calls::Calls, config::Variables, sql::Recorded},
};

pub use self::open::Unopened;

/// Who [`App::as_role`] is.
const USER_ID: &str = "01890000-0000-7000-8000-0000000000aa";
/// The clock runs.
const RUNS: i64 = i64::MIN;

/// One service with stores of its own, empty but for its migrations. It ends when it is dropped.
pub struct App {
    service: &'static Service,
    host: Host,
    sql: Rc<Recorded>,
    place: Place,
    #[cfg(feature = "documents")]
    documents: Option<Rc<crate::host::documents::Stored>>,
    calls: Rc<Calls>,
    #[cfg(feature = "mail")]
    mails: Rc<crate::host::mail::Mails>,
    variables: Rc<Variables>,
    clock: Arc<AtomicI64>,
    // Dropped last: the stores have files in it.
    _folder: TempDir,
}

impl fmt::Debug for App {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("App")
            .field("service", &self.service.name())
            .field("place", &self.place)
            .finish()
    }
}

impl App {
    /// A service, which [`Unopened::sqlite`] or [`Unopened::postgres`] gives its stores.
    #[allow(clippy::new_ret_no_self, reason = "the database follows")]
    pub fn new(service: &'static Service) -> Unopened {
        Unopened(service)
    }

    pub(crate) fn service(&self) -> &'static Service {
        self.service
    }

    /// Runs code of the service, such as a function of its `store`, with this app as its host.
    pub fn run<T>(&self, code: impl FnOnce() -> T) -> T {
        let _installed = host::install(self.host.clone());
        let stopped = self.clock.load(Ordering::SeqCst);
        let _frozen = (stopped != RUNS).then(|| testing::freeze(Timestamp::from_micros(stopped)));
        code()
    }

    /// As nobody who is signed in.
    pub fn anonymous(&self) -> As<'_> {
        As::nobody(self, "gateway")
    }

    /// As this person, who has no role.
    pub fn as_user(&self, user_id: &str) -> As<'_> {
        self.anonymous().somebody(user_id)
    }

    /// As a person with this role.
    pub fn as_role(&self, role: Role) -> As<'_> {
        self.as_user(USER_ID).with_role(role)
    }

    /// As another component, on its own behalf.
    pub fn as_service(&self, component: &str) -> As<'_> {
        As::nobody(self, component)
    }

    /// Delivers an event. The error is what the host would read: the text says why it has to be delivered again.
    pub fn deliver(&self, event: &Event) -> Result<(), String> {
        self.run(|| self.service.handle(&event.body()))
    }

    /// Delivers the tick of this `minute` or `hour`.
    pub fn tick(&self, unit: &str) -> Result<(), String> {
        let tick = self.run(|| Event::tick(unit, clock::now()));
        self.deliver(&tick)
    }

    /// Everything that the service has published until now, in the order of its commits. Each has to be as its schema
    /// in `events/` says.
    pub fn events(&self) -> Vec<Published> {
        self.outbox().iter().filter(|body| !Announced::is(body)).map(|body| Published::read(body)).collect()
    }

    /// Everything that live channels were told until now, in the order of the commits.
    pub fn announced(&self) -> Vec<Announced> {
        self.outbox().iter().filter(|body| Announced::is(body)).map(|body| Announced::read(body)).collect()
    }

    fn outbox(&self) -> Vec<String> {
        #[allow(unused_mut, reason = "only with documents")]
        let mut published = self.place.outbox();
        #[cfg(feature = "documents")]
        published.extend(self.documents.iter().flat_map(|documents| documents.place.outbox()));
        published
    }

    /// The events of this kind.
    pub fn events_of(&self, kind: &str) -> Vec<Published> {
        self.events().into_iter().filter(|event| event.kind == kind).collect()
    }

    /// How many keys the database remembers, of requests and of events.
    pub fn remembered_keys(&self) -> usize {
        self.place.remembered_keys()
    }

    /// The plans of every statement that has run until now.
    pub fn explain(&self) -> Plans {
        Plans::of(&self.place, &self.sql.statements())
    }

    /// Answers the service's calls of another component, or of a host outside if there is a dot in its name. What the
    /// service calls without this fails the test.
    pub fn on_call(&self, name: &str, script: impl Fn(Request<Bytes>) -> Response<Bytes> + 'static) {
        self.on_send(name, move |request| Ok(script(request)));
    }

    /// As [`App::on_call`], also for calls that get no answer.
    pub fn on_send(
        &self,
        name: &str,
        script: impl Fn(Request<Bytes>) -> Result<Response<Bytes>, SendError> + 'static,
    ) {
        let host = if name.contains('.') { name.to_owned() } else { format!("{name}.spin.internal") };
        self.calls.set(host, Rc::new(script));
    }

    /// The mails that were sent until now. One that was sent again under its id is there once.
    #[cfg(feature = "mail")]
    pub fn mails(&self) -> Vec<lyceum_kit::mail::Message> {
        self.mails.sent()
    }

    /// From now on no mail is taken, for this reason; or again with `None`.
    #[cfg(feature = "mail")]
    pub fn set_mail_outage(&self, reason: Option<&str>) {
        self.mails.set_outage(reason);
    }

    /// From now on the database can't be reached, or can again.
    pub fn set_database_outage(&self, away: bool) {
        self.sql.set_away(away);
    }

    /// Breaks the connection at the next commit that has none of these yet.
    pub fn fail_next_commit(&self, crash: Crash) {
        self.sql.crash(crash);
    }

    /// Somebody else commits this statement, which has no parameters, after the service has read and right before its
    /// next transaction.
    pub fn commit_first(&self, statement: &str) {
        self.sql.commit_first(statement);
    }

    /// Somebody else, who commits a statement to the service's database whenever they are called: also while a call of the
    /// service's is answered by the script of [`App::on_call`].
    pub fn somebody_else(&self) -> impl Fn(&str) + 'static {
        let sql = Rc::clone(&self.sql);
        move |statement| sql.commit_now(statement.to_owned())
    }

    /// Lets so many commits pass before the next crash that is told from now on.
    pub fn pass_commits(&self, commits: usize) {
        self.sql.pass(commits);
    }

    /// Sets a configuration variable, as the manifest would.
    pub fn configure(&self, name: &str, value: &str) {
        self.variables.set(name, value);
    }

    /// Stops the clock, of the service and of its stores, at this moment.
    pub fn stop_clock(&self, now: Timestamp) {
        self.clock.store(now.as_micros(), Ordering::SeqCst);
    }
}
