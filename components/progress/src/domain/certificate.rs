//! Certificates: what shows others that somebody completed a course.

mod page;
mod paper;

use lyceum_kit::prelude::*;
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use page::page;
pub(crate) use paper::paper;

/// Letters and digits that aren't taken for one another.
const ALPHABET: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
/// So many of them are a hundred bits, which nobody guesses.
const LENGTH: usize = 20;

/// A certificate as it is stored.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) id: Uuid,
    pub(crate) code: String,
    pub(crate) enrollment_id: Uuid,
    pub(crate) user_id: UserId,
    pub(crate) course_id: Uuid,
    pub(crate) course_title: String,
    pub(crate) course_version: i64,
    pub(crate) holder_name: Option<String>,
    pub(crate) issued_at: Timestamp,
    pub(crate) revoked_at: Option<Timestamp>,
    pub(crate) revoked_by: Option<UserId>,
    pub(crate) revoked_reason: Option<String>,
    pub(crate) version: i64,
}

/// A certificate, as its holder sees it and as anybody who has its code does.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Certificate)]
pub(crate) struct CertificateView {
    id: Uuid,
    /// By which anybody verifies it, without signing in.
    code: String,
    /// Whether it counts: it does unless it was revoked.
    valid: bool,
    /// What the holder was called when it was made out.
    holder_name: Option<String>,
    course_id: Uuid,
    course_title: String,
    course_version: i64,
    issued_at: Timestamp,
    revoked_at: Option<Timestamp>,
    revoked_reason: Option<String>,
}

impl From<Certificate> for CertificateView {
    fn from(certificate: Certificate) -> Self {
        Self {
            id: certificate.id,
            code: certificate.code,
            valid: certificate.revoked_at.is_none(),
            holder_name: certificate.holder_name,
            course_id: certificate.course_id,
            course_title: certificate.course_title,
            course_version: certificate.course_version,
            issued_at: certificate.issued_at,
            revoked_at: certificate.revoked_at,
            revoked_reason: certificate.revoked_reason,
        }
    }
}

/// The code made of these random bytes.
pub(crate) fn code(random: [u8; LENGTH]) -> String {
    let letter = |byte: u8| ALPHABET.get(usize::from(byte % 32)).copied().map_or('A', char::from);
    random.into_iter().map(letter).collect()
}

/// The code as people type it: in groups or in small letters, too.
pub(crate) fn typed(code: &str) -> String {
    code.chars().filter(char::is_ascii_alphanumeric).map(|letter| letter.to_ascii_uppercase()).collect()
}

/// In groups of five, to be read.
pub(crate) fn grouped(code: &str) -> String {
    let letters: Vec<char> = code.chars().collect();
    let groups: Vec<String> = letters.chunks(5).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

#[cfg(test)]
mod tests;
