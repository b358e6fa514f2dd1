//! Instances are used again for other callers, who must find nothing of each other.

use anyhow::{Result, ensure};
use futures::future::try_join_all;
use lyceum_end_to_end::client::Person;

use crate::deployments::Target;
use crate::users::profiles::with_profile;

const ROUNDS: usize = 40;

pub(crate) async fn nobody_sees_anything_of_another(target: Target) -> Result<()> {
    let (first, second) = (with_profile(&target).await?, with_profile(&target).await?);
    try_join_all([looks(&first, &second), looks(&second, &first), strangers(&target, &first)]).await?;
    Ok(())
}

type Looking<'a> = std::pin::Pin<Box<dyn Future<Output = Result<()>> + Send + 'a>>;

/// Somebody who sees only themselves, however often they look, and never what belongs to the other.
fn looks<'a>(me: &'a Person, other: &'a Person) -> Looking<'a> {
    Box::pin(async move {
        let foreign = format!("/api/v1/users/{}/profile", other.id);
        for _ in 0..ROUNDS {
            for path in ["/api/v1/users/me", "/api/v1/users/me/profile", "/api/v1/auth/me"] {
                let answer = me.get(path).await?.expect(200)?;
                assert_eq!(answer.json()?["user_id"], serde_json::json!(me.id), "{path}");
                let text = String::from_utf8_lossy(&answer.body).into_owned();
                ensure!(!text.contains(&other.id) && !text.contains(&other.credentials.email), "{text}");
            }
            me.get(&foreign).await?.expect_problem(404)?;
        }
        Ok(())
    })
}

/// Somebody without a token is nobody, whoever was there before.
fn strangers<'a>(target: &'a Target, person: &'a Person) -> Looking<'a> {
    Box::pin(async move {
        for _ in 0..ROUNDS {
            for path in ["/api/v1/users/me", "/api/v1/auth/me", "/api/v1/notifications"] {
                let problem = target.client.get(path).await?;
                problem.expect_problem(401)?;
                ensure!(!String::from_utf8_lossy(&problem.body).contains(&person.id), "{problem}");
            }
        }
        Ok(())
    })
}
