//! Users of the older library as a file has them, and what they may be here.

use lyceum_kit::prelude::*;
use lyceum_kit::takeover::Moment;
use serde::Deserialize;
use utoipa::IntoParams;

use super::library_role::LibraryRole;

/// How a bcrypt hash begins.
const BCRYPT: [&str; 3] = ["$2a$", "$2b$", "$2y$"];
/// Signs of salt and digest.
const BCRYPT_SIGNS: usize = 53;
/// The costs of bcrypt that the component `passwords` takes.
const BCRYPT_COSTS: std::ops::RangeInclusive<u32> = 4..=14;

/// A user as the file has them.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LibraryUser {
    /// What older clients know the user by.
    pub(crate) id: i64,
    /// A mail address.
    pub(crate) username: String,
    pub(crate) password_hash: String,
    pub(crate) full_name: String,
    pub(crate) roles: Vec<LibraryRole>,
    /// Whether they may sign in.
    #[serde(default = "yes")]
    pub(crate) enabled: bool,
    /// Now if it isn't known.
    pub(crate) created_at: Option<Moment>,
}

const fn yes() -> bool {
    true
}

/// Which roles of the file hold everywhere. Whoever takes users over decides that, and not the file.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Grants {
    /// Whether librarians of the file are librarians here. Otherwise they are that on the older library's face alone.
    #[serde(default)]
    pub(crate) grant_librarian: bool,
    /// Whether administrators of the file are administrators here. Otherwise they are refused.
    #[serde(default)]
    pub(crate) grant_admin: bool,
}

impl Grants {
    /// The roles of an account, and whether it is a librarian's on the older library's face alone.
    pub(crate) fn roles(self, of: &[LibraryRole]) -> Result<(Roles, bool), Violation> {
        let (admin, librarian) = (of.contains(&LibraryRole::Admin), of.contains(&LibraryRole::Librarian));
        if of.is_empty() {
            return Err(Violation::new("REQUIRED", "Must hold READER, LIBRARIAN or ADMIN."));
        }
        if admin && !self.grant_admin {
            let message = "Administrators are taken over only if who takes them over says so.";
            return Err(Violation::new("ADMIN_NOT_GRANTED", message));
        }
        let there_alone = librarian && !self.grant_librarian;
        let mut roles = Vec::new();
        if admin {
            roles.push(Role::Admin);
        }
        if librarian && self.grant_librarian {
            roles.push(Role::Librarian);
        }
        if of.contains(&LibraryRole::Reader) || roles.is_empty() {
            roles.push(Role::Reader);
        }
        Ok((Roles::new(roles), there_alone))
    }
}

/// A hash of bcrypt that can be verified, without the name of the function that some systems write before it.
pub(crate) fn bcrypt(text: &str) -> Result<&str, Violation> {
    let hash = text.strip_prefix("{bcrypt}").unwrap_or(text);
    let rest = BCRYPT.iter().find_map(|prefix| hash.strip_prefix(prefix));
    let parts = rest.and_then(|rest| rest.split_once('$'));
    let fits = |sign: u8| sign.is_ascii_alphanumeric() || matches!(sign, b'.' | b'/');
    match parts {
        Some((cost, signs)) if signs.len() == BCRYPT_SIGNS && signs.bytes().all(fits) => {
            let known = cost.len() == 2 && cost.parse().is_ok_and(|cost| BCRYPT_COSTS.contains(&cost));
            let wrong = || Violation::new("HASH_COST", "Hashes of bcrypt have a cost from 04 to 14.");
            if known { Ok(hash) } else { Err(wrong()) }
        }
        _ => Err(Violation::new("NOT_A_HASH", "Must be a hash of bcrypt, such as $2a$10$ and 53 signs.")),
    }
}

#[cfg(test)]
mod tests {
    use super::LibraryRole::{Admin, Librarian, Reader};
    use super::*;

    #[test]
    fn roles_of_the_file_hold_here_only_as_far_as_that_is_granted() {
        let closed = Grants::default();
        let open = Grants { grant_librarian: true, grant_admin: true };
        let code = |grants: Grants, of: &[LibraryRole]| grants.roles(of).unwrap_err().code;
        assert_eq!(closed.roles(&[Reader]), Ok((Roles::new([Role::Reader]), false)));
        assert_eq!(closed.roles(&[Librarian]), Ok((Roles::new([Role::Reader]), true)));
        assert_eq!(code(closed, &[Admin, Reader]), "ADMIN_NOT_GRANTED");
        assert_eq!(open.roles(&[Librarian]), Ok((Roles::new([Role::Librarian]), false)));
        assert_eq!(open.roles(&[Admin]), Ok((Roles::new([Role::Admin]), false)));
        assert_eq!(code(open, &[]), "REQUIRED");
    }

    #[test]
    fn a_hash_of_bcrypt_is_known_by_its_form() {
        let signs = "abcdefghijklmnopqrstuuXzDq6IoXo5fsmBBMx8nCQc.luqoCBF2";
        let hash = format!("$2a$10${signs}");
        assert_eq!(bcrypt(&hash), Ok(hash.as_str()));
        assert_eq!(bcrypt(&format!("{{bcrypt}}{hash}")), Ok(hash.as_str()));
        for bad in ["", "secret", "{noop}secret", "$argon2id$v=19$m=1,t=1,p=1$a$b", &hash[1..], &hash[..59]] {
            assert_eq!(bcrypt(bad).unwrap_err().code, "NOT_A_HASH", "{bad}");
        }
        for cost in ["03", "15", "1x"] {
            assert_eq!(bcrypt(&format!("$2b${cost}${signs}")).unwrap_err().code, "HASH_COST", "{cost}");
        }
    }
}
