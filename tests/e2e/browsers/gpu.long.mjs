// The GPU engine on Firefox's WebGPU, whose implementation is another one than Chromium's, with Mesa's Vulkan in software.
// A minute and more on two cores, so it is of the stage `long`.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { floats, GPU_PATIENCE } from "../page.mjs";
import { site } from "../site.mjs";
import { start } from "./firefox.mjs";
import { EARLY, Visitor } from "./visitor.mjs";

/** As in `gpu.test.mjs`: where a gradient is zero but for rounding, its sign is chance. */
const TOLERANCE = 1e-3;
const STRAYS = 4;

let browser;
let server;
before(async () => {
  browser = await start({ gpu: true });
  server = await site({ early: EARLY, lacks: ["service.js"] });
});
after(async () => {
  await browser?.close();
  await server?.cut();
});

test("Firefox: the GPU engine passes its self-test, and agrees with the CPU's", { timeout: 3 * GPU_PATIENCE }, async () => {
  const tab = await browser.tab();
  const visitor = new Visitor(tab);
  await tab.go(`${server.at}#engine=cpu&steps=3&hide=eps`);
  await visitor.sees("button", /: CPU, /);
  const attacks = [{ attack: "fgsm", norm: "linf", eps: 0.15 }, { attack: "pgd", norm: "l2", eps: 1.5 }];
  const all = async () => {
    const results = [];
    for (const attack of attacks) {
      for (const index of [1, 2]) {
        await visitor.ask("setState", { ...attack, input: `test:${index}` });
        results.push(await visitor.ask("getResult"));
      }
    }
    return results;
  };
  const onCpu = await all();
  await visitor.ask("setState", { engine: "gpu" });
  await visitor.until("jobs to run on the GPU", () => host.told.findLast((one) => one.event === "engine")?.value.kind === "gpu", [], GPU_PATIENCE);
  await visitor.presses("button", /: GPU, /);
  console.log(await visitor.reads(/^Self-test of the GPU against the CPU on \d models: logits within .*, gradients within/));
  for (const [at, gpu] of (await all()).entries()) {
    const cpu = onCpu[at];
    assert.deepEqual([cpu.engine.kind, gpu.engine.kind], ["cpu", "gpu"]);
    assert.deepEqual([gpu.clean.label, gpu.adversarial.label], [cpu.clean.label, cpu.adversarial.label], gpu.fragment);
    const expected = floats(cpu.adversarial.pixels);
    const strays = floats(gpu.adversarial.pixels).filter((pixel, at) => Math.abs(pixel - expected[at]) > TOLERANCE).length;
    assert.ok(strays <= STRAYS, `${gpu.fragment}: ${strays} pixels of 784 differ by more than ${TOLERANCE}`);
  }
  assert.deepEqual(await visitor.troubles(), []);
});
