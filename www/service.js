// The service worker: keeps one whole build of the page, so that it opens and works without a network. `cargo xtask build`
// writes the build's id and its list of files into the first two lines. A build is answered from its own files only:
// files of two builds never meet, and a new build waits until the visitor takes it or every tab of the old one is closed.

const BUILD = "unstamped-build";
const FILES = "unstamped-files";

const SCOPE = new URL("./", location.href);
// Copies of the page at other paths of this host have caches of their own.
const named = (build) => `foolproof-${build}${SCOPE.pathname === "/" ? "" : ` ${SCOPE.pathname}`}`;
const NAME = named(BUILD);
// Larger data that few visits need is kept when it is first asked for.
const LATER = /^(data|models)\/fashion|^models\/mnist-cnn-(ibp|smooth)|^code\//;

const address = (path) => new URL(path, SCOPE).href;

// As the page itself asks for it, so that what a first visit has loaded is not loaded twice.
async function had(path) {
  const hashed = /-[0-9a-f]{16}(_bg)?\.\w+$/.test(path);
  const asked = /\.(css|js|wasm)$/.test(path) && !hashed ? `${address(path)}?build=${BUILD}` : address(path);
  const response = await fetch(asked, { cache: "no-cache" });
  if (!response.ok) throw new Error(`${path}: HTTP ${response.status}`);
  return response;
}

async function keep() {
  const cache = await caches.open(NAME);
  for (const path of FILES.filter((path) => !LATER.test(path))) {
    if (await cache.match(address(path))) continue;
    const response = await had(path);
    // A host that changes its files while we read them would have us keep a mixture.
    if (path === "index.html" && !(await response.clone().text()).includes(BUILD)) throw new Error("the page is of another build");
    await cache.put(address(path), response);
  }
}

// Whether a cache is of this copy. Names without a path may be of any: they were made before names had one.
async function ours(name) {
  if (!name.startsWith("foolproof-")) return false;
  if (name.includes(" ")) return name === named(name.slice("foolproof-".length, name.indexOf(" ")));
  const pages = (await (await caches.open(name)).keys()).filter(({ url }) => url.endsWith("/index.html"));
  return pages.length > 0 && pages.every(({ url }) => url === address("index.html"));
}

// Of what earlier builds kept, the last one stays for tabs that still run it.
async function tidy() {
  const earlier = [];
  for (const name of await caches.keys()) if (name !== NAME && (await ours(name))) earlier.push(name);
  await Promise.all(earlier.slice(0, -1).map((name) => caches.delete(name)));
}

// A build that is not kept makes no cache.
async function answer(request, path, build = BUILD) {
  for (const name of new Set([named(build), `foolproof-${build}`])) {
    const found = (await caches.has(name)) && (await (await caches.open(name)).match(address(path), { ignoreVary: true }));
    if (found) return found;
  }
  const response = await fetch(request);
  // Where there is no room left, the visitor still gets the file.
  if (response.ok && build === BUILD) await (await caches.open(NAME)).put(address(path), response.clone()).catch(console.warn);
  return response;
}

addEventListener("install", (event) => event.waitUntil(keep()));
addEventListener("activate", (event) => event.waitUntil(tidy().then(() => clients.claim())));

addEventListener("fetch", (event) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== "GET" || !url.href.startsWith(SCOPE.href)) return;
  const path = decodeURIComponent(url.pathname.slice(SCOPE.pathname.length)) || "index.html";
  const build = url.searchParams.get("build") ?? undefined;
  if (FILES.includes(path) && /^[0-9a-f]*$/.test(build ?? "")) event.respondWith(answer(request, path, build));
});

addEventListener("message", ({ data, ports }) => {
  if (data === "take over") skipWaiting();
  if (data === "build") ports[0]?.postMessage(BUILD);
});
