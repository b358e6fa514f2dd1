//! The published versions of a course.

use lyceum_kit::prelude::*;
use serde::{Deserialize, Serialize};

use super::seeing::see;
use crate::domain::version::VersionView;
use crate::store::versions;

#[derive(Deserialize, Serialize)]
struct Before {
    version: i64,
}

/// Lists the published versions of a course, the newest first.
#[utoipa::path(get, path = "/api/v1/courses/{id}/versions",
    params(("id" = Uuid, Path),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses(
        (status = 200, body = Listed<VersionView>),
        (status = 404, description = "The caller sees no such course"),
    ))]
pub(super) async fn list(caller: Caller, Path(id): Path<Uuid>, page: Page) -> Result<Response, Problem> {
    see(Some(&caller), id, None)?;
    let before = page.after::<Before>()?.map(|before| before.version);
    let found = versions::versions(id, before, page.rows_to_fetch())?;
    Ok(page.answer(found, |found| Before { version: found.version }, std::convert::identity))
}
