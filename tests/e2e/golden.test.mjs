// The CPU engine in this browser against the native engine, by way of the files in tests/golden: the natural model's
// first hundred test images under two attacks, every pixel.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { floats, story } from "./page.mjs";

const TOLERANCE = 1e-3;
// Pixels of 78 400 that may differ by more: where a gradient is zero but for rounding, its sign is chance.
const STRAYS = 40;

const read = (name) => readFileSync(new URL(`../golden/${name}`, import.meta.url));

for (const name of ["fgsm", "pgd"]) {
  story(`${name} here and in the native engine`, {}, async ({ open }) => {
    const golden = JSON.parse(read(`${name}.json`));
    const bytes = gunzipSync(read(`${name}.u16.gz`));
    const pixels = Array.from({ length: bytes.length / 2 }, (_, at) => bytes.readUInt16LE(2 * at) / 65535);
    const visit = await open(`${golden.link}&input=test:0&model=mnist-cnn&seed=1&engine=cpu`);
    const { models } = await visit.ask("getCatalog");
    assert.equal(models.find((model) => model.id === "mnist-cnn").weights.sha256, golden.weights, "the weights are new");
    let strays = 0;
    for (const [index, image] of golden.images.entries()) {
      const result = await visit.attacked({ input: `test:${index}` });
      assert.equal(result.engine.kind, "cpu");
      const labels = [result.clean.label, result.adversarial.label, result.success];
      assert.deepEqual(labels, [image.clean, image.adversarial, image.success], `image ${index}`);
      assert.ok(Math.abs(result.distance.l2 - image.l2) < 0.05, `L2 of image ${index}`);
      const expected = pixels.slice(index * 784, (index + 1) * 784);
      strays += floats(result.adversarial.pixels).filter((pixel, at) => Math.abs(pixel - expected[at]) > TOLERANCE).length;
    }
    console.log(`${name}: ${strays} of ${pixels.length} pixels differ by more than ${TOLERANCE}`);
    assert.equal(golden.images.length, 100);
    assert.ok(strays <= STRAYS, `${strays} pixels`);
  });
}
