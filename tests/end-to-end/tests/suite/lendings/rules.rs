//! Circulation rules and closed days, through the gateway.

use anyhow::{Context, Result, ensure};
use lyceum_end_to_end::client::Answer;
use reqwest::Method;
use serde_json::json;

use crate::auth::roles::with_role;
use crate::deployments::Target;

const RULES: &str = "/api/v1/circulation-rules";
const DAYS: &str = "/api/v1/closed-days";

pub(crate) async fn librarians_keep_rules_and_closed_days_and_everybody_reads_them(
    target: Target,
) -> Result<()> {
    let librarian = with_role(&target, "librarian").await?;
    let reader = with_role(&target, "reader").await?;
    // A place that no other scenario uses.
    let place = format!("q{}", uuid::Uuid::now_v7().simple());
    let rule = json!({
        "location": place, "loan_days": 7, "max_lendings": 5, "max_renewals": 1, "fine_cents_per_day": 20, "pickup_days": 3,
        "blocked_while_overdue": false,
    });
    reader.post(RULES, &rule).await?.expect_problem(403)?;
    let added = librarian.post(RULES, &rule).await?.expect(201)?;
    librarian.post(RULES, &rule).await?.expect_problem(409)?;
    let path = added.header("location").context("where it is")?.to_owned();
    ensure!(reader.get(&path).await?.expect(200)?.json()? == added.json()?);
    let tag = added.header("etag").context("a tag")?.to_owned();
    for status in [200, 412] {
        let request = librarian.request(Method::PATCH, &path).header("if-match", &tag);
        Answer::to(request.json(&json!({ "loan_days": 14 }))).await?.expect(status)?;
    }
    Answer::to(librarian.request(Method::DELETE, &path)).await?.expect(204)?;
    reader.get(&path).await?.expect_problem(404)?;

    let day = json!({ "location": place, "day": "2026-12-25", "reason": "Christmas" });
    let closed = librarian.post(DAYS, &day).await?.expect(201)?;
    let found =
        reader.get(&format!("{DAYS}?location={place}&day_from=2026-12-24")).await?.expect(200)?.json()?;
    ensure!(found["items"] == json!([closed.json()?]), "{found}");

    let nobody = uuid::Uuid::now_v7();
    let checkout = json!({ "item_id": nobody, "reader_id": nobody });
    librarian.post("/api/v1/lendings/check", &checkout).await?.expect_problem(422)?;
    let own = reader.get("/api/v1/lendings?overdue=true").await?.expect(200)?.json()?;
    ensure!(own["items"] == json!([]), "{own}");
    Ok(())
}
