//! The network address a request comes from.

mod hops;

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};

use hops::Hop;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::{HeaderMap, request::Parts};
use ipnet::IpNet;

use crate::http::HttpState;

/// The error for text that is not a network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an address or a network such as 10.0.0.0/8")]
pub struct NotANetwork(String);

/// Parses a range of IP addresses: `10.0.0.0/8`, `2001:db8::/32`, or a single address.
///
/// `IpNet` does not parse a single address, and reads `010.0.0.0/8` as `10.0.0.0/8`.
pub fn parse_network(text: &str) -> Result<IpNet, NotANetwork> {
    let network = || match text.split_once('/') {
        Some((address, prefix)) => IpNet::new(address.parse().ok()?, prefix.parse().ok()?).ok(),
        None => Some(text.parse::<IpAddr>().ok()?.into()),
    };
    network().ok_or_else(|| NotANetwork(text.to_owned()))
}

/// Whether the network is larger than any that one organisation has: `10.0.0.0/8`, or `fc00::/7` for private IPv6.
pub fn is_too_wide(network: &IpNet) -> bool {
    network.prefix_len() < if network.addr().is_ipv4() { 8 } else { 7 }
}

/// Trusted reverse proxies, whose `X-Forwarded-For` and `Forwarded` headers are believed.
#[derive(Debug, Default)]
pub struct Proxies {
    networks: Vec<IpNet>,
    /// Number of requests whose header has no address where one should be.
    unreadable: AtomicU64,
}

impl Proxies {
    pub fn new(networks: Vec<IpNet>) -> Self {
        Self {
            networks,
            unreadable: AtomicU64::new(0),
        }
    }

    pub fn networks(&self) -> &[IpNet] {
        &self.networks
    }

    /// Whether an address is that of a trusted proxy.
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.networks.iter().any(|network| network.contains(&address))
    }

    /// Number of requests that count under a proxy's address, because the proxy's header could not be read.
    pub fn unreadable(&self) -> u64 {
        self.unreadable.load(Ordering::Relaxed)
    }

    /// Returns the client's address behind the proxies: from the right, the first one that is not a trusted proxy.
    ///
    /// A header from any other peer is ignored, because the peer can invent it. `Forwarded` is read only without `X-Forwarded-For`.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let mut client = peer.to_canonical();
        if !self.contain(client) {
            return client;
        }
        let mut hops = hops::of(headers);
        while self.contain(client) {
            match hops.pop() {
                Some(Hop::Address(address)) => client = address.to_canonical(),
                Some(Hop::Unknown) => {
                    self.note_unreadable();
                    break;
                }
                None => break,
            }
        }
        client
    }

    /// Counts an unreadable header and logs one per 1,000. All visitors of such a proxy count as one address.
    fn note_unreadable(&self) {
        let before = self.unreadable.fetch_add(1, Ordering::Relaxed);
        if before.is_multiple_of(1000) {
            tracing::warn!(
                requests = before + 1,
                "a trusted proxy's X-Forwarded-For or Forwarded names no address: these requests count as the proxy's own"
            );
        }
    }
}

/// The address that a request counts for: an IPv4 address, or the /64 network of an IPv6 address.
///
/// A client that has one address of a /64 network has all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    pub fn new(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            v6 @ IpAddr::V6(_) => IpNet::new_assert(v6, 64).network(),
            v4 @ IpAddr::V4(_) => v4,
        })
    }

    /// The IPv4 address, or the first address of the IPv6 network.
    pub const fn address(&self) -> IpAddr {
        self.0
    }

    /// The /48 network around an IPv6 address, which one customer of a hosting company may have whole. `None` for IPv4.
    pub fn site(&self) -> Option<Self> {
        match self.0 {
            v6 @ IpAddr::V6(_) => Some(Self(IpNet::new_assert(v6, 48).network())),
            IpAddr::V4(_) => None,
        }
    }

    /// The address as bytes.
    pub fn bytes(&self) -> Vec<u8> {
        match self.0 {
            IpAddr::V4(address) => address.octets().to_vec(),
            IpAddr::V6(address) => address.octets().to_vec(),
        }
    }
}

impl<S> FromRequestParts<S> for ClientAddress
where
    S: Send + Sync,
    HttpState: FromRef<S>,
{
    type Rejection = Infallible;

    /// Uses the address `0.0.0.0` if the peer is unknown, as when a test calls the router directly.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
        Ok(Self::new(HttpState::from_ref(state).proxies.client(peer, &parts.headers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;
    use rstest::rstest;

    fn client(proxies: &[&str], peer: &str, forwarded: &str) -> String {
        by(proxies, peer, &[("x-forwarded-for", forwarded)]).0
    }

    /// Returns the client's address, and whether the header was unreadable.
    fn by(proxies: &[&str], peer: &str, headers: &[(&'static str, &str)]) -> (String, bool) {
        let proxies = Proxies::new(proxies.iter().map(|p| parse_network(p).unwrap()).collect());
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, HeaderValue::try_from(*value).unwrap());
        }
        let client = proxies.client(peer.parse().unwrap(), &map).to_string();
        (client, proxies.unreadable() > 0)
    }

    #[rstest]
    // Forms that load balancers and gateways write.
    #[case("198.51.100.7", "198.51.100.7", false)]
    #[case("198.51.100.7:51234", "198.51.100.7", false)]
    #[case(" 198.51.100.7 ,", "198.51.100.7", false)]
    #[case("198.51.100.7,,", "198.51.100.7", false)]
    #[case("\"198.51.100.7\"", "198.51.100.7", false)]
    #[case("\"198.51.100.7:443\"", "198.51.100.7", false)]
    #[case("2001:db8::7", "2001:db8::7", false)]
    #[case("[2001:db8::7]", "2001:db8::7", false)]
    #[case("[2001:db8::7]:443", "2001:db8::7", false)]
    #[case("\"[2001:db8::7]:443\"", "2001:db8::7", false)]
    #[case("fe80::1%eth0", "fe80::1", false)]
    #[case("::ffff:198.51.100.7", "198.51.100.7", false)]
    #[case("10.9.9.9, 198.51.100.7:1, 192.0.2.2:2", "198.51.100.7", false)]
    #[case("unknown, 198.51.100.7", "198.51.100.7", false)]
    // Headers without an address.
    #[case("unknown", "192.0.2.1", true)]
    #[case("198.51.100.7, unknown", "192.0.2.1", true)]
    #[case("198.51.100.7, unknown, 192.0.2.2", "192.0.2.2", true)]
    #[case("_hidden", "192.0.2.1", true)]
    #[case("_hidden:_port", "192.0.2.1", true)]
    #[case("198.51.100.7:99999", "192.0.2.1", true)]
    #[case("198.51.100.7:", "192.0.2.1", true)]
    #[case("[198.51.100.7]:1", "192.0.2.1", true)]
    #[case("[2001:db8::7", "192.0.2.1", true)]
    #[case("198.51.100", "192.0.2.1", true)]
    #[case("client.example.org", "192.0.2.1", true)]
    // An empty header is not an unreadable one.
    #[case("", "192.0.2.1", false)]
    #[case(",", "192.0.2.1", false)]
    fn x_forwarded_for_is_read_as_proxies_write_it(#[case] header: &str, #[case] client: &str, #[case] warned: bool) {
        let found = by(&["192.0.2.0/24"], "192.0.2.1", &[("x-forwarded-for", header)]);
        assert_eq!(found, (client.to_owned(), warned));
    }

    #[rstest]
    // The examples of RFC 7239, and other allowed forms.
    #[case("for=198.51.100.7", "198.51.100.7", false)]
    #[case("For=198.51.100.7;proto=http;by=203.0.113.43", "198.51.100.7", false)]
    #[case("for=\"[2001:db8:cafe::17]:4711\"", "2001:db8:cafe::17", false)]
    #[case("for=\"198.51.100.7:47011\"", "198.51.100.7", false)]
    #[case("for=192.0.2.43, for=198.51.100.17", "198.51.100.17", false)]
    #[case("for=198.51.100.17, for=192.0.2.43", "198.51.100.17", false)]
    #[case("proto=https ; for = 198.51.100.7", "198.51.100.7", false)]
    #[case("host=\"a,b;for=10.0.0.1\";for=198.51.100.7", "198.51.100.7", false)]
    #[case("host=\"a\\\"b\";for=198.51.100.7", "198.51.100.7", false)]
    #[case("for=\"198.51.100\\.7\"", "198.51.100.7", false)]
    #[case("for=198.51.100.7,", "198.51.100.7", false)]
    #[case("by=203.0.113.43", "192.0.2.1", true)]
    #[case("for=unknown", "192.0.2.1", true)]
    #[case("for=\"_gazonk\"", "192.0.2.1", true)]
    #[case("for=198.51.100.7, for=_hidden", "192.0.2.1", true)]
    #[case("for=\"198.51.100.7", "192.0.2.1", true)]
    #[case("198.51.100.7", "192.0.2.1", true)]
    fn forwarded_is_read_as_its_rfc_has_it(#[case] header: &str, #[case] client: &str, #[case] warned: bool) {
        let found = by(&["192.0.2.0/24"], "192.0.2.1", &[("forwarded", header)]);
        assert_eq!(found, (client.to_owned(), warned));
    }

    #[test]
    fn several_lines_are_one_list_and_the_usual_header_comes_first() {
        let lines = [("x-forwarded-for", "198.51.100.7"), ("x-forwarded-for", "192.0.2.2")];
        assert_eq!(by(&["192.0.2.0/24"], "192.0.2.1", &lines).0, "198.51.100.7");
        let lines = [("forwarded", "for=198.51.100.7"), ("forwarded", "for=192.0.2.2")];
        assert_eq!(by(&["192.0.2.0/24"], "192.0.2.1", &lines).0, "198.51.100.7");
        let both = [("forwarded", "for=10.9.9.9"), ("x-forwarded-for", "198.51.100.7")];
        assert_eq!(by(&["192.0.2.0/24"], "192.0.2.1", &both).0, "198.51.100.7");
        // From an untrusted peer neither header is read, and none is warned about.
        let made_up = [("forwarded", "for=10.9.9.9"), ("x-forwarded-for", "unknown")];
        assert_eq!(by(&["192.0.2.0/24"], "203.0.113.5", &made_up), ("203.0.113.5".to_owned(), false));
    }

    #[test]
    fn a_network_of_strangers_is_too_wide() {
        for wide in ["0.0.0.0/0", "128.0.0.0/1", "0.0.0.0/7", "::/0", "2000::/3", "::/6"] {
            assert!(is_too_wide(&parse_network(wide).unwrap()), "{wide}");
        }
        for fine in ["10.0.0.0/8", "127.0.0.1", "fc00::/7", "2001:db8::/32", "::1"] {
            assert!(!is_too_wide(&parse_network(fine).unwrap()), "{fine}");
        }
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed() {
        assert_eq!(client(&[], "192.0.2.1", "198.51.100.7"), "192.0.2.1");
        assert_eq!(client(&["192.0.2.0/24"], "192.0.2.1", "198.51.100.7"), "198.51.100.7");
        // What the client itself wrote is further left than what our proxy saw.
        assert_eq!(client(&["192.0.2.0/24"], "192.0.2.1", "10.9.9.9, 198.51.100.7"), "198.51.100.7");
        assert_eq!(
            client(&["192.0.2.1", "::1"], "::ffff:192.0.2.1", "198.51.100.7, ::1"),
            "198.51.100.7"
        );
        assert_eq!(client(&["192.0.2.1"], "192.0.2.1", "rubbish"), "192.0.2.1");
    }

    #[test]
    fn a_network_is_read_or_refused() {
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "host", "10.0.0.0/x", "010.0.0.0/8"] {
            assert!(parse_network(wrong).is_err(), "{wrong}");
        }
        let contains = |network: &str, address: &str| Proxies::new(vec![parse_network(network).unwrap()]).contain(address.parse().unwrap());
        assert!(contains("0.0.0.0/0", "203.0.113.9"));
        assert!(!contains("10.0.0.0/8", "11.0.0.1"));
        assert!(contains("2001:db8::/32", "2001:db8:1::1"));
    }

    #[test]
    fn an_ipv6_home_is_one_client() {
        let key = |a: &str| ClientAddress::new(a.parse().unwrap());
        assert_eq!(key("2001:db8:1:2::3"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::3"), key("2001:db8:1:3::3"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
        assert_eq!(key("2001:db8:1:2::3").site(), key("2001:db8:1:ffff::9").site());
        assert_ne!(key("2001:db8:1:2::3").site(), key("2001:db8:2:2::3").site());
        assert_eq!(key("192.0.2.1").site(), None);
    }
}
