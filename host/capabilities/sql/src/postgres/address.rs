//! A PostgreSQL URL, with what the client library leaves to its users: TLS, and one address a host.

use std::path::PathBuf;
use std::time::Duration;

use percent_encoding::percent_decode_str;
use tokio_postgres::Config;
use tokio_postgres::config::{Host, SslMode, TargetSessionAttrs};

use super::error::describe;
use crate::Error;

/// How the server must show who it is, by the URL's `sslmode`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Trust {
    /// Not at all: `disable`, or `prefer` where TLS keeps out only those who merely listen.
    Anyone,
    /// By a certificate for its host name: `require`, `verify-ca` and `verify-full`. It must come from an
    /// authority in this file (`sslrootcert`), or else from one that the system trusts.
    Verified(Option<PathBuf>),
}

/// What a URL says.
#[derive(Debug)]
pub(super) struct Address {
    /// One for each host, in the URL's order.
    pub(super) hosts: Vec<Config>,
    pub(super) trust: Trust,
}

impl Address {
    /// Reads a URL, and adds to it what every connection of `service` has.
    pub(super) fn parse(url: &str, service: &str, settings: &str) -> Result<Self, Error> {
        let (rest, parameters) = split(url);
        let mut config: Config = rest
            .parse()
            .map_err(|error| Error::Invalid(format!("the database's URL: {}", describe(&error))))?;
        let (mode, trust) = security(&parameters)?;
        config.ssl_mode(mode);
        config.target_session_attrs(session(parameters.session.as_deref())?);
        let given = config.get_options().unwrap_or_default().to_owned();
        config.options(format!("{given} {settings}"));
        config.application_name(format!("lyceum-{service}"));
        config.connect_timeout(Duration::from_secs(5));
        config.keepalives_idle(Duration::from_secs(5));
        config.keepalives_interval(Duration::from_secs(2));
        config.keepalives_retries(3);
        config.tcp_user_timeout(Duration::from_secs(15));
        Ok(Self { hosts: hosts(&config)?, trust })
    }

    /// The same for two addresses if and only if they are of the same server, and of the same role there.
    pub(super) fn server(&self) -> String {
        let place = |host: &Config| {
            format!("{:?} {:?} {:?}", host.get_hosts(), host.get_hostaddrs(), host.get_ports())
        };
        let role = self.hosts.first().and_then(|host| host.get_user()).unwrap_or_default();
        let places: Vec<_> = self.hosts.iter().map(place).collect();
        format!("{role:?} {places:?}")
    }
}

/// Parameters that are read here.
#[derive(Default)]
struct Parameters {
    mode: Option<String>,
    roots: Option<String>,
    session: Option<String>,
}

/// The URL without our parameters, and these.
fn split(url: &str) -> (String, Parameters) {
    // As the client library reads it: a password before the `@` may hold a `?`.
    let from = url.find('@').unwrap_or_default();
    let mut parameters = Parameters::default();
    let Some((before, query)) = url.get(from..).and_then(|rest| rest.split_once('?')) else {
        return (url.to_owned(), parameters);
    };
    let mut others = Vec::new();
    for pair in query.split('&') {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let value = || Some(percent_decode_str(value).decode_utf8_lossy().into_owned());
        match name {
            "sslmode" => parameters.mode = value(),
            "sslrootcert" => parameters.roots = value(),
            "target_session_attrs" => parameters.session = value(),
            _ => others.push(pair),
        }
    }
    let credentials = url.get(..from).unwrap_or_default();
    let mark = if others.is_empty() { "" } else { "?" };
    (format!("{credentials}{before}{mark}{}", others.join("&")), parameters)
}

fn security(parameters: &Parameters) -> Result<(SslMode, Trust), Error> {
    let roots = parameters.roots.as_ref().map(PathBuf::from);
    match parameters.mode.as_deref() {
        // Trusting certain authorities only makes sense for a server that has to show itself.
        None | Some("prefer") if roots.is_some() => Err(Error::Invalid(
            "the database's URL: sslrootcert needs sslmode=verify-full (or require)".into(),
        )),
        None | Some("prefer") => Ok((SslMode::Prefer, Trust::Anyone)),
        Some("disable") => Ok((SslMode::Disable, Trust::Anyone)),
        Some("require" | "verify-ca" | "verify-full") => Ok((SslMode::Require, Trust::Verified(roots))),
        Some(_) => Err(Error::Invalid(
            "the database's URL: sslmode is one of disable, prefer, require, verify-ca and verify-full"
                .into(),
        )),
    }
}

/// A standby can't take what a service writes, so it is passed over unless the URL says `any`.
fn session(wanted: Option<&str>) -> Result<TargetSessionAttrs, Error> {
    match wanted {
        None | Some("read-write" | "primary") => Ok(TargetSessionAttrs::ReadWrite),
        Some("any") => Ok(TargetSessionAttrs::Any),
        Some(_) => Err(Error::Invalid(
            "the database's URL: target_session_attrs is read-write, primary or any, since services write"
                .into(),
        )),
    }
}

/// The same for each host by itself.
fn hosts(config: &Config) -> Result<Vec<Config>, Error> {
    let (names, addresses, ports) = (config.get_hosts(), config.get_hostaddrs(), config.get_ports());
    let count = names.len().max(addresses.len());
    let counts = [names.len(), addresses.len(), ports.len().saturating_sub(usize::from(ports.len() == 1))];
    if count == 0 || counts.iter().any(|&number| number != 0 && number != count) {
        return Err(Error::Invalid(
            "the database's URL needs a host, and as many ports as hosts or a single one".into(),
        ));
    }
    let host = |index: usize| {
        let mut one = Config::new();
        if let Some(user) = config.get_user() {
            one.user(user);
        }
        if let Some(password) = config.get_password() {
            one.password(password);
        }
        if let Some(database) = config.get_dbname() {
            one.dbname(database);
        }
        one.options(config.get_options().unwrap_or_default());
        one.application_name(config.get_application_name().unwrap_or_default());
        one.ssl_mode(config.get_ssl_mode()).ssl_negotiation(config.get_ssl_negotiation());
        one.channel_binding(config.get_channel_binding());
        one.target_session_attrs(config.get_target_session_attrs());
        one.keepalives(config.get_keepalives()).keepalives_idle(config.get_keepalives_idle());
        if let Some(time) = config.get_connect_timeout() {
            one.connect_timeout(*time);
        }
        if let Some(time) = config.get_tcp_user_timeout() {
            one.tcp_user_timeout(*time);
        }
        if let Some(time) = config.get_keepalives_interval() {
            one.keepalives_interval(time);
        }
        if let Some(number) = config.get_keepalives_retries() {
            one.keepalives_retries(number);
        }
        match names.get(index) {
            Some(Host::Tcp(name)) => drop(one.host(name)),
            #[cfg(unix)]
            Some(Host::Unix(folder)) => drop(one.host_path(folder)),
            None => {}
        }
        if let Some(address) = addresses.get(index) {
            one.hostaddr(*address);
        }
        if let Some(port) = ports.get(index).or(ports.first()) {
            one.port(*port);
        }
        one
    };
    Ok((0..count).map(host).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(url: &str) -> Result<Address, Error> {
        Address::parse(url, "things", "-c a=b")
    }

    #[test]
    fn tls_is_never_weaker_than_asked() {
        for (query, mode, trust) in [
            ("", SslMode::Prefer, Trust::Anyone),
            ("?sslmode=prefer", SslMode::Prefer, Trust::Anyone),
            ("?sslmode=disable", SslMode::Disable, Trust::Anyone),
            ("?sslmode=require", SslMode::Require, Trust::Verified(None)),
            ("?sslmode=verify-ca", SslMode::Require, Trust::Verified(None)),
            ("?connect_timeout=3&sslmode=verify-full", SslMode::Require, Trust::Verified(None)),
            ("?sslmode=require&sslrootcert=%2Fa%20b", SslMode::Require, Trust::Verified(Some("/a b".into()))),
        ] {
            let address = parse(&format!("postgres://me:a?b@db/lyceum{query}")).unwrap();
            assert_eq!((address.hosts[0].get_ssl_mode(), &address.trust), (mode, &trust), "{query}");
            assert_eq!(address.hosts[0].get_password(), Some(&b"a?b"[..]));
        }
    }

    #[test]
    fn what_is_not_understood_is_refused_without_the_password() {
        for query in [
            "?sslmode=allow",
            "?sslmode=REQUIRE",
            "?sslmode",
            "?sslrootcert=/a",
            "?target_session_attrs=standby",
            "?nonsense=1",
            "?port=x",
        ] {
            let error = parse(&format!("postgres://me:hunter2@db/lyceum{query}")).unwrap_err();
            assert!(matches!(&error, Error::Invalid(_)), "{query}: {error}");
            assert!(!error.to_string().contains("hunter2"), "{error}");
        }
        assert!(matches!(parse("postgres:///lyceum"), Err(Error::Invalid(_))));
    }

    #[test]
    fn each_host_has_its_own_address() {
        let address = parse("postgres://me@a:1,b:2,c/lyceum?target_session_attrs=any").unwrap();
        let hosts: Vec<_> =
            address.hosts.iter().map(|host| (host.get_hosts().to_vec(), host.get_ports().to_vec())).collect();
        let expected = [("a", 1), ("b", 2), ("c", 5432)];
        assert_eq!(hosts, expected.map(|(host, port)| (vec![Host::Tcp(host.into())], vec![port])));
        let one = &address.hosts[1];
        assert_eq!(one.get_options(), Some(" -c a=b"));
        assert_eq!(one.get_application_name(), Some("lyceum-things"));
        assert_eq!(one.get_target_session_attrs(), TargetSessionAttrs::Any);
        assert_eq!(
            parse("postgres://db/x").unwrap().hosts[0].get_target_session_attrs(),
            TargetSessionAttrs::ReadWrite
        );
    }
}
