//! HEIF (ISO/IEC 23008-12): items, and a list of where each is stored.
//!
//! A new file is written with only the items that form the picture and the properties needed to show it.

mod read;
mod write;

use read::Meta;

/// Maximum number of items: more than the tiles of any photo.
const MOST: usize = 4096;

/// Types of items that are kept: a coded picture, and pictures assembled from others.
const CODED: [u8; 4] = *b"hvc1";
const GRID: [u8; 4] = *b"grid";
const OVERLAY: [u8; 4] = *b"iovl";

/// Types of auxiliary pictures that are an alpha plane.
const ALPHA: [&[u8]; 2] = [b"urn:mpeg:hevc:2015:auxid:1", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"];

/// An item of the copy.
struct Item {
    /// The item's id in the original.
    id: u32,
    kind: [u8; 4],
    content: Vec<u8>,
    /// The item's properties: index in [`Copy::properties`], from 1, and whether readers must understand the property.
    properties: Vec<(u16, bool)>,
}

/// The parts of a copy.
struct Copy {
    brand: [u8; 4],
    items: Vec<Item>,
    /// Boxes of the properties.
    properties: Vec<Vec<u8>>,
    /// References between items that are both kept: kind, source, targets.
    references: Vec<([u8; 4], u32, Vec<u32>)>,
    primary: u32,
    exif: Option<Vec<u8>>,
}

/// Builds a copy with `exif` as its Exif data. Returns `None` if the picture needs anything that is not known here.
pub(crate) fn without_place(bytes: &[u8], exif: Option<Vec<u8>>) -> Option<Vec<u8>> {
    Copy::of(&Meta::read(bytes)?, exif)?.write()
}

impl Copy {
    fn of(meta: &Meta<'_>, exif: Option<Vec<u8>>) -> Option<Self> {
        let kept = kept(meta)?;
        let mut copy = Self {
            brand: meta.brand,
            items: Vec::new(),
            properties: Vec::new(),
            references: Vec::new(),
            primary: meta.primary,
            exif,
        };
        let mut numbers = vec![None; meta.properties.len()];
        let mut left = meta.bytes.len();
        for id in &kept {
            let kind = meta.kind(*id)?;
            let (mut properties, mut size) = (Vec::new(), None);
            for (number, essential) in meta.associations.get(id).into_iter().flatten() {
                let at = number.checked_sub(1)?;
                let (kind, content) = *meta.properties.get(at)?;
                if kind == *b"hvcC" {
                    size = Some(usize::from(content.get(21)? & 3) + 1);
                }
                if numbers[at].is_none() {
                    let Some(property) = property(kind, content) else {
                        if *essential {
                            return None;
                        }
                        continue;
                    };
                    copy.properties.push(property);
                    numbers[at] = Some(u16::try_from(copy.properties.len()).ok()?);
                }
                properties.extend(numbers[at].map(|number| (number, *essential)));
            }
            let parts = meta.references.iter().filter(|(kind, from, _)| *kind == *b"dimg" && from == id);
            let count = parts.map(|(_, _, to)| to.len()).sum();
            let content = meta.content(*id, left)?;
            left -= content.len();
            let content = match kind {
                CODED => coded(&content, size?)?,
                kind => derived(kind, &content, count)?,
            };
            copy.items.push(Item {
                id: *id,
                kind,
                content,
                properties,
            });
        }
        let known = [*b"dimg", *b"auxl", *b"prem"];
        let between = meta
            .references
            .iter()
            .filter(|(kind, from, to)| known.contains(kind) && kept.contains(from) && to.iter().all(|to| kept.contains(to)));
        copy.references = between.cloned().collect();
        Some(copy)
    }
}

/// Returns the ids of the items that form the picture: the primary item, its parts, and its alpha plane.
fn kept(meta: &Meta<'_>) -> Option<Vec<u32>> {
    let mut kept = vec![meta.primary];
    let alpha = meta.references.iter().filter(|(kind, from, to)| {
        *kind == *b"auxl"
            && to.contains(&meta.primary)
            && meta
                .properties_of(*from)
                .any(|(kind, content)| kind == *b"auxC" && alpha(content).is_some())
    });
    kept.extend(alpha.map(|(_, from, _)| *from));
    let mut at = 0;
    while let Some(id) = kept.get(at).copied() {
        at += 1;
        for (kind, from, to) in &meta.references {
            if *kind == *b"dimg" && *from == id {
                for part in to {
                    if !kept.contains(part) {
                        kept.push(*part);
                    }
                }
            }
        }
        if kept.len() > MOST {
            return None;
        }
    }
    let mut seen = kept.clone();
    seen.sort_unstable();
    seen.dedup();
    (seen.len() == kept.len()).then_some(kept)
}

/// Rebuilds the box of a property with exactly the fields of the standard. Returns `None` for an unknown property.
fn property(kind: [u8; 4], content: &[u8]) -> Option<Vec<u8>> {
    let content = match &kind {
        b"hvcC" => configuration(content)?,
        b"colr" => match content.get(..4)? {
            b"nclx" => content.get(..11)?.to_vec(),
            profile @ (b"prof" | b"rICC") => [profile, &crate::strip_location::icc::rebuilt(&content[4..])?].concat(),
            _ => return None,
        },
        b"auxC" => [&[0; 4][..], alpha(content)?, b"\0"].concat(),
        b"pixi" => content.get(..5 + usize::from(*content.get(4)?))?.to_vec(),
        b"ispe" | b"rloc" => content.get(..12)?.to_vec(),
        b"irot" | b"imir" => content.get(..1)?.to_vec(),
        b"clap" => content.get(..32)?.to_vec(),
        b"pasp" | b"amve" => content.get(..8)?.to_vec(),
        b"clli" => content.get(..4)?.to_vec(),
        b"mdcv" => content.get(..24)?.to_vec(),
        _ => return None,
    };
    Some(write::boxed(kind, &content))
}

/// Returns the type of an auxiliary picture if it is an alpha plane.
fn alpha(content: &[u8]) -> Option<&'static [u8]> {
    let name = content.get(4..)?.split(|byte| *byte == 0).next()?;
    ALPHA.into_iter().find(|alpha| *alpha == name)
}

/// Rebuilds the configuration of the HEVC decoder with parameter sets and without messages (ISO/IEC 14496-15, 8.3.3).
fn configuration(content: &[u8]) -> Option<Vec<u8>> {
    let mut out = content.get(..22)?.to_vec();
    out.push(0);
    let mut rest = content.get(23..)?;
    for _ in 0..content[22] {
        let kind = *rest.first()?;
        let count = u16::from_be_bytes(rest.get(1..3)?.try_into().ok()?);
        rest = &rest[3..];
        let start = rest;
        for _ in 0..count {
            let length = usize::from(u16::from_be_bytes(rest.get(..2)?.try_into().ok()?));
            rest = rest.get(2 + length..)?;
        }
        if (32..=34).contains(&(kind & 0x3f)) {
            out[22] += 1;
            out.push(kind);
            out.extend(count.to_be_bytes());
            out.extend_from_slice(&start[..start.len() - rest.len()]);
        }
    }
    Some(out)
}

/// Keeps the units of a coded picture that are picture or parameters (ITU-T H.265, table 7-1). `size` is that of a unit's length
/// field.
///
/// Messages to decoders, filler data and unspecified units are left out.
fn coded(mut rest: &[u8], size: usize) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(rest.len());
    while !rest.is_empty() {
        let length = rest.get(..size)?.iter().fold(0, |length, byte| (length << 8) | usize::from(*byte));
        let unit = rest.get(..size + length)?;
        rest = &rest[size + length..];
        let kind = (unit.get(size)? >> 1) & 0x3f;
        if kind < 32 || (32..=34).contains(&kind) {
            out.extend_from_slice(unit);
        }
    }
    (!out.is_empty()).then_some(out)
}

/// Returns the description of how a picture is assembled from `count` others, without any bytes after it.
fn derived(kind: [u8; 4], content: &[u8], count: usize) -> Option<Vec<u8>> {
    let wide = if content.get(1)? & 1 == 0 { 2 } else { 4 };
    let length = match kind {
        GRID => 4 + 2 * wide,
        OVERLAY => 10 + 2 * wide * (1 + count),
        _ => return None,
    };
    content.get(..length).map(<[u8]>::to_vec)
}
