// F36: two copies of the page on one host, below different paths, leave each other's storage alone.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { PATIENCE, story } from "./page.mjs";

const ALLOWED = { context: { serviceWorkers: "allow" } };
const KINDS = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".json": "application/json" };
const WORKS = "Works offline: everything this page needs is kept in this browser.";

// The built pages at the root and below `/x/`, each as a build of its own.
async function host() {
  const dist = process.env.FOOLPROOF_DIST;
  const build = readFileSync(join(dist, "index.html"), "utf8").match(/name="foolproof-build" content="(\w+)"/)[1];
  const builds = { "/": build, "/x/": build.replace(/./g, (digit) => (digit === "0" ? "1" : "0")) };
  const server = createServer((asked, reply) => {
    const { pathname } = new URL(asked.url, "http://host");
    const base = pathname.startsWith("/x/") ? "/x/" : "/";
    const path = decodeURIComponent(pathname.slice(base.length)) || "index.html";
    try {
      let body = readFileSync(join(dist, path));
      if (/\.(html|js)$/.test(path)) body = body.toString().replaceAll(build, builds[base]);
      reply.writeHead(200, { "Content-Type": KINDS[extname(path)] ?? "application/octet-stream" }).end(body);
    } catch {
      reply.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { at: `http://127.0.0.1:${server.address().port}`, builds, end: () => (server.closeAllConnections(), server.close()) };
}

const kept = (visit) => visit.page.getByText(WORKS).waitFor({ timeout: 3 * PATIENCE });
const caches = (visit) => visit.page.evaluate(async () => (await globalThis.caches.keys()).sort());

story("an update of one copy leaves the other's files, and only a listed build makes a cache", ALLOWED, async ({ open }) => {
  const { at, builds, end } = await host();
  try {
    const root = await open("steps=5&engine=cpu", { at: `${at}/` });
    await kept(root);
    const below = await open("steps=5&engine=cpu", { at: `${at}/x/` });
    await kept(below);
    const names = [`foolproof-${builds["/"]}`, `foolproof-${builds["/x/"]} /x/`].sort();
    assert.deepEqual(await caches(below), names);
    for (const page of [root, below]) {
      assert.equal(await page.page.evaluate(async () => (await fetch("./start.js?build=abcdef")).status), 200);
    }
    assert.deepEqual(await caches(below), names, "a build that nobody lists makes no cache");
    // Two updates of the root: the first of its own builds goes, the copy's stays.
    for (const digit of ["2", "3"]) {
      builds["/"] = digit.repeat(12);
      await root.page.reload();
      const take = root.page.getByRole("button", { name: "Load it" });
      await take.waitFor({ timeout: 3 * PATIENCE });
      await Promise.all([root.page.waitForEvent("load"), take.click()]);
      await kept(root);
    }
    assert.deepEqual(await caches(root), [`foolproof-${"2".repeat(12)}`, `foolproof-${"3".repeat(12)}`, names.find((name) => name.endsWith(" /x/"))].sort());
  } finally {
    end();
  }
});

// What the visitor's databases have, by name.
const databases = (visit) =>
  visit.page.evaluate(async () => {
    const found = {};
    for (const { name } of await indexedDB.databases()) {
      const open = indexedDB.open(name);
      const database = await new Promise((resolve) => (open.onsuccess = () => resolve(open.result)));
      const keys = database.transaction("files").objectStore("files").getAllKeys();
      found[name] = await new Promise((resolve) => (keys.onsuccess = () => resolve(keys.result)));
      database.close();
    }
    return found;
  });

const put = (visit, name, key) =>
  visit.page.evaluate(async ({ name, key }) => {
    const open = indexedDB.open(name, 1);
    open.onupgradeneeded = () => open.result.createObjectStore("files");
    const database = await new Promise((resolve) => (open.onsuccess = () => resolve(open.result)));
    const change = database.transaction("files", "readwrite");
    change.objectStore("files").put(new Uint8Array([1, 2, 3]), key);
    await new Promise((resolve) => (change.oncomplete = resolve));
    database.close();
  }, { name, key });

const lab = (visit) => visit.page.locator(".train .headline").waitFor();

story("databases have the path in their names, and begin empty beside a copy that has its own", {}, async ({ open }) => {
  const { at, end } = await host();
  try {
    const root = await open("page=train", { at: `${at}/` });
    await lab(root);
    await put(root, "foolproof", "note");
    const below = await open("page=train", { at: `${at}/x/` });
    await lab(below);
    await below.page.waitForFunction(async () => (await indexedDB.databases()).length === 2);
    await below.page.waitForFunction(() => localStorage.getItem("foolproof-own /x/") === "0");
    assert.deepEqual(await databases(below), { foolproof: ["note"], "foolproof /x/": [] });
  } finally {
    end();
  }
});

story("what was kept before names had paths is found", {}, async ({ open }) => {
  const { at, end } = await host();
  try {
    const visit = await open("steps=5&engine=cpu", { at: `${at}/x/` });
    await put(visit, "foolproof", "note");
    await visit.page.evaluate(() => localStorage.setItem("foolproof-own", "1"));
    await visit.page.reload();
    // The mark of all copies has the lab loaded.
    await visit.page.waitForFunction(() => localStorage.getItem("foolproof-own /x/") === "0");
    assert.deepEqual(await databases(visit), { foolproof: ["note"], "foolproof /x/": ["note"] });
  } finally {
    end();
  }
});
