//! A plug-in can't be anybody but its caller, and can't reach whom it may not.

use anyhow::{Result, ensure};
use lyceum_end_to_end::client::Answer;
use reqwest::Method;

use crate::hostile::ready;
use crate::{ask, with_hostile};

#[tokio::test(flavor = "multi_thread")]
async fn a_plug_in_is_nobody_but_its_caller() -> Result<()> {
    let lyceum = with_hostile().await?;
    let person = ready(&lyceum).await?;
    // As its caller it may do what its caller may.
    assert_eq!(ask(&person, "forward").await?, "answered: 200");
    for forgery in ["forge", "promote"] {
        let answer = ask(&person, forgery).await?;
        ensure!(is_refused(&answer), "{forgery}: {answer}");
    }
    // What was meant for the plug-in is worth nothing to anybody else, even if the plug-in gives it away.
    let admin = lyceum.client()?.sign_in(&lyceum.admin()).await?;
    let leaked = ask(&admin, "leak").await?;
    ensure!(leaked.starts_with("v1."), "an identity came with the call: {leaked}");
    let request = lyceum.client()?.request(Method::GET, "/api/v1/users").header("lyceum-identity", &leaked);
    Answer::to(request).await?.expect_problem(401)?;
    let request = person.request(Method::GET, "/api/v1/users").header("lyceum-identity", &leaked);
    Answer::to(request).await?.expect_problem(403)?;
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plug_in_reaches_only_whom_it_may() -> Result<()> {
    let lyceum = with_hostile().await?;
    let person = ready(&lyceum).await?;
    for destination in ["forbidden", "passwords", "outside"] {
        let answer = ask(&person, destination).await?;
        ensure!(is_refused(&answer), "{destination}: {answer}");
    }
    Ok(())
}

fn is_refused(answer: &str) -> bool {
    answer.starts_with("refused: ") || ["answered: 401", "answered: 403"].contains(&answer)
}
