//! Organisations, teams and cohorts on SQLite and on PostgreSQL: who may see and do what, and what others hear of it.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests are not tests to clippy")]

mod cohorts;
mod ending;
mod erasing;
mod importing;
mod invariants;
mod members;
mod organizations;
mod teams;

use lyceum_kit::role::Role;
use lyceum_testing::{Answer, App, As, Event};
use lyceum_users::SERVICE;
use serde_json::{Value, json};

const ORGANIZATIONS: &str = "/api/v1/organizations";
const TEAMS: &str = "/api/v1/teams";
const COHORTS: &str = "/api/v1/cohorts";

const ADA: u32 = 1;
const BEN: u32 = 2;
const CLEO: u32 = 3;
const DORA: u32 = 4;
const NOBODY: u32 = 99;

fn user_id(number: u32) -> String {
    format!("01890000-0000-7000-8000-{number:012x}")
}

/// Has an account, and so a profile.
fn with_person(app: &App, number: u32, name: &str) {
    let data = json!({
        "user_id": user_id(number), "email": format!("{}@example.org", name.to_lowercase()), "display_name": name,
        "roles": ["student"], "created_at": "2026-01-01T00:00:00Z",
    });
    app.deliver(&Event::new("lyceum.auth.UserCreated.v1", data).about("user", &user_id(number), 1)).unwrap();
}

/// On each database, with Ada, Ben, Cleo and Dora; everything that was asked is found by an index.
fn on_each(test: impl Fn(&App)) {
    App::new(&SERVICE).on_each_database(|app| {
        for (number, name) in [(ADA, "Ada"), (BEN, "Ben"), (CLEO, "Cleo"), (DORA, "Dora")] {
            with_person(app, number, name);
        }
        test(app);
        // Few rows, at most 1,001, that are found by one condition are put in order.
        let few = |statement: &&str| statement.contains("LIMIT 1001) AS d CROSS JOIN");
        let plans = app.explain();
        let linear: Vec<&str> = plans.linear().into_iter().filter(|statement| !few(statement)).collect();
        assert!(linear.is_empty(), "not indexed: {linear:#?}");
    });
}

fn person(app: &App, number: u32) -> As<'_> {
    app.as_user(&user_id(number)).with_role(Role::Student)
}

/// Makes an organisation that this person owns: its id.
fn organization(app: &App, owner: u32, name: &str) -> String {
    id_of(&person(app, owner).post(ORGANIZATIONS).json(&json!({ "name": name })).send().expect(201))
}

fn id_of(made: &Answer) -> String {
    made.json()["id"].as_str().unwrap().to_owned()
}

fn join(app: &App, by: u32, organization: &str, number: u32, role: &str) {
    let body = json!({ "user_id": user_id(number), "role": role });
    person(app, by).post(&format!("{ORGANIZATIONS}/{organization}/members")).json(&body).send().expect(201);
}

/// The organisation of Ada with Ben as its admin, Cleo as an instructor and Dora as a member: its id.
fn school(app: &App) -> String {
    let id = organization(app, ADA, "School");
    join(app, ADA, &id, BEN, "admin");
    join(app, ADA, &id, CLEO, "instructor");
    join(app, ADA, &id, DORA, "member");
    id
}

/// A team or cohort of an organisation, made by Ada.
fn group(app: &App, of: &str, organization: &str, name: &str) -> String {
    let body = json!({ "organization_id": organization, "name": name });
    id_of(&person(app, ADA).post(of).json(&body).send().expect(201))
}

/// The names of the people, or of the things, of a list.
fn names(list: &Value) -> Vec<&str> {
    let items = list["items"].as_array().unwrap().iter();
    items.map(|item| item["display_name"].as_str().or(item["name"].as_str()).unwrap()).collect()
}

fn list(by: &As<'_>, path: &str) -> Value {
    by.get(path).send().expect(200).json()
}

/// The data of the events of this kind.
fn told(app: &App, kind: &str) -> Vec<Value> {
    app.events_of(&format!("lyceum.users.{kind}.v1")).into_iter().map(|event| event.data).collect()
}

#[track_caller]
fn refused(answer: Answer, status: u16, code: &str) {
    let problem = answer.expect(status).problem();
    let codes: Vec<&str> =
        problem.details.iter().map(|detail| detail["code"].as_str().unwrap_or_default()).collect();
    assert!(problem.error_code == code || codes.contains(&code), "{} {codes:?}", problem.error_code);
}
