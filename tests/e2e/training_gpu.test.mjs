// Training on WebGPU, in software: slow, but what is learnt must be what the CPU learns.

import assert from "node:assert/strict";
import { LOST, destroyDevice, keepDevice } from "./gpu.mjs";
import { PATIENCE, story } from "./page.mjs";

// Few images, few steps, one worker: on either engine a step then takes as many.
const RUN = "page=train&train.from=mnist-mlp&train.seconds=none&train.images=512&train.batch=16&train.workers=1&train.eps=0.1&train.scored=40&train.epochs=1";
const LONG = 3 * PATIENCE;

const state = (visit) => visit.page.locator(".train .state");

// A number of sixteen bits.
function half(bits) {
  const [sign, exponent, rest] = [bits >> 15 ? -1 : 1, (bits >> 10) & 31, bits & 1023];
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + rest / 1024) : 2 ** -24 * rest);
}

// The weights of an exported model, all in a row.
function weights({ safetensors }) {
  const bytes = Buffer.from(safetensors, "base64");
  const start = 8 + Number(bytes.readBigUInt64LE());
  const { __metadata__: _, ...tensors } = JSON.parse(bytes.subarray(8, start).toString());
  return Object.keys(tensors).sort().flatMap((name) => {
    const { dtype, data_offsets: [from, to] } = tensors[name];
    const body = bytes.subarray(start + from, start + to);
    const [size, read] = dtype === "F16" ? [2, (at) => half(body.readUInt16LE(at))] : [4, (at) => body.readFloatLE(at)];
    return Array.from({ length: body.length / size }, (_, at) => read(size * at));
  });
}

const length = (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0));
const apart = (some, others) => length(some.map((value, at) => value - others[at]));

story("asked for, the GPU trains, and learns what the CPU learns", { gpu: true }, async ({ open }) => {
  const visit = await open(`${RUN}&model=mnist-mlp`);
  const start = weights(await visit.ask("exportModel"));
  const results = [];
  for (const engine of ["cpu", "gpu"]) {
    await visit.ask("setState", { "train.engine": engine, "train.from": "mnist-mlp" });
    const result = await visit.ask("run", "train");
    results.push({ ...result, weights: weights(await visit.ask("exportModel")) });
  }
  const [cpu, gpu] = results;
  assert.deepEqual([cpu.engine.kind, cpu.engine.reason], ["cpu", "The CPU trains, because it was chosen."]);
  assert.equal(gpu.engine.kind, "gpu", gpu.engine.reason);
  assert.match(gpu.engine.reason, /^The GPU trains, because it was chosen: /);
  assert.deepEqual([gpu.batches, gpu.images, gpu.stopped], [cpu.batches, cpu.images, cpu.stopped]);
  await state(visit).getByText(/The GPU trains, because it was chosen/).waitFor();
  const [moved, difference] = [apart(cpu.weights, start), apart(gpu.weights, cpu.weights)];
  console.log(`moved by ${moved}, apart by ${difference}`);
  assert.ok(difference < 0.01 * moved, `moved by ${moved}, apart by ${difference}`);
});

story("asked for where there is none, the CPU trains, and the page says why", {}, async ({ open }) => {
  const visit = await open(`${RUN}&train.engine=gpu`);
  const { engine } = await visit.ask("run", "train");
  assert.equal(engine.kind, "cpu");
  assert.match(engine.reason, /^The GPU engine cannot run: /);
  await state(visit).getByText(engine.reason).waitFor();
});

story("a GPU in software is not tried, and one that says it is none is timed", { gpu: true }, async ({ open, context }) => {
  // So that no worker has a GPU but for training.
  const auto = `${RUN}&engine=cpu&train.engine=auto`;
  const visit = await open(auto);
  const plain = await visit.ask("run", "train");
  assert.deepEqual([plain.engine.kind, plain.engine.reason], ["cpu", "The CPU trains, as the GPU here is one in software."]);
  await context.addInitScript(() => {
    for (const [type, key] of [["GPUAdapterInfo", "isFallbackAdapter"], ["GPUAdapter", "isFallbackAdapter"]]) {
      if (globalThis[type] && key in globalThis[type].prototype) Object.defineProperty(globalThis[type].prototype, key, { get: () => false });
    }
  });
  const other = await open(auto);
  const timed = await other.ask("run", "train");
  assert.equal(timed.engine.kind, "cpu");
  assert.match(timed.engine.reason, /^The CPU trains: \d+ inputs a second in a trial, and \d+ on the GPU \(.*\)\.$/);
  await state(other).getByText(timed.engine.reason).waitFor();
  assert.deepEqual([timed.batches, timed.images], [plain.batches, plain.images], "a trial is no part of the run");
  assert.equal(other.page.workers().filter((worker) => worker.url().includes("engine-gpu")).length, 0, "it has ended");
});

story("a device destroyed in the middle of a run: the CPU goes on, and nothing is lost", LOST, async ({ open, context }) => {
  await keepDevice(context);
  const visit = await open(`${RUN}&train.engine=gpu&train.epochs=1000&train.lr=0.001`);
  await visit.page.getByRole("button", { name: /^Harden for/ }).click();
  const batch = async (least) => {
    await visit.page.waitForFunction(
      (least) => Number(document.querySelector(".train .state")?.innerText.match(/batch (\d+)/)?.[1] ?? 0) > least,
      least,
      { timeout: LONG },
    );
    return Number((await state(visit).innerText()).match(/batch (\d+)/)[1]);
  };
  const before = await batch(0);
  await destroyDevice(visit.page);
  await state(visit).getByText(/The CPU trains, as the GPU could not go on: /).waitFor({ timeout: LONG });
  assert.ok((await batch(before)) > before);
  await visit.page.getByRole("button", { name: "Cancel", exact: true }).click();
  await visit.page.getByText(/^The run was cancelled\./).waitFor();
});
