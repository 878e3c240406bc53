// What all sides are given: the shipped network, test pictures, and the same work to do.

import { gunzipSync } from "node:zlib";

async function bytes(url) {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`${url} answers ${response.status}`);
  return Buffer.from(await response.arrayBuffer());
}

/** The shipped natural network with its weights, and the first `count` test inputs. */
export async function material(url, count) {
  const manifest = JSON.parse(await bytes(new URL("manifest.json", url)));
  const data = manifest.datasets.find((dataset) => dataset.id === "mnist");
  const model = manifest.models.find((model) => model.id === data.natural);
  const weights = await bytes(new URL(model.weights.path, url));
  const [channel, row, column] = data.shape;
  const size = channel * row * column;
  const images = [];
  const labels = [];
  for (const shard of data.test) {
    if (labels.length >= count) break;
    images.push(gunzipSync(await bytes(new URL(shard.images.path, url))).subarray(16));
    labels.push(...gunzipSync(await bytes(new URL(shard.labels.path, url))).subarray(8));
  }
  if (labels.length < count) throw new Error(`${data.id} has no ${count} test pictures`);
  const pixels = Array.from(Buffer.concat(images).subarray(0, count * size), (byte) => byte / 255);
  const inputs = (batch) => ({
    shape: [batch, channel, row, column],
    pixels: pixels.slice(0, batch * size),
    labels: labels.slice(0, batch),
  });
  return { id: model.id, architecture: model.architecture, weights: weights.toString("base64"), inputs };
}

/** By norm: the radius, and the length of one of many steps. */
const BALLS = { linf: { eps: 0.3, small: 0.01 }, l2: { eps: 2, small: 0.1 } };

/** The same attack for all sides: none, FGSM, or PGD from a random start. `attack` is for our engine, `plain` for the others. */
export function job(name, steps, norm = "linf") {
  const { eps, small } = BALLS[norm];
  const step = steps === 1 ? eps : small;
  const plain = { norm, eps, steps, step, random: steps > 1 };
  if (steps === 0) return { name, attack: { id: "none", norm, eps: 0, knobs: {} }, plain };
  if (steps === 1) return { name, attack: { id: "fgsm", norm, eps, knobs: {} }, plain };
  return { name, attack: { id: "pgd", norm, eps, knobs: { steps, step, restarts: 1 } }, plain };
}

/** The same attack with so few steps that it only warms up, if it has more. */
export function shortened({ name, attack, plain }) {
  const steps = Math.min(2, plain.steps);
  const knobs = "steps" in attack.knobs ? { ...attack.knobs, steps } : attack.knobs;
  return { name, attack: { ...attack, knobs }, plain: { ...plain, steps } };
}

/** A recipe of training against the same radius: the preset of a minute, with its single steps, or PGD's. */
export function recipe(method, knobs, batch) {
  const ball = { norm: "linf", eps: 0.3, limits: [], ramp: 0, ratio: 1 };
  const step = { optimizer: "adam", memory: 0.98, rate: 0.004, schedule: "constant", warm: 0, decay: 0, clip: 0 };
  const rest = { average: 0.99, smooth: 0.1, augment: [{ shift: 1 }], sources: [], seed: 1 };
  return { method, knobs, batch, ...ball, ...step, ...rest };
}

/** Multiply-adds of one picture's way through the network; its input gradient takes as many again. */
export function multiplyAdds({ input, layers }) {
  let [, rows, columns] = input;
  let sum = 0;
  for (const layer of layers) {
    const { conv2d, linear } = typeof layer === "string" ? {} : layer;
    if (conv2d) {
      const side = (length) => Math.floor((length + 2 * conv2d.padding - conv2d.kernel) / conv2d.stride) + 1;
      [rows, columns] = [side(rows), side(columns)];
      sum += rows * columns * conv2d.out * conv2d.in * conv2d.kernel ** 2;
    }
    if (linear) sum += linear.in * linear.out;
  }
  return sum;
}
