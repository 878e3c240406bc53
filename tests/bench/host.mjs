// The host API, asked from within the page.

/** To run in the page before the app: `ask(verb, value)` answers the value, or throws. */
export function host() {
  globalThis.ask = (verb, value) =>
    new Promise((resolve, reject) => {
      const id = `bench-${verb}-${performance.now()}`;
      const listen = ({ data }) => {
        if (data?.foolproof !== 1 || data.id !== id || !("ok" in data)) return;
        removeEventListener("message", listen);
        data.ok ? resolve(data.value) : reject(new Error(data.error.message));
      };
      addEventListener("message", listen);
      postMessage({ foolproof: 1, id, verb, value }, "*");
    });
}

/** The page at this address, once it shows this button, in a context of its own: its `ask`, and what closes it. */
export async function hosted(browser, address, button) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.addInitScript(host);
  await page.goto(address);
  await page.getByRole("button", { name: button }).waitFor({ timeout: 120_000 });
  const ask = (verb, value) => page.evaluate(({ verb, value }) => ask(verb, value), { verb, value });
  return { ask, close: () => context.close() };
}
