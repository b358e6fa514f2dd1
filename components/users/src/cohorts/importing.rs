//! Cohorts are filled from files of addresses, as a job whose rows are judged one by one.
//!
//! Whoever keeps cohorts names members of their organisation; of all others they learn nothing, not even whether somebody has
//! an account with that address. An administrator, who may see all people, brings them into the organisation by the same row.

use std::collections::BTreeSet;

use lyceum_event_types::users::{cohorts::CohortMemberAdded, organizations::OrganizationRole};
use lyceum_kit::{
    job::{Import, JobView, RowWrites},
    prelude::*,
    tabular::Format,
};
use serde::{Deserialize, Serialize};

use super::{domain::Cohort, standing::InCohort, store};
use crate::{domain::fold_address, organizations};

pub(crate) fn routes() -> Routes {
    Routes::new("", "").add(Access::SignedIn, route!(import_cohort_members))
}

/// A row of the file; other columns are left alone.
#[derive(Deserialize)]
struct Given {
    email: Option<String>,
}

/// A row as the job keeps it.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Asked {
    cohort_id: Uuid,
    email: Option<String>,
    /// Whether who isn't in the organisation comes into it.
    joins: bool,
    /// Why it can't be read.
    unreadable: Option<String>,
    /// Whether the file has the address already.
    repeated: bool,
}

pub(crate) static IMPORT: Import<Asked> = Import::new("import-cohort-members", |asked: Asked| {
    let Asked { cohort_id, email, joins, unreadable, repeated } = asked;
    if let Some(why) = unreadable {
        return Err(Problem::unprocessable("UNREADABLE_ROW", why));
    }
    let Some(email) = email else { return Err(wrong("REQUIRED", "Must not be empty.")) };
    if repeated {
        return Err(wrong("REPEATED", "The file has this address already."));
    }
    let gone = || Problem::conflict("COHORT_DELETED", "The cohort was deleted in the meantime.");
    let Cohort { organization_id, .. } = Cohort::find(cohort_id)?.ok_or_else(gone)?;
    let Some(found) = store::with_address(&email, organization_id, cohort_id)? else {
        return Err(if joins {
            wrong("UNKNOWN_PERSON", "Nobody has an account with this address.")
        } else {
            wrong("NOT_A_MEMBER", "Nobody in the organization has this address.")
        });
    };
    let (user_id, joined_at) = (found.user_id, clock::now());
    let mut writes = RowWrites::new();
    match (found.is_member, joins) {
        _ if found.is_there => return Ok(writes),
        (false, false) => return Err(wrong("NOT_A_MEMBER", "Nobody in the organization has this address.")),
        (false, true) => {
            let role = OrganizationRole::Member;
            writes = writes
                .execute(organizations::store::add_member(organization_id, user_id, role, joined_at))
                .publish(&organizations::events::member_added(organization_id, user_id, role, joined_at));
        }
        (true, _) => {}
    }
    Ok(writes
        .execute(store::add_member(cohort_id, user_id, joined_at))
        .on_missing(wrong("NOT_A_MEMBER", "Nobody in the organization has this address."))
        .execute(store::within_most(organization_id, user_id))
        .on_missing(Problem::conflict(
            "TOO_MANY_COHORTS",
            "They are in 100 cohorts of the organization already.",
        ))
        .publish(&CohortMemberAdded { cohort_id, organization_id, user_id, joined_at }))
});

fn wrong(code: &'static str, message: &'static str) -> Problem {
    Problem::invalid(vec![Violation::new(code, message).at("/email")])
}

/// How to add the people of a file.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CohortImportQuery {
    /// Only finds what is wrong with the file.
    #[serde(default)]
    dry_run: bool,
}

/// Adds the people of a file to a cohort, by their addresses.
///
/// Its column is `email`; others are left alone. Who is in the cohort stays in it. People have to be in the organization, unless
/// an administrator sends the file: then who has an account comes into the organization, too. What is wrong with a row is told
/// by the job's `errors`, and stops no other row.
#[utoipa::path(post, path = "/api/v1/cohorts/{id}/imports", params(("id" = Uuid, Path), CohortImportQuery),
    request_body(content((String = "text/csv"), (String = "application/jsonl"))),
    responses(
        (status = 202, body = JobView, description = "It has begun; `Location` shows how far it is"),
        (status = 403, description = "The caller is in the cohort, and does not keep it"),
        (status = 404, description = "There is no cohort with this id that the caller keeps or is in"),
        (status = 415, description = "The file has none of these formats"),
        (status = 422, description = "The file can't be read"),
    ))]
async fn import_cohort_members(
    context: Context,
    there: InCohort,
    query: Query<CohortImportQuery>,
    headers: HeaderMap,
    WholeBody(file): WholeBody,
) -> Result<Response, Problem> {
    there.organization.must_teach()?;
    let joins = there.organization.caller.has(Role::Admin);
    let format = Format::of(&headers)?;
    let rows = format.read(&file)?;
    drop(file);
    let mut seen = BTreeSet::new();
    let mut lines = Vec::new();
    for row in rows {
        let mut asked =
            Asked { cohort_id: there.cohort.id, email: None, joins, unreadable: None, repeated: false };
        match row.read::<Given>() {
            Ok(Given { email }) => {
                let address = email.as_deref().map(fold_address);
                asked.repeated = address.is_some_and(|address| !seen.insert(address));
                asked.email = email;
            }
            Err(problem) => asked.unreadable = Some(problem.detail().to_owned()),
        }
        serde_json::to_writer(&mut lines, &asked).map_err(|_| Problem::internal())?;
        lines.push(b'\n');
    }
    let mut kept = HeaderMap::new();
    let kind = HeaderValue::from_static(Format::JsonLines.content_type());
    kept.insert(header::CONTENT_TYPE, kind);
    IMPORT.start(&kept, &Bytes::from(lines), query.0.dry_run)?.of_form(format.name()).commit(context.begin())
}
