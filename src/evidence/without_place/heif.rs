//! HEIF (ISO/IEC 23008-12): items, and a list of where each lies. A new file is written with the items that are the picture and the
//! properties that show it; everything else that was in the file or behind it stays behind.

mod read;
mod write;

use read::Meta;

/// More items than the tiles of any photo.
const MOST: usize = 4096;

/// The kinds of items that are kept: a coded picture, and a picture put together of others.
const CODED: [u8; 4] = *b"hvc1";
const GRID: [u8; 4] = *b"grid";
const OVERLAY: [u8; 4] = *b"iovl";

/// What an auxiliary picture is called that says how far one sees through the picture.
const ALPHA: [&[u8]; 2] = [b"urn:mpeg:hevc:2015:auxid:1", b"urn:mpeg:mpegB:cicp:systems:auxiliary:alpha"];

/// One item of the copy.
struct Item {
    /// Its number in the original.
    id: u32,
    kind: [u8; 4],
    content: Vec<u8>,
    /// Its properties, by their number in [`Copy::properties`] and whether they must be understood.
    properties: Vec<(u16, bool)>,
}

/// What a copy is made of.
struct Copy {
    brand: [u8; 4],
    items: Vec<Item>,
    /// Boxes of properties.
    properties: Vec<Vec<u8>>,
    /// References between items that are both kept: kind, from, to.
    references: Vec<([u8; 4], u32, Vec<u32>)>,
    primary: u32,
    exif: Option<Vec<u8>>,
}

/// `exif` is the Exif data the copy is to have. `None` when there is anything in the picture that this does not know.
pub(super) fn without_place(bytes: &[u8], exif: Option<Vec<u8>>) -> Option<Vec<u8>> {
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

/// The numbers of the items that are the picture: the primary one, those it is put together of, and how far one sees through it.
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

/// The box of a property, with exactly what the standard has in it; `None` for one that is not known.
fn property(kind: [u8; 4], content: &[u8]) -> Option<Vec<u8>> {
    let content = match &kind {
        b"hvcC" => configuration(content)?,
        b"colr" => match content.get(..4)? {
            b"nclx" => content.get(..11)?.to_vec(),
            profile @ (b"prof" | b"rICC") => [profile, &super::icc::rebuilt(&content[4..])?].concat(),
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

/// What an auxiliary picture is, when it is about how far one sees through.
fn alpha(content: &[u8]) -> Option<&'static [u8]> {
    let name = content.get(4..)?.split(|byte| *byte == 0).next()?;
    ALPHA.into_iter().find(|alpha| *alpha == name)
}

/// How HEVC is to be decoded (ISO/IEC 14496-15, 8.3.3), with the sets of parameters and no messages.
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

/// The units of a coded picture that are picture or parameters (ITU-T H.265, table 7-1). Messages to decoders, filling and what is
/// not specified stay behind.
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

/// How a picture is put together of `count` others, to the last byte that says so.
fn derived(kind: [u8; 4], content: &[u8], count: usize) -> Option<Vec<u8>> {
    let wide = if content.get(1)? & 1 == 0 { 2 } else { 4 };
    let length = match kind {
        GRID => 4 + 2 * wide,
        OVERLAY => 10 + 2 * wide * (1 + count),
        _ => return None,
    };
    content.get(..length).map(<[u8]>::to_vec)
}
