//! Reports.

use lyceum_kit::prelude::*;

use super::view::{Items, SumView};
use crate::store;

/// How many subjects and credits each semester has, by status.
#[utoipa::path(get, path = "/api/v1/subjects/reports/credits", responses((status = 200, body = Items<SumView>)))]
pub(super) async fn credits() -> Result<Response, Problem> {
    let sums = store::sums()?.into_iter().map(SumView::from).collect();
    Ok(Json(Items::all(sums)).into_response())
}
