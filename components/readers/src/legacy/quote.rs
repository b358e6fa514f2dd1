//! What happened in a month, from a source outside that the operator names. The older library answered 403 when its source
//! failed; here a reader is shown without a quote then.

use std::time::Duration;

use lyceum_kit::http::Service;
use lyceum_kit::prelude::*;
use lyceum_kit::random;
use serde::Deserialize;

/// The configuration variable with the source's address, in which `{year}` and `{month}` stand for what is asked.
const SOURCE: &str = "quote_url";
/// The configuration variable with what the source wants in the header `X-Api-Key`.
const KEY: &str = "quote_key";
const KEY_HEADER: HeaderName = HeaderName::from_static("x-api-key");
/// A reader is not waited for any longer because of that.
const PATIENCE: Duration = Duration::from_secs(2);

/// Something that happened.
#[derive(Debug, Deserialize)]
struct Happened {
    event: String,
}

/// One of the things that happened in the month of this day, such as `2000-01-31`; none if there is no source, or it says
/// nothing that can be used in time.
pub(super) fn of_month(day: &str) -> Option<String> {
    asked(day).unwrap_or_else(|why| {
        log::warn(format!("a reader is shown without a quote: {why}"));
        None
    })
}

fn asked(day: &str) -> Result<Option<String>, String> {
    let setting = |name: &str| config::get(name).map_err(|error| error.to_string());
    let Some(source) = setting(SOURCE)? else { return Ok(None) };
    let mut parts = day.split('-');
    let (Some(year), Some(month)) = (parts.next(), parts.next()) else { return Ok(None) };
    let address = source.replace("{year}", year).replace("{month}", month.trim_start_matches('0'));
    let mut service = Service::outside(&address).within(PATIENCE);
    if let Some(key) = setting(KEY)? {
        service = service.header(KEY_HEADER, &key);
    }
    let mut happened: Vec<Happened> = service.get("").map_err(|error| error.to_string())?;
    let chosen = random::bytes().map(u64::from_le_bytes).map_err(|_| "there is no randomness".to_owned())?;
    let chosen = chosen.checked_rem(happened.len() as u64).and_then(|chosen| usize::try_from(chosen).ok());
    Ok(chosen.map(|chosen| happened.swap_remove(chosen).event))
}
