// The CPU engine in this browser against the native engine, by way of the files in tests/golden: the natural model's
// first hundred test images under two attacks, every pixel.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { floats, story } from "./page.mjs";

const TOLERANCE = 1e-3;
// Images of the hundred whose adversarial twins may differ: where a unit is zero but for rounding, its slope is chance.
const STRAYS = 2;

const read = (name) => readFileSync(new URL(`../golden/${name}`, import.meta.url));

for (const name of ["fgsm", "pgd"]) {
  story(`${name} here and in the native engine`, {}, async ({ open }) => {
    const golden = JSON.parse(read(`${name}.json`));
    const bytes = gunzipSync(read(`${name}.u16.gz`));
    const pixels = Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readUInt16LE(2 * at) / 65535);
    const visit = await open(`${golden.link}&input=test:0&model=mnist-cnn&seed=1&engine=cpu`);
    const { models } = await visit.ask("getCatalog");
    assert.equal(models.find((model) => model.id === "mnist-cnn").weights.sha256, golden.weights, "the weights are new");
    let [strays, astray] = [0, 0];
    for (const [index, image] of golden.images.entries()) {
      const result = await visit.attacked({ input: `test:${index}` });
      assert.equal(result.engine.kind, "cpu");
      assert.equal(result.clean.label, image.clean, `image ${index}`);
      const expected = pixels.slice(index * 784, (index + 1) * 784);
      const found = floats(result.adversarial.pixels).filter((pixel, at) => Math.abs(pixel - expected[at]) > TOLERANCE).length;
      const alike = found === 0 && result.adversarial.label === image.adversarial && result.success === image.success;
      [strays, astray] = [strays + found, astray + (alike ? 0 : 1)];
    }
    console.log(`${name}: ${strays} of ${pixels.length} pixels differ by more than ${TOLERANCE}, in ${astray} images`);
    assert.equal(golden.images.length, 100);
    assert.ok(astray <= STRAYS, `${astray} images`);
  });
}
