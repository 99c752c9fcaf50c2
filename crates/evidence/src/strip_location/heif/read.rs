//! Parses the item list of a HEIF file (ISO/IEC 14496-12, 8.11).

use std::collections::HashMap;

use crate::strip_location::heif::MOST;

/// A reference between items: kind, source, targets.
pub(crate) type Reference = ([u8; 4], u32, Vec<u32>);

/// The item list.
pub(crate) struct Meta<'a> {
    pub(crate) bytes: &'a [u8],
    pub(crate) brand: [u8; 4],
    pub(crate) primary: u32,
    /// The type of each item.
    kinds: HashMap<u32, [u8; 4]>,
    /// Where each item is stored: whether in the list itself, and the offset and length of each extent.
    places: HashMap<u32, (bool, Vec<(u64, u64)>)>,
    /// Content of the small items that are stored in the list itself.
    inside: &'a [u8],
    pub(crate) references: Vec<Reference>,
    pub(crate) properties: Vec<([u8; 4], &'a [u8])>,
    /// The properties of each item: index, from 1, and whether readers must understand the property.
    pub(crate) associations: HashMap<u32, Vec<(usize, bool)>>,
}

impl<'a> Meta<'a> {
    pub(crate) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut all = Boxes(bytes);
        let (first, head) = all.next()?;
        let brand = (first == *b"ftyp").then(|| head.get(..4))??.try_into().ok()?;
        let (_, meta) = all.find(|(kind, _)| kind == b"meta")?;
        let parts: Vec<_> = Boxes(meta.get(4..)?).collect();
        let part = |wanted: &[u8; 4]| parts.iter().find(|(kind, _)| kind == wanted).map(|(_, content)| *content);
        let mut read = Self {
            bytes,
            brand,
            primary: Fields::full(part(b"pitm")?)?.id(0)?,
            kinds: HashMap::new(),
            places: HashMap::new(),
            inside: part(b"idat").unwrap_or_default(),
            references: Vec::new(),
            properties: Vec::new(),
            associations: HashMap::new(),
        };
        read.kinds(part(b"iinf")?)?;
        read.places(part(b"iloc")?)?;
        if let Some(references) = part(b"iref") {
            read.references(references)?;
        }
        read.properties(part(b"iprp")?)?;
        Some(read)
    }

    pub(crate) fn kind(&self, id: u32) -> Option<[u8; 4]> {
        self.kinds.get(&id).copied()
    }

    pub(crate) fn properties_of(&self, id: u32) -> impl Iterator<Item = ([u8; 4], &'a [u8])> {
        let numbers = self.associations.get(&id).into_iter().flatten();
        numbers.filter_map(|(number, _)| self.properties.get(number.checked_sub(1)?).copied())
    }

    /// Returns the content of an item, if it has at most `most` bytes.
    pub(crate) fn content(&self, id: u32, most: usize) -> Option<Vec<u8>> {
        let (inside, extents) = self.places.get(&id)?;
        let whole = if *inside { self.inside } else { self.bytes };
        let mut content = Vec::new();
        for (from, length) in extents {
            let (from, length) = (usize::try_from(*from).ok()?, usize::try_from(*length).ok()?);
            content.extend_from_slice(whole.get(from..from.checked_add(length)?)?);
            if content.len() > most {
                return None;
            }
        }
        Some(content)
    }

    fn kinds(&mut self, content: &'a [u8]) -> Option<()> {
        let mut fields = Fields::full(content)?;
        fields.id(0)?;
        for (kind, content) in Boxes(fields.rest) {
            let mut fields = Fields::full(content)?;
            if kind != *b"infe" || fields.version < 2 {
                continue;
            }
            let id = fields.id(2)?;
            let protected = fields.number(2)? != 0;
            let kind = fields.take(4)?.try_into().ok()?;
            // A list with an encrypted item, or with the same item twice, is not supported.
            if self.kinds.insert(id, kind).is_some() || protected {
                return None;
            }
        }
        (self.kinds.len() <= 2 * MOST).then_some(())
    }

    fn places(&mut self, content: &'a [u8]) -> Option<()> {
        let mut fields = Fields::full(content)?;
        let sizes = usize::try_from(fields.number(2)?).ok()?;
        let [offset, length, base, index] = [12, 8, 4, 0].map(|shift| (sizes >> shift) & 0xf);
        let index = if fields.version == 0 { 0 } else { index };
        let count = fields.id(1)?;
        for _ in 0..count {
            let id = fields.id(1)?;
            let method = if fields.version == 0 { 0 } else { fields.number(2)? & 0xf };
            let elsewhere = fields.number(2)? != 0;
            let base = fields.number(base)?;
            let mut extents = Vec::new();
            for _ in 0..fields.number(2)? {
                fields.number(index)?;
                let from = base.checked_add(fields.number(offset)?)?;
                extents.push((from, fields.number(length)?));
            }
            // An item in another file, or made from a part of another item, cannot be copied. An extent of length zero is the
            // whole file.
            let is_here = !elsewhere && method < 2 && extents.iter().all(|(_, length)| *length > 0);
            if is_here {
                self.places.insert(id, (method == 1, extents));
            }
        }
        Some(())
    }

    fn references(&mut self, content: &'a [u8]) -> Option<()> {
        let whole = Fields::full(content)?;
        let version = whole.version;
        for (kind, content) in Boxes(whole.rest) {
            let mut fields = Fields { version, rest: content };
            let from = fields.id(0)?;
            let count = fields.number(2)?;
            let to = (0..count).map(|_| fields.id(0)).collect::<Option<Vec<u32>>>()?;
            self.references.push((kind, from, to));
        }
        (self.references.len() <= 2 * MOST).then_some(())
    }

    fn properties(&mut self, content: &'a [u8]) -> Option<()> {
        for (kind, content) in Boxes(content) {
            match &kind {
                b"ipco" => self.properties = Boxes(content).take(MOST).collect(),
                b"ipma" => {
                    let wide = content.get(3)? & 1 == 1;
                    let mut fields = Fields::full(content)?;
                    for _ in 0..fields.number(4)? {
                        let id = fields.id(0)?;
                        for _ in 0..fields.number(1)? {
                            let entry = fields.number(if wide { 2 } else { 1 })?;
                            let essential = if wide { 0x8000 } else { 0x80 };
                            let number = usize::try_from(entry & (essential - 1)).ok()?;
                            // Index 0 stands for no property.
                            if number > 0 {
                                self.associations.entry(id).or_default().push((number, entry & essential != 0));
                            }
                        }
                    }
                }
                _ => {}
            }
        }
        Some(())
    }
}

/// Iterates over the complete boxes in a part of the file: kind and content of each.
struct Boxes<'a>(&'a [u8]);

impl<'a> Iterator for Boxes<'a> {
    type Item = ([u8; 4], &'a [u8]);

    fn next(&mut self) -> Option<Self::Item> {
        let mut fields = Fields { version: 0, rest: self.0 };
        let short = fields.number(4)?;
        let kind = fields.take(4)?.try_into().ok()?;
        let size = match short {
            0 => self.0.len(),
            1 => usize::try_from(fields.number(8)?).ok()?,
            size => usize::try_from(size).ok()?,
        };
        let head = self.0.len() - fields.rest.len();
        let content = self.0.get(head..size)?;
        self.0 = &self.0[size..];
        Some((kind, content))
    }
}

/// Reads the fields of a box, one after another.
struct Fields<'a> {
    version: u8,
    rest: &'a [u8],
}

impl<'a> Fields<'a> {
    /// Starts after the version and flags of a box.
    fn full(content: &'a [u8]) -> Option<Self> {
        Some(Self {
            version: *content.first()?,
            rest: content.get(4..)?,
        })
    }

    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    /// Reads a big-endian number of `bytes` bytes. A number of zero bytes is 0.
    fn number(&mut self, bytes: usize) -> Option<u64> {
        Some(self.take(bytes)?.iter().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
    }

    /// Reads an item's id or the number of items: two bytes up to version `short_up_to`, four bytes after it.
    fn id(&mut self, short_up_to: u8) -> Option<u32> {
        let bytes = if self.version <= short_up_to { 2 } else { 4 };
        u32::try_from(self.number(bytes)?).ok()
    }
}
