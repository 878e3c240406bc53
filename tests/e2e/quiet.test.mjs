// The page keeps to itself: no request after its files are there, nothing of the visitor's in any.

import assert from "node:assert/strict";
import { story, THREE, url } from "./page.mjs";

// The last test shard is the last file that is asked for.
const LAST_FILE = /test-08000-labels/;

story("after its files are there no request leaves the page", {}, async ({ open, context }) => {
  await context.addInitScript(() => Object.defineProperty(Navigator.prototype, "hardwareConcurrency", { get: () => 2 }));
  const requests = [];
  context.on("request", (request) => {
    // The browser asks for the page's icon by itself, when it likes.
    if (!request.url().endsWith(".svg")) requests.push(`${request.method()} ${request.url()}`);
  });
  const last = context.waitForEvent("requestfinished", (request) => LAST_FILE.test(request.url()));
  const visit = await open("steps=10&engine=cpu");
  await visit.ask("getResult");
  // A second engine begins with the second attack, of the first one's files.
  const second = context.waitForEvent("requestfinished", (request) => /engine-cpu_bg/.test(request.url()));
  await visit.attacked({ eps: 0.1 });
  await Promise.all([last, second]);
  const origin = new URL(url).origin;
  const elsewhere = requests.filter((request) => !request.startsWith(`GET ${origin}/`));
  assert.deepEqual(elsewhere, [], "everything comes from the page's own server, and nothing is sent");
  assert.ok(requests.every((request) => !request.includes("draw:") && !request.includes("draw%3A")));

  const before = requests.length;
  await visit.draw(THREE);
  await visit.attacked({ attack: "fgsm" });
  await visit.attacked({ attack: "pgd", norm: "l2", eps: 2 });
  await visit.attacked({ input: "test:9999", norm: "linf", eps: 0.1 });
  await visit.page.getByRole("button", { name: "Another one" }).click();
  await visit.page.getByRole("button", { name: /Colours/ }).click();
  await visit.page.getByRole("button", { name: "Copy link" }).click();
  await visit.attacked({ input: "test:5000" });
  assert.deepEqual(requests.slice(before), []);
});

// Everything that a visitor may do once, by hand or as a host.
async function useAll(visit) {
  const { page } = visit;
  const button = (name) => page.getByRole("button", { name, exact: true });
  const download = (name) => Promise.all([page.waitForEvent("download"), button(name).click()]);
  const explain = page.getByText("Explain: attributions, step by step, decision map, unusual inputs, detectors, certificate");
  await visit.ask("setState", "page=attack&attack=pgd&steps=10&eps=0.2");
  await visit.draw(THREE);
  await visit.ask("getResult");
  await visit.ask("exportModel");
  await explain.click();
  await page.getByRole("img", { name: /^Gradient for class \d on the clean input/ }).waitFor();
  await explain.click();
  await button("Share").click();
  await download("Save picture (PNG)");
  await download("Save pixels (CSV)");
  await download("Save session");
  await page.keyboard.press("Escape");
  await visit.ask("setState", "page=train&train.seconds=none&train.images=500&train.batch=50&train.epochs=1&train.eps=0.1&train.workers=1&train.scored=40");
  const { model } = await visit.ask("run", "train");
  await download("Save model");
  await button(`Delete ${model.slice(5)}`).click();
  await visit.ask("setState", "page=measure&model=mnist-cnn&measure.models=mnist-cnn&measure.attacks=fgsm&measure.n=10&measure.audit=0");
  await visit.ask("run", "evaluate");
  await download("Save JSON");
  await download("Save CSV");
  await visit.ask("setState", "page=learn&lesson=none");
  await page.getByRole("link", { name: /^(Begin|Go on|Do it again): / }).first().waitFor();
}

story("nothing of the visitor's leaves in any use, and a second use asks for no file that the first did not", {}, async ({ open, context }) => {
  const requests = [];
  context.on("request", (request) => {
    // What a visitor saves is made in the page, and has an address there. The browser asks for the icon when it likes.
    if (!/^(blob|data):|\.svg$/.test(request.url())) requests.push(request);
  });
  const visit = await open("engine=cpu");
  await visit.page.getByText("Nothing you draw or upload leaves this browser.").waitFor();
  await visit.ask("getResult");
  await useAll(visit);
  const known = new Set(requests.map((request) => request.url()));
  const { origin, pathname } = new URL(url);
  for (const request of requests) {
    const { origin: at, pathname: path, search } = new URL(request.url());
    assert.deepEqual([request.method(), request.postData(), at], ["GET", null, origin], request.url());
    // The page's own files by their names, and the id of its build: no room for anything else.
    assert.match(search, /^(\?build=[\w-]+)?$/, request.url());
    assert.ok(path.startsWith(pathname) && /^[\w./-]{1,80}$/.test(path), request.url());
  }
  console.log(`${known.size} files asked for in all uses, ${requests.length} times`);
  await useAll(visit);
  assert.deepEqual(requests.map((request) => request.url()).filter((address) => !known.has(address)), []);
});
