//! Accounts that came with a hash of another system.

use std::cell::RefCell;
use std::rc::Rc;

use super::library::{login, with};
use super::*;

/// Of [`PASSWORD`], as libxcrypt makes it.
pub(super) const BCRYPT: &str = "$2a$06$abcdefghijklmnopqrstuuXzDq6IoXo5fsmBBMx8nCQc.luqoCBF2";

/// What the component `passwords` does.
#[allow(clippy::needless_pass_by_value, reason = "it is given away")]
pub(super) fn real_passwords(request: Request<Bytes>) -> Response<Bytes> {
    let asked: Value = serde_json::from_slice(request.body()).unwrap();
    let text = |name: &str| asked[name].as_str().unwrap();
    if request.uri().path() == "/hash" {
        let hash = lyceum_passwords::domain::hash(text("password"), [7; 16]).unwrap();
        return answered(&json!({ "hash": hash }));
    }
    let verdict = lyceum_passwords::domain::verify(text("password"), text("hash")).unwrap();
    answered(&json!({ "valid": verdict.valid, "needs_rehash": verdict.needs_rehash }))
}

/// An account with that hash; the hashes that are asked about from now on.
fn imported(app: &App) -> Rc<RefCell<Vec<String>>> {
    app.on_call("passwords", |_| answered(&json!({ "hash": BCRYPT })));
    let body = json!({ "email": "ana@example.org", "password": PASSWORD, "display_name": "Ana" });
    app.anonymous().post("/api/v1/auth/register").json(&body).send().expect(201);
    let asked = Rc::<RefCell<Vec<String>>>::default();
    let noted = Rc::clone(&asked);
    app.on_call("passwords", move |request| {
        let body: Value = serde_json::from_slice(request.body()).unwrap();
        noted.borrow_mut().extend(body["hash"].as_str().map(ToOwned::to_owned));
        real_passwords(request)
    });
    asked
}

#[test]
fn a_bcrypt_hash_lets_its_owner_in_once_and_is_argon2id_from_then_on() {
    App::new(&SERVICE).on_each_database(|app| {
        let asked = imported(app);
        login(app, &with("ana@example.org", "another phrase")).expect(401);
        login(app, &with("ana@example.org", PASSWORD)).expect(200);
        login(app, &with("ana@example.org", PASSWORD)).expect(200);
        sign_in(app, "ana@example.org", PASSWORD).expect(200);
        login(app, &with("ana@example.org", "another phrase")).expect(401);
        let kinds: Vec<_> =
            asked.borrow().iter().map(|hash| hash.split('$').nth(1).unwrap().to_owned()).collect();
        assert_eq!(kinds, ["2a", "2a", "argon2id", "argon2id", "argon2id"]);
    });
}

#[test]
fn a_bcrypt_hash_is_replaced_by_a_sign_in_on_the_modern_face_too() {
    App::new(&SERVICE).on_each_database(|app| {
        let asked = imported(app);
        sign_in(app, "ana@example.org", PASSWORD).expect(200);
        sign_in(app, "ana@example.org", PASSWORD).expect(200);
        assert!(asked.borrow()[0].starts_with("$2a$") && asked.borrow()[1].starts_with("$argon2id$"));
    });
}
