// Where the app cannot start there is a sentence and a way out, never a blank page.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createServer } from "node:http";
import { chromium } from "playwright-core";

const url = process.env.FOOLPROOF_URL;
let browser;
let context;

before(async () => {
  const args = ["--headless=new", "--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"];
  browser = await chromium.launch({ executablePath: process.env.FOOLPROOF_CHROMIUM, args });
});
after(() => browser?.close());

// Opens the page after `prepare` and returns what the safety net says.
async function sentence(prepare) {
  context = await browser.newContext();
  try {
    const page = await context.newPage();
    await prepare(context, page);
    await page.goto(url);
    const failure = page.getByRole("alert");
    await failure.waitFor();
    assert.equal(await failure.getByRole("link", { name: "Try again" }).count(), 1, "there is a way out");
    return await failure.innerText();
  } finally {
    await context.close();
  }
}

test("the app's WebAssembly is missing", async () => {
  const text = await sentence((context) => context.route(/app[^/]*\.wasm/, (route) => route.fulfill({ status: 404 })));
  assert.match(text, /could not be loaded or started/);
});

test("the app's WebAssembly is cut off", async () => {
  const text = await sentence((context) =>
    context.route(/app[^/]*\.wasm/, async (route) => {
      const response = await route.fetch();
      const body = (await response.body()).subarray(0, 1000);
      await route.fulfill({ body, contentType: "application/wasm" });
    }),
  );
  assert.match(text, /could not be loaded or started/);
});

test("the app's script is missing", async () => {
  const text = await sentence((context) => context.route(/app[^/]*\.js/, (route) => route.fulfill({ status: 404 })));
  assert.match(text, /could not be loaded or started/);
});

test("the script that starts the app is missing", async () => {
  const text = await sentence((context) => context.route(/start\.js/, (route) => route.abort()));
  assert.match(text, /could not be loaded/);
});

test("a browser without WebAssembly", async () => {
  const text = await sentence((context) => context.addInitScript(() => delete globalThis.WebAssembly));
  assert.match(text, /needs WebAssembly with SIMD/);
});

test("a browser without SIMD", async () => {
  const text = await sentence((context) => context.addInitScript(() => (WebAssembly.validate = () => false)));
  assert.match(text, /needs WebAssembly with SIMD/);
});

test("a sandboxed frame without its own origin offers a tab of its own", async () => {
  const host = createServer((_, reply) => {
    reply.setHeader("Content-Type", "text/html");
    reply.end(`<!DOCTYPE html><iframe sandbox="allow-scripts allow-popups" src="${url}"></iframe>`);
  });
  await new Promise((ready) => host.listen(0, "127.0.0.1", ready));
  const context = await browser.newContext();
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${host.address().port}/`);
    const failure = page.frameLocator("iframe").getByRole("alert");
    await failure.waitFor();
    assert.match(await failure.innerText(), /allow-same-origin/);
    const link = failure.getByRole("link", { name: "Open in a new tab" });
    assert.equal(await link.getAttribute("href"), url);
    assert.equal(await link.getAttribute("target"), "_blank");
  } finally {
    await context.close();
    host.close();
  }
});

test("a page that starts shows no failure and breaks no rule of its policy", async () => {
  context = await browser.newContext();
  try {
    const page = await context.newPage();
    const refused = [];
    page.on("console", (message) => {
      if (/Content Security Policy/i.test(message.text())) refused.push(message.text());
    });
    await page.goto(url);
    await page.locator("#skeleton").waitFor({ state: "detached" });
    assert.equal(await page.locator("#boot-failure").count(), 0);
    assert.deepEqual(refused, []);
  } finally {
    await context.close();
  }
});
