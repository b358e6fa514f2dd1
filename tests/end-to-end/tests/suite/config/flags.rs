//! Flags are rolled out by admins and seen by front ends; configurations are kept by their paths and those of the older gateway.

use anyhow::{Result, ensure};
use lyceum_end_to_end::client::Answer;
use reqwest::Method;
use serde_json::json;

use crate::deployments::Target;

const FLAGS: &str = "/api/v1/feature-flags";
const OFREP: &str = "/ofrep/v1/evaluate/flags";

/// A key that no other scenario uses.
fn key(what: &str) -> String {
    format!("{what}_{}", uuid::Uuid::now_v7().simple())
}

pub(crate) async fn admins_roll_a_flag_out_and_front_ends_see_it(target: Target) -> Result<()> {
    let (admin, student) = (&target.admin, target.client.newcomer("A student").await?);
    let key = key("editor");
    let flag = json!({ "flag_name": "New editor", "flag_key": key, "is_enabled": true });
    Answer::to(student.request(Method::POST, &format!("{FLAGS}/")).json(&flag)).await?.expect(403)?;
    let added = admin.post(&format!("{FLAGS}/"), &flag).await?.expect(201)?.json()?;
    let ask = async || -> Result<Answer> { student.post(&format!("{OFREP}/{key}"), &json!({})).await };
    let off = ask().await?.expect(200)?.json()?;
    ensure!(off["value"] == false && off["reason"] == "STATIC", "{off}");

    let all = student.post(OFREP, &json!({})).await?.expect(200)?;
    let tag = all.header("etag").unwrap_or_default().to_owned();
    ensure!(!tag.is_empty(), "{all}");

    let rollout = format!("{FLAGS}/rollout/{key}?percentage=100");
    Answer::to(admin.request(Method::PUT, &rollout)).await?.expect(200)?;
    let on = ask().await?.expect(200)?.json()?;
    ensure!(on["value"] == true && on["variant"] == "on", "{on}");
    let again = student.request(Method::POST, OFREP).header("if-none-match", &tag).json(&json!({}));
    let again = Answer::to(again).await?.expect(200)?;
    ensure!(again.header("etag") != Some(tag.as_str()), "{again}");

    let check = admin.get(&format!("{FLAGS}/check/{key}?user_id=7")).await?.expect(200)?.json()?;
    ensure!(check == json!({ "flag_key": key, "enabled": true }), "{check}");
    let path = format!("{FLAGS}/{}", added["id"]);
    Answer::to(admin.request(Method::DELETE, &path)).await?.expect(200)?;
    Answer::to(admin.request(Method::DELETE, &path)).await?.expect(404)?;
    let gone = ask().await?.expect(404)?.json()?;
    ensure!(gone["errorCode"] == "FLAG_NOT_FOUND", "{gone}");
    Ok(())
}

pub(crate) async fn configurations_are_kept_at_both_of_their_paths(target: Target) -> Result<()> {
    let admin = &target.admin;
    let key = key("limit");
    let (own, older) = ("/api/v1/configurations", "/api/v1/config/configurations");
    for (path, environment) in [(own, "staging"), (older, "production")] {
        let body = json!({ "config_key": key, "config_value": 20, "environment": environment });
        let added = admin.post(&format!("{path}/"), &body).await?.expect(201)?.json()?;
        for path in [own, older] {
            let shown = admin.get(&format!("{path}/{}", added["id"])).await?.expect(200)?.json()?;
            ensure!(shown == added, "{shown}");
            let value = format!("{path}/value/{key}?environment={environment}");
            let value = admin.get(&value).await?.expect(200)?.json()?;
            ensure!(value == json!({ "key": key, "value": 20 }), "{value}");
        }
        let known = admin.post(&format!("{path}/"), &body).await?.expect(400)?.json()?;
        ensure!(known["error_code"] == "HTTP_ERROR", "{known}");
    }
    Ok(())
}
