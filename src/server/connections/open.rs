//! The table of open connections.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Notify;
use tokio::time::Instant;

use crate::http::client::ClientAddress;

/// The table of open connections. Cheap to clone.
#[derive(Clone, Debug)]
pub(super) struct ConnectionTable {
    most: usize,
    per_address: usize,
    table: Arc<Mutex<Table>>,
}

#[derive(Debug, Default)]
struct Table {
    next: u64,
    connections: HashMap<u64, Connection>,
}

#[derive(Debug)]
struct Connection {
    /// The client's address; `None` for a trusted proxy, whose connections serve many clients.
    address: Option<ClientAddress>,
    /// The number of requests not yet fully answered.
    busy: u32,
    /// When the last request ended.
    idle_since: Instant,
    /// The connection was told to close and no longer counts.
    ending: bool,
    end: Arc<Notify>,
}

/// An open connection; removed from the table when dropped.
#[derive(Debug)]
pub(super) struct Entry {
    id: u64,
    table: Arc<Mutex<Table>>,
    end: Arc<Notify>,
}

/// A request under way; its connection counts as busy until this is dropped.
#[derive(Debug)]
pub(super) struct Busy {
    id: u64,
    table: Arc<Mutex<Table>>,
}

impl ConnectionTable {
    pub(super) fn new(most: usize, per_address: usize) -> Self {
        Self {
            most,
            per_address,
            table: Arc::default(),
        }
    }

    /// Adds a connection. If too many are open, tells an idle one to close; returns `None` if none is idle.
    pub(super) fn enter(&self, peer: IpAddr, is_proxy: bool) -> Option<Entry> {
        let address = (!is_proxy).then(|| ClientAddress::new(peer));
        let mut table = lock(&self.table);
        if address.is_some() && table.of(address) >= self.per_address && !table.end_one_of(|of| of == address) {
            return None;
        }
        if table.counted().count() >= self.most {
            let most = table.address_with_most();
            if !table.end_one_of(|of| of == most) && !table.end_one_of(|_| true) {
                return None;
            }
        }
        let (id, end) = (table.next, Arc::new(Notify::new()));
        table.next += 1;
        table.connections.insert(
            id,
            Connection {
                address,
                busy: 0,
                idle_since: Instant::now(),
                ending: false,
                end: Arc::clone(&end),
            },
        );
        Some(Entry {
            id,
            table: Arc::clone(&self.table),
            end,
        })
    }
}

impl Table {
    fn counted(&self) -> impl Iterator<Item = &Connection> {
        self.connections.values().filter(|connection| !connection.ending)
    }

    fn of(&self, address: Option<ClientAddress>) -> usize {
        self.counted().filter(|connection| connection.address == address).count()
    }

    /// Returns the address with the most connections. Connections of proxies do not count.
    fn address_with_most(&self) -> Option<ClientAddress> {
        let mut by_address: HashMap<ClientAddress, usize> = HashMap::new();
        for address in self.counted().filter_map(|connection| connection.address) {
            *by_address.entry(address).or_default() += 1;
        }
        by_address.into_iter().max_by_key(|(_, count)| *count).map(|(address, _)| address)
    }

    /// Tells the longest idle connection with a matching address to close. Returns false if none is idle.
    fn end_one_of(&mut self, meant: impl Fn(Option<ClientAddress>) -> bool) -> bool {
        let at_rest = self.connections.values_mut();
        let at_rest = at_rest.filter(|connection| !connection.ending && connection.busy == 0 && meant(connection.address));
        let Some(longest) = at_rest.min_by_key(|connection| connection.idle_since) else {
            return false;
        };
        longest.ending = true;
        longest.end.notify_one();
        true
    }
}

impl Entry {
    /// Waits until the connection must close in favour of another.
    pub(super) async fn closing(&self) {
        self.end.notified().await;
    }

    /// Waits until the connection has been idle for `time`.
    pub(super) async fn idle_for(&self, time: Duration) {
        let began = Instant::now();
        loop {
            let rest = match lock(&self.table).connections.get(&self.id) {
                Some(connection) if connection.busy > 0 => Duration::ZERO,
                Some(connection) => connection.idle_since.max(began).elapsed(),
                None => return,
            };
            match time.checked_sub(rest) {
                Some(left) if !left.is_zero() => tokio::time::sleep(left).await,
                _ => return,
            }
        }
    }

    /// Marks the start of a request.
    pub(super) fn busy(&self) -> Busy {
        if let Some(connection) = lock(&self.table).connections.get_mut(&self.id) {
            connection.busy += 1;
        }
        Busy {
            id: self.id,
            table: Arc::clone(&self.table),
        }
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        lock(&self.table).connections.remove(&self.id);
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        if let Some(connection) = lock(&self.table).connections.get_mut(&self.id) {
            connection.busy = connection.busy.saturating_sub(1);
            connection.idle_since = Instant::now();
        }
    }
}

fn lock(table: &Mutex<Table>) -> std::sync::MutexGuard<'_, Table> {
    table.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;

    fn peer(last: u8) -> IpAddr {
        [192, 0, 2, last].into()
    }

    fn is_told(entry: &Entry) -> bool {
        entry.closing().now_or_never().is_some()
    }

    #[tokio::test(start_paused = true)]
    async fn an_address_with_too_many_ends_its_own_that_rested_longest() {
        let open = ConnectionTable::new(100, 2);
        let first = open.enter(peer(1), false).unwrap();
        tokio::time::advance(Duration::from_secs(1)).await;
        let second = open.enter(peer(1), false).unwrap();
        let other = open.enter(peer(2), false).unwrap();
        let _third = open.enter(peer(1), false).unwrap();
        assert!(is_told(&first) && !is_told(&second) && !is_told(&other));
    }

    #[tokio::test]
    async fn a_request_under_way_is_never_ended_for_another() {
        let open = ConnectionTable::new(100, 1);
        let first = open.enter(peer(1), false).unwrap();
        let busy = first.busy();
        assert!(open.enter(peer(1), false).is_none());
        assert!(!is_told(&first));
        drop(busy);
        assert!(open.enter(peer(1), false).is_some());
        assert!(is_told(&first));
    }

    #[tokio::test]
    async fn when_all_are_taken_the_address_with_the_most_makes_room() {
        let open = ConnectionTable::new(4, 3);
        let greedy: Vec<_> = (0..3).map(|_| open.enter(peer(1), false).unwrap()).collect();
        let modest = open.enter(peer(2), false).unwrap();
        let _new = open.enter(peer(3), false).unwrap();
        assert!(!is_told(&modest));
        assert_eq!(greedy.iter().filter(|entry| is_told(entry)).count(), 1);
    }

    #[tokio::test]
    async fn an_ipv6_network_is_one_address_and_a_proxy_is_none() {
        let open = ConnectionTable::new(100, 1);
        let first = open.enter("2001:db8:1:2::3".parse().unwrap(), false).unwrap();
        let _second = open.enter("2001:db8:1:2::4".parse().unwrap(), false).unwrap();
        assert!(is_told(&first));
        let proxy = open.enter(peer(9), true).unwrap();
        let _again = open.enter(peer(9), true).unwrap();
        assert!(!is_told(&proxy));
    }
}
