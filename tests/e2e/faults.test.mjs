// What browsers and engines can do to the page while it runs: no GPU, half a GPU, panics, storage that throws.

import assert from "node:assert/strict";
import { floats, PANIC, story, THREE } from "./page.mjs";


// Runs in the page: keeps every worker it starts, and the last message to any. There is one engine at a time.
function keepWorkers() {
  Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { get: () => globalThis.cores ?? 1 });
  globalThis.workers = [];
  globalThis.Worker = class extends Worker {
    constructor(...given) {
      super(...given);
      workers.push(this);
    }
    postMessage(data, transfer) {
      globalThis.posted = Array.from(data);
      super.postMessage(data, transfer);
    }
  };
}
const panic = (visit) => visit.page.evaluate(() => workers.at(-1).postMessage(new Uint8Array([6])));
const started = (visit, count) => visit.page.waitForFunction((count) => workers.length === count, count);

// The sentence that says why the CPU engine runs is the one that the visitor reads in the chip's panel.
async function why(visit, sentence) {
  await visit.page.locator(".chip").click();
  await visit.page.getByText(sentence).first().waitFor();
}

for (const [what, prepare, sentence] of [
  [
    "no navigator.gpu",
    () => Object.defineProperty(Navigator.prototype, "gpu", { get: () => undefined }),
    /The GPU engine cannot run: this browser has no WebGPU here\./,
  ],
  [
    "an adapter that is null",
    () => (GPU.prototype.requestAdapter = async () => null),
    /The GPU engine cannot run: this browser has WebGPU but offers no GPU for it\./,
  ],
  [
    "a request for an adapter that fails",
    () => (GPU.prototype.requestAdapter = () => Promise.reject(new Error("driver gone"))),
    /The GPU engine cannot run: asking for a GPU failed \(.*driver gone\)\./,
  ],
  [
    "timestamp-query hidden",
    () => {
      const { get } = Object.getOwnPropertyDescriptor(GPUAdapter.prototype, "features");
      const hidden = { get() { return new Set([...get.call(this)].filter((name) => name !== "timestamp-query")); } };
      Object.defineProperty(GPUAdapter.prototype, "features", hidden);
    },
    /lacks the feature timestamp-query, without which the runtime stops\./,
  ],
  [
    "limits below the runtime's needs",
    () => Object.defineProperty(GPUSupportedLimits.prototype, "maxStorageBuffersPerShaderStage", { get: () => 4 }),
    /allows 4 storage buffers a shader stage, and the engine needs 8\./,
  ],
]) {
  story(`${what}: the CPU engine runs, and the chip says why`, { gpu: true }, async ({ open, context }) => {
    await context.addInitScript(prepare);
    const visit = await open("steps=10&engine=gpu");
    await visit.verdict("natural", "Fooled");
    await why(visit, sentence);
    assert.equal((await visit.ask("getResult")).engine.kind, "cpu");
    assert.equal(visit.page.workers().filter((worker) => worker.url().includes("engine-gpu")).length, 0);
  });
}

story("a panic in the middle of an attack: another worker finishes it", { expects: PANIC }, async ({ open, context }) => {
  await context.addInitScript(keepWorkers);
  const visit = await open("steps=300&restarts=3&engine=cpu");
  await visit.heard("progress");
  const asked = visit.ask("getResult");
  await panic(visit);
  await started(visit, 2);
  assert.equal((await asked).loss.length, 3 * 301);
});

story("after three panics each a result, after the fourth a sentence", { expects: PANIC }, async ({ open, context }) => {
  await context.addInitScript(keepWorkers);
  const visit = await open("steps=5&engine=cpu");
  await visit.draw(THREE);
  await visit.ask("getResult");
  const drawn = (await visit.state()).input;
  for (let round = 1; round <= 3; round += 1) {
    await panic(visit);
    await started(visit, round + 1);
    const result = await visit.attacked({ eps: 0.1 + round / 100 });
    assert.equal(result.clean.label, 3);
  }
  await panic(visit);
  await visit.note(/The engine failed too often and was given up\. Please reload the page\./);
  assert.equal((await visit.heard("fault")).kind, "crash");
  await assert.rejects(visit.attacked({ eps: 0.15 }), { kind: "crash" });
  assert.equal((await visit.state()).input, drawn);
  assert.equal(await visit.page.evaluate(() => workers.length), 4);
});

story("a job that kills its worker twice is dropped, and the next one runs", { expects: PANIC }, async ({ open, context }) => {
  await context.addInitScript(keepWorkers);
  const visit = await open("steps=5&engine=cpu");
  await visit.ask("getResult");
  const from = await visit.count();
  await visit.ask("setState", { steps: 1000, restarts: 50 });
  await visit.heard("progress", from);
  const asked = visit.answer("getResult");
  await panic(visit);
  await started(visit, 2);
  await visit.heard("progress", await visit.count());
  await panic(visit);
  const { error } = await asked;
  assert.equal(error.kind, "crash");
  assert.match(error.message, /This job was dropped, because an engine failed over it twice\./);
  await visit.note(error.message);
  await visit.page.getByText("This attack failed. Change anything to go on.").waitFor();
  assert.equal(await visit.page.getByText(error.message).count(), 1, "the reason stands in one place");
  assert.equal((await visit.attacked({ steps: 5, restarts: 1 })).attack.steps, 5);
});

story("a worker that says nonsense is replaced", { expects: [/engine-cpu/] }, async ({ open, context }) => {
  await context.addInitScript(keepWorkers);
  const visit = await open("steps=5&engine=cpu");
  await visit.ask("getResult");
  await visit.page.evaluate(() => {
    workers[0].dispatchEvent(new MessageEvent("message", { data: new Uint8Array([250, 1, 2, 3]) }));
  });
  await started(visit, 2);
  assert.equal((await visit.attacked({ eps: 0.12 })).engine.kind, "cpu");
});

story("an engine answers what it cannot read with a fault, and goes on", {}, async ({ open, context }) => {
  await context.addInitScript(keepWorkers);
  const visit = await open("steps=5&engine=cpu&hide=eps");
  await visit.ask("getResult");
  for (const [what, make, eps] of [
    ["garbage", () => [99, 1, 2], 0.11],
    ["a message cut short", () => posted.slice(0, -1), 0.12],
    ["a message and more", () => [...posted, 0], 0.13],
  ]) {
    const from = await visit.count();
    const bytes = await visit.page.evaluate(make);
    await visit.page.evaluate((bytes) => workers[0].postMessage(new Uint8Array(bytes)), bytes);
    const fault = await visit.heard("fault", from);
    assert.equal(fault.kind, "version", what);
    assert.match(fault.message, /^The engine got a message it cannot read, as from a page of another version/, what);
    assert.equal((await visit.attacked({ eps })).engine.kind, "cpu");
  }
  assert.equal(await visit.page.evaluate(() => workers.length), 1);
});

story("storage that throws on mere access", {}, async ({ open, context }) => {
  await context.addInitScript(() => {
    for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
      const get = () => {
        throw new DOMException("denied", "SecurityError");
      };
      Object.defineProperty(globalThis, name, { get });
    }
  });
  const visit = await open("steps=10&engine=cpu&theme=dark");
  await visit.verdict("natural", "Fooled");
  await visit.draw(THREE);
  assert.equal((await visit.ask("getResult")).clean.label, 3);
  await visit.page.getByRole("button", { name: /Colours/ }).click();
  await visit.page.waitForFunction(() => document.documentElement.dataset.theme === "auto");
});

story("a browser that refuses workers altogether", {}, async ({ open, context }) => {
  await context.addInitScript(() => {
    globalThis.Worker = class {
      constructor() {
        throw new DOMException("not here", "SecurityError");
      }
    };
  });
  const visit = await open("steps=5", { ready: false });
  await visit.note(/The engine could not be started/);
  await visit.draw(THREE);
  assert.match((await visit.state()).input, /^draw:/);
});

story("two networks are attacked at once on two cores, with the same result, and a death of either engine costs nothing", { expects: PANIC }, async ({ context, open }) => {
  await context.addInitScript(keepWorkers);
  // What the first network gets, as numbers; what the second gets, as it is drawn and told.
  const result = async (visit, eps) => {
    await visit.ask("setState", { eps });
    const { adversarial } = await visit.ask("getResult");
    const second = visit.equation("robust");
    const drawn = await second.locator("canvas").last().evaluate(async (canvas) => {
      for (let frame = 0; frame < 2; frame += 1) await new Promise(requestAnimationFrame);
      return [...canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height).data];
    });
    return [[...floats(adversarial.pixels)], drawn, await second.innerText()];
  };
  const alone = await open("attack=pgd&steps=30&engine=cpu");
  const expected = [await result(alone, 0.1), await result(alone, 0.15)];
  assert.equal(await alone.page.evaluate(() => workers.length), 1, "one core, one engine");

  await context.addInitScript(() => (globalThis.cores = 2));
  const visit = await open("attack=pgd&steps=30&engine=cpu");
  // The second engine begins with the attack after the first one that is done.
  await visit.ask("getResult");
  assert.deepEqual(await result(visit, 0.1), expected[0]);
  await started(visit, 2);
  await visit.page.locator(".chip").click();
  await visit.page.getByText("The CPU attacks two networks at once, each with an engine of its own.").waitFor();
  assert.deepEqual(await result(visit, 0.15), expected[1]);
  for (const [place, eps] of [[0, 0.1], [1, 0.15]]) {
    const before = await visit.page.evaluate((place) => {
      workers[place].postMessage(new Uint8Array([6]));
      return workers.length;
    }, place);
    await started(visit, before + 1);
    assert.deepEqual(await result(visit, eps), expected[eps === 0.1 ? 0 : 1]);
  }
  assert.equal(await visit.page.evaluate(() => workers.length), 4);
});

// A browser whose answer the page's own framework takes for granted, once.
story("the page's own program panics: it says so and where, and loads again with the drawing", { expects: [/The page panicked: .*\.rs:\d+\)/, /unreachable/] }, async ({ open }) => {
  const visit = await open("steps=5&engine=cpu");
  await visit.draw(THREE);
  await visit.page.waitForFunction(() => location.hash.includes("input=draw"));
  const { input } = await visit.state();
  await visit.page.evaluate(() => {
    const real = [[Document.prototype, "createElement"], [Node.prototype, "cloneNode"]].map(([of, name]) => [of, name, of[name]]);
    const broken = () => {
      for (const [of, name, own] of real) of[name] = own;
      throw new DOMException("broken by the story");
    };
    for (const [of, name] of real) of[name] = broken;
    location.hash += "&attack=cw";
  });
  const sentence = visit.page.getByRole("status").filter({ hasText: /^A part of this page has stopped\./ });
  await sentence.waitFor();
  // What is said first is the cause; others may follow from it.
  assert.match(visit.troubles[0], /^The page panicked: .*broken by the story \(.*\.rs:\d+\)/);
  await Promise.all([visit.page.waitForEvent("load"), sentence.getByRole("button", { name: "Load it" }).click()]);
  await visit.equation("natural").waitFor();
  assert.equal((await visit.state()).input, input);
  assert.equal(await sentence.count(), 0);
});
