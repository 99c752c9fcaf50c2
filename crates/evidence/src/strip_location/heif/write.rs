//! Writes a HEIF file with the items that are kept.

use crate::sniff::HEIC_BRANDS;
use crate::strip_location::heif::Copy;

/// Encodes a box.
pub(crate) fn boxed(kind: [u8; 4], content: &[u8]) -> Vec<u8> {
    let size = u32::try_from(content.len() + 8).unwrap_or(u32::MAX);
    [&size.to_be_bytes()[..], &kind, content].concat()
}

impl Copy {
    /// Returns the new file, or `None` if there are more items than ids of two bytes.
    pub(crate) fn write(mut self) -> Option<Vec<u8>> {
        let exif = self.exif.take().map(|exif| [&6_u32.to_be_bytes()[..], b"Exif\0\0", &exif].concat());
        // Items are renumbered from 1. The Exif data comes last.
        let number = |id: u32| {
            let at = self.items.iter().position(|item| item.id == id)?;
            u16::try_from(at + 1).ok()
        };
        let mut references: Vec<Vec<u8>> = Vec::new();
        let mut refer = |kind: [u8; 4], from: u16, to: &[u16]| {
            let count = u16::try_from(to.len()).ok()?;
            let numbers = [from, count].into_iter().chain(to.iter().copied());
            references.push(boxed(kind, &numbers.flat_map(u16::to_be_bytes).collect::<Vec<u8>>()));
            Some(())
        };
        for (kind, from, to) in &self.references {
            let to = to.iter().map(|to| number(*to)).collect::<Option<Vec<u16>>>()?;
            refer(*kind, number(*from)?, &to)?;
        }
        let primary = number(self.primary)?;
        let last = u16::try_from(self.items.len() + 1).ok()?;
        if exif.is_some() {
            refer(*b"cdsc", last, &[primary])?;
        }
        let mut items: Vec<([u8; 4], &[u8])> = self.items.iter().map(|item| (item.kind, item.content.as_slice())).collect();
        items.extend(exif.iter().map(|exif| (*b"Exif", exif.as_slice())));

        let mut hdlr = [0; 25];
        hdlr[8..12].copy_from_slice(b"pict");
        let count = u16::try_from(items.len()).ok()?.to_be_bytes();
        let mut iinf = [&[0; 4][..], &count].concat();
        for (n, (kind, _)) in (1_u16..).zip(&items) {
            let entry = [&[2, 0, 0, 0][..], &n.to_be_bytes(), &[0, 0], kind, b"\0"].concat();
            iinf.extend(boxed(*b"infe", &entry));
        }
        let mut parts = vec![
            boxed(*b"hdlr", &hdlr),
            boxed(*b"pitm", &[&[0; 4][..], &primary.to_be_bytes()].concat()),
            boxed(*b"iinf", &iinf),
            boxed(*b"iprp", &self.properties()?),
        ];
        if !references.is_empty() {
            parts.push(boxed(*b"iref", &[vec![0; 4], references.concat()].concat()));
        }
        let parts = parts.concat();
        let ftyp = self.ftyp();
        // Offsets come last: the size of their list does not depend on their values.
        let list = 16 + items.len() * 14;
        let mut at = ftyp.len() + 12 + parts.len() + list + 8;
        let mut iloc = [&[0, 0, 0, 0, 0x44, 0x00][..], &count].concat();
        for (n, (_, content)) in (1_u16..).zip(&items) {
            iloc.extend([&n.to_be_bytes()[..], &[0, 0, 0, 1]].concat());
            iloc.extend(u32::try_from(at).ok()?.to_be_bytes());
            iloc.extend(u32::try_from(content.len()).ok()?.to_be_bytes());
            at += content.len();
        }
        let meta = [vec![0; 4], parts, boxed(*b"iloc", &iloc)].concat();
        let content: Vec<u8> = items.iter().flat_map(|(_, content)| *content).copied().collect();
        Some([ftyp, boxed(*b"meta", &meta), boxed(*b"mdat", &content)].concat())
    }

    fn ftyp(&self) -> Vec<u8> {
        let brand = if HEIC_BRANDS.contains(&&self.brand) { self.brand } else { *b"mif1" };
        boxed(*b"ftyp", &[&brand[..], &[0; 4], b"mif1", b"heic", &brand].concat())
    }

    fn properties(&self) -> Option<Vec<u8>> {
        let mut ipma = [&[0, 0, 0, 1][..], &u32::try_from(self.items.len()).ok()?.to_be_bytes()].concat();
        for (n, item) in (1_u16..).zip(&self.items) {
            ipma.extend(n.to_be_bytes());
            ipma.push(u8::try_from(item.properties.len()).ok()?);
            for (number, essential) in &item.properties {
                ipma.extend((number | if *essential { 0x8000 } else { 0 }).to_be_bytes());
            }
        }
        Some([boxed(*b"ipco", &self.properties.concat()), boxed(*b"ipma", &ipma)].concat())
    }
}
