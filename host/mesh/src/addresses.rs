//! Which addresses a request to the outside may reach.
//!
//! A component may be allowed to call `https://*`, and whoever has a name's zone can let it resolve to anything: to the
//! host itself, to a database beside it, to the metadata of a cloud. So the address that is about to be connected to is
//! what decides, and what isn't public is reached only if the operator named it.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// IPv4 blocks that are not globally reachable: IANA's registry of special-purpose addresses (RFC 6890), multicast
/// (RFC 5771), and the former class E.
const SPECIAL_V4: [Ipv4Net; 16] = [
    v4(0, 0, 0, 0, 8),
    v4(10, 0, 0, 0, 8),
    v4(100, 64, 0, 0, 10),
    v4(127, 0, 0, 0, 8),
    v4(169, 254, 0, 0, 16),
    v4(172, 16, 0, 0, 12),
    v4(192, 0, 0, 0, 24),
    v4(192, 0, 2, 0, 24),
    v4(192, 31, 196, 0, 24),
    v4(192, 88, 99, 0, 24),
    v4(192, 168, 0, 0, 16),
    v4(198, 18, 0, 0, 15),
    v4(198, 51, 100, 0, 24),
    v4(203, 0, 113, 0, 24),
    v4(224, 0, 0, 0, 4),
    v4(240, 0, 0, 0, 4),
];

/// The only IPv6 addresses that are given out to the internet (RFC 4291, IANA's registry). Loopback, link-local,
/// unique-local, site-local, multicast, mapped and translated ones are outside of it.
const GLOBAL_V6: Ipv6Net = v6(0x2000_0000 << 96, 3);

/// What is special within it: protocol assignments with Teredo, documentation, 6to4, documentation again.
const SPECIAL_V6: [Ipv6Net; 4] = [
    v6(0x2001_0000 << 96, 23),
    v6(0x2001_0db8 << 96, 32),
    v6(0x2002_0000 << 96, 16),
    v6(0x3fff_0000 << 96, 20),
];

/// IPv6 blocks whose addresses stand for an IPv4 address in their last 32 bits: mapped (RFC 4291) and NAT64 (RFC 6052).
const EMBEDDING: [Ipv6Net; 2] = [v6(0xffff << 32, 96), v6(0x0064_ff9b << 96, 96)];

const fn v4(a: u8, b: u8, c: u8, d: u8, prefix: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), prefix)
}

const fn v6(bits: u128, prefix: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::from_bits(bits), prefix)
}

/// The addresses that may be reached: all public ones, and those that the operator named.
///
/// Written as a list with commas of ranges (`10.1.0.0/16`), addresses (`10.1.2.3`, `fd00::1`) and host names
/// (`intranet.example.org`, whatever it resolves to).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Addresses {
    ranges: Vec<IpNet>,
    hosts: BTreeSet<String>,
}

/// An entry of the list that is none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is neither a range such as `10.1.0.0/16`, nor an address, nor a host name")]
pub struct InvalidRange(String);

impl Addresses {
    /// Whether `address`, to which `host` resolved, may be connected to.
    pub fn permit(&self, host: &str, address: IpAddr) -> bool {
        let is_named = |address: IpAddr| self.ranges.iter().any(|range| range.contains(&address));
        if self.names(host) {
            return true;
        }
        match embedded(address) {
            // Both: naming the block of a NAT64 opens the public internet behind it, not the private networks.
            Some(inner) => is_named(address) && (is_public(inner) || is_named(inner)),
            None => is_public(address) || is_named(address),
        }
    }

    /// Whether the operator named this host, which may then be anywhere.
    pub fn names(&self, host: &str) -> bool {
        self.hosts.contains(&canonical(host))
    }

    /// The list as it is written; empty if nothing was named.
    pub fn to_list(&self) -> String {
        let ranges = self.ranges.iter().map(ToString::to_string);
        ranges.chain(self.hosts.iter().cloned()).collect::<Vec<_>>().join(",")
    }
}

impl FromStr for Addresses {
    type Err = InvalidRange;

    fn from_str(text: &str) -> Result<Self, InvalidRange> {
        let mut addresses = Self::default();
        for entry in text.split(',').map(str::trim).filter(|entry| !entry.is_empty()) {
            let range = entry.parse::<IpNet>().ok().or_else(|| entry.parse::<IpAddr>().ok().map(IpNet::from));
            match range {
                Some(range) => addresses.ranges.push(range.trunc()),
                None if is_host_name(entry) => {
                    addresses.hosts.insert(canonical(entry));
                }
                None => return Err(InvalidRange(entry.to_owned())),
            }
        }
        Ok(addresses)
    }
}

/// Whether the internet routes this address to whoever it was given to.
pub fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.iter().any(|block| block.contains(&address)),
        IpAddr::V6(address) => {
            GLOBAL_V6.contains(&address) && !SPECIAL_V6.iter().any(|block| block.contains(&address))
        }
    }
}

fn embedded(address: IpAddr) -> Option<IpAddr> {
    let IpAddr::V6(address) = address else { return None };
    let [.., a, b, c, d] = address.octets();
    EMBEDDING.iter().any(|block| block.contains(&address)).then(|| Ipv4Addr::new(a, b, c, d).into())
}

fn canonical(host: &str) -> String {
    host.strip_suffix('.').unwrap_or(host).to_ascii_lowercase()
}

/// A name with a letter in its last label: `10.1` and `0x7f.1` are addresses that resolvers take for such.
fn is_host_name(text: &str) -> bool {
    let host = canonical(text);
    let last = host.rsplit('.').next().unwrap_or_default();
    crate::policy::is_name(&host) && last.starts_with(|letter: char| letter.is_ascii_alphabetic())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(list: &str) -> Addresses {
        list.parse().unwrap()
    }

    fn permits(list: &str, host: &str, address: &str) -> bool {
        addresses(list).permit(host, address.parse().unwrap())
    }

    #[test]
    fn what_is_public_may_be_reached() {
        for address in ["8.8.8.8", "100.63.255.255", "172.32.0.1", "192.0.1.1", "2606:4700::1", "2a00::1"] {
            assert!(permits("", "example.org", address), "{address}");
        }
    }

    #[test]
    fn what_is_not_public_may_not_be_reached_unless_it_was_named() {
        for address in [
            "0.0.0.0",
            "10.0.0.1",
            "100.64.0.1",
            "127.0.0.1",
            "127.255.255.254",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.8",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "239.255.255.255",
            "255.255.255.255",
            "::",
            "::1",
            "::7f00:1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "100::1",
            "2001::1",
            "2001:db8::1",
            "2002:7f00:1::",
            "64:ff9b:1::7f00:1",
        ] {
            assert!(!permits("", "example.org", address), "{address}");
            assert!(permits(address, "example.org", address), "{address} by itself");
            assert!(permits("Example.org.", "example.org", address), "{address} by its host");
            assert!(!permits("other.example.org", "example.org", address), "{address} by another host");
        }
    }

    #[test]
    fn an_address_inside_another_one_counts_too() {
        for outer in ["::ffff", "64:ff9b:"] {
            for (inner, is_public) in [("8.8.8.8", true), ("127.0.0.1", false), ("10.1.2.3", false)] {
                let address = format!("{outer}:{inner}");
                let block = format!("{outer}:0.0.0.0/96");
                assert!(!permits("", "example.org", &address), "{address}");
                assert!(!permits(inner, "example.org", &address), "{address} by {inner}");
                assert_eq!(permits(&block, "example.org", &address), is_public, "{address} by {block}");
                assert!(permits(&format!("{block},{inner}"), "example.org", &address), "{address} by both");
            }
        }
    }

    #[test]
    fn a_range_opens_what_is_in_it() {
        let list = " 10.1.0.0/16 ,fd00:1::/32,";
        assert!(permits(list, "a.example", "10.1.255.255") && permits(list, "a.example", "fd00:1:2::3"));
        assert!(!permits(list, "a.example", "10.2.0.0") && !permits(list, "a.example", "fd00:2::"));
        assert_eq!(addresses(list).to_list(), "10.1.0.0/16,fd00:1::/32");
        assert_eq!(
            addresses(&addresses("10.1.2.3/16,db.example").to_list()),
            addresses("10.1.0.0/16,DB.example.")
        );
    }

    #[test]
    fn what_is_no_range_is_refused() {
        for wrong in
            ["10.0.0.0/33", "10.1", "0x7f000001", "2130706433", "http://a", "a b", "fd00::/129", "*", "-a"]
        {
            assert_eq!(wrong.parse::<Addresses>(), Err(InvalidRange(wrong.to_owned())), "{wrong}");
        }
    }
}
