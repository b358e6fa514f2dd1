//! The list of people, for admins.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::NewPerson;
use lyceum_end_to_end::poll::{PATIENCE, until};
use serde_json::Value;

use crate::auth::sessions::set_status;
use crate::deployments::Target;

pub(crate) async fn admins_page_through_people(target: Target) -> Result<()> {
    let (beginning, ids) = people(&target, 5).await?;
    let mut path = format!("/api/v1/users?q={beginning}&limit=2");
    let mut pages = Vec::new();
    loop {
        let answer = target.admin.get(&path).await?.expect(200)?;
        let body = answer.json()?;
        pages.push(found(&body));
        let Some(cursor) = body["next_cursor"].as_str() else { break };
        let link = answer.header("link").context("a Link header while there is more")?;
        ensure!(link.contains("rel=\"next\"") && link.contains(cursor), "{link}");
        path = format!("/api/v1/users?q={beginning}&limit=2&cursor={cursor}");
        ensure!(pages.len() < 10, "pages without end");
    }
    assert_eq!(pages.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    assert_eq!(pages.concat().into_iter().collect::<BTreeSet<_>>(), ids);
    for limit in ["0", "201", "-1", "many"] {
        target.admin.get(&format!("/api/v1/users?limit={limit}")).await?.expect_problem(400)?;
    }
    Ok(())
}

pub(crate) async fn people_are_found_by_the_beginning_of_name_or_address(target: Target) -> Result<()> {
    let (beginning, ids) = people(&target, 2).await?;
    for words in [beginning.to_uppercase(), beginning.to_lowercase()] {
        assert_eq!(search(&target, &format!("q={words}")).await?, ids, "{words}");
    }
    let somebody = NewPerson::named("Noether");
    target.client.register(&somebody).await?.expect(201)?;
    let (local, _) = somebody.credentials.email.split_once('@').context("an address")?;
    until("they are found by their address", PATIENCE, || async {
        Ok((search(&target, &format!("q={local}")).await?.len() == 1).then_some(()))
    })
    .await?;
    ensure!(search(&target, "q=%25").await?.is_empty(), "a percent sign is no wildcard");
    Ok(())
}

pub(crate) async fn people_are_found_by_role_and_status(target: Target) -> Result<()> {
    let (beginning, ids) = people(&target, 3).await?;
    let chosen = ids.iter().next().context("somebody")?;
    set_status(&target, chosen, "inactive").await?;
    let one = BTreeSet::from([chosen.clone()]);
    assert_eq!(search(&target, &format!("q={beginning}&status=inactive")).await?, one);
    assert_eq!(search(&target, &format!("q={beginning}&status=active")).await?.len(), 2);
    assert_eq!(search(&target, &format!("q={beginning}&role=student")).await?, ids);
    ensure!(search(&target, &format!("q={beginning}&role=librarian")).await?.is_empty());
    target.admin.get("/api/v1/users?status=asleep").await?.expect_problem(400)?;
    Ok(())
}

/// Registers so many people whose names begin alike, and waits until the list has them.
async fn people(target: &Target, count: usize) -> Result<(String, BTreeSet<String>)> {
    let beginning = format!("Q{}", uuid::Uuid::now_v7().simple());
    let mut ids = BTreeSet::new();
    for number in 0..count {
        let mut person = NewPerson::named("Ada");
        person.display_name = format!("{beginning} {number}");
        let answer = target.client.register(&person).await?.expect(201)?.json()?;
        ids.insert(answer["user_id"].as_str().context("an id")?.to_owned());
    }
    until("the list has them all", PATIENCE, || async {
        Ok((search(target, &format!("q={beginning}")).await? == ids).then_some(()))
    })
    .await?;
    Ok((beginning, ids))
}

async fn search(target: &Target, query: &str) -> Result<BTreeSet<String>> {
    let answer = target.admin.get(&format!("/api/v1/users?{query}")).await?.expect(200)?.json()?;
    Ok(found(&answer).into_iter().collect())
}

fn found(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().cloned().unwrap_or_default();
    items.iter().map(|item| item["user_id"].as_str().unwrap_or_default().to_owned()).collect()
}
