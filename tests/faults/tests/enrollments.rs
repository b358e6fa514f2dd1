//! `kill -9` at every commit on the way of somebody who is enrolled: no place is lost or given twice, nobody is half enrolled, and who
//! waits gets the place that becomes free.
#![forbid(unsafe_code)]
// All of this is test, and a member that JSON lacks is null to serde_json.
#![allow(clippy::indexing_slicing)]

use std::time::Duration;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup};
use lyceum_end_to_end::poll::{PATIENCE, until};
use lyceum_end_to_end::tier::Tier;
use lyceum_faults::counted::Counted;
use lyceum_faults::outage::Outage;
use lyceum_faults::plan::{along, outages};
use lyceum_faults::strike::{Request, Struck, later, signed_in, strike};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

/// So many commits are made for one enrolment: its beginning, which reserves the place, and the four steps of its saga.
const COMMITS: u32 = 5;
/// Every so-manieth learner withdraws again, while somebody waits.
const BACK: usize = 3;
/// What is taken away, one at a time.
const SERVICES: [&str; 3] = ["courses", "enrollments", "progress"];
/// For so long.
const AWAY: Duration = Duration::from_secs(2);
/// How long everything that was begun may take to come to its end.
const SETTLING: Duration = Duration::from_mins(2);

#[tokio::test(flavor = "multi_thread")]
async fn no_place_is_lost_or_given_twice_on_sqlite() -> Result<()> {
    run(Backend::Sqlite).await
}

#[tokio::test(flavor = "multi_thread")]
async fn no_place_is_lost_or_given_twice_on_postgres() -> Result<()> {
    run(Backend::Postgres).await
}

/// A course with two places, of which the first was taken before.
struct Round {
    course: String,
    learner: String,
    /// The enrolment of the learner, as it was answered.
    enrollment: Value,
    /// That of who waits.
    waiting: Option<Value>,
}

async fn run(backend: Backend) -> Result<()> {
    let kills = along(COMMITS, backend, Tier::current());
    let mut lyceum = Lyceum::start(Setup::of(backend)?).await?;
    let admin = signed_in(&lyceum).await?;
    let school = School::of(&admin).await?;
    let mut courses = Vec::new();
    for _ in &kills {
        courses.push(school.course(&admin).await?);
    }
    let mut others = Vec::new();
    for service in outages(&SERVICES, Tier::current()) {
        others.push((service, school.course(&admin).await?));
    }
    let (mut rounds, mut reached, mut times) = (Vec::new(), 0, Vec::new());
    for (at, (course, kill)) in courses.into_iter().zip(&kills).enumerate() {
        let learner = school.learner.clone();
        let request = Request {
            key: Uuid::new_v4().to_string(),
            path: format!("{course}/enrollments"),
            body: json!({ "user_id": learner }),
            done: 201,
        };
        let Struck { there, recovered, answer } = strike(&mut lyceum, &request, *kill).await?;
        reached += usize::from(there);
        times.push(recovered);
        let enrollment = answer.json()?;
        let mut waiting = None;
        if at % BACK == 0 {
            let admin = signed_in(&lyceum).await?;
            let body = json!({ "user_id": school.waits });
            let enrolled = admin.post(&format!("{course}/enrollments"), &body).await?.expect(201)?;
            waiting = Some(enrolled.json()?);
            let path = format!("{course}/enrollments/{learner}");
            Answer::to(admin.request(Method::DELETE, &path)).await?.expect(204)?;
        }
        rounds.push(Round { course, learner, enrollment, waiting });
    }
    let away = others.len();
    for (service, course) in others {
        let round = school.while_away(&lyceum, service, course).await;
        rounds.push(round.with_context(|| format!("{service} is away: {}", lyceum.log().tail()))?);
    }
    ensure!(reached == kills.len(), "only {reached} of {} rounds reached their failpoint", kills.len());
    let admin = later(&mut lyceum).await?;
    for (at, round) in rounds.iter().enumerate() {
        let whole = is_whole(&admin, round).await;
        whole.with_context(|| format!("{:?}: {}", kills.get(at), lyceum.log().tail()))?;
    }
    lyceum.terminate()?;
    told_once(&lyceum, &rounds)?;
    let (what, rounds, outages) = ("somebody who is enrolled", kills.len(), away);
    Counted { what, backend, rounds, reached, outages, recovered: times }.tell()
}

/// People of whom enrolments have heard.
struct School {
    /// Has the first place of each course.
    first: String,
    learner: String,
    waits: String,
}

impl School {
    async fn of(admin: &Person) -> Result<Self> {
        let mut people = Vec::new();
        for name in ["Ada", "Bob", "Cleo"] {
            people.push(admin.client.newcomer(name).await?.id);
        }
        let [first, learner, waits] = people.try_into().ok().context("three people")?;
        let school = Self { first, learner, waits };
        let course = school.course(admin).await?;
        for person in [&school.learner, &school.waits] {
            enrolled(admin, &course, person).await?;
        }
        Ok(school)
    }

    /// Enrols the learner while a service is away, whatever comes of that, and again when it is back.
    async fn while_away(&self, lyceum: &Lyceum, service: &str, course: String) -> Result<Round> {
        let admin = signed_in(lyceum).await?;
        let request = Request {
            key: Uuid::new_v4().to_string(),
            path: format!("{course}/enrollments"),
            body: json!({ "user_id": self.learner }),
            done: 201,
        };
        let outage = Outage::of(lyceum, service).await?;
        let sent = tokio::time::timeout(AWAY, request.send(&admin)).await;
        let first = sent.ok().transpose()?.flatten();
        drop(outage);
        let answer = until("the repeated request is done", PATIENCE, || request.send(&admin)).await?;
        let enrollment = answer.json()?;
        if let Some(first) = first {
            ensure!(service != "enrollments", "it was answered while nothing could be written: {first}");
            ensure!(first.json()?["id"] == enrollment["id"], "{first}, then {enrollment}");
        }
        Ok(Round { course, learner: self.learner.clone(), enrollment, waiting: None })
    }

    /// A published course with two places and a waiting list, of which the first place is taken.
    async fn course(&self, admin: &Person) -> Result<String> {
        let fields = json!({ "title": "Baking bread", "visibility": "public" });
        let added = admin.post("/api/v1/courses", &fields).await?.expect(201)?;
        let course = added.header("location").context("where it is")?.to_owned();
        let module =
            admin.post(&format!("{course}/modules"), &json!({ "title": "Flour" })).await?.expect(201)?;
        let lessons = format!("{}/lessons", module.header("location").context("where it is")?);
        let lesson = json!({ "title": "Rye", "type": "text", "content": { "text_content": "*Rye*" } });
        admin.post(&lessons, &lesson).await?.expect(201)?;
        Answer::to(admin.request(Method::POST, &format!("{course}/publish"))).await?.expect(200)?;
        enrolled(admin, &course, &self.first).await?;
        let settings = format!("{course}/enrollment-settings");
        let read = admin.get(&settings).await?.expect(200)?;
        let request =
            admin.request(Method::PUT, &settings).header("if-match", read.header("etag").context("a tag")?);
        Answer::to(request.json(&json!({ "capacity": 2, "waiting_list": true }))).await?.expect(200)?;
        Ok(course)
    }
}

/// Enrols somebody, once enrolments have heard of course and person.
async fn enrolled(admin: &Person, course: &str, person: &str) -> Result<()> {
    until("enrolments have heard of course and person", PATIENCE, || async {
        let answer = admin.post(&format!("{course}/enrollments"), &json!({ "user_id": person })).await?;
        Ok((answer.status == 201).then_some(()))
    })
    .await
}

/// Both places are taken by who they are for, and nobody waits.
async fn is_whole(admin: &Person, round: &Round) -> Result<()> {
    let list = format!("{}/enrollments?user_id={}", round.course, round.learner);
    let list = admin.get(&list).await?.expect(200)?.json()?;
    let enrollments = list["items"].as_array().map(Vec::as_slice).unwrap_or_default();
    let [enrollment] = enrollments else { anyhow::bail!("there are {} enrolments", enrollments.len()) };
    ensure!(enrollment["id"] == round.enrollment["id"], "{enrollment}");
    let holder = round.waiting.as_ref().unwrap_or(&round.enrollment);
    let path = format!("/api/v1/enrollments/{}", holder["id"].as_str().context("its id")?);
    until("the enrolment is confirmed", SETTLING, || async {
        let shown = admin.get(&path).await?.expect(200)?.json()?;
        Ok((shown["status"] == "confirmed").then_some(()))
    })
    .await?;
    let settings = admin.get(&format!("{}/enrollment-settings", round.course)).await?.expect(200)?.json()?;
    ensure!(settings["taken"] == 2 && settings["waiting"] == 0, "{settings}");
    Ok(())
}

/// Each enrolment was told of once, in each of its states.
fn told_once(lyceum: &Lyceum, rounds: &[Round]) -> Result<()> {
    let published = lyceum.console().published()?;
    let told = |kind: &str, enrollment: &Value| {
        let kind = format!("lyceum.enrollments.{kind}.v1");
        let about = |event: &&Value| {
            event["type"] == kind.as_str() && event["data"]["enrollment_id"] == enrollment["id"]
        };
        published.iter().filter(about).count()
    };
    for Round { enrollment, waiting, .. } in rounds {
        let mut expected =
            vec![("EnrollmentRequested", enrollment, 1), ("EnrollmentWaitlisted", enrollment, 0)];
        match waiting {
            None => expected.extend([("UserEnrolled", enrollment, 1), ("EnrollmentDeleted", enrollment, 0)]),
            // The learner may have withdrawn before the enrolment was confirmed.
            Some(waiting) => {
                expected.extend([("EnrollmentWaitlisted", waiting, 1), ("UserEnrolled", waiting, 1)]);
                let ended = told("EnrollmentDeleted", enrollment) + told("EnrollmentFailed", enrollment);
                ensure!(ended == 1, "the end of {enrollment} was published {ended} times");
            }
        }
        for (kind, enrollment, times) in expected {
            let found = told(kind, enrollment);
            ensure!(found == times, "{kind} of {enrollment} was published {found} times");
        }
    }
    Ok(())
}
