//! The addresses and contents of C2SP `tlog-tiles`.

use std::fmt::{self, Display, Formatter};
use std::ops::Range;

use crate::{
    Hash, parse_number,
    tree::{TILE_HEIGHT, TILE_WIDTH},
};

/// What a tile contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Contents {
    /// Hashes of this level, from 0.
    Hashes(u8),
    /// The data of leaves.
    Entries,
}

/// The name of a tile: its address after `tile/`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tile {
    pub contents: Contents,
    index: u64,
    width: u64,
}

impl Tile {
    /// Parses the address after `tile/`, such as `0/x001/x234/067.p/5`. `None` if it is not written as [`Display`] writes it.
    pub fn parse(path: &str) -> Option<Self> {
        let (contents, rest) = path.split_once('/')?;
        let contents = match contents {
            "entries" => Contents::Entries,
            // No tree of 2^64 leaves has a higher level.
            level => Contents::Hashes(u8::try_from(parse_number(level)?).ok().filter(|level| *level < 8)?),
        };
        let (index, width) = match rest.split_once(".p/") {
            Some((index, width)) => (index, parse_number(width).filter(|width| (1..TILE_WIDTH).contains(width))?),
            None => (rest, TILE_WIDTH),
        };
        let digits: String = index.chars().filter(char::is_ascii_digit).collect();
        let index = digits.parse().ok().filter(|index| *index < u64::MAX / TILE_WIDTH)?;
        let tile = Self { contents, index, width };
        (tile.to_string() == path).then_some(tile)
    }

    /// Returns the positions of this tile's hashes in their level, or of its entries in the log.
    pub fn positions(&self) -> Range<u64> {
        let first = self.index * TILE_WIDTH;
        first..first + self.width
    }

    /// Returns whether a log of `size` leaves has this tile.
    pub fn exists_at(&self, size: u64) -> bool {
        let in_level = match self.contents {
            Contents::Hashes(level) => size >> (u32::from(level) * TILE_HEIGHT),
            Contents::Entries => size,
        };
        self.positions().end <= in_level
    }
}

impl Display for Tile {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        match self.contents {
            Contents::Hashes(level) => write!(f, "{level}/")?,
            Contents::Entries => f.write_str("entries/")?,
        }
        let mut groups = vec![format!("{:03}", self.index % 1000)];
        let mut rest = self.index / 1000;
        while rest > 0 {
            groups.push(format!("x{:03}", rest % 1000));
            rest /= 1000;
        }
        groups.reverse();
        f.write_str(&groups.join("/"))?;
        if self.width < TILE_WIDTH {
            write!(f, ".p/{}", self.width)?;
        }
        Ok(())
    }
}

/// Writes a bundle of entries: each entry after its length in two bytes, big-endian.
pub fn entry_bundle<'a>(entries: impl IntoIterator<Item = &'a Hash>) -> Vec<u8> {
    entries
        .into_iter()
        .flat_map(|entry| [&[0, 32], entry.as_slice()].concat())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("0/000", 0..256)]
    #[case("0/x001/x234/067", 1_234_067 * 256..1_234_068 * 256)]
    #[case("3/000.p/5", 0..5)]
    #[case("entries/x001/000.p/255", 256_000..256_255)]
    fn an_address_is_read_and_written_alike(#[case] path: &str, #[case] positions: Range<u64>) {
        let tile = Tile::parse(path).unwrap();
        assert_eq!(tile.positions(), positions);
        assert_eq!(tile.to_string(), path);
    }

    #[rstest]
    fn another_way_to_write_an_address_is_refused(
        #[values(
            "",
            "0",
            "0/",
            "/000",
            "00/000",
            "8/000",
            "-1/000",
            "0/0",
            "0/0000",
            "0/x000/000",
            "0/x001/67",
            "0/001/067",
            "0/000.p/0",
            "0/000.p/256",
            "0/000.p/05",
            "0/000.p/",
            "0/000/",
            "0/000.p/5/",
            "data/000",
            "0/x18446744073709551615/000",
            "0/x018/x446/x744/x073/x709/x551/615"
        )]
        path: &str,
    ) {
        assert_eq!(Tile::parse(path), None);
    }

    #[rstest]
    #[case("0/000.p/5", 5)]
    #[case("entries/000", 256)]
    #[case("1/000.p/1", 256)]
    #[case("1/000.p/2", 512)]
    #[case("2/000.p/1", 65_536)]
    fn a_tile_exists_from_its_last_hash_on(#[case] path: &str, #[case] size: u64) {
        let tile = Tile::parse(path).unwrap();
        assert!(tile.exists_at(size) && !tile.exists_at(size - 1));
    }
}
