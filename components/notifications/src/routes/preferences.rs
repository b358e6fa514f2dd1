//! How the caller wants to hear of what.

use lyceum_kit::blobs::Sha256Digest;
use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::preferences::{KINDS, Preference, check, complete};
use crate::store;

/// One preference a kind of thing that somebody is told of.
#[derive(Clone, Debug, Deserialize, Serialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NotificationPreferences)]
pub(super) struct Preferences {
    /// What is left out is told by every way.
    #[schema(max_items = 10)]
    items: Vec<Preference>,
}

// What the description says can't be computed.
const _: () = assert!(KINDS.len() == 10, "say so in `max_items`, too");

impl Preferences {
    fn of(caller: &Caller) -> Result<Self, Problem> {
        Ok(Self { items: complete(&store::preferences(caller.user_id)?) })
    }

    /// A digest of what it says.
    fn tag(&self) -> EntityTag {
        EntityTag::of_digest(&Sha256Digest::of(format!("{:?}", self.items).as_bytes()))
    }
}

/// How the caller hears of what: for each kind of thing whether at all, and by which ways.
#[utoipa::path(get, path = "/api/v1/notifications/preferences", responses((status = 200, body = Preferences)))]
pub(super) async fn show(caller: Caller) -> Result<Response, Problem> {
    let preferences = Preferences::of(&caller)?;
    Ok(tagged(&preferences.tag(), Json(preferences)))
}

/// Chooses how to hear of what, in place of all that was chosen before. What is left out is told by every way.
#[utoipa::path(put, path = "/api/v1/notifications/preferences", request_body = Preferences, responses(
    (status = 200, body = Preferences),
    (status = 412, description = "`If-Match` was given and is no longer what was chosen"),
    (status = 422, description = "A kind can't be chosen, or stands there twice"),
))]
pub(super) async fn choose(
    context: Context,
    caller: Caller,
    conditions: Conditions,
    ValidJson(chosen): ValidJson<Preferences>,
) -> Result<Response, Problem> {
    conditions.check(&Preferences::of(&caller)?.tag())?;
    check(&chosen.items)?;
    let preferences = Preferences { items: complete(&chosen.items) };
    context
        .begin()
        .execute_all(store::choose(caller.user_id, &preferences.items))
        .respond(tagged(&preferences.tag(), Json(preferences.clone())))
        .commit()
}
