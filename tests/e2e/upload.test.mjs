// Pictures from files: a good one is taken, a bad one gets one sentence and changes nothing.

import assert from "node:assert/strict";
import { crc32, deflateSync } from "node:zlib";
import { story, THREE } from "./page.mjs";

// The bytes of a grey PNG; `shade` gives a pixel's value from its place.
function png(width, height, shade) {
  const rows = Buffer.alloc((width + 1) * height);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) rows[y * (width + 1) + 1 + x] = shade(x / width, y / height);
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head[8] = 8;
  return file([["IHDR", head], ["IDAT", deflateSync(rows)], ["IEND", Buffer.alloc(0)]]);
}

function file(chunks) {
  const parts = chunks.map(([name, data]) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(checksum(body));
    return Buffer.concat([length, body, check]);
  });
  return Buffer.concat([Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]), ...parts]);
}

// The CRC of PNG; Node has had its own only since version 22.
function checksum(bytes) {
  if (crc32) return crc32(bytes);
  let sum = 0xffffffff;
  for (const byte of bytes) {
    sum ^= byte;
    for (let bit = 0; bit < 8; bit += 1) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
  }
  return (sum ^ 0xffffffff) >>> 0;
}

// A dark one on white paper, as a photo would have it.
const one = () => png(120, 160, (x, y) => (x > 0.45 && x < 0.56 && y > 0.15 && y < 0.85 ? 20 : 240));

async function upload(visit, name, buffer) {
  const [chooser] = await Promise.all([
    visit.page.waitForEvent("filechooser"),
    visit.page.getByRole("button", { name: "Upload" }).click(),
  ]);
  await chooser.setFiles({ name, mimeType: "image/png", buffer });
}

story("an uploaded photo of a one is centred, classified and attacked", {}, async ({ open }) => {
  const visit = await open("steps=10&engine=cpu");
  await upload(visit, "one.png", one());
  const result = await visit.heardDrawn(0);
  assert.equal(result.clean.label, 1);
  await visit.page.getByRole("img", { name: "Before centring" }).waitFor();
});

story("a saved adversarial picture is taken as it is, and can be centred (F18)", {}, async ({ open }) => {
  const visit = await open("model=natural&eps=0.2&steps=10&engine=cpu");
  await visit.heard("result");
  const before = await visit.ask("getResult");
  assert.equal(before.success, true);
  const bytes = Buffer.from(before.adversarial.pixels, "base64");
  const values = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const saved = png(28, 28, (x, y) => Math.round(255 * values[Math.round(y * 28) * 28 + Math.round(x * 28)]));
  await upload(visit, "adversarial.png", saved);
  assert.equal((await visit.heardDrawn(0)).clean.label, before.eightBit.label, "it still fools");
  await visit.page.getByText("has the 28 x 28 pixels of an input, so it is taken as it is").waitFor();
  const later = await visit.count();
  await visit.page.getByRole("button", { name: "Centre it" }).click();
  await visit.heardDrawn(later);
  await visit.page.getByRole("img", { name: "Before centring" }).waitFor();
  await visit.page.getByRole("group", { name: "Drawing" }).getByRole("button", { name: "Undo" }).click();
  await visit.page.getByRole("button", { name: "Centre it" }).waitFor();
});

story("a browser that alters what a page reads is found out, and drawing goes on (F20)", {}, async ({ open, context }) => {
  await context.addInitScript(() => {
    const read = CanvasRenderingContext2D.prototype.getImageData;
    CanvasRenderingContext2D.prototype.getImageData = function (...place) {
      const found = read.apply(this, place);
      found.data.forEach((_, at) => (found.data[at] = (at * 97 + 13) % 256));
      return found;
    };
  });
  const visit = await open("steps=5&engine=cpu");
  const [before] = [(await visit.state()).input];
  await upload(visit, "one.png", one());
  await visit.page.getByText("This browser alters pictures that a page reads").waitFor();
  assert.deepEqual((await visit.state()).input, before);
  await visit.draw(THREE);
  assert.match((await visit.ask("getResult")).fragment, /input=draw:/);
});

// Headers alone, of pictures too wide: no decoder would find a picture in them.
const u16 = (value) => [value >> 8, value & 255];
const wide = {
  gif: () => Buffer.from([...Buffer.from("GIF89a"), ...u16(20_000).reverse(), 2, 0, 0, 0, 0]),
  jpeg: () => Buffer.from([
    0xff, 0xd8, 0xff, 0xe0, ...u16(16), ...Buffer.from("JFIF\0"), 1, 1, 0, 0, 1, 0, 1, 0, 0,
    0xff, 0xc0, ...u16(11), 8, ...u16(2), ...u16(20_000), 1, 1, 0x11, 0, 0xff, 0xd9,
  ]),
  webp: () => Buffer.from([
    ...Buffer.from("RIFF"), 22, 0, 0, 0, ...Buffer.from("WEBPVP8X"), 10, 0, 0, 0, 0, 0, 0, 0,
    ...u16(19_999).reverse(), 0, 1, 0, 0,
  ]),
};

const BAD = [
  ["an empty file", "empty.png", () => Buffer.alloc(0), /“empty.png” is empty/],
  ["a text", "notes.png", () => Buffer.from("no picture at all"), /“notes.png” is not a picture/],
  ["half a picture", "half.png", () => one().subarray(0, 60), /“half.png” is not a picture/],
  ["20 000 pixels wide", "wide.png", () => png(20_000, 2, () => 255), /“wide.png” is 20000 x 2 pixels/],
  ...Object.entries(wide).map(([type, make]) => [
    `20 000 pixels wide, as ${type}`, `wide.${type}`, make, new RegExp(`“wide.${type}” is 20000 x 2 pixels`),
  ]),
  ["a single pixel", "dot.png", () => png(1, 1, () => 0), /“dot.png” cannot be used/],
  ["an empty sheet", "sheet.png", () => png(50, 50, () => 255), /“sheet.png” cannot be used/],
];

for (const [what, name, make, sentence] of BAD) {
  story(`an upload of ${what} says so and keeps the drawing`, {}, async ({ open }) => {
    const visit = await open("steps=5&engine=cpu");
    await visit.draw(THREE);
    const before = await visit.ask("getResult");
    await upload(visit, name, make());
    await visit.note(sentence);
    assert.equal((await visit.heard("fault")).kind, "input");
    assert.equal((await visit.ask("getState")).fragment, before.fragment);
    const after = await visit.attacked({ eps: 0.11 });
    assert.equal(after.clean.pixels, before.clean.pixels);
  });
}

// 400 million pixels in a file of 400 kB: decoding it first and asking later would take 1.6 GB.
story("an upload of 20 000 by 20 000 pixels is refused, and never decoded", {}, async ({ open, context }) => {
  await context.addInitScript(() => {
    globalThis.decoded = 0;
    const decode = createImageBitmap;
    globalThis.createImageBitmap = (...given) => ((decoded += 1), decode(...given));
  });
  const visit = await open("steps=5&engine=cpu");
  await visit.draw(THREE);
  const before = await visit.ask("getResult");
  const head = Buffer.alloc(13);
  head.writeUInt32BE(20_000, 0);
  head.writeUInt32BE(20_000, 4);
  head[8] = 8;
  const rows = deflateSync(Buffer.alloc(20_001 * 20_000));
  await upload(visit, "huge.png", file([["IHDR", head], ["IDAT", rows], ["IEND", Buffer.alloc(0)]]));
  await visit.note(/“huge.png” is 20000 x 20000 pixels; sides up to 10000 are taken/);
  assert.equal(await visit.page.evaluate(() => decoded), 0);
  assert.equal((await visit.ask("getState")).fragment, before.fragment);
});
