// The built pages from a server of our own, which can go away, lack a file, or begin to serve another build.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { extname, join, normalize } from "node:path";

const KINDS = {
  ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".wasm": "application/wasm", ".json": "application/json",
  ".svg": "image/svg+xml", ".png": "image/png",
};

/** The scripts that run first in a page. */
const FIRST = ["boot.js", "host.js"];

/**
 * Serves the built pages on a free port of 127.0.0.1. `lacks`: the files that are not there. `pages`: HTML by its path.
 * `early`: a script that runs in the page before ours. All three may change later, as may `build`, which the server gives for
 * the pages' own build. Answers with these, `at`, the address, and `cut`, which ends it at once.
 */
export async function site({ lacks = [], pages = {}, early = "" } = {}) {
  const dist = process.env.FOOLPROOF_DIST;
  const build = readFileSync(join(dist, "index.html"), "utf8").match(/name="foolproof-build" content="(\w+)"/)[1];
  const now = { build, lacks: new Set(lacks), pages, early };
  const read = (path) => {
    if (path in now.pages) return now.pages[path];
    if (now.lacks.has(path)) throw new Error(`${path} is lacking`);
    const body = readFileSync(join(dist, path));
    if (!/\.(html|js)$/.test(path)) return body;
    const text = body.toString().replaceAll(build, now.build);
    return FIRST.includes(path) ? `${now.early}\n${text}` : text;
  };
  const server = createServer((asked, reply) => {
    const path = normalize(decodeURIComponent(new URL(asked.url, "http://host").pathname)).replace(/\/$/, "/index.html").slice(1);
    try {
      const body = read(path);
      reply.writeHead(200, { "Content-Type": KINDS[extname(path)] ?? "application/octet-stream" }).end(body);
    } catch {
      reply.writeHead(404).end();
    }
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  const cut = () => (server.closeAllConnections(), new Promise((ready) => server.close(ready)));
  return { at: `http://127.0.0.1:${server.address().port}/`, cut, now, build };
}
