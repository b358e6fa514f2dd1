//! Whom a component reaches, and whom it doesn't.

use http::StatusCode;
use lyceum_outbound::{Failure, Settings};

use crate::server::Server;
use crate::{get, outside, reaching};

#[tokio::test]
async fn a_component_reaches_what_its_list_names_and_nothing_else() {
    let server = Server::http().await;
    let settings = || reaching("localhost", None);
    let client = outside(&[&format!("http://localhost:{}", server.port)], settings());
    let answer = get(&client, &format!("http://localhost:{}/", server.port)).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    for allowed in [&[][..], &["https://example.org"], &["http://localhost"], &["https://localhost:*"]] {
        let client = outside(allowed, settings());
        let refused = get(&client, &format!("http://localhost:{}/", server.port)).await;
        assert_eq!(refused.unwrap_err(), Failure::NotAllowed, "{allowed:?}");
    }
    let unknown =
        client.send("another", crate::request(http::Method::GET, "http://localhost/", ""), crate::asked());
    assert_eq!(unknown.await.unwrap_err(), Failure::NotAllowed);
    assert_eq!(server.log.seen().len(), 1);
}

#[tokio::test]
async fn no_spelling_of_a_private_address_leads_to_it() {
    let server = Server::http().await;
    let client = outside(&["*://*:*"], Settings::default());
    for host in [
        "127.0.0.1",
        "127.1",
        "0177.0.0.1",
        "0x7f.0.0.1",
        "0x7f000001",
        "2130706433",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[0:0:0:0:0:ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[64:ff9b::127.0.0.1]",
        "localhost",
        "LOCALHOST.",
        "169.254.169.254",
        "10.0.0.1",
        "[fd00:ec2::254]",
        "[fe80::1]",
        "100.64.0.1",
        "224.0.0.1",
    ] {
        for scheme in ["http", "https"] {
            let refused = get(&client, &format!("{scheme}://{host}:{}/", server.port)).await;
            // A resolver may not take every spelling for an address; none may lead there.
            let failure = refused.unwrap_err();
            // TLS takes some for no name at all, before it connects.
            let is_no_name = matches!(&failure, Failure::Lost(why) if why == "invalid dns name");
            let is_prohibited = is_no_name || matches!(failure, Failure::Prohibited | Failure::Name(_));
            assert!(is_prohibited, "{scheme}://{host}: {failure:?}");
        }
    }
    let direct = get(&client, &format!("http://127.0.0.1:{}/", server.port)).await;
    assert_eq!(direct.unwrap_err(), Failure::Prohibited);
    let by_name = get(&client, &format!("http://localhost:{}/", server.port)).await;
    assert_eq!(by_name.unwrap_err(), Failure::Prohibited);
    assert_eq!(server.log.connections(), 0);
    assert!(client.statistics().failures()["prohibited-address"] > 20);
}

#[tokio::test]
async fn the_operator_opens_ranges_and_hosts() {
    let server = Server::http().await;
    for (private, host, is_open) in [
        ("127.0.0.0/8", "127.0.0.1", true),
        ("127.0.0.0/8", "localhost", true),
        ("localhost", "localhost", true),
        ("localhost", "127.0.0.1", false),
        ("10.0.0.0/8", "127.0.0.1", false),
    ] {
        let client = outside(&["http://*:*"], reaching(private, None));
        let answer = get(&client, &format!("http://{host}:{}/", server.port)).await;
        assert_eq!(answer.is_ok(), is_open, "{private}, {host}: {answer:?}", answer = answer.map(|_| ()));
    }
}
