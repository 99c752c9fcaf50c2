//! The organisation's look: two colours and a logo, checked before the server starts.

use std::io::Cursor;
use std::path::{Path, PathBuf};

use image::{ImageFormat, ImageReader, Limits};
use quick_xml::Reader;
use quick_xml::events::Event;

use crate::app::portal::Organisation;

/// The largest file of a logo, in bytes. Every first visit downloads it.
pub const LOGO_BYTES: u64 = 64 * 1024;

/// The largest width and height of a logo, in pixels.
const LOGO_SIDE: u32 = 2000;

/// The least contrast of text with its background (WCAG 2.2, 1.4.3).
const TEXT_CONTRAST: f64 = 4.5;

/// The least contrast of a graphical part with what is beside it (WCAG 2.2, 1.4.11).
const GRAPHIC_CONTRAST: f64 = 3.0;

/// The header's colour in `style/components/_site-header.scss`, used while the organisation sets none.
const OUR_HEADER: Colour = Colour([0x0b, 0x4a, 0x52]);

const WHITE: Colour = Colour([0xff; 3]);

/// The organisation's look.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Brand {
    /// Rules that follow those of every style sheet.
    pub css: Option<String>,
    pub logo: Option<Logo>,
}

/// A logo as browsers get it.
#[derive(Debug, PartialEq, Eq)]
pub struct Logo {
    /// `svg` or `png`.
    pub extension: &'static str,
    pub bytes: Vec<u8>,
}

/// A setting of the look that cannot be used. The text begins with the setting.
#[derive(Debug, thiserror::Error)]
pub enum BrandError {
    #[error("organisation.{0}: {1:?} is not a colour such as #0b4a52")]
    NotAColour(&'static str, String),
    #[error("organisation.header_colour: white text on it has a contrast of {0:.1}; choose a darker colour, with at least {TEXT_CONTRAST}")]
    TooLight(f64),
    #[error("organisation.accent_colour: its contrast with the header is {0:.1}; choose another colour, with at least {GRAPHIC_CONTRAST}")]
    TooAlike(f64),
    #[error("organisation.logo: {}: {}", .0.display(), .1)]
    Unreadable(PathBuf, std::io::Error),
    #[error("organisation.logo: {} has {} bytes; at most {LOGO_BYTES} are allowed", .0.display(), .1)]
    TooLarge(PathBuf, u64),
    #[error("organisation.logo: {} is not a usable SVG or PNG file: {}", .0.display(), .1)]
    NotALogo(PathBuf, String),
}

impl Brand {
    /// Reads and checks the look that the settings describe.
    pub fn of(organisation: &Organisation) -> Result<Self, BrandError> {
        let colour = |name, text: &Option<String>| text.as_deref().map(|text| Colour::parse(name, text)).transpose();
        let header = colour("header_colour", &organisation.header_colour)?;
        let accent = colour("accent_colour", &organisation.accent_colour)?;
        if let Some(contrast) = header
            .map(|header| header.contrast(WHITE))
            .filter(|contrast| *contrast < TEXT_CONTRAST)
        {
            return Err(BrandError::TooLight(contrast));
        }
        let behind = header.unwrap_or(OUR_HEADER);
        if let Some(contrast) = accent
            .map(|accent| accent.contrast(behind))
            .filter(|contrast| *contrast < GRAPHIC_CONTRAST)
        {
            return Err(BrandError::TooAlike(contrast));
        }
        let rules: Vec<String> = header
            .map(|colour| format!("background-color:{colour}"))
            .into_iter()
            .chain(accent.or(header.map(|_| WHITE)).map(|colour| format!("border-color:{colour}")))
            .collect();
        Ok(Self {
            css: (!rules.is_empty()).then(|| format!("@media screen{{.or-site-header{{{}}}}}", rules.join(";"))),
            logo: organisation.logo.as_deref().map(read_logo).transpose()?,
        })
    }
}

/// A colour as red, green and blue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Colour([u8; 3]);

impl Colour {
    fn parse(name: &'static str, text: &str) -> Result<Self, BrandError> {
        let mut parts = [0; 3];
        let digits = text.strip_prefix('#').unwrap_or_default();
        hex::decode_to_slice(digits, &mut parts).map_err(|_| BrandError::NotAColour(name, text.to_owned()))?;
        Ok(Self(parts))
    }

    /// Returns the contrast ratio of two colours, from 1 to 21 (WCAG 2.2, "contrast ratio" and "relative luminance").
    fn contrast(self, other: Self) -> f64 {
        let (one, two) = (self.luminance(), other.luminance());
        (one.max(two) + 0.05) / (one.min(two) + 0.05)
    }

    fn luminance(self) -> f64 {
        let linear = |part: u8| {
            let part = f64::from(part) / 255.0;
            if part <= 0.04045 {
                part / 12.92
            } else {
                ((part + 0.055) / 1.055).powf(2.4)
            }
        };
        let [red, green, blue] = self.0.map(linear);
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    }
}

impl std::fmt::Display for Colour {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "#{}", hex::encode(self.0))
    }
}

fn read_logo(path: &Path) -> Result<Logo, BrandError> {
    let unreadable = |error| BrandError::Unreadable(path.to_owned(), error);
    let size = std::fs::metadata(path).map_err(unreadable)?.len();
    if size > LOGO_BYTES {
        return Err(BrandError::TooLarge(path.to_owned(), size));
    }
    let bytes = std::fs::read(path).map_err(unreadable)?;
    let logo = if bytes.starts_with(b"\x89PNG\r\n\x1a\n") {
        as_png(&bytes)
    } else {
        as_svg(bytes)
    };
    logo.map_err(|why| BrandError::NotALogo(path.to_owned(), why))
}

/// Encodes a PNG again, so that nothing but its pixels is served.
fn as_png(bytes: &[u8]) -> Result<Logo, String> {
    let mut limits = Limits::default();
    (limits.max_image_width, limits.max_image_height) = (Some(LOGO_SIDE), Some(LOGO_SIDE));
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Png);
    reader.limits(limits);
    let image = reader.decode().map_err(|e| e.to_string())?;
    let mut encoded = Vec::new();
    image
        .write_to(&mut Cursor::new(&mut encoded), ImageFormat::Png)
        .map_err(|e| e.to_string())?;
    Ok(Logo {
        extension: "png",
        bytes: encoded,
    })
}

/// Elements that only draw. Others could run a script, load another file, or show a page within the page.
const DRAWING: [&str; 22] = [
    "svg",
    "g",
    "defs",
    "title",
    "desc",
    "path",
    "rect",
    "circle",
    "ellipse",
    "line",
    "polyline",
    "polygon",
    "text",
    "tspan",
    "linearGradient",
    "radialGradient",
    "stop",
    "clipPath",
    "mask",
    "symbol",
    "use",
    "style",
];

/// Checks that an SVG only draws. It is refused rather than changed, so that the organisation sees what it chose.
fn as_svg(bytes: Vec<u8>) -> Result<Logo, String> {
    let mut reader = Reader::from_reader(bytes.as_slice());
    let mut buffer = Vec::new();
    let mut is_svg = false;
    loop {
        let event = reader.read_event_into(&mut buffer).map_err(|e| e.to_string())?;
        match event {
            Event::Start(ref element) | Event::Empty(ref element) => {
                let name = String::from_utf8_lossy(element.name().as_ref()).into_owned();
                if !DRAWING.contains(&name.as_str()) {
                    return Err(format!("<{name}> is not allowed in it"));
                }
                is_svg |= name == "svg";
                for attribute in element.attributes() {
                    let attribute = attribute.map_err(|e| e.to_string())?;
                    let key = String::from_utf8_lossy(attribute.key.as_ref()).to_ascii_lowercase();
                    let value = String::from_utf8_lossy(&attribute.value).to_ascii_lowercase();
                    let refers = key == "href" || key.ends_with(":href");
                    if key.starts_with("on") || (refers && !value.starts_with('#')) || loads(&value) {
                        return Err(format!("the attribute {key} of <{name}> is not allowed in it"));
                    }
                }
            }
            Event::Text(text) if loads(&String::from_utf8_lossy(&text)) => return Err("a style loads another file".to_owned()),
            Event::CData(_) | Event::DocType(_) | Event::PI(_) => return Err("it has more than elements and text".to_owned()),
            Event::Eof => break,
            _ => {}
        }
        buffer.clear();
    }
    if !is_svg {
        return Err("it has no <svg>".to_owned());
    }
    Ok(Logo { extension: "svg", bytes })
}

/// Returns whether a value or a style could load another file. A reference within the drawing, `url(#gradient)`, does not.
fn loads(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let outside = |rest: &str| !rest.trim_start_matches([' ', '"', '\'']).starts_with('#');
    text.contains("@import") || text.contains('\\') || text.split("url(").skip(1).any(outside)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn of(header: Option<&str>, accent: Option<&str>) -> Result<Brand, String> {
        let organisation = Organisation {
            header_colour: header.map(str::to_owned),
            accent_colour: accent.map(str::to_owned),
            ..Organisation::default()
        };
        Brand::of(&organisation).map_err(|e| e.to_string())
    }

    #[rstest]
    #[case(None, None, None)]
    #[case(
        Some("#5a1f6b"),
        None,
        Some("@media screen{.or-site-header{background-color:#5a1f6b;border-color:#ffffff}}")
    )]
    #[case(None, Some("#FFDD00"), Some("@media screen{.or-site-header{border-color:#ffdd00}}"))]
    fn colours_become_rules_for_the_header(#[case] header: Option<&str>, #[case] accent: Option<&str>, #[case] css: Option<&str>) {
        assert_eq!(of(header, accent).unwrap().css.as_deref(), css);
    }

    #[rstest]
    #[case(Some("teal"), None, "organisation.header_colour: \"teal\" is not a colour such as #0b4a52")]
    #[case(Some("#fff"), None, "organisation.header_colour: \"#fff\" is not a colour such as #0b4a52")]
    #[case(
        Some("#ffdd00"),
        None,
        "organisation.header_colour: white text on it has a contrast of 1.3; choose a darker colour, with at least 4.5"
    )]
    #[case(
        None,
        Some("#0b5a61"),
        "organisation.accent_colour: its contrast with the header is 1.3; choose another colour, with at least 3"
    )]
    fn colours_that_cannot_be_read_are_refused(#[case] header: Option<&str>, #[case] accent: Option<&str>, #[case] fault: &str) {
        assert_eq!(of(header, accent).unwrap_err(), fault);
    }

    /// The ratios of black and of grey on white in the understanding documents of WCAG.
    #[test]
    fn contrast_is_that_of_wcag() {
        assert!((Colour([0; 3]).contrast(WHITE) - 21.0).abs() < 1e-9);
        assert!((Colour([0x76; 3]).contrast(WHITE) - 4.54).abs() < 0.01);
    }

    const SVG: &str = r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 8 8"><defs><linearGradient id="a"/></defs><path d="M0 0h8" fill="url(#a)"/></svg>"#;

    #[rstest]
    #[case::script("<script>alert(1)</script>", "<script> is not allowed in it")]
    #[case::handler(r#"<path onload="x()"/>"#, "the attribute onload of <path> is not allowed in it")]
    #[case::link(r#"<use href="https://example.org/a.svg#b"/>"#, "the attribute href of <use> is not allowed in it")]
    #[case::other_file(
        r#"<path fill="url(https://example.org/a)"/>"#,
        "the attribute fill of <path> is not allowed in it"
    )]
    #[case::import("<style>@import 'a.css'</style>", "a style loads another file")]
    #[case::page("<foreignObject/>", "<foreignObject> is not allowed in it")]
    #[case::cdata("<style><![CDATA[a]]></style>", "it has more than elements and text")]
    fn a_drawing_that_does_more_is_refused(#[case] inside: &str, #[case] why: &str) {
        assert!(as_svg(SVG.into()).is_ok());
        assert_eq!(as_svg(SVG.replace("<defs>", &format!("{inside}<defs>")).into()).unwrap_err(), why);
    }

    #[test]
    fn a_logo_is_a_small_drawing_or_picture() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("logo");
        let read = |bytes: &[u8]| {
            std::fs::write(&path, bytes).unwrap();
            read_logo(&path).map_err(|e| e.to_string())
        };
        let mut png = Vec::new();
        let picture = image::DynamicImage::new_rgba8(4, 2);
        picture.write_to(&mut Cursor::new(&mut png), ImageFormat::Png).unwrap();
        assert_eq!(read(&png).unwrap().extension, "png");
        assert_eq!(read(SVG.as_bytes()).unwrap().extension, "svg");
        assert!(read(b"GIF89a").unwrap_err().contains("it has no <svg>"));
        assert!(read(&png[..png.len() / 2]).is_err());
        assert!(read(&vec![b' '; 70_000]).unwrap_err().contains("has 70000 bytes"));
        assert!(read_logo(&folder.path().join("none")).is_err());
    }
}
