//! What other systems read of the catalogue without being signed in, and what it calls itself towards them.

use lyceum_kit::prelude::*;

/// 401 for whoever isn't signed in, unless the operator has opened the catalogue to everybody.
pub(crate) fn check(caller: Option<&Caller>) -> Result<(), Problem> {
    if caller.is_some() || config::get("catalogue_access")?.as_deref() == Some("open") {
        return Ok(());
    }
    Err(Problem::unauthorized("This catalogue isn't open to everybody: sign in first."))
}

/// What the catalogue is called.
pub(crate) fn name() -> Result<String, Problem> {
    Ok(config::get("catalogue_name")?.unwrap_or_else(|| "Library catalogue".to_owned()))
}

/// What identifiers of records begin with, which never changes once somebody has them: the operator's, or else the host that
/// the request names.
pub(crate) fn host(context: &Context) -> Result<String, Problem> {
    if let Some(host) = config::get("catalogue_host")? {
        return Ok(host);
    }
    let address: Option<Uri> = context.outside("/").absolute().parse().ok();
    let host = address.as_ref().and_then(Uri::host).unwrap_or("localhost");
    Ok(host.trim_matches(['[', ']']).to_owned())
}

/// Whom to write to about it: the operator's address, or the one that every domain has (RFC 5321, 4.5.1).
pub(crate) fn contact(host: &str) -> Result<String, Problem> {
    Ok(config::get("catalogue_email")?.unwrap_or_else(|| format!("postmaster@{host}")))
}

/// 415 unless the body is a form.
pub(crate) fn check_form(headers: &HeaderMap) -> Result<(), Problem> {
    const FORM: &str = "application/x-www-form-urlencoded";
    let stated = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let essence = stated.split(';').next().unwrap_or_default().trim();
    if essence.eq_ignore_ascii_case(FORM) { Ok(()) } else { Err(Problem::unsupported_media_type(FORM)) }
}
