"""Makes the samples in this folder. Nothing in them is of a real person or place.

python3 -m venv v && v/bin/pip install python-docx openpyxl odfpy msoffcrypto-tool pikepdf reportlab pillow piexif \
    pillow-heif imageio-ffmpeg && v/bin/python make.py
"""
import io, subprocess, zipfile
import docx, imageio_ffmpeg, msoffcrypto, odf.opendocument, odf.text, openpyxl, piexif, pikepdf, pillow_heif
from PIL import Image, PngImagePlugin
from reportlab.pdfgen.canvas import Canvas

ffmpeg = imageio_ffmpeg.get_ffmpeg_exe()

# Pictures in four colours, so that a turned one can be recognised. The location is in the North Sea.
picture = Image.new("RGB", (64, 48))
for box, colour in [((0, 0, 32, 24), "red"), ((32, 0, 64, 24), "green"), ((0, 24, 32, 48), "blue"), ((32, 24, 64, 48), "white")]:
    picture.paste(colour, box)

def exif(place, orientation=1):
    ifds = {
        "0th": {piexif.ImageIFD.Make: b"Example", piexif.ImageIFD.Model: b"Phone 1", piexif.ImageIFD.Orientation: orientation},
        "Exif": {piexif.ExifIFD.DateTimeOriginal: b"2026:03:04 18:30:00", piexif.ExifIFD.OffsetTimeOriginal: b"+00:00"},
    }
    if place:
        ifds["GPS"] = {
            piexif.GPSIFD.GPSLatitudeRef: b"N", piexif.GPSIFD.GPSLatitude: ((56, 1), (30, 1), (1234, 100)),
            piexif.GPSIFD.GPSLongitudeRef: b"E", piexif.GPSIFD.GPSLongitude: ((3, 1), (15, 1), (4321, 100)),
        }
    return piexif.dump(ifds)

XMP = b'<?xpacket begin="" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="56,30.2N" exif:GPSLongitude="3,15.7E"/></rdf:RDF></x:xmpmeta><?xpacket end="w"?>'
picture.save("plain.jpg", quality=85)
picture.save("place.jpg", quality=85, exif=exif(True), xmp=XMP)
picture.save("turned.jpg", quality=85, exif=exif(False, orientation=6))
picture.save("plain.gif")
info = PngImagePlugin.PngInfo()
info.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=True)
picture.save("place.png", exif=exif(True), pnginfo=info)
picture.save("place.webp", exif=exif(True), xmp=XMP)
seen_through = picture.convert("RGBA"); seen_through.putalpha(0); seen_through.save("seen-through.png")
pillow_heif.register_heif_opener()
picture.save("place.heic", quality=60, exif=exif(True), xmp=XMP)
picture.save("turned.heic", quality=60, exif=exif(False, orientation=6))

# A HEIC with transparency, and one that is assembled from two tiles, as phones make them.
seen_through.save("seen-through.heic", quality=60)
def tiles():
    out = io.BytesIO(); picture.resize((64, 64)).save(out, "HEIF", quality=60); one = out.getvalue()
    def box(kind, content): return (len(content) + 8).to_bytes(4, "big") + kind + content
    def found(kind):
        at = one.index(kind) - 4
        return one[at:at + int.from_bytes(one[at:at + 4], "big")]
    def numbers(size, *all): return b"".join(n.to_bytes(size, "big") for n in all)
    tile = found(b"mdat")[8:]
    grid = bytes([0, 0, 0, 1]) + numbers(2, 128, 64)
    items = [(b"hvc1", tile), (b"hvc1", tile), (b"grid", grid)]
    full = bytes(4)
    infe = b"".join(box(b"infe", bytes([2, 0, 0, 0]) + numbers(2, n + 1, 0) + kind + b"\0") for n, (kind, _) in enumerate(items))
    iinf = box(b"iinf", full + numbers(2, 3) + infe)
    iref = box(b"iref", full + box(b"dimg", numbers(2, 3, 2, 1, 2)))
    ispe = lambda width, height: box(b"ispe", full + numbers(4, width, height))
    ipco = box(b"ipco", found(b"hvcC") + ispe(64, 64) + ispe(128, 64))
    ipma = box(b"ipma", full + numbers(4, 3) + b"".join(numbers(2, n) + bytes(kept) for n, kept in [(1, [2, 0x81, 2]), (2, [2, 0x81, 2]), (3, [1, 3])]))
    ftyp = box(b"ftyp", b"heic" + bytes(4) + b"mif1heic")
    def whole(start):
        places = b""
        for n, (_, content) in enumerate(items):
            places += numbers(2, n + 1, 0, 1) + numbers(4, start, len(content)); start += len(content)
        iloc = box(b"iloc", full + bytes([0x44, 0]) + numbers(2, 3) + places)
        hdlr = box(b"hdlr", bytes(8) + b"pict" + bytes(13))
        meta = box(b"meta", full + hdlr + box(b"pitm", full + numbers(2, 3)) + iinf + iref + box(b"iprp", ipco + ipma) + iloc)
        return ftyp + meta + box(b"mdat", b"".join(content for _, content in items))
    length = len(whole(0)) - sum(len(content) for _, content in items)
    with open("tiles.heic", "wb") as out: out.write(whole(length))
tiles()

# Documents.
def pdf(name, **encryption):
    out = io.BytesIO(); canvas = Canvas(out, pageCompression=0); canvas.drawString(72, 720, "We will come on Tuesday."); canvas.save()
    with pikepdf.open(io.BytesIO(out.getvalue())) as opened:
        opened.save(name, encryption=pikepdf.Encryption(**encryption) if encryption else False)
pdf("plain.pdf")
pdf("no-printing.pdf", user="", owner="example", allow=pikepdf.Permissions(print_lowres=False, print_highres=False))
pdf("no-printing-rc4.pdf", user="", owner="example", R=3, aes=False, metadata=False)
pdf("password.pdf", user="example", owner="example")
pdf("password-rc4.pdf", user="example", owner="example", R=3, aes=False, metadata=False)
letter = docx.Document(); letter.add_paragraph("We will come on Tuesday."); letter.save("plain.docx")
sheet = openpyxl.Workbook(); sheet.active.append(["date", "paid"]); sheet.save("plain.xlsx")
text = odf.opendocument.OpenDocumentText(); text.text.addElement(odf.text.P(text="We will come on Tuesday.")); text.save("plain.odt")
for kind in ["docx", "xlsx"]:
    with open(f"plain.{kind}", "rb") as plain, open(f"password.{kind}", "wb") as out:
        msoffcrypto.OfficeFile(plain).encrypt("example", out)

def repacked(source, name, change=lambda n, d: d, more={}):
    with zipfile.ZipFile(source) as old, zipfile.ZipFile(name, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            method = zipfile.ZIP_STORED if entry.filename == "mimetype" else zipfile.ZIP_DEFLATED
            new.writestr(entry.filename, change(entry.filename, old.read(entry)), method)
        for path, data in more.items():
            new.writestr(path, data)
macro = lambda kind: lambda n, d: d.replace(kind, kind.replace(b"openxmlformats-officedocument.wordprocessingml.document", b"ms-word.document.macroEnabled")) if n == "[Content_Types].xml" else d
MAIN = b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
repacked("plain.docx", "macros.docm", macro(MAIN), {"word/vbaProject.bin": b"x"})
# Files with macros under the type of a file without.
repacked("plain.docx", "macros.docx", more={"word/vbaProject.bin": b"x"})
repacked("plain.xlsx", "macros.xlsx", more={"xl/macrosheets/sheet1.xml": b"<x/>"})
repacked("plain.odt", "macros.odt", more={"Basic/Standard/Module1.xml": b"<x/>"})
encrypted = b'<manifest:file-entry manifest:full-path="content.xml"><manifest:encryption-data manifest:checksum="x"/></manifest:file-entry></manifest:manifest>'
repacked("plain.odt", "password.odt", lambda n, d: d.replace(b"</manifest:manifest>", encrypted) if n == "META-INF/manifest.xml" else d)
# A letter whose list of contents unpacks to 60 MB.
bomb = lambda n, d: d + b" " * 60_000_000 if n == "[Content_Types].xml" else d
repacked("plain.docx", "bomb.docx", bomb)

# Sounds and films of a fifth of a second.
def sound(name, *options):
    subprocess.run([ffmpeg, "-y", "-loglevel", "error", "-f", "lavfi", "-i", "sine=440:duration=0.2", *options, name], check=True)
def film(name, *options):
    subprocess.run([ffmpeg, "-y", "-loglevel", "error", "-f", "lavfi", "-i", "testsrc=duration=0.2:size=64x48:rate=10", *options, name], check=True)
sound("id3.mp3", "-metadata", "title=Tone", "-b:a", "32k")
sound("bare.mp3", "-id3v2_version", "0", "-write_xing", "0", "-b:a", "32k")
sound("plain.m4a"); sound("plain.wav", "-ar", "8000"); sound("plain.aac", "-b:a", "32k")
sound("opus.ogg", "-c:a", "libopus", "-b:a", "16k"); sound("vorbis.ogg", "-c:a", "libvorbis")
sound("refused.ogg", "-c:a", "flac"); sound("refused.flac")
film("plain.mp4"); film("plain.mov"); film("plain.webm"); film("refused.mkv"); film("refused.avi")
film("plain.3gp", "-s", "128x96"); film("plain.3g2", "-s", "128x96")
# Films with a location in the ways phones store it: 3GPP, today's Apple, and QuickTime. Again in the North Sea.
PLACE = "+56.5034+003.2620/"
film("place.mp4", "-metadata", f"location={PLACE}")
film("place.mov", "-movflags", "use_metadata_tags", "-metadata", f"com.apple.quicktime.location.ISO6709={PLACE}")
film("camera.mov", "-metadata", f"location={PLACE}")
