//! Flags by OpenFeature's Remote Evaluation Protocol (OFREP 0.1), for front ends.
//!
//! Who asks is who is signed in: their id is the targeting key unless they state another, their roles are those of their token
//! and never of the context, and all else in the context are attributes; `environment` there is the environment that is asked
//! for.

use std::collections::BTreeMap;

use lyceum_kit::prelude::*;
use serde::Serialize;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use super::evaluation::draw;
use crate::domain::Environment;
use crate::domain::evaluation::{Asker, Cause, Evaluation, evaluate};
use crate::domain::flag::Flag;
use crate::store::flags as store;

/// An evaluated flag.
#[derive(Debug, Serialize, ToSchema)]
struct Evaluated {
    key: String,
    /// `STATIC`, `TARGETING_MATCH`, `SPLIT` or `DISABLED`.
    reason: &'static str,
    /// `on` or `off`.
    variant: &'static str,
    value: bool,
    /// Of a rule that decided, its name.
    #[schema(value_type = Object)]
    metadata: Map<String, Value>,
}

/// What went wrong with one flag, or with all.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
struct Failure {
    #[serde(skip_serializing_if = "Option::is_none")]
    key: Option<String>,
    /// `PARSE_ERROR`, `TARGETING_KEY_MISSING`, `INVALID_CONTEXT` or `FLAG_NOT_FOUND`.
    error_code: &'static str,
    error_details: String,
}

/// All flags.
#[derive(Debug, Serialize, ToSchema)]
struct AllEvaluated {
    flags: Vec<Evaluated>,
}

/// What is said of whoever asks.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "the API description alone reads it")]
pub(super) struct EvaluationRequest {
    /// `targetingKey`, `environment`, and whatever rules look for.
    #[schema(value_type = Option<Object>)]
    context: Option<Map<String, Value>>,
}

struct Wrong(&'static str, &'static str);

impl Wrong {
    fn answer(self, key: Option<String>) -> Response {
        let Self(error_code, details) = self;
        let failure = Failure { key, error_code, error_details: details.to_owned() };
        (StatusCode::BAD_REQUEST, Json(failure)).into_response()
    }
}

/// Somebody who asks.
struct Asking {
    user: String,
    roles: Vec<String>,
    attributes: Map<String, Value>,
    environment: Option<Environment>,
}

impl Asking {
    fn read(body: &[u8], caller: &Caller) -> Result<Self, Wrong> {
        let given: Value = match body {
            [] => Value::Object(Map::new()),
            body => {
                serde_json::from_slice(body).map_err(|_| Wrong("PARSE_ERROR", "The body is not JSON."))?
            }
        };
        let Value::Object(mut given) = given else {
            return Err(Wrong("PARSE_ERROR", "The body must be an object."));
        };
        let attributes = match given.remove("context") {
            None | Some(Value::Null) => Map::new(),
            Some(Value::Object(context)) => context,
            Some(_) => return Err(Wrong("INVALID_CONTEXT", "The context must be an object.")),
        };
        let user = match attributes.get("targetingKey") {
            None => caller.user_id.to_string(),
            Some(Value::String(key)) if key.is_empty() => {
                return Err(Wrong("TARGETING_KEY_MISSING", "The targeting key is empty."));
            }
            Some(Value::String(key)) => key.clone(),
            Some(_) => return Err(Wrong("INVALID_CONTEXT", "The targeting key must be a text.")),
        };
        let environment = match attributes.get("environment") {
            None => None,
            Some(Value::String(name)) => Environment::from_name(name),
            Some(_) => return Err(Wrong("INVALID_CONTEXT", "The environment must be a text.")),
        };
        let roles = caller.roles.names().into_iter().map(str::to_owned).collect();
        Ok(Self { user, roles, attributes, environment })
    }

    fn evaluated(&self, flag: &Flag, flags: &BTreeMap<String, Flag>) -> Result<Evaluated, Problem> {
        let asker = Asker {
            user: Some(&self.user),
            roles: &self.roles,
            attributes: &self.attributes,
            environment: self.environment,
            now: clock::now(),
            draw: draw()?,
        };
        let evaluation = evaluate(Some(flag), &asker, &|key| flags.get(key));
        Ok(Evaluated::of(flag, evaluation))
    }
}

impl Evaluated {
    fn of(flag: &Flag, evaluation: Evaluation) -> Self {
        let value = evaluation.is_on();
        let mut metadata = Map::new();
        let reason = match evaluation.cause {
            Cause::Missing | Cause::Elsewhere | Cause::Expired | Cause::Disabled => "DISABLED",
            Cause::Rule(name) => {
                metadata.insert("rule".to_owned(), Value::String(name));
                "TARGETING_MATCH"
            }
            Cause::Whole => "STATIC",
            Cause::Share | Cause::Draw => "SPLIT",
        };
        let variant = if value { "on" } else { "off" };
        Self { key: flag.flag_key.clone(), reason, variant, value, metadata }
    }
}

/// Evaluates a flag for whoever is signed in, as OpenFeature's clients ask.
#[utoipa::path(post, path = "/ofrep/v1/evaluate/flags/{key}", params(("key" = String, Path)),
    request_body = EvaluationRequest, responses(
        (status = 200, body = Evaluated),
        (status = 400, description = "The context can't be used; the body is as that of 404"),
        (status = 404, description = "There is no such flag", body = Failure),
    ))]
pub(super) async fn one(
    caller: Caller,
    Path(key): Path<String>,
    WholeBody(body): WholeBody,
) -> Result<Response, Problem> {
    let context = match Asking::read(&body, &caller) {
        Ok(context) => context,
        Err(wrong) => return Ok(wrong.answer(Some(key))),
    };
    let flags = store::with_prerequisites(&key)?;
    let Some(flag) = flags.get(&key) else {
        let error_details = format!("There is no flag {key}.");
        let failure = Failure { key: Some(key), error_code: "FLAG_NOT_FOUND", error_details };
        return Ok((StatusCode::NOT_FOUND, Json(failure)).into_response());
    };
    Ok(Json(context.evaluated(flag, &flags)?).into_response())
}

/// Evaluates all flags for whoever is signed in, as OpenFeature's clients ask; 304 if nothing is other than they know.
#[utoipa::path(post, path = "/ofrep/v1/evaluate/flags",
    params(("If-None-Match" = Option<String>, Header, description = "The ETag of what is known")),
    request_body = EvaluationRequest, responses(
        (status = 200, body = AllEvaluated),
        (status = 304, description = "All is as it was"),
        (status = 400, description = "The context can't be used; the body is as that of a flag that isn't there"),
    ))]
pub(super) async fn all(
    caller: Caller,
    headers: HeaderMap,
    WholeBody(body): WholeBody,
) -> Result<Response, Problem> {
    let context = match Asking::read(&body, &caller) {
        Ok(context) => context,
        Err(wrong) => return Ok(wrong.answer(None)),
    };
    let all = store::all()?;
    let flags = all.values().map(|flag| context.evaluated(flag, &all)).collect::<Result<_, _>>()?;
    let text = serde_json::to_vec(&AllEvaluated { flags }).map_err(|_| Problem::internal())?;
    let tag = tag(&text);
    let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_known =
        known.split(',').map(str::trim).any(|known| known == "*" || known.trim_start_matches("W/") == tag);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        ([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], text).into_response()
    };
    response
        .headers_mut()
        .insert(header::ETAG, HeaderValue::from_str(&tag).map_err(|_| Problem::internal())?);
    Ok(response)
}

/// Of what is answered: the same for the same answers.
fn tag(text: &[u8]) -> String {
    let digest = Sha256::digest(text);
    let number = digest.iter().take(16).fold(0_u128, |number, byte| (number << 8) | u128::from(*byte));
    format!("\"{number:032x}\"")
}
