// Files to upload, generated so that none has to be stored beside the tests.

import { open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { deflateSync } from "node:zlib";

/** A file as Playwright takes it. */
export type Upload = { name: string; mimeType: string; buffer: Buffer };

/** The checksum of a PNG chunk; Node's own function is too new for some machines. */
function crc32(bytes: Buffer): number {
  let sum = ~0;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit++) sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
  }
  return ~sum >>> 0;
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

/** A photo: a grey square, as PNG. */
export function photo(name = "bathroom wall.png"): Upload {
  const side = 64;
  const header = Buffer.alloc(13);
  header.writeUInt32BE(side, 0);
  header.writeUInt32BE(side, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const rows = Buffer.concat(Array.from({ length: side }, (_, y) => Buffer.alloc(side + 1, y * 3).fill(0, 0, 1)));
  const buffer = Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
  return { name, mimeType: "image/png", buffer };
}

/** A letter: one empty page, as PDF, with a valid cross-reference table. */
export function letter(name = "letter.pdf"): Upload {
  const objects = [
    "<</Type/Catalog/Pages 2 0 R>>",
    "<</Type/Pages/Kids[3 0 R]/Count 1>>",
    "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
  ];
  let text = "%PDF-1.4\n";
  const starts = objects.map((object, i) => {
    const start = text.length;
    text += `${i + 1} 0 obj${object}endobj\n`;
    return start;
  });
  const table = text.length;
  const rows = starts.map((start) => `${String(start).padStart(10, "0")} 00000 n \n`).join("");
  text += `xref\n0 4\n0000000000 65535 f \n${rows}trailer<</Size 4/Root 1 0 R>>\nstartxref\n${table}\n%%EOF\n`;
  return { name, mimeType: "application/pdf", buffer: Buffer.from(text, "latin1") };
}

/** An empty file. */
export function nothing(name = "empty.jpg"): Upload {
  return { name, mimeType: "image/jpeg", buffer: Buffer.alloc(0) };
}

/** A Windows or Linux program with the name of a photo. */
export function program(kind: "exe" | "elf", name = `holiday-${kind}.jpg`): Upload {
  const head = kind === "exe" ? Buffer.from("MZ\x90\0\x03\0\0\0\x04\0\0\0\xff\xff\0\0", "latin1") : Buffer.from("\x7fELF\x02\x01\x01\0", "latin1");
  return { name, mimeType: "image/jpeg", buffer: Buffer.concat([head, Buffer.alloc(4096)]) };
}

/** Creates a sparse file on disk that begins like a photo and has this length. Returns its path. */
export async function large(folder: string, name: string, bytes: number): Promise<string> {
  const path = join(folder, name);
  const file = await open(path, "w");
  try {
    await file.write(Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 0x10, 0x4a, 0x46, 0x49, 0x46, 0]));
    await file.truncate(bytes);
  } finally {
    await file.close();
  }
  return path;
}

/** One of the sample files of the server's own tests. `tests/samples/make.py` says how they were made. */
export async function sample(name: string, mimeType: string): Promise<Upload> {
  return { name, mimeType, buffer: await readFile(join("tests/samples", name)) };
}
