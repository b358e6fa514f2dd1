//! `identity-vectors.json` shows the format to whoever verifies it, which the components' library does.
//!
//! The file must be what this crate makes; write it anew with `LYCEUM_UPDATE_VECTORS=1` after a change of the
//! format, which then shows in review.

#![cfg(test)]

use std::fs;
use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use lyceum_mesh::identity::{Claims, Keyring};
use serde_json::{Value, json};

const NOW: u64 = 1_750_000_000;

fn root_secret() -> [u8; 32] {
    std::array::from_fn(|index| u8::try_from(index).unwrap())
}

fn key(id: &str) -> String {
    URL_SAFE_NO_PAD.encode(Keyring::new(root_secret()).component_key(id))
}

fn user() -> Claims {
    Claims {
        subject: Some("0197a1b2-0000-7000-8000-000000000001".into()),
        roles: vec!["student".into(), "librarian".into()],
        scopes: vec!["books:read".into()],
        session: Some("0197a1b2-0000-7000-8000-00000000000a".into()),
        calling_component: "gateway".into(),
        audience: "gateway".into(),
        expires: NOW + 45,
    }
}

/// What `books` receives for these claims of the gateway's.
fn at_books(claims: &Claims) -> String {
    let keyring = Keyring::new(root_secret());
    let issued = Keyring::issue(&keyring.component_key("gateway"), claims).unwrap();
    keyring.admit(Some(&issued), "gateway", true, "books", NOW).unwrap()
}

fn valid(name: &str, header: &str) -> Value {
    let payload = URL_SAFE_NO_PAD.decode(header.split('.').nth(1).unwrap()).unwrap();
    json!({ "name": name, "header": header, "claims": serde_json::from_slice::<Value>(&payload).unwrap() })
}

fn invalid(name: &str, header: &str) -> Value {
    json!({ "name": name, "header": header })
}

/// A payload of our choice, with the right signature for `books`.
fn signed_json(payload: &str) -> String {
    use hmac::{Hmac, Mac};
    let key = Keyring::new(root_secret()).component_key("books");
    let text = format!("v1.{}", URL_SAFE_NO_PAD.encode(payload));
    let mut hmac = Hmac::<sha2::Sha256>::new_from_slice(&key).unwrap();
    hmac.update(text.as_bytes());
    let mac = URL_SAFE_NO_PAD.encode(hmac.finalize().into_bytes());
    format!("{text}.{mac}.{mac}")
}

fn vectors() -> Value {
    let keyring = Keyring::new(root_secret());
    let good = at_books(&user());
    let parts: Vec<&str> = good.split('.').collect();
    let other = at_books(&Claims { roles: vec!["admin".into()], ..user() });
    let other_mac = other.split('.').nth(2).unwrap();
    let for_authors = keyring.admit(Some(&good), "books", false, "authors", NOW).unwrap();
    let unicode = Claims { subject: Some("Zoë \"Z\" 图书馆".into()), ..user() };
    let long = format!("{good}{}", "A".repeat(8192));
    let member_missing = r#"{"roles":[],"scopes":[],"sid":null,"cmp":"a","aud":"books","exp":1750000045}"#;
    let member_unknown =
        r#"{"sub":null,"roles":[],"scopes":[],"sid":null,"cmp":"a","aud":"books","exp":1750000045,"x":1}"#;
    let member_twice =
        r#"{"sub":"a","sub":"b","roles":[],"scopes":[],"sid":null,"cmp":"a","aud":"books","exp":1750000045}"#;
    json!({
        "about": "What a component verifies. Each header is judged by component `books` at `now`.",
        "root_secret": URL_SAFE_NO_PAD.encode(root_secret()),
        "keys": { "books": key("books"), "authors": key("authors"), "gateway": key("gateway") },
        "component": "books",
        "now": NOW,
        "valid": [
            valid("a user", &good),
            valid("anonymous", &keyring.admit(None, "authors", false, "books", NOW).unwrap()),
            valid("text that JSON escapes and bytes beyond ASCII", &at_books(&unicode)),
            valid("in its last second", &at_books(&Claims { expires: NOW + 1, ..user() })),
        ],
        "invalid": [
            invalid("empty", ""),
            invalid("another version", &good.replacen("v1", "v2", 1)),
            invalid("without a seal", &parts[..3].join(".")),
            invalid("with a fifth part", &format!("{good}.x")),
            invalid("with padding", &format!("v1.{}.{}=.{}", parts[1], parts[2], parts[3])),
            invalid("an empty signature", &format!("v1.{}..{}", parts[1], parts[3])),
            invalid("another identity's signature", &format!("v1.{}.{other_mac}.{}", parts[1], parts[3])),
            invalid("another identity's payload", &good.replacen(parts[1], other.split('.').nth(1).unwrap(), 1)),
            invalid("for another component", &for_authors),
            invalid("expired", &keyring.admit(None, "authors", false, "books", NOW - 60).unwrap()),
            invalid("longer than 8 KiB", &long),
            invalid("a member is missing", &signed_json(member_missing)),
            invalid("a member is unknown", &signed_json(member_unknown)),
            invalid("a member twice", &signed_json(member_twice)),
            invalid("not JSON", &signed_json("{")),
        ],
        "issued": {
            "about": "What the issuer `gateway` makes for itself with its own key; the JSON has this order.",
            "component": "gateway",
            "header": Keyring::issue(&keyring.component_key("gateway"), &user()).unwrap(),
            "claims": user(),
        },
    })
}

#[test]
fn the_vectors_are_what_this_crate_makes() {
    let file = Path::new("tests/identity-vectors.json");
    let made = format!("{:#}\n", vectors());
    if std::env::var_os("LYCEUM_UPDATE_VECTORS").is_some() {
        fs::write(file, &made).unwrap();
    }
    assert_eq!(fs::read_to_string(file).unwrap(), made, "see the top of this test");
}

#[test]
fn the_mesh_itself_refuses_the_invalid_ones() {
    let keyring = Keyring::new(root_secret());
    let vectors = vectors();
    for one in vectors["invalid"].as_array().unwrap() {
        let header = one["header"].as_str().unwrap();
        assert!(keyring.admit(Some(header), "books", false, "authors", NOW).is_err(), "{}", one["name"]);
    }
    for one in vectors["valid"].as_array().unwrap() {
        let header = one["header"].as_str().unwrap();
        assert!(keyring.admit(Some(header), "books", false, "authors", NOW).is_ok(), "{}", one["name"]);
    }
}
