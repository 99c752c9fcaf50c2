//! Where a request comes from.

use std::convert::Infallible;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use axum::extract::{ConnectInfo, FromRef, FromRequestParts};
use axum::http::{HeaderMap, request::Parts};

use super::DoorState;

/// A range of addresses: `10.0.0.0/8`, `2001:db8::/32`, or one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    prefix: u8,
}

/// Text that is no network.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not an address or a network such as 10.0.0.0/8")]
pub struct NotANetwork(String);

impl FromStr for Network {
    type Err = NotANetwork;

    fn from_str(text: &str) -> Result<Self, NotANetwork> {
        let wrong = || NotANetwork(text.to_owned());
        let (address, prefix) = text.split_once('/').map_or((text, None), |(a, p)| (a, Some(p)));
        let address: IpAddr = address.parse().map_err(|_| wrong())?;
        let longest = if address.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.map_or(Ok(longest), str::parse).map_err(|_| wrong())?;
        (prefix <= longest).then_some(Self { address, prefix }).ok_or_else(wrong)
    }
}

impl Network {
    fn contains(&self, address: IpAddr) -> bool {
        match (self.address, address) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - u32::from(self.prefix)).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - u32::from(self.prefix)).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

/// The proxies in front of the server whose `X-Forwarded-For` is believed.
#[derive(Clone, Debug, Default)]
pub struct Proxies(pub Vec<Network>);

impl Proxies {
    /// Whether an address is that of a proxy in front.
    #[must_use]
    pub fn contain(&self, address: IpAddr) -> bool {
        let address = address.to_canonical();
        self.0.iter().any(|network| network.contains(address))
    }

    /// The address of whoever is behind the proxies: read from the right, the first one that is no proxy of ours.
    /// A header from anybody else is their invention and is not looked at.
    fn client(&self, peer: IpAddr, headers: &HeaderMap) -> IpAddr {
        let named = headers.get_all("x-forwarded-for").iter().filter_map(|line| line.to_str().ok());
        let mut hops: Vec<&str> = named.flat_map(|line| line.split(',')).map(str::trim).collect();
        let mut client = peer.to_canonical();
        while self.contain(client) {
            match hops.pop().map(str::parse::<IpAddr>) {
                Some(Ok(address)) => client = address.to_canonical(),
                _ => break,
            }
        }
        client
    }
}

/// Who a request is counted for: an IPv4 address, or the /64 network of an IPv6 address, since whoever has one address
/// there has all of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ClientAddress(IpAddr);

impl ClientAddress {
    /// The key of an address.
    #[must_use]
    pub fn new(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() & !u128::from(u64::MAX))),
            v4 @ IpAddr::V4(_) => v4,
        })
    }

    /// The address itself: IPv4, or the first one of the IPv6 network.
    #[must_use]
    pub const fn address(&self) -> IpAddr {
        self.0
    }

    /// The /48 network around an IPv6 address, which one customer of a hosting company has whole; `None` for an IPv4 address.
    #[must_use]
    pub fn site(&self) -> Option<Self> {
        match self.0 {
            IpAddr::V6(v6) => Some(Self(IpAddr::V6(Ipv6Addr::from_bits(v6.to_bits() >> 80 << 80)))),
            IpAddr::V4(_) => None,
        }
    }

    /// What tells one from another.
    #[must_use]
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
    DoorState: FromRef<S>,
{
    type Rejection = Infallible;

    /// Without a known peer, as when a test calls the router directly, the address is `0.0.0.0`.
    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Infallible> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |ConnectInfo(address)| address.ip());
        Ok(Self::new(DoorState::from_ref(state).proxies.client(peer, &parts.headers)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn client(proxies: &[&str], peer: &str, forwarded: &str) -> String {
        let proxies = Proxies(proxies.iter().map(|p| p.parse().unwrap()).collect());
        let headers = [("x-forwarded-for".parse().unwrap(), HeaderValue::try_from(forwarded).unwrap())];
        proxies.client(peer.parse().unwrap(), &headers.into_iter().collect()).to_string()
    }

    #[test]
    fn only_a_proxy_of_ours_is_believed() {
        assert_eq!(client(&[], "192.0.2.1", "198.51.100.7"), "192.0.2.1");
        assert_eq!(client(&["192.0.2.0/24"], "192.0.2.1", "198.51.100.7"), "198.51.100.7");
        // What the client itself put in front is further left than what our proxy saw.
        assert_eq!(client(&["192.0.2.0/24"], "192.0.2.1", "10.9.9.9, 198.51.100.7"), "198.51.100.7");
        assert_eq!(
            client(&["192.0.2.1", "::1"], "::ffff:192.0.2.1", "198.51.100.7, ::1"),
            "198.51.100.7"
        );
        assert_eq!(client(&["192.0.2.1"], "192.0.2.1", "rubbish"), "192.0.2.1");
    }

    #[test]
    fn a_network_is_read_or_refused() {
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "::/129", "host", "10.0.0.0/x"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        assert!("0.0.0.0/0".parse::<Network>().unwrap().contains("203.0.113.9".parse().unwrap()));
        assert!(!"10.0.0.0/8".parse::<Network>().unwrap().contains("11.0.0.1".parse().unwrap()));
        assert!(
            "2001:db8::/32"
                .parse::<Network>()
                .unwrap()
                .contains("2001:db8:1::1".parse().unwrap())
        );
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
