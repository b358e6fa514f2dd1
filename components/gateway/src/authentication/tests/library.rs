//! Tokens of the older library's clients, and every way for one to be bad.

use rsa::sha2::Sha256;
use rsa::traits::PublicKeyParts as _;
use rsa::{BoxedUint, PrivateKey};

use super::*;

/// The primes of a key that is used nowhere else.
const PRIMES: [&str; 2] = [
    "3AQDcPTNkILJqakQvTth8MxPlTLxQeT_FOWNITvJ0TmDcpq-rz-Lq_Vv0NarwtmFI7rlkif1h4xhVDMmk_HUGP25xW\
     Ll_iG8ohJgTXQTNQy9Ftqn5ipo64WVgotw8_xUdFfSbGNL9Zws1yTeZ-MIYaIkBBgE5FLJoPMzVLUucbM",
    "t2g4IKdkz5gDwllr8zoG2-S3MWFJa8CGigG8ZUNKxgSGUO2rWOdMl5z59VydhqHntltIwODOnPnPm8I_U0M44Nu2cj\
     D96VtuGGbD_TvNsvoZiKlLEX6fDEHTYZ6hgWN7_TwpJESuWdbuefF-QRkTTQs6v6MY5BoJpzpD30Rme_0",
];

fn key() -> PrivateKey {
    key_of(65_537)
}

fn key_of(exponent: u64) -> PrivateKey {
    let [p, q] = PRIMES.map(|prime| BoxedUint::from_be_slice_vartime(&BASE64.decode(prime).unwrap()));
    PrivateKey::from_p_q(p, q, BoxedUint::from(exponent)).unwrap()
}

/// As auth shows it.
pub(super) fn public_key() -> Value {
    let key = key();
    let [n, e] = [key.n_bytes(), key.e_bytes()].map(|number| BASE64.encode(number));
    json!({ "kty": "RSA", "n": n, "e": e, "kid": "library", "alg": "RS256", "use": "sig" })
}

fn header() -> Value {
    json!({ "alg": "RS256", "typ": "JWT", "kid": "library" })
}

fn payload() -> Value {
    json!({
        "iss": "example.io", "sub": "9,ana@example.org", "roles": "READER LIBRARIAN", "uid": "u1", "sid": "s1",
        "iat": NOW, "exp": NOW + 36_000,
    })
}

fn sign(header: &Value, payload: &Value) -> String {
    sign_by(&key(), header, payload)
}

fn sign_by(key: &PrivateKey, header: &Value, payload: &Value) -> String {
    let encode = |json: &Value| BASE64.encode(json.to_string());
    let signed = format!("{}.{}", encode(header), encode(payload));
    let signature = key.pkcs1v15_sign::<Sha256>(signed.as_bytes()).unwrap();
    format!("{signed}.{}", BASE64.encode(signature))
}

fn token() -> String {
    sign(&header(), &payload())
}

fn status(world: &World, token: &str, face: Face, now: i64) -> Option<u16> {
    let problem = Authenticator::default().session(token, face, now, world).err()?;
    Some(problem.status().as_u16())
}

#[test]
fn a_librarys_token_becomes_an_identity_with_its_user_session_and_roles() {
    let world = World::new();
    let session = Authenticator::default().session(&token(), Face::Library, NOW, &world).unwrap();
    assert_eq!((session.user_id.as_str(), session.id.as_str(), session.is_admin), ("u1", "s1", false));
    let payload = session.identity.to_str().unwrap().split('.').nth(1).unwrap().to_owned();
    let identity: Value = serde_json::from_slice(&BASE64.decode(payload).unwrap()).unwrap();
    assert_eq!(identity["roles"], json!(["reader", "librarian"]));
}

#[test]
fn a_librarys_token_counts_on_its_face_alone_also_when_it_is_known() {
    let world = World::new();
    let mut authenticator = Authenticator::default();
    let mut status = |face| {
        authenticator.session(&token(), face, NOW, &world).err().map(|problem| problem.status().as_u16())
    };
    assert_eq!(status(Face::Own), Some(401));
    assert_eq!(status(Face::Library), None);
    assert_eq!(status(Face::Own), Some(401));
}

#[test]
fn a_librarys_token_counts_on_no_path_of_another_face() {
    let world = World::new();
    for (path, expected) in [
        ("/api/books", None),
        ("/api/public/login", None),
        ("/api/v1", Some(401)),
        ("/api/v1/books", Some(401)),
        ("/api/enrollments", Some(401)),
        ("/api/enrollments/7", Some(401)),
        ("/api/enrollment-ws", Some(401)),
        ("/openapi.json", Some(401)),
    ] {
        assert_eq!(status(&world, &token(), Face::of(path), NOW), expected, "{path}");
    }
}

#[test]
fn a_librarys_token_that_another_key_signed_is_not_believed() {
    let (world, other) = (World::new(), key_of(65_539));
    let named_as_ours = sign_by(&other, &header(), &payload());
    assert_eq!(status(&world, &named_as_ours, Face::Library, NOW), Some(401));
}

#[test]
fn an_own_token_counts_on_the_librarys_face_too() {
    let world = World::new();
    assert_eq!(status(&world, &world.token(), Face::Library, NOW), None);
}

#[test]
fn a_librarys_token_lasts_ten_hours_and_a_minute_and_no_longer() {
    let world = World::new();
    assert_eq!(status(&world, &token(), Face::Library, NOW + 36_059), None);
    assert_eq!(status(&world, &token(), Face::Library, NOW + 36_060), Some(401));
    assert_eq!(status(&world, &token(), Face::Library, NOW - 60), None);
    assert_eq!(status(&world, &token(), Face::Library, NOW - 61), Some(401));
}

#[test]
fn a_bad_claim_or_header_of_a_librarys_token_is_refused_though_it_is_signed() {
    let world = World::new();
    for changes in [
        json!({ "iss": "lyceum-auth" }),
        json!({ "uid": null }),
        json!({ "uid": "" }),
        json!({ "sid": null }),
        json!({ "sid": "" }),
        json!({ "roles": null }),
        json!({ "roles": ["ADMIN"] }),
        json!({ "exp": null }),
        json!({ "exp": NOW + 36_001 }),
        json!({ "exp": i64::MAX }),
        json!({ "iat": null }),
    ] {
        let token = sign(&header(), &changed(payload(), changes.clone()));
        assert_eq!(status(&world, &token, Face::Library, NOW), Some(401), "{changes}");
    }
    for changes in [
        json!({ "alg": "RS384" }),
        json!({ "alg": "PS256" }),
        json!({ "alg": "none" }),
        json!({ "typ": "at+jwt" }),
        json!({ "typ": null }),
        json!({ "kid": "other" }),
        json!({ "crit": ["exp"] }),
    ] {
        let token = sign(&changed(header(), changes.clone()), &payload());
        assert_eq!(status(&world, &token, Face::Library, NOW), Some(401), "{changes}");
    }
}

/// RFC 8725, section 2.1: who can choose the algorithm makes a key mean another thing.
#[test]
fn a_key_is_used_for_its_own_algorithm_alone() {
    let world = World::new();
    let own = json!({ "alg": "EdDSA", "typ": "at+jwt", "kid": "library" });
    let rsa_as_own = sign(&own, &super::payload());
    let own_as_rsa = world.sign(&changed(header(), json!({ "kid": "k1" })), &payload());
    // HMAC with the public key as its secret is no algorithm here at all.
    let symmetric = sign(&changed(header(), json!({ "alg": "HS256" })), &payload());
    for token in [rsa_as_own, own_as_rsa, symmetric] {
        for face in [Face::Own, Face::Library] {
            assert_eq!(status(&world, &token, face, NOW), Some(401), "{token}");
        }
    }
}

#[test]
fn a_librarys_token_with_a_changed_character_is_not_believed() {
    let (world, good) = (World::new(), token());
    for position in (0..good.len()).step_by(23) {
        let mut bytes = good.clone().into_bytes();
        bytes[position] = if bytes[position] == b'A' { b'B' } else { b'A' };
        let bad = String::from_utf8(bytes).unwrap();
        assert_eq!(status(&world, &bad, Face::Library, NOW), Some(401), "{position}");
    }
}

#[test]
fn a_librarys_token_is_refused_once_its_session_has_ended_or_auth_says_so() {
    let world = World::new();
    let mut authenticator = Authenticator::default();
    let mut status = |world: &World| {
        let refused = authenticator.session(&token(), Face::Library, NOW, world).err();
        refused.map(|problem| problem.status().as_u16())
    };
    assert_eq!(status(&world), None);
    assert_eq!(world.asked.get(), 1);
    world.over.borrow_mut().push("s1".into());
    assert_eq!(status(&world), Some(401));
    world.over.borrow_mut().clear();
    world.ended.borrow_mut().push("s1".into());
    assert_eq!(status(&world), Some(401));
}

#[test]
fn auth_is_not_asked_about_the_sessions_of_own_tokens() {
    let world = World::new();
    assert_eq!(status(&world, &world.token(), Face::Library, NOW), None);
    assert_eq!(world.asked.get(), 0);
}
