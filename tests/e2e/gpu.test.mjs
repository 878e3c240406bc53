// The GPU engine, on WebGPU in software: slow, but its answers must be the CPU engine's. Where epsilon is hidden nobody
// searches for its marks, which would take longer than the attacks.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { LOST, destroyDevice, inGpuWorker, keepDevice } from "./gpu.mjs";
import { floats, story } from "./page.mjs";
import { safetensors } from "./tiny.mjs";

const TOLERANCE = 1e-3;
// Pixels of one picture that may differ by more: where a gradient is zero but for rounding, its sign is chance.
const STRAYS = 4;

// Waits until jobs run on the GPU engine.
const onGpu = (visit) =>
  visit.page.waitForFunction(() => host.told.findLast((one) => one.event === "engine")?.value.kind === "gpu");

async function why(visit, sentence) {
  await visit.page.locator(".chip").click();
  await visit.page.getByText(sentence).first().waitFor();
}

story("both engines agree: same labels, same pixels", { gpu: true }, async ({ open }) => {
  const visit = await open("engine=cpu&steps=3&hide=eps");
  const linf = { norm: "linf", eps: 0.15 };
  const attacks = [{ attack: "fgsm", ...linf }, { attack: "pgd", ...linf }, { attack: "pgd", norm: "l2", eps: 1.5 }];
  const all = async () => {
    const results = [];
    for (const attack of attacks) {
      for (const index of [1, 2]) results.push(await visit.attacked({ ...attack, input: `test:${index}` }));
    }
    return results;
  };
  const onCpu = await all();
  await visit.ask("setState", { engine: "gpu" });
  await onGpu(visit);
  await visit.page.locator(".chip", { hasText: "GPU" }).click();
  await visit.page.getByText("The GPU engine runs because it was chosen.").waitFor();
  await visit.page.getByText(/Self-test of the GPU against the CPU on \d models: logits within .*, gradients within/).waitFor();
  const strays = (await all()).map((gpu, at) => {
    const cpu = onCpu[at];
    assert.deepEqual([cpu.engine.kind, gpu.engine.kind], ["cpu", "gpu"]);
    assert.deepEqual([gpu.clean.label, gpu.adversarial.label], [cpu.clean.label, cpu.adversarial.label], gpu.fragment);
    const expected = floats(cpu.adversarial.pixels);
    return floats(gpu.adversarial.pixels).filter((pixel, at) => Math.abs(pixel - expected[at]) > TOLERANCE).length;
  });
  console.log(`pixels of 784 that differ by more than ${TOLERANCE}: ${strays.join(", ")}`);
  assert.ok(strays.every((count) => count <= STRAYS), strays.join(", "));
});

// What takes longer than a few seconds in software, or decides by answers alone, where one answer turns all that follow.
const SLOW = ["autoattack", "apgd-t", "cw", "deepfool", "ead", "jsma", "fab", "hopskipjump", "boundary", "universal", "spatial"];

story("attack by attack, norm by norm, the GPU finds what the CPU finds, and the same twice", { gpu: true }, async ({ open }) => {
  const visit = await open("engine=cpu&attack=none&input=test:1&hide=eps");
  const { attacks } = await visit.ask("getCatalog");
  // Of the straw man's slope rounding leaves more or less: that is what it shows.
  const quick = attacks.filter(({ id, straw_man: strawMan }) => id !== "none" && !strawMan && !SLOW.includes(id));
  const jobs = quick.flatMap(({ id, norms, knobs }) => norms.map((norm) => {
    const short = knobs.filter(({ key }) => /steps|queries|samples/.test(key));
    const named = short.map(({ key, min }) => [key === "steps" ? key : `${id}.${key}`, Math.max(min, 6)]);
    return { attack: id, norm, eps: { linf: 0.2, l2: 2, l1: 10 }[norm], restarts: 1, target: "none", ...Object.fromEntries(named) };
  }));
  const all = async () => {
    const results = [];
    for (const job of jobs) results.push(await visit.attacked({ ...job, seed: 1 }));
    return results;
  };
  const onCpu = await all();
  await visit.ask("setState", { engine: "gpu" });
  await onGpu(visit);
  const [once, again] = [await all(), await all()];
  for (const [at, cpu] of onCpu.entries()) {
    const what = `${jobs[at].attack} in ${jobs[at].norm}`;
    assert.equal(once[at].engine.kind, "gpu", `${what}: ${once[at].engine.reason}`);
    assert.equal(again[at].adversarial.pixels, once[at].adversarial.pixels, `${what}, twice`);
    assert.equal(once[at].adversarial.label, cpu.adversarial.label, what);
    const [found, expected] = [once[at], cpu].map(({ adversarial }) => floats(adversarial.pixels));
    const strays = found.filter((pixel, place) => Math.abs(pixel - expected[place]) > TOLERANCE);
    assert.ok(strays.length <= STRAYS, `${what}: ${strays.length} pixels differ`);
  }
  assert.ok(jobs.length >= 25, `${jobs.length} jobs`);
});

story("on the GPU too: nothing leaves ball or box, radius 0 changes no bit, nothing is lost by more steps", { gpu: true }, async ({ open }) => {
  const visit = await open("engine=cpu&attack=none&input=test:1&hide=eps");
  await visit.ask("setState", { engine: "gpu" });
  await onGpu(visit);
  const run = async (keys) => {
    const result = await visit.attacked({ steps: 2, restarts: 1, target: "none", norm: "linf", eps: 0.2, ...keys });
    assert.equal(result.engine.kind, "gpu", `${JSON.stringify(keys)}: ${result.engine.reason}`);
    const pixels = floats(result.adversarial.pixels);
    assert.ok(pixels.every((pixel) => pixel >= 0 && pixel <= 1), JSON.stringify(keys));
    return result;
  };
  const within = ({ attack: { norm, eps }, distance }) => assert.ok(distance[norm] <= eps * (1 + 1e-6) + 1e-7, `${norm} ${distance[norm]}`);
  for (const keys of [
    { attack: "pgd", norm: "l2", eps: 2 },
    { attack: "apgd-dlr" },
    { attack: "square", "square.queries": 6 },
    { attack: "nes", "nes.samples": 4 },
  ]) within(await run(keys));
  const still = await run({ attack: "pgd", eps: 0 });
  assert.equal(still.adversarial.pixels, still.clean.pixels);
  assert.deepEqual(still.adversarial.probabilities, still.clean.probabilities);
  // The nearest input, of a picture that falls early: fooled, and as far on the CPU.
  const near = await run({ attack: "deepfool", norm: "l2", eps: 2, steps: 6, input: "test:15" });
  const cpu = await visit.attacked({ engine: "cpu" });
  assert.deepEqual([near.success, cpu.success, cpu.engine.kind], [true, true, "cpu"]);
  assert.ok(Math.abs(near.distance.l2 / cpu.distance.l2 - 1) < 0.01, `${near.distance.l2} against ${cpu.distance.l2}`);
  await visit.ask("setState", { engine: "gpu" });
  await onGpu(visit);
  // A target is approached, more steps come nearer, and the same seed gives the same picture.
  const target = (result) => result.adversarial.probabilities[7];
  const [few, many, again] = [
    await run({ attack: "pgd", target: 7, steps: 1 }),
    await run({ attack: "pgd", target: 7, steps: 4 }),
    await run({ attack: "pgd", target: 7, steps: 4, theme: "dark" }),
  ];
  assert.ok(target(few) >= few.clean.probabilities[7] && target(many) >= target(few), `${target(few)}, ${target(many)}`);
  assert.equal(again.adversarial.pixels, many.adversarial.pixels);
});

story("F4: logits beyond float are one sentence on the GPU too, and the next model works", { gpu: true }, async ({ open, context }) => {
  const shapes = { "1.weight": [128, 784], "1.bias": [128], "3.weight": [10, 128], "3.bias": [10] };
  const weights = safetensors(shapes, () => 3e38);
  await context.route(/mnist-mlp\/model\.safetensors/, (route) => route.fulfill({ status: 200, body: weights }));
  await context.route(/manifest\.json/, async (route) => {
    const manifest = await (await route.fetch()).json();
    const model = manifest.models.find((model) => model.id === "mnist-mlp");
    const sha256 = createHash("sha256").update(weights).digest("hex");
    model.weights = { ...model.weights, bytes: weights.length, sha256 };
    await route.fulfill({ status: 200, body: JSON.stringify(manifest) });
  });
  const visit = await open("engine=gpu&steps=2&hide=eps");
  await onGpu(visit);
  await visit.ask("setState", { model: "mnist-mlp" });
  const fault = await visit.heard("fault");
  assert.equal(fault.kind, "not-finite", JSON.stringify(fault));
  await visit.page.getByText("The computation ran into numbers that are not finite.").first().waitFor();
  const next = await visit.attacked({ model: "mnist-cnn", eps: 0.19 });
  assert.equal(next.model, "mnist-cnn");
  assert.ok(next.clean.probabilities.every(Number.isFinite));
});

story("a GPU that computes nonsense fails its self-test, and the CPU engine runs", { gpu: true }, async (scene) => {
  await inGpuWorker(scene.context, () => {
    const original = GPUBuffer.prototype.getMappedRange;
    GPUBuffer.prototype.getMappedRange = function (...given) {
      const range = original.apply(this, given);
      if (this.usage & GPUBufferUsage.MAP_READ) {
        const floats = new Float32Array(range, 0, range.byteLength >> 2);
        floats.forEach((value, at) => (floats[at] = value * 1.5));
      }
      return range;
    };
  });
  const visit = await scene.open("engine=gpu&steps=5");
  await visit.verdict("natural", "Fooled");
  await why(visit, /The CPU engine runs\. The GPU's answers differ from the CPU's on .*: logits by .*, gradients by/);
  assert.equal((await visit.attacked({ eps: 0.19 })).engine.kind, "cpu");
});

story("a worker that lacks what the page has: the CPU engine runs", { gpu: true, expects: [/timestamp-query/] }, async (scene) => {
  await inGpuWorker(scene.context, () => {
    const { get } = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, "features");
    const hidden = { get() { return new Set([...get.call(this)].filter((name) => name !== "timestamp-query")); } };
    Object.defineProperty(GPUAdapter.prototype, "features", hidden);
  });
  const visit = await scene.open("engine=gpu&steps=5");
  await visit.verdict("natural", "Fooled");
  await why(visit, /lacks the feature timestamp-query/);
});

story("a device destroyed in the middle of an attack: the result comes all the same", LOST, async ({ open, context }) => {
  await keepDevice(context);
  const visit = await open("engine=gpu&steps=2&eps=0.18");
  await onGpu(visit);
  const from = await visit.count();
  await visit.ask("setState", { steps: 40 });
  await visit.heard("progress", from);
  const asked = visit.ask("getResult");
  await destroyDevice(visit.page);
  const result = await asked;
  assert.equal(result.attack.steps, 40);
  assert.ok(result.success && result.distance.linf <= 0.18 + 1e-6);
});

story("no CPU engine at all: the GPU engine takes its place", { gpu: true, expects: [/404/, /engine-cpu/] }, async (scene) => {
  await scene.context.route(/engine-cpu_bg\.wasm/, (route) => route.fulfill({ status: 404 }));
  const visit = await scene.open("steps=2", { ready: false });
  const result = await visit.heard("result");
  assert.equal(result.engine.kind, "gpu");
  assert.match(result.engine.reason, /because the CPU engine failed/);
});
