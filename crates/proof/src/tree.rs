//! The Merkle tree of RFC 9162, section 2.1, and its proofs.
//!
//! A proof is a list of hashes, each the root over a range of leaves. [`inclusion`] and [`consistency`] return these ranges.
//! [`range_hash`] computes their hashes from the few that are stored: see [`TILE_HEIGHT`].

use std::ops::Range;

use sha2::{Digest, Sha256};

use crate::Hash;

/// The height of a tile of C2SP `tlog-tiles`. Stored are the hashes of every full subtree whose height is a multiple of this.
pub const TILE_HEIGHT: u32 = 8;

/// The number of hashes in a full tile.
pub const TILE_WIDTH: u64 = 1 << TILE_HEIGHT;

/// Returns the hash of a leaf with this data.
pub fn leaf_hash(data: &[u8]) -> Hash {
    Sha256::new_with_prefix([0]).chain_update(data).finalize().into()
}

/// Returns the hash of a node with these children.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new_with_prefix([1])
        .chain_update(left)
        .chain_update(right)
        .finalize()
        .into()
}

/// Returns the root of the tree without leaves.
pub fn empty_root() -> Hash {
    Sha256::digest([]).into()
}

/// Returns the number of leaves in the left child of a node over `leaves` leaves, of which there are at least 2.
fn left_width(leaves: u64) -> u64 {
    1 << (leaves - 1).ilog2()
}

/// Returns the ranges whose roots prove that the tree of `size` leaves contains the leaf at `index`, lowest first.
pub fn inclusion(index: u64, size: u64) -> Vec<Range<u64>> {
    let (mut start, mut end) = (0, size);
    let mut path = Vec::new();
    while end - start > 1 {
        let middle = start + left_width(end - start);
        if index < middle {
            path.push(middle..end);
            end = middle;
        } else {
            path.push(start..middle);
            start = middle;
        }
    }
    path.reverse();
    path
}

/// Returns the root that an inclusion proof gives for a leaf, or `None` if the proof has another length than it must have.
pub fn root_of_inclusion(leaf: &Hash, index: u64, size: u64, proof: &[Hash]) -> Option<Hash> {
    if index >= size {
        return None;
    }
    let path = inclusion(index, size);
    (path.len() == proof.len()).then(|| {
        path.iter().zip(proof).fold(*leaf, |hash, (range, sibling)| {
            if range.start < index {
                node_hash(sibling, &hash)
            } else {
                node_hash(&hash, sibling)
            }
        })
    })
}

/// Returns the ranges whose roots prove that the tree of `new` leaves begins with the tree of `old` leaves, lowest first.
///
/// There are none if `old` is 0 or `new`.
pub fn consistency(old: u64, new: u64) -> Vec<Range<u64>> {
    let (mut start, mut end) = (0, new);
    let mut proof = Vec::new();
    if old == 0 {
        return proof;
    }
    while end > old {
        let middle = start + left_width(end - start);
        if old <= middle {
            proof.push(middle..end);
            end = middle;
        } else {
            proof.push(start..middle);
            start = middle;
        }
    }
    // The old tree itself is not part of the proof: the one who checks has its root.
    if start > 0 {
        proof.push(start..end);
    }
    proof.reverse();
    proof
}

/// Returns whether a consistency proof shows that the tree with `new_root` begins with the tree with `old_root`.
pub fn is_consistent(old: u64, old_root: &Hash, new: u64, new_root: &Hash, proof: &[Hash]) -> bool {
    let ranges = consistency(old, new);
    if old > new || ranges.len() != proof.len() {
        return false;
    }
    if old == 0 {
        return *old_root == empty_root();
    }
    let mut steps = ranges.iter().zip(proof).peekable();
    let lowest = steps.next_if(|(range, _)| range.end == old).map_or(*old_root, |(_, hash)| *hash);
    let (first, second) = steps.fold((lowest, lowest), |(first, second), (range, sibling)| {
        if range.end < old {
            (node_hash(sibling, &first), node_hash(sibling, &second))
        } else {
            (first, node_hash(&second, sibling))
        }
    });
    first == *old_root && second == *new_root
}

/// Neighbouring stored hashes. The hash at `position` of level L is the root over the `256^L` leaves from `position * 256^L`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    pub level: u8,
    pub positions: Range<u64>,
}

/// Returns the stored hashes that cover a range of leaves, left to right, for each full subtree one item.
///
/// The range is the whole tree, or one that [`inclusion`] or [`consistency`] returned.
pub fn stored_in(range: Range<u64>) -> Vec<Stored> {
    let Range { mut start, end } = range;
    let mut parts = Vec::new();
    while start < end {
        let height = (end - start).ilog2();
        let (level, above) = (height / TILE_HEIGHT, height % TILE_HEIGHT);
        let first = start >> (level * TILE_HEIGHT);
        parts.push(Stored {
            level: u8::try_from(level).unwrap_or(u8::MAX),
            positions: first..first + (1 << above),
        });
        start += 1 << height;
    }
    parts
}

/// Returns the root over a range of leaves as in [`stored_in`]. `stored` looks up a hash by its level and position.
///
/// Returns `None` if a hash is missing.
pub fn range_hash(range: Range<u64>, mut stored: impl FnMut(u8, u64) -> Option<Hash>) -> Option<Hash> {
    let mut subtrees = Vec::new();
    for Stored { level, positions } in stored_in(range) {
        let hashes: Option<Vec<Hash>> = positions.map(|position| stored(level, position)).collect();
        subtrees.push(root_of_full(hashes?)?);
    }
    let Some(last) = subtrees.pop() else { return Some(empty_root()) };
    Some(subtrees.iter().rev().fold(last, |right, left| node_hash(left, &right)))
}

/// Returns the root over hashes whose number is a power of two, such as those of a full tile.
pub fn root_of_full(mut hashes: Vec<Hash>) -> Option<Hash> {
    while hashes.len() > 1 {
        hashes = hashes
            .chunks(2)
            .map(|pair| Some(node_hash(pair.first()?, pair.get(1)?)))
            .collect::<Option<_>>()?;
    }
    hashes.pop()
}

/// Computes a tree from its leaves, one after the other.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    size: u64,
    /// By level, the hashes after the last full tile.
    partial: Vec<Vec<Hash>>,
}

impl Builder {
    /// The number of leaves so far.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf. `full` gets the level, the position and the hash of each subtree that is now full and has its hash stored.
    pub fn push(&mut self, leaf: Hash, mut full: impl FnMut(u8, u64, Hash)) {
        self.size += 1;
        let mut hash = leaf;
        for level in 0..u8::MAX {
            let at = usize::from(level);
            if at == self.partial.len() {
                self.partial.push(Vec::new());
            }
            self.partial[at].push(hash);
            if self.partial[at].len() as u64 != TILE_WIDTH {
                return;
            }
            let Some(root) = root_of_full(std::mem::take(&mut self.partial[at])) else {
                return;
            };
            hash = root;
            let above = level + 1;
            full(above, (self.size >> (u32::from(above) * TILE_HEIGHT)) - 1, hash);
        }
    }

    /// Returns the root of the tree so far.
    pub fn root(&self) -> Hash {
        // The whole tree consists of full tiles' roots and of what follows the last full tile of each level.
        let stored = |level: u8, position: u64| {
            let in_tile = usize::try_from(position % TILE_WIDTH).ok()?;
            self.partial.get(usize::from(level))?.get(in_tile).copied()
        };
        range_hash(0..self.size, stored).unwrap_or_else(empty_root)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// MTH, as RFC 9162 defines it.
    fn root(leaves: &[Hash]) -> Hash {
        match leaves {
            [] => empty_root(),
            [leaf] => *leaf,
            _ => {
                let (left, right) = leaves.split_at(usize::try_from(left_width(leaves.len() as u64)).unwrap());
                node_hash(&root(left), &root(right))
            }
        }
    }

    fn leaves(count: u64) -> Vec<Hash> {
        (0..count).map(|n| leaf_hash(&n.to_be_bytes())).collect()
    }

    fn of(leaves: &[Hash], range: Range<u64>) -> &[Hash] {
        &leaves[usize::try_from(range.start).unwrap()..usize::try_from(range.end).unwrap()]
    }

    /// Computes the roots of ranges from stored hashes only.
    fn hashes(leaves: &[Hash], ranges: Vec<Range<u64>>) -> Vec<Hash> {
        let width = |level: u8| 1 << (u32::from(level) * TILE_HEIGHT);
        let stored = |level: u8, position: u64| Some(root(of(leaves, position * width(level)..(position + 1) * width(level))));
        ranges.into_iter().map(|range| range_hash(range, stored).unwrap()).collect()
    }

    fn flip(hash: &mut Hash, bit: usize) {
        hash[bit / 8 % 32] ^= 1 << (bit % 8);
    }

    /// The leaves and roots in the tests of the first implementation of certificate transparency.
    #[test]
    fn the_published_roots_are_computed() {
        let inputs = [
            "",
            "00",
            "10",
            "2021",
            "3031",
            "40414243",
            "5051525354555657",
            "606162636465666768696a6b6c6d6e6f",
        ];
        let roots = [
            "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
            "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
            "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
            "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
            "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
            "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
        ];
        let leaves: Vec<Hash> = inputs.iter().map(|input| leaf_hash(&hex::decode(input).unwrap())).collect();
        for (size, expected) in (1..).zip(roots) {
            assert_eq!(hex::encode(hashes(&leaves, vec![Range { start: 0, end: size }])[0]), expected);
        }
        let path = [
            "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
            "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
            "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
        ];
        let proof: Vec<String> = hashes(&leaves, inclusion(0, 8)).into_iter().map(hex::encode).collect();
        assert_eq!(proof, path);
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hex::encode(empty_root()), empty);
    }

    proptest! {
        #[test]
        fn an_inclusion_proof_checks_until_a_bit_changes((size, index) in (1..900_u64).prop_flat_map(|size| (Just(size), 0..size)), bit: usize) {
            let leaves = leaves(size);
            let leaf = of(&leaves, index..index + 1)[0];
            let proof = hashes(&leaves, inclusion(index, size));
            let root = root(&leaves);
            prop_assert_eq!(root_of_inclusion(&leaf, index, size, &proof), Some(root));
            prop_assert_eq!(root_of_inclusion(&leaf, size, size, &proof), None);
            let mut other = leaf;
            flip(&mut other, bit);
            prop_assert_ne!(root_of_inclusion(&other, index, size, &proof), Some(root));
            for step in 0..proof.len() {
                let mut changed = proof.clone();
                flip(&mut changed[step], bit);
                prop_assert_ne!(root_of_inclusion(&leaf, index, size, &changed), Some(root));
                changed.remove(step);
                prop_assert_eq!(root_of_inclusion(&leaf, index, size, &changed), None);
            }
            for wrong in (0..size).filter(|wrong| *wrong != index).take(20) {
                prop_assert_ne!(root_of_inclusion(&leaf, wrong, size, &proof), Some(root));
            }
        }

        #[test]
        fn a_consistency_proof_checks_until_a_bit_changes((new, old) in (0..900_u64).prop_flat_map(|new| (Just(new), 0..=new)), bit: usize) {
            let leaves = leaves(new);
            let [old_root, new_root] = [old, new].map(|size| root(of(&leaves, 0..size)));
            let proof = hashes(&leaves, consistency(old, new));
            prop_assert!(is_consistent(old, &old_root, new, &new_root, &proof));
            prop_assert!(!is_consistent(new + 1, &new_root, new, &new_root, &proof));
            for step in 0..proof.len() {
                let mut changed = proof.clone();
                flip(&mut changed[step], bit);
                prop_assert!(!is_consistent(old, &old_root, new, &new_root, &changed));
            }
            let mut other = old_root;
            flip(&mut other, bit);
            prop_assert!(!is_consistent(old, &other, new, &new_root, &proof));
            let mut other = new_root;
            flip(&mut other, bit);
            prop_assert!(old == 0 || !is_consistent(old, &old_root, new, &other, &proof));
        }

        #[test]
        fn few_stored_hashes_are_needed(size in 1..u64::MAX / 2, part: u64) {
            let index = part % size;
            let ranges = inclusion(index, size).into_iter().chain(consistency(index, size)).chain(std::iter::once(0..size));
            for range in ranges {
                let needed = stored_in(range.clone());
                // The parts cover the range without a gap.
                let mut at = range.start;
                for Stored { level, positions } in &needed {
                    let height = u32::from(*level) * TILE_HEIGHT;
                    prop_assert_eq!(positions.start << height, at);
                    at = positions.end << height;
                }
                prop_assert_eq!(at, range.end);
                let rows: u64 = needed.iter().map(|part| part.positions.end - part.positions.start).sum();
                prop_assert!(rows <= 8 * TILE_WIDTH);
            }
        }
    }

    #[test]
    fn a_tree_that_is_built_has_the_defined_root() {
        let leaves = leaves(70_000);
        let (mut builder, mut stored) = (Builder::default(), Vec::new());
        for (n, leaf) in leaves.iter().enumerate() {
            if [0, 1, 2, 255, 256, 257, 600, 65_536, 65_537, 66_000].contains(&n) {
                assert_eq!(builder.root(), root(&leaves[..n]), "{n}");
            }
            builder.push(*leaf, |level, position, hash| stored.push((level, position, hash)));
        }
        assert_eq!(builder.size(), 70_000);
        assert_eq!(stored.len(), 70_000 / 256 + 1);
        assert_eq!(stored[0], (1, 0, root(&leaves[..256])));
        assert_eq!(stored[255], (1, 255, root(&leaves[255 * 256..256 * 256])));
        assert_eq!(stored[256], (2, 0, root(&leaves[..65_536])));
    }

    #[test]
    fn anything_begins_with_the_empty_tree() {
        assert!(is_consistent(0, &empty_root(), 1, &[1; 32], &[]));
        assert!(!is_consistent(0, &[1; 32], 1, &[1; 32], &[]));
    }
}
