//! The real service auth, on a thread of its own, as an instance is; and what can go wrong on the way to it.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::mpsc::{Sender, channel},
    thread,
};

use bytes::Bytes;
use http::{Request, Response};
use lyceum_kit::{clock::Timestamp, http::SendError};
use lyceum_testing::App;
use serde_json::{Value, json};

pub(crate) const PASSWORD: &str = "horse battery staple";

type Work = Box<dyn FnOnce(&App) + Send>;
/// What is done on the caller's thread.
type Here = Box<dyn FnOnce()>;

/// What becomes of calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Way {
    /// They arrive, and so do the answers.
    Open,
    /// They don't arrive.
    Away,
    /// They arrive, and the answers are lost.
    AnswersLost,
}

/// That service.
pub(crate) struct Auth {
    work: Sender<Work>,
    way: Cell<Way>,
    /// Calls that go well before the way is as it is said to be.
    spared: Cell<usize>,
    /// What was called, in this order: method and the end of the path but for ids.
    pub(crate) called: RefCell<Vec<String>>,
    /// What is done as soon as a call of this name arrives, before it is answered.
    before: RefCell<Option<(&'static str, Work)>>,
    /// What is done as soon as a call of this name is answered, before the answer is heard.
    after: RefCell<Option<(&'static str, Here)>>,
    last: RefCell<Option<Request<Bytes>>>,
}

impl Auth {
    pub(crate) fn start() -> Rc<Self> {
        let (work, works) = channel::<Work>();
        thread::spawn(move || {
            let app = App::new(&lyceum_auth::SERVICE).sqlite();
            app.on_call("passwords", |request| passwords(&request));
            for work in works {
                work(&app);
            }
        });
        Rc::new(Self {
            work,
            way: Cell::new(Way::Open),
            spared: Cell::new(0),
            called: RefCell::default(),
            before: RefCell::default(),
            after: RefCell::default(),
            last: RefCell::default(),
        })
    }

    /// What this gives on auth's thread.
    pub(crate) fn run<T: Send + 'static>(&self, work: impl FnOnce(&App) -> T + Send + 'static) -> T {
        let (answer, answers) = channel();
        self.work.send(Box::new(move |app| answer.send(work(app)).unwrap())).unwrap();
        answers.recv().unwrap()
    }

    /// From now on, after so many calls.
    pub(crate) fn set_way(&self, way: Way, spared: usize) {
        self.way.set(way);
        self.spared.set(spared);
    }

    /// Does this at auth right before the next call of this name arrives.
    pub(crate) fn before(&self, name: &'static str, work: impl FnOnce(&App) + Send + 'static) {
        *self.before.borrow_mut() = Some((name, Box::new(work)));
    }

    /// Does this right after auth has done what the next call of this name asks for, and before the caller hears of it.
    pub(crate) fn after(&self, name: &'static str, work: impl FnOnce() + 'static) {
        *self.after.borrow_mut() = Some((name, Box::new(work)));
    }

    pub(crate) fn answer(&self, request: Request<Bytes>) -> Result<Response<Bytes>, SendError> {
        let name = format!("{} {}", request.method(), request.uri().path().split('/').nth(3).unwrap());
        self.called.borrow_mut().push(name.clone());
        let way = match self.spared.get().checked_sub(1) {
            Some(left) => {
                self.spared.set(left);
                Way::Open
            }
            None => self.way.get(),
        };
        if way == Way::Away {
            return Err(SendError::Unavailable("the test says so".into()));
        }
        let before = self.before.borrow_mut().take_if(|(wanted, _)| name == *wanted);
        if let Some((_, work)) = before {
            self.run(move |app| work(app));
        }
        if name == "PUT reservations" {
            *self.last.borrow_mut() = Some(request.clone());
        }
        let answer = self.pass_on(request);
        let after = self.after.borrow_mut().take_if(|(wanted, _)| name == *wanted);
        if let Some((_, work)) = after {
            work();
        }
        if way == Way::AnswersLost { Err(SendError::Timeout) } else { Ok(answer) }
    }

    /// The reservation that was asked for last arrives once more: its status.
    pub(crate) fn repeat_reservation(&self) -> u16 {
        let request = self.last.borrow().clone().unwrap();
        self.pass_on(request).status().as_u16()
    }

    fn pass_on(&self, request: Request<Bytes>) -> Response<Bytes> {
        self.run(move |app| {
            let (head, body) = request.into_parts();
            let call = app.as_service("readers").call(head.method, head.uri.path());
            let call = if body.is_empty() { call } else { call.body("application/json", body) };
            let answer = call.send();
            let response = Response::builder().status(answer.status());
            let response = match answer.header("content-type") {
                Some(kind) => response.header("content-type", kind),
                None => response,
            };
            response.body(Bytes::copy_from_slice(answer.body())).unwrap()
        })
    }

    /// Time stands still there, too.
    pub(crate) fn stop_clock(&self, now: Timestamp) {
        self.run(move |app| app.stop_clock(now));
    }

    /// The answer to a sign-in: its status.
    pub(crate) fn sign_in(&self, email: &str) -> u16 {
        let body = json!({ "email": email, "password": PASSWORD });
        self.run(move |app| app.anonymous().post("/api/v1/auth/login").json(&body).send().status())
    }

    /// Somebody registers themselves: the status.
    pub(crate) fn register(&self, email: &str) -> u16 {
        let email = email.to_owned();
        self.run(move |app| register(app, &email))
    }

    /// What auth told of accounts.
    pub(crate) fn created(&self) -> Vec<Value> {
        self.run(|app| {
            app.events_of("lyceum.auth.UserCreated.v1").into_iter().map(|event| event.data).collect()
        })
    }
}

/// Somebody registers themselves: the status.
pub(crate) fn register(app: &App, email: &str) -> u16 {
    let body = json!({ "email": email, "password": PASSWORD, "display_name": "Somebody" });
    app.anonymous().post("/api/v1/auth/register").json(&body).send().status()
}

/// What the component `passwords` would answer, without its cost.
fn passwords(request: &Request<Bytes>) -> Response<Bytes> {
    let asked: Value = serde_json::from_slice(request.body()).unwrap();
    let hash = format!("hash of {}", asked["password"].as_str().unwrap());
    let answer = match request.uri().path() {
        "/hash" => json!({ "hash": hash }),
        _ => json!({ "valid": asked["hash"] == hash.as_str(), "needs_rehash": false }),
    };
    let response = Response::builder().header("content-type", "application/json");
    response.body(Bytes::from(answer.to_string())).unwrap()
}
