//! Good tokens, and every way for one to be bad.

mod library;

use std::{
    cell::{Cell, RefCell},
    time::Duration,
};

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD as BASE64};
use ed25519_dalek::{Signer as _, SigningKey};
use lyceum_kit::testing;
use serde_json::{Value, json};

use super::{key_set::KeySet, shared_keys::Shared, *};

const NOW: i64 = 1_800_000_000;
const SECRET: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";

/// Auth with one key, and sessions that have ended.
struct World {
    key: SigningKey,
    ended: RefCell<Vec<String>>,
    /// Sessions that auth says have ended.
    over: RefCell<Vec<String>>,
    /// How often it was asked that.
    asked: Cell<usize>,
    bucket_works: Cell<bool>,
    fetched: Cell<usize>,
    /// What auth calls its key; `None` once it was withdrawn.
    key_id: Cell<Option<&'static str>>,
}

impl World {
    fn new() -> Self {
        for name in ["lyceum.identity-key", "lyceum.secret"] {
            testing::configure(name, SECRET);
        }
        testing::configure("lyceum.component", "gateway");
        Self {
            key: SigningKey::from_bytes(&[7; 32]),
            ended: RefCell::default(),
            over: RefCell::default(),
            asked: Cell::new(0),
            bucket_works: Cell::new(true),
            fetched: Cell::new(0),
            key_id: Cell::new(Some("k1")),
        }
    }

    fn sign(&self, header: &Value, payload: &Value) -> String {
        let encode = |json: &Value| BASE64.encode(json.to_string());
        let signed = format!("{}.{}", encode(header), encode(payload));
        format!("{signed}.{}", BASE64.encode(self.key.sign(signed.as_bytes()).to_bytes()))
    }

    fn token(&self) -> String {
        self.sign(&header(), &payload())
    }

    /// The token's payload with these members changed; `null` removes one.
    fn claiming(&self, changes: Value) -> String {
        self.sign(&header(), &changed(payload(), changes))
    }

    fn status(&self, token: &str, now: i64) -> Option<u16> {
        let problem = Authenticator::default().session(token, Face::Own, now, self).err()?;
        Some(problem.status().as_u16())
    }
}

impl Sources for World {
    fn shared(&self) -> Option<Shared> {
        None
    }

    fn key_set(&self, _: i64) -> Result<KeySet, Problem> {
        self.fetched.set(self.fetched.get() + 1);
        let x = BASE64.encode(self.key.verifying_key().as_bytes());
        let key = |id| json!({ "kty": "OKP", "crv": "Ed25519", "x": x, "kid": id });
        let keys = self.key_id.get().map(key).into_iter().chain([library::public_key()]);
        let keys = json!({ "keys": keys.collect::<Vec<_>>() });
        Ok(KeySet::parse(keys.to_string().as_bytes()).unwrap())
    }

    fn has_ended(&self, session: &str) -> Result<bool, Problem> {
        if self.bucket_works.get() {
            Ok(self.ended.borrow().iter().any(|ended| ended == session))
        } else {
            Err(Problem::unavailable(Duration::from_secs(2)))
        }
    }

    fn lasts(&self, session: &str) -> bool {
        self.asked.set(self.asked.get() + 1);
        !self.over.borrow().iter().any(|over| over == session)
    }
}

fn header() -> Value {
    json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": "k1" })
}

fn payload() -> Value {
    json!({
        "iss": "lyceum-auth", "aud": "lyceum", "sub": "u1", "sid": "s1", "roles": ["student"],
        "jti": "t1", "iat": NOW, "exp": NOW + 900,
    })
}

fn changed(mut object: Value, changes: Value) -> Value {
    let Value::Object(changes) = changes else { panic!("not an object") };
    for (name, value) in changes {
        if value.is_null() {
            object.as_object_mut().unwrap().remove(&name);
        } else {
            object[name] = value;
        }
    }
    object
}

#[test]
fn a_good_token_becomes_an_identity_with_its_claims() {
    let world = World::new();
    for changes in [
        json!({}),
        json!({ "aud": ["other", "lyceum"] }),
        json!({ "nbf": NOW, "unknown": [1] }),
        json!({ "scope": "read  write" }),
    ] {
        let scoped = changes.get("scope").is_some();
        let session =
            Authenticator::default().session(&world.claiming(changes), Face::Own, NOW, &world).unwrap();
        let payload = session.identity.to_str().unwrap().split('.').nth(1).unwrap().to_owned();
        let identity: Value = serde_json::from_slice(&BASE64.decode(payload).unwrap()).unwrap();
        assert_eq!(identity["sub"], "u1");
        assert_eq!(identity["sid"], "s1");
        assert_eq!(identity["roles"], json!(["student"]));
        assert_eq!(identity["scopes"], if scoped { json!(["read", "write"]) } else { json!([]) });
        assert_eq!(identity["cmp"], "gateway");
    }
}

#[test]
fn a_bad_payload_is_refused_though_it_is_signed() {
    let world = World::new();
    for changes in [
        json!({ "iss": "somebody" }),
        json!({ "iss": null }),
        json!({ "aud": "library" }),
        json!({ "aud": ["library"] }),
        json!({ "aud": [] }),
        json!({ "aud": null }),
        json!({ "sub": null }),
        json!({ "sub": "" }),
        json!({ "sub": 7 }),
        json!({ "sid": null }),
        json!({ "sid": "" }),
        json!({ "roles": null }),
        json!({ "roles": "admin" }),
        json!({ "exp": null }),
        json!({ "exp": "never" }),
        json!({ "exp": NOW - 10 }),
        json!({ "exp": NOW + 24 * 60 * 60 }),
        json!({ "exp": i64::MAX }),
        json!({ "iat": null }),
        json!({ "iat": NOW + 11 }),
        json!({ "iat": i64::MIN }),
        json!({ "nbf": NOW + 60 }),
    ] {
        assert_eq!(world.status(&world.claiming(changes.clone()), NOW), Some(401), "{changes}");
    }
}

#[test]
fn a_bad_header_is_refused_though_it_is_signed() {
    let world = World::new();
    for changes in [
        json!({ "alg": "none" }),
        json!({ "alg": "None" }),
        json!({ "alg": "HS256" }),
        json!({ "alg": "ES256" }),
        json!({ "alg": "eddsa" }),
        json!({ "alg": null }),
        json!({ "typ": "JWT" }),
        json!({ "typ": "logout+jwt" }),
        json!({ "typ": null }),
        json!({ "kid": "k2" }),
        json!({ "kid": null }),
        json!({ "crit": ["exp"] }),
    ] {
        let token = world.sign(&changed(header(), changes.clone()), &payload());
        assert_eq!(world.status(&token, NOW), Some(401), "{changes}");
    }
    let token = world.sign(&changed(header(), json!({ "typ": "application/AT+JWT" })), &payload());
    assert_eq!(world.status(&token, NOW), None);
}

#[test]
fn whatever_is_not_a_signed_token_is_refused() {
    let world = World::new();
    let good = world.token();
    let (signed, signature) = good.rsplit_once('.').unwrap();
    let unsigned = json!({ "alg": "none", "typ": "at+jwt", "kid": "k1" });
    let none = world.sign(&unsigned, &payload());
    let none = none.rsplit_once('.').unwrap().0;
    for bad in [
        "x",
        "..",
        "a.b.c",
        signed,
        &format!("{signed}."),
        &format!("{none}."),
        &format!("{good}."),
        &format!("{good}.{signature}"),
        &format!("{good}="),
        &format!("{signed}.{}", BASE64.encode([0_u8; 64])),
        &format!("{signed}.{}", BASE64.encode([0_u8; 63])),
    ] {
        assert_eq!(world.status(bad, NOW), Some(401), "{bad}");
    }
}

#[test]
fn a_token_with_a_changed_character_is_not_believed() {
    let world = World::new();
    let good = world.token();
    assert_eq!(world.status(&good, NOW), None);
    // Every seventh, since each is a signature to verify: header, payload and signature all have some.
    for position in (0..good.len()).step_by(7) {
        let mut bytes = good.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        let bad = String::from_utf8(bytes).unwrap();
        assert_eq!(world.status(&bad, NOW), Some(401), "{bad}");
    }
}

#[test]
fn a_token_of_another_key_with_the_same_name_is_forged() {
    let world = World::new();
    let forger = World { key: SigningKey::from_bytes(&[8; 32]), ..World::new() };
    assert_eq!(world.status(&forger.token(), NOW), Some(401));
}

#[test]
fn a_token_that_was_good_is_refused_once_it_has_expired_or_its_session_ended() {
    let world = World::new();
    let mut authenticator = Authenticator::default();
    let token = world.token();
    let mut status = |now| {
        authenticator.session(&token, Face::Own, now, &world).err().map(|problem| problem.status().as_u16())
    };
    assert_eq!(status(NOW), None);
    assert_eq!(status(NOW + 909), None);
    assert_eq!(status(NOW + 910), Some(401));
    assert_eq!(status(NOW + 1), None);
    world.ended.borrow_mut().push("s1".into());
    assert_eq!(status(NOW + 2), Some(401));
    assert_eq!(world.fetched.get(), 2, "once at first, and once when the keys were old");
}

#[test]
fn a_token_that_was_good_is_refused_within_300_seconds_of_the_withdrawal_of_its_key() {
    let world = World::new();
    let mut authenticator = Authenticator::default();
    let token = world.token();
    let mut status = |now| {
        authenticator.session(&token, Face::Own, now, &world).err().map(|problem| problem.status().as_u16())
    };
    assert_eq!(status(NOW), None);
    world.key_id.set(None);
    assert_eq!(status(NOW + 299), None);
    assert_eq!(status(NOW + 300), Some(401));
    assert_eq!(status(NOW + 301), Some(401));
    world.key_id.set(Some("k1"));
    assert_eq!(status(NOW + 306), None);
}

#[test]
fn a_token_is_refused_once_another_key_has_the_name_of_its_own() {
    let mut world = World::new();
    let mut authenticator = Authenticator::default();
    let token = world.token();
    assert!(authenticator.session(&token, Face::Own, NOW, &world).is_ok());
    world.key = SigningKey::from_bytes(&[8; 32]);
    let refused =
        authenticator.session(&token, Face::Own, NOW + 300, &world).err().map(|problem| problem.status());
    assert_eq!(refused, Some(StatusCode::UNAUTHORIZED));
}

#[test]
fn without_the_bucket_of_ended_sessions_nobody_is_let_in() {
    let world = World::new();
    world.bucket_works.set(false);
    assert_eq!(world.status(&world.token(), NOW), Some(503));
}

#[test]
fn an_identity_is_made_anew_before_it_could_expire_on_its_way() {
    let world = World::new();
    let mut authenticator = Authenticator::default();
    let token = world.token();
    let mut identity = |now: i64| {
        let _clock = testing::freeze(Timestamp::from_micros(now * 1_000_000));
        authenticator.session(&token, Face::Own, now, &world).unwrap().identity
    };
    let first = identity(NOW);
    assert_eq!(identity(NOW + 19), first);
    assert_ne!(identity(NOW + 20), first);
}

#[test]
fn one_instance_tells_callers_apart() {
    let world = World::new();
    let mut authenticator = Authenticator::default();
    let (one, other) =
        (world.token(), world.claiming(json!({ "sub": "u2", "sid": "s2", "roles": ["admin"] })));
    let mut identity = |token: &str| authenticator.session(token, Face::Own, NOW, &world).unwrap().identity;
    let first = identity(&one);
    assert_ne!(identity(&other), first);
    world.ended.borrow_mut().push("s2".into());
    assert_eq!(identity(&one), first);
}

#[test]
fn a_refusal_challenges_as_rfc_6750_says() {
    let world = World::new();
    let problem = Authenticator::default().session("x", Face::Own, NOW, &world).unwrap_err();
    assert_eq!(problem.code(), "INVALID_TOKEN");
    let response = problem.into_response();
    assert_eq!(response.headers()["www-authenticate"], "Bearer error=\"invalid_token\"");
}
