// The page inside another one: same origin, another site, sandboxed, without storage, two at once, late, small, hidden.

import assert from "node:assert/strict";
import { accessible } from "./axe.mjs";
import { APP, fooled, frame, host, site, told, until } from "./frames.mjs";
import { story, url } from "./page.mjs";

const SPACE = "https://someone-foolproof.static.hf.space/";
const SHORT = "steps=5&engine=cpu&embed=1";

for (const [name, more] of [
  ["of another site", undefined],
  ["of another site, in a sandbox with its own origin", 'sandbox="allow-scripts allow-same-origin" width="700" height="700"'],
  ["of 320 by 480 pixels", 'width="320" height="480"'],
]) {
  story(`a frame ${name} attacks, and tells its host`, {}, async ({ context }) => {
    const page = await host(context, frame(SHORT, more));
    await fooled(page);
    await until(page, "result");
    const result = (await told(page)).find((one) => one.event === "result").value;
    assert.equal(result.model, "mnist-cnn");
    const wide = await page.frames()[1].evaluate(() => document.documentElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} pixels stick out`);
    assert.equal(await page.frames()[1].locator("header.top").count(), 0, "an embed has no header");
  });
}

story("a frame of the same origin", {}, async ({ context }) => {
  await fooled(await host(context, frame(SHORT).replace(APP, url), new URL("course.html", url).href));
});

story("a frame without any storage", {}, async ({ context }) => {
  await context.addInitScript(() => {
    if (window.top === window.self) return;
    for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) {
      Object.defineProperty(window, name, { get: () => { throw new DOMException("blocked", "SecurityError"); } });
    }
  });
  await fooled(await host(context, frame(SHORT)));
});

story("two frames on one page keep apart", {}, async ({ context }) => {
  const page = await host(context, frame(`${SHORT}&eps=0.1`) + frame(`${SHORT}&eps=0.3`));
  await Promise.all([fooled(page, 0), fooled(page, 1)]);
  await Promise.all([until(page, "result", 0), until(page, "result", 1)]);
  const eps = (place, all) => all.filter((one) => one.place === place && one.event === "result").map((one) => one.value.attack.eps);
  const all = await told(page);
  assert.ok(eps(0, all).every((one) => one === 0.1) && eps(1, all).every((one) => one === 0.3));
});

story("a frame far below loads when it is scrolled to", {}, async ({ context }) => {
  const page = await host(context, `<div style="height: 20000px"></div>${frame(SHORT, 'loading="lazy" width="700" height="700"')}`);
  assert.deepEqual(await told(page), []);
  await page.locator("iframe").scrollIntoViewIfNeeded();
  await fooled(page);
});

story("a frame that is hidden at first is whole when it is shown", {}, async ({ context }) => {
  const page = await host(context, `<div id="tab" hidden>${frame(SHORT)}</div>`);
  await until(page, "ready");
  await page.evaluate(() => (document.getElementById("tab").hidden = false));
  await fooled(page);
  const canvas = await page.frameLocator("iframe").locator("canvas").first().boundingBox();
  assert.ok(canvas.width > 50, "pictures have their size");
});

story("its height converges, in our words and in Canvas's", {}, async ({ context }) => {
  const page = await host(context, frame(SHORT, 'width="500" height="100"'));
  await page.evaluate(() => addEventListener("message", ({ data }) => {
    if (data?.event === "height") document.querySelector("iframe").style.height = `${data.value}px`;
  }));
  await fooled(page);
  await until(page, "result");
  const inner = page.frames()[1];
  await page.waitForFunction(() => told.some((one) => one.event === "height"));
  // Once two frames in a row agree, the host and the page are at rest.
  await inner.waitForFunction(() => document.body.scrollHeight <= innerHeight + 1);
  const all = await told(page);
  const heights = all.filter((one) => one.event === "height").map((one) => one.value);
  assert.ok(heights.length < 12, `${heights}`);
  const canvas = all.filter((one) => typeof one.other === "string").map((one) => JSON.parse(one.other));
  assert.deepEqual(canvas.at(-1), { subject: "lti.frameResize", height: heights.at(-1) });
});

story("a Space tells its address bar the fragment", {}, async ({ context }) => {
  await site(context, SPACE);
  const page = await host(context, frame(SHORT).replace(APP, SPACE), "https://huggingface.co/spaces/someone/foolproof");
  await fooled(page);
  await page.waitForFunction(() => told.some((one) => one.other?.hash));
  const hash = (await told(page)).findLast((one) => one.other?.hash).other.hash;
  assert.match(hash, /^#v=1&.*steps=5/);
});

story("an embed starts no GPU engine before it is touched", { gpu: true }, async ({ context }) => {
  const asked = [];
  context.on("request", (request) => asked.push(request.url()));
  const page = await host(context, frame("steps=5&embed=1"));
  await fooled(page);
  await until(page, "result");
  const gpu = () => asked.filter((address) => /engine-gpu/.test(address));
  assert.deepEqual(gpu(), []);
  const loaded = page.waitForRequest(/engine-gpu/);
  await page.frameLocator("iframe").getByRole("slider", { name: /Epsilon/ }).press("ArrowRight");
  await loaded;
});

story("the example host asks, hears and shows", {}, async ({ context }) => {
  const page = await context.newPage();
  const troubles = [];
  page.on("pageerror", (error) => troubles.push(error.message));
  page.on("console", (message) => message.type() === "error" && troubles.push(message.text()));
  await page.goto(new URL("host.html", url).href);
  await page.getByRole("listitem").filter({ hasText: /^ready: / }).waitFor();
  const answer = page.locator("#answer");
  const press = (name) => page.getByRole("button", { name, exact: true }).click();
  await press("setState: FGSM, 0.1");
  await answer.filter({ hasText: "attack=fgsm" }).waitFor();
  await press("getResult");
  await answer.filter({ hasText: '"id": "fgsm"' }).waitFor();
  await press("run: attack");
  await answer.filter({ hasText: '"kind": "attack"' }).waitFor();
  await press("stop");
  await answer.filter({ hasText: '"stopped": true' }).waitFor();
  await press("getCatalog");
  await answer.filter({ hasText: "characters)" }).waitFor();
  await press("exportModel");
  await answer.filter({ hasText: "architecture" }).waitFor();
  assert.deepEqual(troubles, []);
  await accessible(page, "the example host");
});
