// The page around an embed: what it can hear, and that it is not moved (F27, F37).

import assert from "node:assert/strict";
import { fooled, frame, host, told, until } from "./frames.mjs";
import { story, url } from "./page.mjs";

const SHORT = "steps=5&engine=cpu&embed=1";
const TRAINS = "engine=cpu&embed=1&steps=5&train.seconds=none&train.images=500&train.batch=50&train.workers=1&train.eps=0.1&train.scored=20&train.epochs=1";
const NEAR = "https://course.foolproof.example/";
const HEARS = "The page around this one can see what you draw here. Nothing is sent to anybody else.";
const LET = "Let it have the models and data kept in this browser";

/** Asks the frame by the host API, as the page around it. */
const ask = (page, verb, value) =>
  page.evaluate(({ verb, value }) => {
    const id = crypto.randomUUID();
    const answer = new Promise((resolve) => addEventListener("message", ({ data }) => data?.id === id && resolve(data)));
    document.querySelector("iframe").contentWindow.postMessage({ foolproof: 1, id, verb, value }, "*");
    return answer;
  }, { verb, value });
const own = (answer) => answer.value.models.map(({ id }) => id).filter((id) => id.startsWith("mine:"));

story("F37: a page of another origin is told of, and gets own models only when the visitor agrees", {}, async ({ context }) => {
  // Another origin of the same site: browsers give its frames the storage that the visitor's own tabs have.
  const page = await host(context, frame(TRAINS), NEAR);
  const inner = page.frameLocator("iframe");
  await inner.getByText(HEARS).waitFor();
  await until(page, "ready");
  // What came of its own run, a host has; with that the browser keeps a model.
  const { value } = await ask(page, "run", "train");
  assert.equal(value.model, "mine:mnist-pgd");
  assert.equal((await ask(page, "exportModel")).ok, true);
  // The frame anew: the model is the visitor's now, as far as it can know.
  await page.goto(NEAR);
  await until(page, "ready");
  await ask(page, "setState", { model: "mine:mnist-pgd" });
  await inner.getByRole("button", { name: LET }).waitFor();
  assert.deepEqual(own(await ask(page, "getCatalog")), []);
  const refused = await ask(page, "exportModel");
  assert.deepEqual([refused.ok, refused.error.kind], [false, "private"]);
  await inner.getByRole("button", { name: LET }).click();
  await inner.getByRole("button", { name: LET }).waitFor({ state: "detached" });
  assert.deepEqual(own(await ask(page, "getCatalog")), ["mine:mnist-pgd"]);
  assert.equal((await ask(page, "exportModel")).ok, true);
});

story("F37: a page of the same origin is no stranger", {}, async ({ context }) => {
  const page = await host(context, frame(SHORT).replace(/https:[^#]*/, url), new URL("course.html", url).href);
  await fooled(page);
  assert.equal(await page.frameLocator("iframe").getByText(HEARS).count(), 0);
});

story("F27: an embed far down a page leaves scroll and focus alone, and tells its height when it rests", {}, async ({ context }) => {
  const far = '<input id="own" autofocus><div style="height: 4000px"></div>';
  const page = await host(context, `${far}${frame(SHORT)}${frame(`${SHORT}&lesson=fgsm/2`)}<div style="height: 4000px"></div>`);
  await page.locator("#own").focus();
  await page.evaluate(() => {
    globalThis.scrolled = 0;
    addEventListener("scroll", () => (scrolled += 1));
  });
  for (const place of [0, 1]) {
    await page.frameLocator("iframe").nth(place).locator(".app").waitFor({ state: "attached" });
    await until(page, "ready", place);
  }
  const place = () => page.evaluate(() => [scrollY, document.activeElement.id]);
  assert.deepEqual([...(await place()), await page.evaluate(() => scrolled)], [0, "own", 0]);
  // Its reader comes there, and it begins to work.
  for (const at of [0, 1]) {
    await page.locator("iframe").nth(at).scrollIntoViewIfNeeded();
    const before = await place();
    await fooled(page, at);
    await until(page, "result", at);
    await until(page, "height", at);
    assert.deepEqual(await place(), before);
    assert.equal(before[1], "own");
  }
  for (const place of [0, 1]) {
    const heights = (await told(page)).filter((one) => one.place === place && one.event === "height").map(({ value }) => value);
    assert.ok(heights.length <= 3, `${heights}`);
  }
});
