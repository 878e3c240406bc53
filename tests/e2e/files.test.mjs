// Files that do not come, or not as they should: one sentence, and whatever can still work does.

import assert from "node:assert/strict";
import { story, THREE } from "./page.mjs";

const REFUSED = /the server responded with a status of 404/;
const WEIGHTS = /models\/mnist-cnn\/model\.safetensors/;

const missing = (route) => route.fulfill({ status: 404, body: "" });

// A server's answer with its bytes changed.
const changed = (change) => async (route) => {
  const response = await route.fetch();
  const { "content-encoding": _, "content-length": __, ...headers } = response.headers();
  await route.fulfill({ status: 200, headers, body: change(await response.body()) });
};
const flipped = changed((bytes) => {
  bytes[bytes.length - 1] ^= 1;
  return bytes;
});
const cut = changed((bytes) => bytes.subarray(0, bytes.length >> 1));

for (const [what, answer, sentence, expects] of [
  ["with a wrong hash", flipped, /mnist-cnn\/model\.safetensors cannot be used: its content is not what the page expects/, []],
  ["cut off", cut, /mnist-cnn\/model\.safetensors cannot be used: only \d+ of its \d+ bytes arrived/, []],
  ["that are missing", missing, /mnist-cnn\/model\.safetensors cannot be used: the server answers HTTP 404/, [REFUSED]],
]) {
  story(`weights ${what}: the other model goes on, and a second try brings them`, { expects }, async ({ open, context }) => {
    await context.route(WEIGHTS, answer);
    const visit = await open("steps=10&engine=cpu");
    await visit.note(sentence);
    assert.equal((await visit.heard("fault")).kind, "file");
    await visit.verdict("robust", "Held");
    await visit.equation("natural").getByText("Its weights could not be loaded.").waitFor();
    await assert.rejects(visit.ask("getResult"), { kind: "file" });
    await visit.draw(THREE);
    const drawn = (await visit.state()).input;
    await context.unroute(WEIGHTS);
    await visit.page.getByRole("button", { name: "Try to load it again" }).click();
    await visit.equation("natural").getByText(/Fooled|Held/).waitFor();
    const result = await visit.ask("getResult");
    assert.deepEqual([result.model, (await visit.state()).input], ["mnist-cnn", drawn]);
  });
}

story("a result is of the chosen model, even where the other one is there first", {}, async ({ open, context }) => {
  let release;
  const held = new Promise((resolve) => (release = resolve));
  await context.route(/models\/mnist-mlp\/model\.safetensors/, async (route) => {
    await held;
    await route.continue();
  });
  const visit = await open("steps=5&engine=cpu");
  await visit.verdict("robust", "Held");
  await visit.ask("setState", { model: "mnist-mlp", input: "test:1" });
  const asked = visit.ask("getResult");
  await visit.equation("robust").getByText(/^2 \(/).first().waitFor();
  release();
  assert.equal((await asked).model, "mnist-mlp");
});

story("test images with a wrong hash: a drawing is attacked all the same", {}, async ({ open, context }) => {
  await context.route(/test-00000-images/, flipped);
  const visit = await open("steps=10&engine=cpu");
  await visit.note(/test-00000-images.* cannot be used/);
  await visit.draw(THREE);
  assert.equal((await visit.ask("getResult")).clean.label, 3);
});

story("no list of files: the page says so, lives, and a second try brings it", { expects: [REFUSED] }, async (scene) => {
  await scene.context.route(/manifest\.json/, missing);
  const visit = await scene.open("steps=5&engine=cpu", { ready: false });
  await visit.note(/manifest\.json cannot be used: the server answers HTTP 404/);
  await visit.draw(THREE);
  await scene.context.unroute(/manifest\.json/);
  await visit.page.getByRole("button", { name: "Try to load it again" }).click();
  await visit.verdict("natural", "Fooled");
  assert.match((await visit.state()).input, /^draw:/);
});

for (const [what, file, answer, expects] of [
  ["program is missing", /engine-cpu_bg\.wasm/, missing, [REFUSED, /uncaught/, /engine-cpu/]],
  ["program is cut off", /engine-cpu_bg\.wasm/, cut, [/uncaught/, /engine-cpu/]],
  ["script is missing", /engine-cpu[^/]*\.js/, missing, [REFUSED, /engine-cpu/]],
]) {
  story(`the engine's ${what}: the page says so and keeps the drawing`, { expects }, async ({ open, context }) => {
    await context.route(file, answer);
    const visit = await open("steps=5", { ready: false });
    await visit.note(/The engine could not be started\. Please check the connection and reload the page\./);
    assert.equal((await visit.heard("fault")).kind, "file");
    await visit.draw(THREE);
    assert.match((await visit.state()).input, /^draw:/);
    await assert.rejects(visit.ask("run", "attack"), { kind: "file" });
    await context.unroute(file);
    await visit.page.waitForFunction(() => location.hash.includes("input=draw"));
    await visit.page.reload();
    await visit.verdict("natural", "Fooled");
  });
}

for (const [what, file, answer, expects] of [
  ["missing", /engine-gpu_bg\.wasm/, missing, [REFUSED, /uncaught/, /engine-gpu/]],
  ["cut off", /engine-gpu_bg\.wasm/, cut, [/uncaught/, /engine-gpu/]],
]) {
  story(`the GPU engine's file is ${what}: the CPU engine runs, and says why`, { gpu: true, expects }, async (scene) => {
    await scene.context.route(file, answer);
    const visit = await scene.open("steps=5&engine=gpu");
    await visit.verdict("natural", "Fooled");
    await visit.page.locator(".chip").click();
    await visit.page.getByText(/The CPU engine runs\. .*(file|program|engine)/i).first().waitFor();
    assert.equal((await visit.attacked({ eps: 0.19 })).engine.kind, "cpu");
  });
}
