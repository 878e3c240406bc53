// F22: links as chats, mails and course systems pass them on. Where the fragment has become a part of the query or of the
// path, scripts put it back; all else is read as meant by the page itself (`src/link/fragment.rs`).

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { story } from "./page.mjs";

const KINDS = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".json": "application/json" };
const BASE = "/a/foolproof/";

// The pages in a folder of a static host, which answers with their 404.html where there is no file.
async function host() {
  const file = (path) => readFileSync(join(process.env.FOOLPROOF_DIST, path));
  const server = createServer((asked, reply) => {
    const { pathname } = new URL(asked.url, "http://host");
    try {
      const path = decodeURIComponent(pathname.slice(BASE.length)) || "index.html";
      const body = file(path);
      reply.writeHead(200, { "Content-Type": KINDS[extname(path)] ?? "application/octet-stream" }).end(body);
    } catch {
      reply.writeHead(404, { "Content-Type": "text/html" }).end(file("404.html"));
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return { at: `http://127.0.0.1:${server.address().port}${BASE}`, end: () => (server.closeAllConnections(), server.close()) };
}

// A drawing's own text, from a page.
async function drawing(open) {
  const visit = await open("steps=5&engine=cpu");
  await visit.draw([[0.3, 0.3], [0.6, 0.7]]);
  return (await visit.state()).input;
}

story("a link that has become a path or a query is opened as meant, its drawing kept", { expects: [/404/] }, async ({ open, context }) => {
  const { at, end } = await host();
  try {
    const input = await drawing(open);
    const link = `v=1&page=attack&data=mnist&input=${input}&eps=31/255&steps=5&engine=cpu&lang=de`;
    const coded = encodeURIComponent(link);
    const addresses = [`%23${link}`, `%23${coded}`, `index.html%23${link}`, `%2523${link}`, `?${link}`, `?utm=x&${link.replaceAll("&", "&amp;")}`, `?${coded}`, `#${coded}`];
    for (const address of addresses) {
      const page = await context.newPage();
      await page.goto(at + address);
      await page.waitForFunction(() => /^#v=1&/.test(location.hash) && !location.search && /eps=0.12/.test(location.hash));
      const { pathname, hash } = await page.evaluate(() => ({ pathname: location.pathname, hash: location.hash }));
      assert.ok([BASE, `${BASE}index.html`].includes(pathname), pathname);
      assert.ok(hash.includes(`input=${input}`), hash);
      assert.equal(await page.evaluate(() => document.documentElement.lang), "de", address);
      await page.close();
    }
  } finally {
    end();
  }
});

story("where there is no page, that is said, once", { expects: [/404/] }, async ({ context }) => {
  const { at, end } = await host();
  try {
    const page = await context.newPage();
    let asked = 0;
    page.on("request", () => (asked += 1));
    await page.goto(`${at}nowhere/%23v=1%23x`);
    await page.getByText("There is no page at this address.").waitFor();
    await page.waitForFunction(() => location.hash === "#v=1%23x");
    assert.ok(asked <= 3, `${asked} requests`);
    await page.goto(`${at}?fbclid=1`);
    await page.waitForFunction(() => /^#v=1&/.test(location.hash));
    assert.equal(new URL(page.url()).search, "?fbclid=1", "a query that is no link stays");
  } finally {
    end();
  }
});
