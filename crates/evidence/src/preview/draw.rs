//! Drawing a preview. Runs in a sandboxed process.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::imageops::FilterType;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageError, ImageReader, Limits, Rgb, RgbImage};

use crate::preview::LONGEST_SIDE;

/// Maximum width and height of a picture that is decoded, in pixels.
const SIDE: u32 = 30_000;

/// Maximum memory for decoded pixels, in bytes.
const PIXELS: u64 = 512 * 1024 * 1024;

/// JPEG quality: good enough to read a letter by, at a tenth of a photo's size.
const QUALITY: u8 = 80;

/// Draws a picture anew as a JPEG without metadata: upright, at most [`LONGEST_SIDE`] long, transparent parts on white.
///
/// `upright` says that the picture is rotated already, whatever its orientation tag says. Fails if the picture cannot be decoded
/// or is too large.
pub fn draw(bytes: &[u8], upright: bool) -> Result<Vec<u8>, ImageError> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format()?;
    let mut limits = Limits::default();
    limits.max_image_width = Some(SIDE);
    limits.max_image_height = Some(SIDE);
    limits.max_alloc = Some(PIXELS);
    reader.limits(limits);
    let mut decoder = reader.into_decoder()?;
    // Without a readable orientation tag the picture is drawn as it is.
    let held = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut picture = DynamicImage::from_decoder(decoder)?;
    if picture.width().max(picture.height()) > LONGEST_SIDE {
        picture = picture.resize(LONGEST_SIDE, LONGEST_SIDE, FilterType::Triangle);
    }
    if !upright {
        picture.apply_orientation(held);
    }
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, QUALITY).encode_image(&on_white(&picture))?;
    Ok(jpeg)
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    if !picture.color().has_alpha() {
        return picture.to_rgb8();
    }
    let seen_through = picture.to_rgba8();
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [r, g, b, a] = seen_through.get_pixel(x, y).0;
        let over = |c: u8| {
            let mixed = (u32::from(c) * u32::from(a) + 255 * (255 - u32::from(a))) / 255;
            u8::try_from(mixed).unwrap_or(u8::MAX)
        };
        Rgb([over(r), over(g), over(b)])
    })
}
