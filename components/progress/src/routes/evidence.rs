//! What shows a competency besides our own courses: what those who teach somebody say.

use lyceum_kit::erasure;
use lyceum_kit::prelude::*;

use super::seeing::{missing, teaches};
use crate::awarding;
use crate::domain::competency::{Competency, Evidence, EvidenceFields};
use crate::store::awards;

/// Records that something else shows what somebody is able to do, such as a certificate of another school.
///
/// Those who give a course that the person learns in say so, and administrators.
#[utoipa::path(post, path = "/api/v1/progress/users/{user_id}/competencies/{competency_id}/evidence",
    request_body = EvidenceFields, params(("user_id" = Uuid, Path), ("competency_id" = Uuid, Path)),
    responses(
        (status = 201, body = Evidence),
        (status = 404, description = "There is no such competency, or nobody of that id learns where the caller teaches"),
        (status = 409, description = "`TOO_MUCH_EVIDENCE`: a hundred such records are there"),
    ))]
pub(super) async fn record(
    context: Context,
    caller: Caller,
    Path((user_id, competency_id)): Path<(UserId, Uuid)>,
    ValidJson(fields): ValidJson<EvidenceFields>,
) -> Result<Response, Problem> {
    if !teaches(&caller, user_id)? {
        return Err(missing());
    }
    let competency = Competency::get(competency_id)?;
    let evidence = fields.of(&competency, clock::now())?;
    let noted: Vec<Evidence> = query_all(awards::evidence(user_id))?;
    if noted.iter().filter(|one| one.is_external_of(competency_id)).count() >= 100 {
        return Err(Problem::conflict("TOO_MUCH_EVIDENCE", "A hundred such records are there."));
    }
    let path = format!("/api/v1/progress/users/{user_id}/competencies");
    let transaction = context
        .begin()
        .execute(erasure::unless_erased(user_id))
        .on_missing(missing)
        .execute(awards::record(user_id, &evidence, caller.user_id));
    awarding::tell(transaction, user_id, &noted, std::slice::from_ref(&evidence), clock::now())
        .respond(created(&path, Json(evidence)))
        .commit()
}
