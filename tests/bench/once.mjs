// Chromium keeps what a page fetches for whoever is attached to it: as text, up to 200 MB, in the page's own process. A
// training run fetches two files of pictures, so a page that is driven seems to leak 2 MiB with each. Here it fetches each
// file once.

/** To run in the page before the app: `fetch` answers from memory with what it has brought before. `fetchedAgain` counts the
 * bytes that somebody fetched a second time all the same. */
export function once() {
  const own = fetch.bind(globalThis);
  const kept = new Map();
  const bring = async (address, options) => {
    const response = await own(address, options);
    return [await response.arrayBuffer(), response];
  };
  globalThis.fetch = async (address, options) => {
    if (typeof address !== "string") return own(address, options);
    // Kept from the moment it is asked for: two may ask for one file at once.
    if (!kept.has(address)) kept.set(address, bring(address, options));
    const [bytes, { status, headers }] = await kept.get(address);
    if (status !== 200) kept.delete(address);
    return new Response(bytes, { status, headers });
  };
  const seen = new Set();
  globalThis.fetchedAgain = 0;
  new PerformanceObserver((list) => {
    for (const { name, initiatorType, decodedBodySize } of list.getEntries()) {
      // Workers' scripts are small.
      if (initiatorType !== "fetch") continue;
      if (seen.has(name)) fetchedAgain += decodedBodySize;
      seen.add(name);
    }
  }).observe({ type: "resource", buffered: true });
}
