// Golden pictures: how a page looks, but for what machines differ in. Every character is drawn as the same block
// (golden/font.py), numbers have one digit, and pictures and lengths that come of floating point are left out. What is left
// is where everything stands and how large it is, in its colours.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pixelmatch from "pixelmatch";
import { PNG } from "pngjs";

/** Most pixels that may differ: edges of rounded corners, which versions of Chromium draw a little differently. */
export const MOST = 600;
/** What a browser context needs: the page's policy takes neither fonts nor styles of a test. */
export const CONTEXT = { bypassCSP: true, deviceScaleFactor: 1 };

const font = readFileSync(new URL("golden/blocks.ttf", import.meta.url)).toString("base64");
const STYLE = `
  @font-face { font-family: Blocks; src: url("data:font/ttf;base64,${font}"); }
  *, *::before, *::after {
    font-family: Blocks !important;
    font-synthesis: none !important;
    font-variant: normal !important;
    letter-spacing: 0 !important;
    text-rendering: geometricPrecision !important;
    transition: none !important;
    animation: none !important;
    caret-color: transparent !important;
  }
  canvas, .fill, .mark, .chart path, .chart circle, input[type="file"] { visibility: hidden !important; }
  /* The address of the page under test has another port each time. */
  .text { color: transparent !important; }
`;
const golden = (name) => new URL(`golden/${name}.png`, import.meta.url);

/** A picture of what a Playwright page shows now, with nothing in it that machines differ in. */
export async function picture(page) {
  await page.addStyleTag({ content: STYLE });
  await page.evaluate(async () => {
    await document.fonts.load("16px Blocks");
    await document.fonts.ready;
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) texts.currentNode.data = texts.currentNode.data.replace(/\d+([.,]\d+)*/g, "0");
    document.activeElement?.blur();
  });
  return PNG.sync.read(await page.screenshot({ animations: "disabled", caret: "hide" }));
}

/** How many pixels of two pictures differ, all of them if their sizes do. */
export function differing(one, other, marked = null) {
  const { width, height } = one;
  if (width !== other.width || height !== other.height) return Infinity;
  return pixelmatch(one.data, other.data, marked?.data ?? null, width, height, { threshold: 0.2 });
}

/** The picture that is kept under this name. */
export const kept = (name) => PNG.sync.read(readFileSync(golden(name)));

/** Fails unless a page looks as the picture kept under this name; with UPDATE_GOLDEN=1, keeps how it looks. */
export async function sameLook(page, name) {
  const found = await picture(page);
  if (process.env.UPDATE_GOLDEN === "1") return writeFileSync(golden(name), PNG.sync.write(found, { deflateLevel: 9 }));
  const wanted = kept(name);
  const marked = new PNG({ width: wanted.width, height: wanted.height });
  const count = differing(wanted, found, marked);
  if (count <= MOST) return;
  const folder = join(tmpdir(), "foolproof-looks");
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, `${name}.png`), PNG.sync.write(found));
  writeFileSync(join(folder, `${name}-differs.png`), PNG.sync.write(marked));
  assert.fail(`${name}: ${count} pixels differ, ${MOST} may; see ${folder}. If it is meant to look so, run with UPDATE_GOLDEN=1.`);
}
