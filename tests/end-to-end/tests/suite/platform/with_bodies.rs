//! Routes that take a body, and what is there to send one to.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::Person;
use reqwest::Method;
use serde_json::{Value, json};

use crate::authors;
use crate::books::catalogue::{added_book, added_item};
use crate::deployments::Target;
use crate::genres::tree::added;
use crate::platform::access::{described, filled};
use crate::readers;

/// What nothing has as its id.
const NOBODY: &str = "01890000-0000-7000-8000-000000000001";

/// Routes that take a body, with a path that exists. Those of older systems' clients refuse it in their own way.
pub(super) async fn with_bodies(target: &Target, person: &Person) -> Result<Vec<(Method, String)>> {
    let document = target.client.get("/openapi.json").await?.json()?;
    let genre = added(target).await?;
    let author = authors::names::added(target).await?;
    let (book, item) = (added_book(target).await?, added_item(target).await?);
    let reader = readers::records::added(target).await?;
    let school = School::of(person).await?;
    let mut routes = Vec::new();
    for (method, path) in described(target).await? {
        let body = &document["paths"][&path][method.as_str().to_lowercase()]["requestBody"];
        // Others are files, pictures and tables.
        let is_json = ["application/json", "application/merge-patch+json"]
            .iter()
            .any(|kind| body["content"].get(*kind).is_some());
        if is_json && path.starts_with("/api/v1/") && !is_of_the_syllabus(&path) {
            let id = match path.as_str() {
                path if path.starts_with("/api/v1/authors/") => author.rsplit('/').next().context("an id")?,
                path if path.starts_with("/api/v1/genres/") => &genre,
                path if path.starts_with("/api/v1/books/") => &book,
                path if path.starts_with("/api/v1/items/") => &item,
                path if path.starts_with("/api/v1/readers/") => reader.rsplit('/').next().context("an id")?,
                path if path.starts_with("/api/v1/organizations/") => &school.organization,
                path if path.starts_with("/api/v1/teams/") => &school.team,
                path if path.starts_with("/api/v1/cohorts/") => &school.cohort,
                path if path.starts_with("/api/v1/enrollments/") => NOBODY,
                path if is_for_admins(path) => &person.id,
                _ => "me",
            };
            // There is no such thing; that is told after what is wrong with the request itself.
            let who = if path.starts_with("/api/v1/progress/") { NOBODY } else { "me" };
            let path = path.replace("{id}", id).replace("{user_id}", who);
            routes.push((method, filled(path, NOBODY)));
        }
    }
    ensure!(routes.len() >= 5, "bodies are described");
    Ok(routes)
}

/// What somebody owns, by ids.
struct School {
    organization: String,
    team: String,
    cohort: String,
}

impl School {
    async fn of(owner: &Person) -> Result<Self> {
        let add = async |path: &str, body: Value| {
            let added = owner.post(path, &body).await?.expect(201)?.json()?;
            added["id"].as_str().map(str::to_owned).context("an id")
        };
        let organization = add("/api/v1/organizations", json!({ "name": "School" })).await?;
        let below = json!({ "organization_id": organization, "name": "First year" });
        let team = add("/api/v1/teams", below.clone()).await?;
        let cohort = add("/api/v1/cohorts", below).await?;
        Ok(Self { organization, team, cohort })
    }
}

/// What is refused there has the form of the older syllabus system, which its service's own tests hold.
fn is_of_the_syllabus(path: &str) -> bool {
    ["configurations", "discovery", "feature-flags", "subjects"]
        .iter()
        .any(|name| path.starts_with(&format!("/api/v1/{name}/")))
}

pub(super) fn is_for_admins(path: &str) -> bool {
    ["/status", "/roles", "/exports", "/library-imports"].iter().any(|end| path.ends_with(end))
        || ["students/", "courses", "course-categories", "learning-paths", "progress/"]
            .iter()
            .any(|start| path.strip_prefix("/api/v1/").is_some_and(|rest| rest.starts_with(start)))
        || is_of_the_library(path)
}

const OF_THE_LIBRARY: &str =
    "authors genres books items readers lendings holds circulation-rules closed-days fines";

/// Of these nothing was made for these tests, and what a reader is depends on several fields together.
pub(super) const NOT_THERE: [&str; 16] = [
    "/circulation-rules/",
    "/cohorts",
    "/course-categories/",
    "/courses/",
    "/enrollments/",
    "/entries/",
    "/fines/",
    "/holds",
    "/learning-paths/",
    "/lendings",
    "/organizations",
    "/progress/",
    "/readers",
    "/closed-days/",
    "/student-entries",
    "/teams",
];

/// What librarians keep. Whatever was made for this test is at its first version.
pub(super) fn is_of_the_library(path: &str) -> bool {
    OF_THE_LIBRARY.split(' ').any(|name| path.starts_with(&format!("/api/v1/{name}")))
}
