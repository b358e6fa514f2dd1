use std::{cell::RefCell, rc::Rc};

use axum::response::Response;
use http::StatusCode;

use super::*;
use crate::{
    context::Context,
    event::Received,
    host::{Host, Installed, install},
    once::{OnceKey, Token},
    response::no_content,
    sql::statement,
};

/// Scope, key and answer.
type Known = (String, String, Vec<u8>);

/// Runs everything but after these refusals, and remembers keys.
#[derive(Clone, Debug, Default)]
struct Store {
    refusals: Rc<RefCell<Vec<sql::Error>>>,
    ran: Rc<RefCell<Vec<String>>>,
    known: Rc<RefCell<Vec<Known>>>,
}

impl Store {
    fn refusing(refusals: &[sql::Error]) -> Self {
        Self { refusals: Rc::new(RefCell::new(refusals.to_vec())), ..Self::default() }
    }

    fn install(&self) -> Installed {
        install(Host { sql: Some(Rc::new(self.clone())), ..Host::default() })
    }

    fn ran(&self) -> Vec<String> {
        self.ran.borrow().clone()
    }
}

impl sql::Sql for Store {
    fn query(&self, _: &[sql::Statement]) -> Result<Vec<sql::Rows>, sql::Error> {
        Ok(Vec::new())
    }

    fn transact(&self, asked: &sql::Transaction) -> Result<sql::Outcome, sql::Error> {
        if let Some(refusal) = self.refusals.borrow_mut().pop() {
            return Err(refusal);
        }
        let row = || sql::Rows {
            columns: vec!["number".into()],
            rows: vec![vec![types::Value::Integer(17)]],
            affected: 1,
        };
        let rows: Vec<_> = asked.statements.iter().map(|_| row()).collect();
        if let Some(once) = &asked.once {
            let mut known = self.known.borrow_mut();
            if let Some((.., answer)) = known.iter().find(|(s, k, _)| (s, k) == (&once.scope, &once.key)) {
                return Ok(sql::Outcome::Duplicate(sql::Remembered { rows, answer: answer.clone() }));
            }
            known.push((once.scope.clone(), once.key.clone(), once.answer.clone()));
        }
        self.ran.borrow_mut().extend(asked.statements.iter().map(|statement| statement.text.clone()));
        Ok(sql::Outcome::Committed(rows))
    }

    fn recall(&self, _: &str, _: &str, _: &str) -> Result<Option<sql::Remembered>, sql::Error> {
        Ok(None)
    }
}

fn received() -> Received {
    let event = br#"{"id":"e1","type":"lyceum.a.B.v1","source":"/services/a"}"#;
    Received::parse("things", event).unwrap()
}

fn request(key: Option<&str>, memory: Memory) -> Context {
    let key = key.map(|key| OnceKey {
        scope: "u1 POST /things".into(),
        key: key.into(),
        fingerprint: "f".into(),
        keep_seconds: 1,
    });
    Context::default().with_token(Token::new(key, memory))
}

fn write(text: &str) -> Statement {
    statement(text, vec![])
}

#[test]
fn a_second_transaction_of_one_event_is_an_error_and_not_dropped_in_silence() {
    let (store, received) = (Store::default(), received());
    let _installed = store.install();
    assert!(received.begin().execute(write("first")).commit().is_ok());
    let second = received.begin().execute(write("second")).commit();
    assert!(matches!(second, Err(TransactionError::Once(_))), "{second:?}");
    assert!(received.step("third").begin().execute(write("third")).commit().is_ok());
    assert!(received.without_once().begin().execute(write("fourth")).commit().is_ok());
    assert_eq!(store.ran(), ["first", "third", "fourth"]);
}

#[test]
fn an_event_that_is_delivered_again_does_only_what_was_not_done() {
    let store = Store::default();
    let _installed = store.install();
    assert!(received().step("a").begin().execute(write("a")).commit().is_ok());
    // It broke off here.
    let again = received();
    let outcome = again.step("a").begin().execute(write("a")).commit().unwrap();
    assert!(matches!(&outcome, Outcome::Replayed(rows) if rows.len() == 1), "{outcome:?}");
    assert_eq!(outcome.rows().unwrap().len(), 1);
    let outcome = again.begin().execute(write("b")).commit().unwrap();
    assert!(matches!(outcome, Outcome::Committed(_)), "{outcome:?}");
    assert_eq!(store.ran(), ["a", "b"]);
}

#[test]
fn a_transaction_that_failed_for_certain_may_be_made_again() {
    let (store, received) = (Store::refusing(&[sql::Error::Expectation(0)]), received());
    let _installed = store.install();
    let refused = received.begin().execute(write("a")).commit();
    assert!(matches!(refused, Err(TransactionError::Sql(SqlError::Expectation(0)))), "{refused:?}");
    assert!(received.begin().execute(write("b")).commit().is_ok());
    assert_eq!(store.ran(), ["b"]);
}

#[test]
fn after_an_unknown_outcome_the_key_is_used_up() {
    // It is asked twice, since the key makes that safe.
    let unknown = [sql::Error::OutcomeUnknown, sql::Error::OutcomeUnknown];
    let (store, received) = (Store::refusing(&unknown), received());
    let _installed = store.install();
    let unknown = received.begin().execute(write("a")).commit();
    assert!(matches!(unknown, Err(TransactionError::Sql(SqlError::OutcomeUnknown))), "{unknown:?}");
    let second = received.begin().execute(write("b")).commit();
    assert!(matches!(second, Err(TransactionError::Once(_))), "{second:?}");
}

#[test]
fn a_request_commits_once_with_and_without_a_key() {
    for key in [None, Some("k")] {
        let (store, context) = (Store::default(), request(key, Memory::default()));
        let _installed = store.install();
        let first = context.begin().execute(write("a")).respond(no_content()).try_commit();
        assert_eq!(first.unwrap().status(), 204);
        let second = context.begin().execute(write("b")).respond(no_content()).try_commit();
        assert!(matches!(second, Err(TransactionError::Once(_))), "{key:?}");
        assert_eq!(store.ran(), ["a"]);
    }
}

fn from_rows(rows: Vec<Rows>) -> Result<Response, Problem> {
    let mut response = no_content();
    *response.status_mut() = StatusCode::CREATED;
    let numbers: Result<Vec<(i64,)>, _> = rows.into_iter().map(Rows::one).collect();
    response.extensions_mut().insert(numbers.map_err(SqlError::from)?.len());
    Ok(response)
}

#[test]
fn an_answer_of_rows_is_the_same_for_a_duplicate() {
    let store = Store::default();
    let _installed = store.install();
    let memory = Memory { from_rows: Some(from_rows), ..Memory::default() };
    for replayed in [false, true] {
        let context = request(Some("k"), memory);
        let taking = write("number");
        let transaction = context.begin().execute(write("a")).execute(write("b")).take_number(taking);
        let response = transaction.respond_with_rows().try_commit().unwrap();
        assert_eq!(response.status(), StatusCode::CREATED);
        assert_eq!(response.extensions().get::<usize>(), Some(&2), "without the statement of the number");
        assert_eq!(response.headers().contains_key("idempotency-replayed"), replayed);
    }
    assert_eq!(store.ran(), ["number", "a", "b"]);
}

#[test]
fn nothing_is_committed_when_the_route_has_no_function_for_the_answer() {
    for key in [None, Some("k")] {
        let store = Store::default();
        let _installed = store.install();
        let transaction = request(key, Memory::default()).begin().execute(write("a")).respond_with_rows();
        let refused = transaction.try_commit();
        assert!(matches!(refused, Err(TransactionError::NoAnswerFromRows)), "{key:?}");
        assert!(store.ran().is_empty());
    }
}

#[test]
fn nothing_is_committed_when_the_answer_is_too_large_to_be_remembered() {
    for (key, status) in [(None, 200), (Some("k"), 422)] {
        let (store, context) = (Store::default(), request(key, Memory::default()));
        let _installed = store.install();
        let transaction = context.begin().execute(write("a")).respond("x".repeat(100_000));
        let answered = transaction.try_commit();
        let answered = answered
            .unwrap_or_else(|error| axum::response::IntoResponse::into_response(Problem::from(error)));
        assert_eq!(answered.status(), status);
        assert_eq!(store.ran().is_empty(), key.is_some());
    }
}

fn problem() -> Problem {
    Problem::conflict("EMAIL_TAKEN", "Taken.")
}

#[test]
fn a_constraint_has_the_problem_that_it_is_mapped_to() {
    let commit = |columns| {
        let _installed = Store::refusing(&[sql::Error::Unique("accounts.email".into())]).install();
        received().begin().execute(write("a")).on_unique(columns, problem).commit().unwrap_err()
    };
    assert_eq!(Problem::from(commit("accounts.email")).code(), "EMAIL_TAKEN");
    assert_eq!(Problem::from(commit("accounts.id")).code(), "ALREADY_EXISTS");
}

#[test]
fn missing_rows_have_the_problem_that_their_statement_is_mapped_to() {
    let commit = |missing, number: bool| {
        let _installed = Store::refusing(&[sql::Error::Expectation(missing)]).install();
        let transaction = received().begin().execute(write("a")).execute(write("b")).on_missing(problem);
        let transaction = if number { transaction.take_number(write("n")) } else { transaction };
        transaction.commit().unwrap_err()
    };
    assert_eq!(Problem::from(commit(1, false)).code(), "EMAIL_TAKEN");
    assert_eq!(Problem::from(commit(0, false)).code(), "CHANGED_MEANWHILE");
    assert_eq!(Problem::from(commit(2, true)).code(), "EMAIL_TAKEN");
    assert!(matches!(commit(1, true), TransactionError::Sql(SqlError::Expectation(0))));
    assert!(matches!(commit(0, true), TransactionError::NumberTaken));
}
