//! Circles that stay.

/// A circle, or a part of one: the package's folder of sources, the modules in it, and why. One that takes in another module
/// counts anew.
pub(super) type Allowed = (&'static str, &'static [&'static str], &'static str);

/// First those that are plainer than what would be without them.
pub(super) const ALLOWED: &[Allowed] = &[
    (
        "components/kit/src",
        &[
            "answer",
            "conditions",
            "config",
            "context",
            "host::blobs",
            "host::config",
            "host::documents",
            "host::http",
            "host::installed",
            "host::keyvalue",
            "host::logging",
            "host::mail",
            "host::sql",
            "identity",
            "log",
            "once",
            "problem",
            "settings",
            "sql",
            "testing",
            "violation",
        ],
        "errors are told by the log, which names the request; parts of the host look up what tests installed, which names each",
    ),
    (
        "components/kit/src",
        &["event", "projection", "subscription"],
        "a subscription is of events, and says whether one is a projection",
    ),
    (
        "host/capabilities/blobs/src",
        &["container", "store", "upload"],
        "a store gives out its containers, which keep it",
    ),
    (
        "host/capabilities/sql/src",
        &["backup", "postgres::backup", "sqlite::backup"],
        "one source of two kinds, which share what it says",
    ),
    (
        "host/capabilities/sql/src",
        &["postgres::generation", "rebuild", "sqlite::generation"],
        "one generation of two kinds, which share what it says",
    ),
    ("host/live/src", &["held", "hub"], "what the hub holds goes back to it when it is dropped"),
    ("host/manifest/src", &["read::field", "read::table"], "a value may be a table, and a table has values"),
    (
        "host/runtime/src",
        &[
            "bindings",
            "capabilities",
            "capabilities::blobs",
            "capabilities::keyvalue",
            "capabilities::logging",
            "component",
            "guest",
            "network",
            "outgoing",
            "pool",
        ],
        "bindings are made for the host's own types, and a guest may call components, which are made of guests",
    ),
    (
        "tests/load/native/src",
        &["lendings", "pages", "profile", "register", "server", "statistics", "writer"],
        "one small program: its state holds what each route needs, and each route takes the state",
    ),
    (
        "components/config/src",
        &["domain::flag", "domain::rules"],
        "not broken yet: the rules of a flag read its variants",
    ),
    (
        "components/courses/src",
        &[
            "domain::assignment",
            "domain::content",
            "domain::lesson",
            "domain::markup",
            "domain::question",
            "domain::quiz",
        ],
        "not broken yet: each kind of content is one of the contents",
    ),
    (
        "components/courses/src",
        &["events", "publishing"],
        "not broken yet: what is heard leads to publishing, which tells of it",
    ),
    (
        "components/enrollments/src",
        &["bulk", "ending", "enrolling", "events", "filling", "process"],
        "not broken yet: what is heard leads to the saga, which tells of it",
    ),
    (
        "components/kit/src",
        &["guard", "openapi", "routes", "service"],
        "not broken yet: who answers asks the guard, which knows the routes",
    ),
    (
        "components/kit/src",
        &["list::condition", "list::sql"],
        "not broken yet: a condition writes itself into the statement that it is a part of",
    ),
    (
        "components/progress/src",
        &["routes::gradebook::entering", "routes::gradebook::learners"],
        "not broken yet: both views show a grade",
    ),
    (
        "host/capabilities/events/src",
        &["jetstream::live", "jetstream::reading", "jetstream::server", "jetstream::tail"],
        "not broken yet: the server makes the stream that live channels read",
    ),
    (
        "host/capabilities/sql/src",
        &["sqlite::outbox", "sqlite::writer"],
        "not broken yet: the outbox has rows deleted by the writer, which asks it how",
    ),
    (
        "xtask/full/src",
        &[
            "bench::scenarios::authors",
            "bench::scenarios::books",
            "bench::scenarios::courses",
            "bench::scenarios::enrollments",
            "bench::scenarios::genres",
            "bench::scenarios::lendings",
            "bench::scenarios::on_kit",
            "bench::scenarios::progress",
            "bench::scenarios::readers",
            "bench::scenarios::school",
            "bench::scenarios::students",
        ],
        "not broken yet: the subject that scenarios are given stands beside what chooses one of them",
    ),
];
