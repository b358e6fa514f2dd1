//! Certificates: those of a person, and how anybody verifies one.

use lyceum_kit::prelude::*;
use lyceum_kit::sql::Versioned as _;
use lyceum_kit::text;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::seeing::{gives, missing};
use crate::domain::certificate::{Certificate, CertificateView, page, paper, typed};
use crate::store::{certificates, seen};

#[derive(Deserialize, Serialize)]
struct Before {
    id: Uuid,
}

/// Lists a person's certificates, the latest first.
#[utoipa::path(get, path = "/api/v1/progress/users/{user_id}/certificates",
    params(("user_id" = String, Path, description = "`me` or a user id"),
        ("limit" = Option<u32>, Query, minimum = 1, maximum = 200), ("cursor" = Option<String>, Query)),
    responses(
        (status = 200, body = Listed<CertificateView>),
        (status = 404, description = "It is somebody else's"),
    ))]
pub(super) async fn list(caller: Caller, Path(user): Path<Subject>, page: Page) -> Result<Response, Problem> {
    let user_id = user.owned_by(&caller, missing)?;
    let before = page.after::<Before>()?.map(|before| before.id);
    let found = certificates::of_person(user_id, before, page.rows_to_fetch())?;
    Ok(page.answer(found, |found| Before { id: found.id }, CertificateView::from))
}

fn find(code: &str) -> Result<Certificate, Problem> {
    let found = certificates::by_code(&typed(code))?;
    found.ok_or_else(|| Problem::not_found("There is no certificate with this code."))
}

/// Verifies a certificate by its code, without signing in.
///
/// A page for people if `Accept` asks for HTML. The code is taken with or without hyphens and in whatever case.
#[utoipa::path(get, path = "/api/v1/progress/certificates/{code}", params(("code" = String, Path)),
    responses(
        (status = 200, body = CertificateView),
        (status = 404, description = "There is no certificate with this code: it was never made out"),
    ))]
pub(super) async fn verify(Path(code): Path<String>, headers: HeaderMap) -> Result<Response, Problem> {
    let certificate = find(&code)?;
    let accept = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).unwrap_or_default();
    let vary = (header::VARY, HeaderValue::from_static("accept"));
    if accept.contains("text/html") {
        let kind = (header::CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
        return Ok(([kind, vary], page(&certificate)).into_response());
    }
    Ok(([vary], Json(CertificateView::from(certificate))).into_response())
}

/// Gives a certificate as a PDF, without signing in.
#[utoipa::path(get, path = "/api/v1/progress/certificates/{code}/pdf", params(("code" = String, Path)),
    responses(
        (status = 200, description = "The certificate", content_type = "application/pdf"),
        (status = 404, description = "There is no certificate with this code"),
    ))]
pub(super) async fn pdf(context: Context, Path(code): Path<String>) -> Result<Response, Problem> {
    let certificate = find(&code)?;
    let path = format!("/api/v1/progress/certificates/{}", certificate.code);
    let file = paper(&certificate, &context.outside(&path).absolute());
    let kind = (header::CONTENT_TYPE, HeaderValue::from_static("application/pdf"));
    let name = HeaderValue::from_static("inline; filename=\"certificate.pdf\"");
    Ok(([kind, (header::CONTENT_DISPOSITION, name)], file).into_response())
}

/// Why a certificate doesn't count any more.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Revocation {
    /// One line of 1 to 500 characters, which everybody sees who verifies it.
    reason: String,
}

/// Revokes a certificate, for good. It is verified as one that doesn't count.
#[utoipa::path(post, path = "/api/v1/progress/certificates/{code}/revoke", request_body = Revocation,
    params(("code" = String, Path)),
    responses(
        (status = 200, body = CertificateView),
        (status = 403, description = "Only those who give the course revoke it"),
        (status = 404, description = "There is no certificate with this code"),
        (status = 409, description = "`ALREADY_REVOKED`"),
    ))]
pub(super) async fn revoke(
    context: Context,
    caller: Caller,
    Path(code): Path<String>,
    ValidJson(Revocation { reason }): ValidJson<Revocation>,
) -> Result<Response, Problem> {
    let certificate = find(&code)?;
    if !gives(&caller, seen::course_by_id(certificate.course_id)?.as_ref()) {
        return Err(Problem::forbidden("Only those who give the course revoke its certificates."));
    }
    let mut valid = Validation::new();
    valid.take("/reason", text::required_line(&reason, 500));
    valid.finish()?;
    if certificate.revoked_at.is_some() {
        return Err(Problem::conflict("ALREADY_REVOKED", "It was revoked before."));
    }
    let revoked = Certificate {
        revoked_at: Some(clock::now()),
        revoked_by: Some(caller.user_id),
        revoked_reason: Some(reason),
        version: certificate.version + 1,
        ..certificate
    };
    context
        .begin()
        .execute(revoked.update())
        .on_missing(|| Problem::conflict("ALREADY_REVOKED", "It was revoked before."))
        .respond(Json(CertificateView::from(revoked)))
        .commit()
}
