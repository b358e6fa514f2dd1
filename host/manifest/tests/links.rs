//! What the environment may say about links and variables.

#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used)] // That is how a test fails.

use std::path::{Path, PathBuf};
use std::time::Duration;

use lyceum_manifest::{
    BlobsLink, DocumentsLink, Environment, EventsLink, KeyvalueLink, Links, MailLink, Manifest, Mistake,
    Report, SqlLink, Variables,
};

const TEXT: &str = r#"
    spin_manifest_version = 2
    application.name = "small"
    variables.colour = { required = true }
    variables.token = { default = "", secret = true }
    variables.side_door = { default = "closed" }
    application.tool.lyceum.values.side_door = "open( [^ ]+)*|closed|yes|"
    [[trigger.http]]
    route = "/..."
    component = "front"
    [component.front]
    source = "front.wasm"
    [component.shop-front.tool.lyceum]
    sql = true
    [component.shop-front]
    source = "shop.wasm"
    variables.text = "{{ colour }}!"
    [component.stock]
    source = "stock.wasm"
    tool.lyceum.sql = true
    tool.lyceum.documents = true
    [component.talk]
    source = "talk.wasm"
    tool.lyceum.documents = true
"#;

fn manifest() -> Manifest {
    Manifest::parse(Path::new("spin.toml"), TEXT).unwrap_or_else(|mistakes| panic!("{}", Report(mistakes)))
}

fn links(variables: &[(&str, &str)]) -> Result<Links, Vec<Mistake>> {
    let environment: Environment = variables.iter().copied().collect();
    Links::from_environment(&manifest(), &environment, Path::new("data"))
}

fn message(result: Result<Links, Vec<Mistake>>) -> String {
    Report(result.expect_err("must be refused")).to_string()
}

#[test]
fn everything_is_embedded_by_default() {
    let links = links(&[("LYCEUM_SQL", "")]).unwrap();
    assert_eq!(links.sql.len(), 2);
    assert_eq!(links.sql["shop-front"], SqlLink::Sqlite(PathBuf::from("data/sql/shop-front.db")));
    assert_eq!(links.events, EventsLink::Embedded { file: PathBuf::from("data/events.db"), retention: None });
    assert_eq!(links.mail, MailLink::Folder(PathBuf::from("data/mail")));
    assert_eq!(links.blobs, BlobsLink::Folder(PathBuf::from("data/blobs")));
    links.check(&Environment::default(), false).unwrap();
}

#[test]
fn the_embedded_log_keeps_events_for_as_long_as_the_operator_says() {
    let retention = |value: &str| match links(&[("LYCEUM_EVENTS_RETENTION", value)]).unwrap().events {
        EventsLink::Embedded { retention, .. } => retention,
        other => panic!("{other:?}"),
    };
    assert_eq!(retention(""), None);
    assert_eq!(retention("90d"), Some(Duration::from_hours(90 * 24)));
    assert_eq!(retention("36h"), Some(Duration::from_hours(36)));
    for wrong in ["90", "soon", "10m", "-3d"] {
        let report = message(links(&[("LYCEUM_EVENTS_RETENTION", wrong)]));
        assert!(report.contains("LYCEUM_EVENTS_RETENTION") && report.contains(wrong), "{report}");
    }
}

#[test]
fn one_service_may_have_another_database_than_the_rest() {
    let links = links(&[
        ("LYCEUM_SQL", "sqlite:/srv/{service}/data.db"),
        ("LYCEUM_SQL_SHOP_FRONT", "postgres://me:hunter2@db/{service}"),
        ("LYCEUM_MAIL", "file:/srv/mail"),
    ])
    .unwrap();
    assert_eq!(links.sql["stock"], SqlLink::Sqlite(PathBuf::from("/srv/stock/data.db")));
    let SqlLink::Postgres { server, own_database: true } = &links.sql["shop-front"] else {
        panic!("must be a PostgreSQL database of its own")
    };
    assert_eq!(server.reveal(), "postgres://me:hunter2@db/shop-front");
    assert_eq!(links.mail, MailLink::Folder(PathBuf::from("/srv/mail")));
    assert!(!format!("{links:?}").contains("hunter2"));
}

#[test]
fn a_database_is_a_services_own_if_its_name_says_so() {
    for (url, own) in [
        ("postgres://me@db/lyceum_{service}?sslmode=require", true),
        ("postgresql://a:1,b:2/{service}", true),
        ("postgres://db/lyceum", false),
        ("postgres://{service}:a/b@db/lyceum?application_name={service}", false),
        ("postgres://{service}", false),
    ] {
        let links = links(&[("LYCEUM_SQL", url)]).unwrap();
        let SqlLink::Postgres { server, own_database } = &links.sql["stock"] else { panic!("{url}") };
        assert_eq!(server.reveal(), url.replace("{service}", "stock"));
        assert_eq!(*own_database, own, "{url}");
    }
}

#[test]
fn a_server_that_hosts_could_share_needs_a_promise() {
    let links = links(&[("LYCEUM_SQL", "postgres://db/lyceum")]).unwrap();
    let report =
        Report(links.check(&Environment::default(), false).expect_err("must be refused")).to_string();
    for link in ["LYCEUM_EVENTS", "LYCEUM_KEYVALUE", "LYCEUM_BLOBS"] {
        assert!(report.contains(link), "{report}");
    }
    assert!(report.contains("--single-host"), "{report}");
    links.check(&Environment::default(), true).unwrap();
}

#[test]
fn documents_are_files_or_on_a_server() {
    let file =
        |links: &Links| links.documents["stock"] == DocumentsLink::Sqlite("data/documents/stock.db".into());
    let by_default = links(&[]).unwrap();
    assert!(by_default.documents.len() == 2 && file(&by_default));
    for address in ["mongodb://me:hunter2@db/lyceum_{service}", "mongodb+srv://me:hunter2@db.example"] {
        for name in ["LYCEUM_DOCUMENTS", "LYCEUM_DOCUMENTS_STOCK"] {
            let links = links(&[(name, address)]).unwrap();
            let DocumentsLink::Mongodb(server) = &links.documents["stock"] else { panic!("must be MongoDB") };
            assert_eq!(server.reveal(), address.replace("{service}", "stock"));
            assert!(!format!("{links:?}").contains("hunter2"));
            let report =
                Report(links.check(&Environment::default(), false).expect_err("must be refused")).to_string();
            assert!(report.contains("the MongoDB server could be shared"), "{report}");
            links.check(&Environment::default(), true).unwrap();
        }
    }
    for (name, value) in [
        ("LYCEUM_DOCUMENTS", "couchdb://me:hunter2@db"),
        ("LYCEUM_DOCUMENTS", "mongodb://"),
        ("LYCEUM_DOCUMENTS_SHOP_FRONT", "sqlite:"),
    ] {
        let report = message(links(&[(name, value)]));
        assert!(report.contains(name) && !report.contains("hunter2"), "{report}");
    }
}

#[test]
fn values_may_be_kept_by_a_server_or_a_cluster() {
    for address in ["redis://me:hunter2@cache", "rediss://cache:6380", "redis+cluster://a:1,b:2"] {
        let links = links(&[("LYCEUM_SQL", "postgres://db/lyceum"), ("LYCEUM_KEYVALUE", address)]).unwrap();
        let KeyvalueLink::Redis(server) = &links.keyvalue else { panic!("must be Redis") };
        assert_eq!(server.reveal(), address);
        assert!(!format!("{links:?}").contains("hunter2"));
        // Hosts can share it; the bus is each host's own by default.
        let report =
            Report(links.check(&Environment::default(), false).expect_err("must be refused")).to_string();
        assert!(report.contains("LYCEUM_EVENTS") && !report.contains("LYCEUM_KEYVALUE"), "{report}");
    }
    assert!(message(links(&[("LYCEUM_KEYVALUE", "redis://")])).contains("LYCEUM_KEYVALUE"));
}

#[test]
fn hosts_may_share_everything_if_they_have_the_same_secret() {
    let shared = [
        ("LYCEUM_SQL", "postgres://db/lyceum"),
        ("LYCEUM_KEYVALUE", "redis://cache"),
        ("LYCEUM_BLOBS", "s3://lyceum-files"),
        ("LYCEUM_EVENTS", "nats://me:hunter2@bus:4222"),
    ];
    let links = links(&shared).unwrap();
    let EventsLink::JetStream(server) = &links.events else { panic!("must be JetStream") };
    assert_eq!(server.reveal(), "nats://me:hunter2@bus:4222");
    assert!(!format!("{links:?}").contains("hunter2"));
    let report =
        Report(links.check(&Environment::default(), false).expect_err("must be refused")).to_string();
    assert!(report.contains("LYCEUM_ROOT_SECRET") && !report.contains("LYCEUM_EVENTS"), "{report}");
    links.check(&[("LYCEUM_ROOT_SECRET", "x")].into_iter().collect(), false).unwrap();
    assert!(message(self::links(&[("LYCEUM_EVENTS", "nats://")])).contains("LYCEUM_EVENTS"));
}

#[test]
fn blobs_may_be_in_another_folder_or_a_bucket() {
    let folder = links(&[("LYCEUM_BLOBS", "folder:/srv/blobs")]).unwrap();
    assert_eq!(folder.blobs, BlobsLink::Folder(PathBuf::from("/srv/blobs")));
    let address = "s3://me:hunter2/%40@lyceum-files/a/b?endpoint=http://127.0.0.1:9000&region=eu-central-1";
    let links = links(&[("LYCEUM_SQL", "postgres://db/lyceum"), ("LYCEUM_BLOBS", address)]).unwrap();
    let BlobsLink::S3(bucket) = &links.blobs else { panic!("must be S3") };
    assert_eq!((bucket.bucket.as_str(), bucket.prefix.as_str()), ("lyceum-files", "a/b"));
    assert_eq!(bucket.endpoint.as_deref(), Some("http://127.0.0.1:9000"));
    assert_eq!(bucket.region.as_deref(), Some("eu-central-1"));
    assert_eq!(bucket.credentials, Some(("me".to_owned(), "hunter2/@".to_owned())));
    assert!(!format!("{links:?} {bucket}").contains("hunter2"));
    let report =
        Report(links.check(&Environment::default(), false).expect_err("must be refused")).to_string();
    assert!(!report.contains("LYCEUM_BLOBS"), "{report}");
}

#[test]
fn what_is_wrong_with_a_bucket_is_told_without_its_secret() {
    for (address, told) in [
        ("s3://", "names no bucket"),
        ("s3://me:hunter2@/prefix", "names no bucket"),
        ("s3://My_Bucket", "names no bucket"),
        ("s3://bucket/a//b", "prefix"),
        ("s3://bucket/../b", "prefix"),
        ("s3://hunter2@bucket", "key without its secret"),
        ("s3://me:hunter2@bucket?endpoint=127.0.0.1:9000", "no server"),
        ("s3://bucket?endpoint=http://me:hunter2@host", "no server"),
        ("s3://me:hunter2@bucket?regions=hunter2", "did you mean `region`?"),
        ("s3://me:hunter2@bucket?region=", "empty region"),
        ("gs://me:hunter2@bucket", "gs"),
    ] {
        let report = message(links(&[("LYCEUM_BLOBS", address)]));
        assert!(report.contains("LYCEUM_BLOBS") && report.contains(told), "{address}: {report}");
        assert!(!report.contains("hunter2"), "{report}");
    }
}

#[test]
fn mail_may_go_to_a_server_if_it_is_from_somebody() {
    let address = "smtps://me:hunter2@mail";
    let from = "Lyceum <noreply@example.org>";
    let links = links(&[("LYCEUM_MAIL", address), ("LYCEUM_MAIL_FROM", from)]).unwrap();
    let MailLink::Smtp { server, from: stated } = &links.mail else { panic!("must be SMTP") };
    assert_eq!((server.reveal(), stated.as_str()), (address, from));
    assert!(!format!("{links:?}").contains("hunter2"));
    let report = message(self::links(&[("LYCEUM_MAIL", address)]));
    assert!(report.contains("LYCEUM_MAIL_FROM") && !report.contains("hunter2"), "{report}");
}

#[test]
fn what_is_not_served_is_refused_all_at_once_and_without_its_password() {
    let report = message(links(&[
        ("LYCEUM_SQL", "mysql://me:hunter2@db/x"),
        ("LYCEUM_EVENTS", "amqp://me:hunter2@bus"),
        ("LYCEUM_KEYVALUE", "memcached://me:hunter2@cache"),
        ("LYCEUM_MAIL", "pop3://me:hunter2@mail"),
    ]));
    for part in ["mysql", "amqp", "memcached", "pop3", "4 mistakes"] {
        assert!(report.contains(part), "{report}");
    }
    assert!(!report.contains("hunter2"), "{report}");
}

#[test]
fn two_services_never_share_a_file() {
    let report = message(links(&[("LYCEUM_SQL", "sqlite:/srv/all.db")]));
    assert!(report.contains("`shop-front` and `stock`") && report.contains("{service}"), "{report}");
}

#[test]
fn a_misspelt_service_is_noticed() {
    let report = message(links(&[("LYCEUM_SQL_STOKC", "sqlite:")]));
    assert!(report.contains("did you mean `STOCK`?"), "{report}");
}

#[test]
fn variables_must_be_known_and_set() {
    let wrong = [("LYCEUM_VARIABLE_COLOR", "red")].into_iter().collect();
    let report =
        Report(Variables::from_environment(&manifest(), &wrong).expect_err("must be refused")).to_string();
    assert!(
        report.contains("did you mean `COLOUR`?") && report.contains("is required and not set"),
        "{report}"
    );

    let right =
        [("LYCEUM_VARIABLE_COLOUR", "red"), ("LYCEUM_VARIABLE_TOKEN", "hunter2")].into_iter().collect();
    let variables = Variables::from_environment(&manifest(), &right).unwrap();
    let shop = manifest().component("shop-front").map(|shop| variables.of_component(shop)).unwrap();
    assert_eq!(shop["text"], "red!");
    assert!(!format!("{variables:?} {right:?}").contains("hunter2"));
}

#[test]
fn a_value_that_a_variable_cannot_have_is_refused_with_what_it_can() {
    let wrong =
        [("LYCEUM_VARIABLE_COLOUR", "red"), ("LYCEUM_VARIABLE_SIDE_DOOR", "opened")].into_iter().collect();
    let report =
        Report(Variables::from_environment(&manifest(), &wrong).expect_err("must be refused")).to_string();
    assert!(report.contains("LYCEUM_VARIABLE_SIDE_DOOR: is `opened`, and doesn't fit"), "{report}");
    assert!(report.contains("`open( [^ ]+)*|closed|yes|`") && report.ends_with("1 mistake"), "{report}");
}

#[test]
fn a_switch_that_was_opened_is_known() {
    let opened = |set: &[(&str, &str)]| {
        let set = [("LYCEUM_VARIABLE_COLOUR", "open")].iter().chain(set).copied().collect();
        Variables::from_environment(&manifest(), &set).unwrap().opened(&manifest()).join(" ")
    };
    for value in ["open", "open a.example b.example:8004"] {
        assert_eq!(opened(&[("LYCEUM_VARIABLE_SIDE_DOOR", value)]), "side_door", "{value}");
    }
    for value in ["closed", "", "yes"] {
        assert_eq!(opened(&[("LYCEUM_VARIABLE_SIDE_DOOR", value)]), "", "{value}");
    }
    assert_eq!(opened(&[]), "");
}

#[test]
fn the_public_address_is_what_the_operator_says_or_nothing() {
    assert_eq!(links(&[]).unwrap().public_url, None);
    let stated = links(&[("LYCEUM_PUBLIC_URL", "https://lms.example.org/")]).unwrap().public_url;
    assert_eq!(stated.unwrap().as_str(), "https://lms.example.org");
    let message = message(links(&[("LYCEUM_PUBLIC_URL", "lms.example.org")]));
    assert!(message.contains("LYCEUM_PUBLIC_URL") && message.contains("https://"), "{message}");
}

#[test]
fn what_may_be_reached_outside_is_a_list() {
    let set = links(&[
        ("LYCEUM_OUTBOUND_PRIVATE", "10.1.0.0/16, intranet.example.org"),
        ("LYCEUM_OUTBOUND_ROOTS", "/etc/roots.pem"),
        ("LYCEUM_OUTBOUND_TRACE", "true"),
    ]);
    let outbound = set.unwrap().outbound;
    assert_eq!(outbound.addresses.to_list(), "10.1.0.0/16,intranet.example.org");
    assert_eq!((outbound.roots, outbound.trace), (Some("/etc/roots.pem".into()), true));
    let report =
        message(links(&[("LYCEUM_OUTBOUND_PRIVATE", "10.1.0.0/16,10.1"), ("LYCEUM_OUTBOUND_TRACE", "yes")]));
    assert!(report.contains("LYCEUM_OUTBOUND_PRIVATE: `10.1` is neither a range"), "{report}");
    assert!(report.contains("2 mistakes"), "{report}");
}
