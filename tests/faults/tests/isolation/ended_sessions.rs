//! Sessions that ended before a restart: the gateway keeps in memory which they are.

use anyhow::{Result, ensure};
use lyceum_end_to_end::client::{Answer, Person};
use lyceum_end_to_end::harness::{Backend, Lyceum, Setup};
use lyceum_end_to_end::poll::{PATIENCE, until};
use reqwest::Method;

#[tokio::test(flavor = "multi_thread")]
async fn an_ended_session_is_refused_by_the_first_answer_after_a_restart() -> Result<()> {
    let mut lyceum = Lyceum::start(Setup::of(Backend::Sqlite)?).await?;
    let person = lyceum.client()?.newcomer("Ada").await?;
    let answer = Answer::to(person.request(Method::POST, "/api/v1/auth/logout")).await?;
    ensure!(answer.status.is_success(), "{answer}");
    until("the session has ended", PATIENCE, || async {
        Ok((person.get("/api/v1/users/me/profile").await?.status.as_u16() == 401).then_some(()))
    })
    .await?;
    lyceum.terminate()?;

    // What is told again comes late.
    lyceum.restart(&[("LYCEUM_SLOW_AT", "bus::before-deliver:1500")]).await?;
    let again = Person { client: lyceum.client()?, ..person };
    again.get("/api/v1/users/me/profile").await?.expect_problem(401)?;
    lyceum.operators()?.get("/readyz").await?.expect(200)?;
    Ok(())
}
