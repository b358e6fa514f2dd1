//! Jobs on each database: imports and exports in each format, rows that are wrong, dry runs, cancelling, and what is left
//! when the process dies.
#![allow(clippy::indexing_slicing, clippy::unwrap_used, reason = "helpers of tests are not tests to clippy")]

mod files;

use lyceum_kit::{
    job::{self, Export, Import, Kind, RowWrites},
    list::{Filter, List, Listing, Order},
    periodic::{Job, every, minutes},
    prelude::*,
    tabular::{Cell, Format},
};
use lyceum_testing::{Answer, App, As, Crash, Event as Delivered};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

const USER: &str = "01890000-0000-7000-8000-0000000000bb";
const OTHER: &str = "01890000-0000-7000-8000-0000000000cc";
const CONTINUED: &str = "lyceum.testing.JobContinued.v1";

lyceum_kit::service! {
    name: "testing",
    routes: routes,
    migrations: ["0001-things", "0002-jobs" = lyceum_kit::job::JOBS],
    publishes: [JobContinued],
    on: {
        reaction: { JobContinued => go_on },
        periodic: JOBS,
    },
}

const JOBS: &[Job] = &[every(minutes(1), "jobs", |by| job::run_due(by, KINDS))];

#[derive(Deserialize, Serialize)]
struct JobContinued {
    job_id: Uuid,
}
impl Event for JobContinued {
    const KIND: &'static str = CONTINUED;
    const AGGREGATE_TYPE: &'static str = "job";
    fn aggregate_id(&self) -> String {
        self.job_id.to_string()
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Thing {
    id: String,
    a: String,
    b: Option<String>,
}
from_row!(Thing { id, a, b });

struct Things;

impl Listing for Things {
    type Row = Thing;
    const LIST: List =
        List::of("things", "id, a, b", "id", Order::text("a")).filters(&[Filter::equal::<String>("a")]);
}

static IMPORT: Import<Thing> = Import::new("import-things", |thing| {
    if thing.a == "forbidden" {
        return Err(Problem::conflict("FORBIDDEN_THING", "No such things here."));
    }
    let insert = "INSERT INTO things (id, a, b) VALUES ($1, $2, $3)";
    // What begins with "below-" needs the thing of that name.
    let above = thing.a.strip_prefix("below-").map(ToOwned::to_owned);
    let above =
        above.map(|above| statement("SELECT id FROM things WHERE id = $1", params![above]).expect_rows(1));
    let writes =
        RowWrites::new().execute_all(above).on_missing(Problem::conflict("NOTHING_ABOVE", "It is missing."));
    Ok(writes
        .execute(statement(insert, params![thing.id, thing.a, thing.b.unwrap_or_default()]))
        .on_unique("things.id", Problem::conflict("THING_EXISTS", "Another thing has this id.")))
});
static EXPORT: Export<Things> = Export::new("export-things", &["id", "a", "b"], |thing: Thing| {
    vec![thing.id.into(), thing.a.into(), Cell::from(thing.b)]
});
/// Of so many columns that a spreadsheet has room for a thousand rows.
static WIDE: Export<Things> = Export::new("export-wide", &["a"; 150], |thing: Thing| vec![thing.a.into()]);
const KINDS: &[&dyn Kind] = &[&IMPORT, &EXPORT, &WIDE];

fn go_on(received: &Received, _: &JobContinued) -> Result<(), EventError> {
    job::on_continued(received, KINDS)
}

fn routes() -> Routes {
    Routes::new("Things", "For a test.")
        .add(Access::SignedIn, route!(import))
        .add(Access::SignedIn, route!(export))
        .add(Access::SignedIn, route!(result))
        .with(job::routes("testing"))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ImportQuery {
    #[serde(default)]
    dry_run: bool,
}

/// Takes things.
#[utoipa::path(post, path = "/imports", request_body(content = String, content_type = "text/csv"),
    responses((status = 202)))]
async fn import(
    context: Context,
    query: Query<ImportQuery>,
    headers: HeaderMap,
    WholeBody(file): WholeBody,
) -> Result<Response, Problem> {
    IMPORT.start(&headers, &file, query.0.dry_run)?.commit(context.begin())
}

#[derive(Deserialize)]
struct Asked {
    format: Format,
    #[serde(default)]
    query: String,
    #[serde(default)]
    wide: bool,
}

/// Gives things.
#[utoipa::path(post, path = "/exports", responses((status = 202)))]
async fn export(context: Context, ValidJson(asked): ValidJson<Asked>) -> Result<Response, Problem> {
    let kind = if asked.wide { &WIDE } else { &EXPORT };
    kind.start(asked.format, &asked.query)?.commit(context.begin())
}

/// The file of an export.
#[utoipa::path(get, path = "/api/v1/jobs/testing-{id}/result", responses((status = 200)))]
async fn result(caller: Caller, Path(id): Path<Uuid>) -> Result<Response, Problem> {
    job::result(&caller, id, &EXPORT)
}

fn send(app: &App, path: &str, content_type: &str, file: impl Into<Bytes>) -> Answer {
    app.as_user(USER).post(path).body(content_type, file).send()
}

fn csv(rows: impl Iterator<Item = (String, &'static str)>) -> String {
    rows.fold("id,a,b\n".to_owned(), |file, (id, a)| format!("{file}{id},{a},\n"))
}

fn numbered(count: usize) -> String {
    csv((0..count).map(|number| (format!("{number:04}"), "x")))
}

/// The event that drives the job.
fn last_event(app: &App) -> Delivered {
    app.events_of(CONTINUED).last().unwrap().to_deliver()
}

fn location(answer: Answer) -> String {
    answer.expect(202).header("location").unwrap().to_owned()
}

/// Delivers the events that drive jobs, as long as there are any.
fn drive(app: &App) {
    for at in 0.. {
        let Some(event) = app.events_of(CONTINUED).get(at).map(lyceum_testing::Published::to_deliver) else {
            return;
        };
        while app.deliver(&event).is_err() {}
    }
}

/// Begins a job and works on it to its end.
fn run(app: &App, answer: Answer) -> Value {
    let path = location(answer);
    drive(app);
    show(app, &path)
}

fn show(app: &App, path: &str) -> Value {
    app.as_user(USER).get(path).send().expect(200).json()
}

fn counts(job: &Value) -> (&str, i64, i64) {
    (job["state"].as_str().unwrap(), job["done"].as_i64().unwrap(), job["failed"].as_i64().unwrap())
}

fn things(app: &App) -> i64 {
    let (count,) = app.run(|| query_one(statement("SELECT COUNT(*) AS things FROM things", vec![]))).unwrap();
    count
}

#[test]
fn an_import_takes_each_row_once_whatever_comes_twice() {
    App::new(&SERVICE).on_each_database(|app| {
        let call = app.as_user(USER).post("/imports").key("k").body("text/csv", numbered(450));
        let path = location(call.clone().send());
        assert_eq!(location(call.send()), path, "the same job");
        assert_eq!(app.events_of(CONTINUED).len(), 1);
        let event = last_event(app);
        app.deliver(&event).unwrap();
        drive(app);
        app.tick("minute").unwrap();
        assert_eq!(counts(&show(app, &path)), ("completed", 450, 0));
        assert_eq!(things(app), 450);
        app.explain().assert_indexed(&["COUNT(*)"]);
    });
}

#[test]
fn rows_that_are_wrong_stop_no_other_and_say_why() {
    App::new(&SERVICE).on_each_database(|app| {
        let mut file = numbered(230);
        // Twice, forbidden, without a column that it needs, with too many cells.
        file += "0007,x,\n9001,forbidden,\n9002,,\n9003,x,y,z\n9004,x,\n";
        // One needs a row before it, the other one that is nowhere.
        file += "9005,below-9004,\n9006,below-9999,\n";
        let job = run(app, send(app, "/imports", "text/csv", file));
        assert_eq!(counts(&job), ("completed", 237, 5));
        assert_eq!(things(app), 232);
        let path = format!("/api/v1/jobs/{}/errors", job["id"].as_str().unwrap());
        let errors = app.as_user(USER).get(&format!("{path}?limit=3")).send().expect(200).json();
        let of = |error: &Value| {
            (error["row"].as_i64().unwrap(), error["error_code"].as_str().unwrap().to_owned())
        };
        let found: Vec<_> = errors["items"].as_array().unwrap().iter().map(of).collect();
        let expected = [(231, "THING_EXISTS"), (232, "FORBIDDEN_THING"), (233, "VALIDATION_FAILED")];
        assert_eq!(found, expected.map(|(row, code)| (row, code.to_owned())));
        let next = format!("{path}?limit=3&cursor={}", errors["next_cursor"].as_str().unwrap());
        let rest = app.as_user(USER).get(&next).send().expect(200).json();
        assert_eq!(rest["items"][0]["row"], 234);
        assert_eq!(of(&rest["items"][1]), (237, "NOTHING_ABOVE".to_owned()));
        app.as_user(OTHER).get(&path).send().expect(404);
        app.explain().assert_indexed(&["COUNT(*)"]);
    });
}

#[test]
fn a_dry_run_finds_what_is_wrong_and_changes_nothing() {
    App::new(&SERVICE).on_each_database(|app| {
        run(app, send(app, "/imports", "text/csv", numbered(10)));
        let file = csv([("0001".into(), "x"), ("n1".into(), "x"), ("n2".into(), "forbidden")].into_iter());
        let job = run(app, send(app, "/imports?dry_run=true", "text/csv", file));
        assert_eq!((&job["dry_run"], counts(&job)), (&json!(true), ("completed", 3, 2)));
        assert_eq!(things(app), 10);
    });
}

#[test]
fn a_job_goes_on_where_it_was_when_the_process_died() {
    for crash in [Crash::BeforeCommit, Crash::AfterCommit] {
        for commit in 0..4 {
            App::new(&SERVICE).on_each_database(|app| {
                let path = location(send(app, "/imports", "text/csv", numbered(350)));
                app.pass_commits(commit);
                app.fail_next_commit(crash);
                drive(app);
                assert_eq!(counts(&show(app, &path)), ("completed", 350, 0), "{crash:?} at {commit}");
                assert_eq!(things(app), 350);
            });
        }
    }
}

#[test]
fn a_job_whose_event_is_lost_is_taken_up_by_the_tick() {
    App::new(&SERVICE).on_each_database(|app| {
        let begun = 1_767_225_600_000_000;
        app.stop_clock(Timestamp::from_micros(begun));
        let path = location(send(app, "/imports", "text/csv", numbered(5)));
        app.tick("minute").unwrap();
        assert_eq!(counts(&show(app, &path)), ("running", 0, 0));
        app.stop_clock(Timestamp::from_micros(begun + 180_000_000));
        app.tick("minute").unwrap();
        assert_eq!(counts(&show(app, &path)), ("completed", 5, 0));
        app.stop_clock(Timestamp::from_micros(begun + 8 * 24 * 3600 * 1_000_000));
        app.tick("minute").unwrap();
        app.as_user(USER).get(&path).send().expect(404);
    });
}

#[test]
fn a_cancelled_job_does_nothing_more() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = location(send(app, "/imports", "text/csv", numbered(5)));
        app.as_user(OTHER).delete(&path).send().expect(404);
        app.as_user(USER).delete(&path).if_match("\"7\"").send().expect(412);
        for _ in 0..2 {
            app.as_user(USER).delete(&path).send().expect(200);
        }
        app.deliver(&last_event(app)).unwrap();
        assert_eq!((counts(&show(app, &path)), things(app)), (("cancelled", 0, 0), 0));
    });
}

#[test]
fn a_job_that_goes_on_at_the_same_time_is_cancelled_all_the_same() {
    App::new(&SERVICE).on_each_database(|app| {
        let path = location(send(app, "/imports", "text/csv", numbered(5)));
        app.commit_first("UPDATE jobs SET position = 2, version = version + 1");
        let cancelled = app.as_user(USER).delete(&path).send().expect(200).json();
        assert_eq!(counts(&cancelled), ("cancelled", 2, 0));
    });
}

#[test]
fn a_person_finds_the_jobs_that_they_began_and_an_administrator_all() {
    App::new(&SERVICE).on_each_database(|app| {
        let ended = run(app, send(app, "/imports", "text/csv", numbered(5)));
        let running = location(send(app, "/imports", "text/csv", numbered(5)));
        let ids = |as_: As<'_>, query: &str| {
            let list = as_.get(&format!("/api/v1/jobs/testing{query}")).send().expect(200).json();
            let ids =
                list["items"].as_array().unwrap().iter().map(|job| job["id"].as_str().unwrap().to_owned());
            ids.collect::<Vec<_>>()
        };
        let running = running.rsplit('/').next().unwrap();
        let ended = ended["id"].as_str().unwrap();
        assert_eq!(ids(app.as_user(USER), ""), [running, ended]);
        assert_eq!(ids(app.as_user(USER), "?state=running"), [running]);
        assert_eq!(ids(app.as_user(OTHER), ""), [""; 0]);
        assert_eq!(ids(app.as_role(Role::Admin), "?state=completed"), [ended]);
        assert_eq!(ids(app.as_role(Role::Admin), "?limit=1"), [running]);
        app.anonymous().get("/api/v1/jobs/testing").send().expect(401);
        app.explain().assert_indexed(&[]);
    });
}

#[test]
fn what_is_exported_can_be_imported_again_in_each_format() {
    for format in Format::ALL {
        App::new(&SERVICE).on_each_database(|app| {
            run(app, send(app, "/imports", "text/csv", numbered(450)));
            let asked = json!({ "format": format, "query": "a=x" });
            let job = run(app, app.as_user(USER).post("/exports").json(&asked).send());
            assert_eq!(counts(&job), ("completed", 450, 0), "{format}");
            let path = format!("/api/v1/jobs/{}/result", job["id"].as_str().unwrap());
            app.as_user(OTHER).get(&path).send().expect(404);
            let file = app.as_user(USER).get(&path).send().expect(200);
            assert_eq!(file.header("content-type"), Some(format.content_type()));
            app.run(|| {
                let clear = Context::current().without_once().begin();
                clear.execute(statement("DELETE FROM things WHERE a = $1", params!["x"])).commit().unwrap();
            });
            let job = run(app, send(app, "/imports", format.content_type(), file.body().clone()));
            assert_eq!((counts(&job), things(app)), (("completed", 450, 0), 450), "{format}");
            app.explain().assert_indexed(&["COUNT(*)"]);
        });
    }
}

#[test]
fn an_export_of_more_than_fits_into_its_format_fails_and_says_so() {
    App::new(&SERVICE).on_each_database(|app| {
        run(app, send(app, "/imports", "text/csv", numbered(1001)));
        let wide = |format: &str| json!({ "format": format, "wide": true });
        let job = run(app, app.as_user(USER).post("/exports").json(&wide("xlsx")).send());
        assert_eq!(counts(&job).0, "failed");
        assert_eq!(job["problem"], "There are more than the 1000 rows that fit into xlsx.");
        let job = run(app, app.as_user(USER).post("/exports").json(&wide("csv")).send());
        assert_eq!(counts(&job), ("completed", 1001, 0));
    });
}

#[test]
fn what_cannot_be_read_begins_no_job() {
    App::new(&SERVICE).on_each_database(|app| {
        send(app, "/imports", "text/html", "id,a\n").expect(415);
        send(app, "/imports", "text/csv", "id,id\n").expect(422);
        send(app, "/imports", Format::Xlsx.content_type(), "id,a\n").expect(422);
        send(app, "/imports?dry_run=x", "text/csv", "id,a\n").expect(400);
        let unknown = json!({ "format": "csv", "query": "colour=red" });
        app.as_user(USER).post("/exports").json(&unknown).send().expect(400);
        for paged in ["limit=5", "a=x&cursor=eA", "%63ursor="] {
            let asked = json!({ "format": "csv", "query": paged });
            let answer = app.as_user(USER).post("/exports").json(&asked).send().expect(422);
            assert_eq!(answer.json()["details"][0]["pointer"], "/query", "{paged}");
        }
        assert!(app.events().is_empty());
        let path = location(app.as_user(USER).post("/exports").json(&json!({ "format": "csv" })).send());
        app.as_user(USER).get(&format!("{path}/result")).send().expect(409);
    });
}
