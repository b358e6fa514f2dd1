//! An identity is accepted only as it was made, from whom it was made for, and while it lasts.

use lyceum_mesh::identity::{Claims, IdentityError, Keyring, LONGEST_HEADER};
use proptest::prelude::*;

const NOW: u64 = 1_750_000_000;

fn keyring() -> Keyring {
    Keyring::new([7; 32])
}

fn claims() -> impl Strategy<Value = Claims> {
    let list = || prop::collection::vec("[a-z:]{0,12}", 0..4);
    (any::<Option<String>>(), list(), list(), any::<Option<String>>(), 1..=60_u64).prop_map(
        |(subject, roles, scopes, session, life)| Claims {
            subject,
            roles,
            scopes,
            session,
            calling_component: "gateway".into(),
            audience: "gateway".into(),
            expires: NOW + life,
        },
    )
}

/// What the gateway made for itself, after the mesh took it to `books`.
fn at_books(claims: &Claims) -> String {
    let keyring = keyring();
    let issued = Keyring::issue(&keyring.component_key("gateway"), claims).unwrap();
    keyring.admit(Some(&issued), "gateway", true, "books", NOW).unwrap()
}

fn payload(header: &str) -> serde_json::Value {
    use base64::Engine;
    let payload = header.split('.').nth(1).unwrap();
    let json = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(payload).unwrap();
    serde_json::from_slice(&json).unwrap()
}

proptest! {
    #[test]
    fn it_travels_from_hop_to_hop_unchanged_but_for_the_hop(claims in claims()) {
        let authors = keyring().admit(Some(&at_books(&claims)), "books", false, "authors", NOW).unwrap();
        let received: Claims = serde_json::from_value(payload(&authors)).unwrap();
        let expected =
            Claims { calling_component: "books".into(), audience: "authors".into(), ..claims };
        prop_assert_eq!(received, expected);
    }

    #[test]
    fn no_flipped_bit_is_accepted(claims in claims(), at in any::<prop::sample::Index>(), bit in 0..8_u8) {
        let header = at_books(&claims);
        let mut bytes = header.clone().into_bytes();
        let at = at.index(bytes.len());
        bytes[at] ^= 1 << bit;
        if let Ok(changed) = String::from_utf8(bytes) {
            prop_assert!(keyring().admit(Some(&changed), "books", true, "authors", NOW).is_err());
        }
    }

    #[test]
    fn an_identity_passed_on_by_another_component_is_refused(claims in claims(), other in "[a-z]{1,8}") {
        prop_assume!(other != "books");
        let refused = keyring().admit(Some(&at_books(&claims)), &other, true, "authors", NOW);
        prop_assert_eq!(refused, Err(IdentityError::Audience));
    }

    #[test]
    fn it_ends_when_it_expires_and_no_hop_makes_it_longer(claims in claims(), later in 0..200_u64) {
        let header = at_books(&claims);
        let now = NOW + later;
        let result = keyring().admit(Some(&header), "books", false, "authors", now);
        if now < claims.expires {
            prop_assert_eq!(payload(&result.unwrap())["exp"].as_u64(), Some(claims.expires));
        } else {
            prop_assert_eq!(result, Err(IdentityError::Expired));
        }
    }

    #[test]
    fn an_issuer_cannot_make_it_last_longer_than_a_minute(claims in claims(), more in 0..u64::MAX / 2) {
        let header = at_books(&Claims { expires: NOW + 60 + more, ..claims });
        prop_assert_eq!(payload(&header)["exp"].as_u64(), Some(NOW + 60));
    }

    #[test]
    fn a_component_cannot_forge_with_its_own_key(claims in claims(), seal in "[A-Za-z0-9_-]{43}") {
        let keyring = keyring();
        let key = keyring.component_key("books");
        let mut wanted = Claims { audience: "books".into(), ..claims.clone() };
        wanted.roles.push("admin".into());
        let forged = Keyring::issue(&key, &wanted).unwrap();
        let without_seal = keyring.admit(Some(&forged), "books", false, "authors", NOW);
        prop_assert_eq!(without_seal, Err(IdentityError::NotAnIssuer));
        // With the seal of an identity that it received, with its own mac again, or with any other.
        let received = at_books(&claims);
        let mac = forged.split('.').nth(2).unwrap().to_owned();
        for seal in [received.split('.').nth(3).unwrap(), &mac, &seal] {
            let result = keyring.admit(Some(&format!("{forged}.{seal}")), "books", true, "authors", NOW);
            prop_assert!(result.is_err(), "sealed with {}", seal);
        }
        // Nor can an issuer speak for another component.
        let foreign = Keyring::issue(&key, &Claims { audience: "gateway".into(), ..claims }).unwrap();
        for caller in ["gateway", "books"] {
            prop_assert!(keyring.admit(Some(&foreign), caller, true, "authors", NOW).is_err());
        }
    }

    #[test]
    fn no_text_makes_it_panic_or_pass(text in "(v1\\.)?[A-Za-z0-9_.-]{0,200}|\\PC{0,50}") {
        prop_assert!(keyring().admit(Some(&text), "books", true, "authors", NOW).is_err());
    }
}

#[test]
fn without_a_header_the_call_is_anonymous() {
    let header = keyring().admit(None, "books", false, "authors", NOW).unwrap();
    let expected = serde_json::json!({
        "sub": null, "roles": [], "scopes": [], "sid": null, "cmp": "books", "aud": "authors", "exp": NOW + 60
    });
    assert_eq!(payload(&header), expected);
}

#[test]
fn a_header_over_its_size_is_neither_made_nor_read() {
    let keyring = keyring();
    let mut claims = Claims::anonymous("gateway", "gateway", NOW + 60);
    claims.roles = vec!["r".repeat(LONGEST_HEADER)];
    let key = keyring.component_key("gateway");
    assert_eq!(Keyring::issue(&key, &claims), Err(IdentityError::TooLong));
    let long = format!("v1.{}.a.b", "A".repeat(LONGEST_HEADER));
    assert_eq!(keyring.admit(Some(&long), "books", false, "authors", NOW), Err(IdentityError::TooLong));
}

#[test]
fn keys_differ_by_component_and_by_root_secret() {
    let keyring = keyring();
    assert_ne!(keyring.component_key("books"), keyring.component_key("authors"));
    assert_ne!(keyring.component_key("books"), Keyring::new([8; 32]).component_key("books"));
    let foreign = Keyring::new([8; 32]).admit(None, "gateway", false, "books", NOW).unwrap();
    let refused = keyring.admit(Some(&foreign), "books", false, "authors", NOW);
    assert_eq!(refused, Err(IdentityError::Signature));
}
