//! Rules of a flag, and who changed what of it.

use lyceum_kit::again::again;
use lyceum_kit::prelude::*;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::actor;
use super::flags::{found, save};
use crate::domain::rules::Rules;
use crate::parameters::Parameters;
use crate::store::flags::{self as store, FlagNote};
use lyceum_kit::dialect::Moment;

/// Shows the rules of a flag.
#[utoipa::path(get, path = "/api/v1/feature-flags/{id}/rules", params(("id" = i64, Path)), responses(
    (status = 200, body = Rules),
    (status = 404, description = "There is no such flag"),
))]
pub(super) async fn show(Path(id): Path<i64>) -> Result<Response, Problem> {
    Ok(Json(found(id)?.rules.0).into_response())
}

/// Replaces all rules of a flag. The first one that fits decides, before the flag's percentage.
#[utoipa::path(put, path = "/api/v1/feature-flags/{id}/rules", params(("id" = i64, Path)), request_body = Rules,
    responses((status = 200, body = Rules), (status = 404, description = "There is no such flag")))]
pub(super) async fn replace(
    context: Context,
    caller: MaybeCaller,
    Path(id): Path<i64>,
    ValidJson(rules): ValidJson<Rules>,
) -> Result<Response, Problem> {
    again(|| {
        let flag = found(id)?;
        let next = flag.ruled(rules.clone())?;
        check_prerequisites(&flag.flag_key, &rules)?;
        save(&context, actor(&caller), &flag, next, "ruled", |flag| Json(flag.rules.0).into_response())
    })
}

/// A flag that depends on one that isn't there, or on itself, is refused. (Two changes at once may still make a circle: then
/// the flags in it are off.)
fn check_prerequisites(key: &str, rules: &Rules) -> Result<(), Problem> {
    for wanted in rules.prerequisites() {
        let below = store::with_prerequisites(wanted)?;
        let violation = match (below.contains_key(wanted), below.contains_key(key)) {
            (false, _) => Violation::new("UNKNOWN_FLAG", format!("There is no flag {wanted}.")),
            (_, true) => Violation::new("CYCLE", format!("{wanted} depends on {key}.")),
            _ => continue,
        };
        return Err(Problem::invalid(vec![violation.at("/rules")]));
    }
    Ok(())
}

/// Something that was done with a flag.
#[derive(Debug, Serialize, ToSchema)]
struct NoteView {
    id: i64,
    flag_id: i64,
    /// `created`, `updated`, `toggled`, `rolled_out`, `ruled` or `deleted`.
    action: String,
    /// The flag and its rules before.
    #[schema(value_type = Option<Object>)]
    old: Option<Value>,
    /// And afterwards.
    #[schema(value_type = Option<Object>)]
    new: Option<Value>,
    /// Who was signed in.
    #[schema(value_type = Option<Uuid>)]
    actor_id: Option<UserId>,
    #[schema(value_type = String)]
    created_at: Moment,
}

impl From<FlagNote> for NoteView {
    fn from(note: FlagNote) -> Self {
        let FlagNote { id, flag_id, action, old_flag, new_flag, created_at, actor_id } = note;
        let read = |text: Option<String>| text.and_then(|text| serde_json::from_str(&text).ok());
        Self {
            id,
            flag_id,
            action,
            old: read(old_flag),
            new: read(new_flag),
            actor_id,
            created_at: Moment(created_at),
        }
    }
}

/// Shows who changed what of a flag, the newest first; also of one that was deleted.
#[utoipa::path(get, path = "/api/v1/feature-flags/{id}/history",
    params(("id" = i64, Path), ("limit" = Option<u32>, Query, description = "1 to 200; 50 if not given")),
    responses((status = 200, body = [NoteView]), (status = 404, description = "There never was such a flag")))]
pub(super) async fn history(Path(id): Path<i64>, query: Parameters) -> Result<Response, Problem> {
    let limit = u32::try_from(query.within("limit", 1, 200, 50)?).unwrap_or(50);
    let notes = store::history(id, limit)?;
    if notes.is_empty() {
        found(id)?;
    }
    Ok(Json(notes.into_iter().map(NoteView::from).collect::<Vec<_>>()).into_response())
}
