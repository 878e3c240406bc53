// Pictures in every kind of file that people have (F21): the right answer, or a sentence that names the kind and a way
// out. tests/pictures/make.py made them, each the same seven.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { story } from "./page.mjs";

const READ = ["exif-6.jpg", "exif-8.jpg", "cmyk.jpg", "sixteen-bits.png", "see-through.png", "animated.gif", "animated.webp", "photo.avif"];
const REFUSED = [
  ["drawing.svg", /“drawing.svg” is of the kind SVG, .* Save it as PNG or JPEG first/],
  ["photo.heic", /“photo.heic” is of the kind HEIC, .* Save it as PNG or JPEG first/],
  ["page.pdf", /“page.pdf” is of the kind PDF, .* Save it as PNG or JPEG first/],
  ["scan.tiff", /“scan.tiff” is of the kind TIFF, .* Save it as PNG or JPEG first/],
  ["long.png", /“long.png” cannot be used. The picture is too small/],
];

async function upload(visit, name) {
  const [chooser] = await Promise.all([
    visit.page.waitForEvent("filechooser"),
    visit.page.getByRole("button", { name: "Upload" }).click(),
  ]);
  const buffer = readFileSync(new URL(`../pictures/${name}`, import.meta.url));
  await chooser.setFiles({ name, mimeType: "image/*", buffer });
}

story("pictures of every kind stand upright, show their first frame and are read right", {}, async ({ open }) => {
  const visit = await open("steps=5&engine=cpu");
  await visit.heard("result");
  for (const name of READ) {
    const from = await visit.count();
    await upload(visit, name);
    assert.equal((await visit.heardDrawn(from)).clean.label, 7, name);
    // Two of them may give the same input, which is attacked once.
    const back = await visit.count();
    await visit.page.getByRole("group", { name: "Drawing" }).getByRole("button", { name: "Undo" }).click();
    await visit.heard("result", back);
  }
});

story("what a browser does not read is told by its kind, with a way out", {}, async ({ open }) => {
  const visit = await open("steps=5&engine=cpu");
  const { input } = await visit.state();
  for (const [name, sentence] of REFUSED) {
    await upload(visit, name);
    await visit.page.getByText(sentence).waitFor();
  }
  assert.deepEqual((await visit.state()).input, input);
});
