//! Where Redis is.

use crate::Error;

/// A server, or some nodes of a cluster, each as a URL that the client takes.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Address {
    Server(String),
    Cluster(Vec<String>),
}

impl Address {
    /// What is wrong is told without the address, which may hold a password.
    pub(super) fn parse(text: &str) -> Result<Self, Error> {
        let wrong = || Error::Other("the address of Redis must be like redis://host:port".to_owned());
        let (scheme, rest) = text.split_once("://").filter(|(_, rest)| !rest.is_empty()).ok_or_else(wrong)?;
        match scheme {
            "redis" | "rediss" => Ok(Self::Server(text.to_owned())),
            "redis+cluster" | "rediss+cluster" => {
                let scheme = scheme.trim_end_matches("+cluster");
                let (who, nodes) = rest.rsplit_once('@').map_or(("", rest), |(who, nodes)| (who, nodes));
                let at = if who.is_empty() { "" } else { "@" };
                let nodes = nodes.trim_end_matches('/').split(',');
                Ok(Self::Cluster(nodes.map(|node| format!("{scheme}://{who}{at}{node}")).collect()))
            }
            _ => Err(wrong()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_and_clusters() {
        let address = |text: &str| Address::parse(text).unwrap();
        assert_eq!(address("rediss://a:1/2"), Address::Server("rediss://a:1/2".into()));
        assert_eq!(
            address("redis+cluster://me:secret@a:1,b:2/"),
            Address::Cluster(vec!["redis://me:secret@a:1".into(), "redis://me:secret@b:2".into()])
        );
        assert_eq!(address("rediss+cluster://a:1"), Address::Cluster(vec!["rediss://a:1".into()]));
    }

    #[test]
    fn others_are_refused_without_their_passwords() {
        for text in ["redis://", "http://a", "me:secret@a"] {
            let error = Address::parse(text).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }
}
