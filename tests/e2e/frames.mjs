// A page of somebody else's that holds ours in frames, and writes down what they tell it.

import { url } from "./page.mjs";

/** Where the page of somebody else lies. */
export const SITE = "https://course.example/";
/** Where ours lies for it. */
export const APP = "https://foolproof.example/";

/** The built pages as a site of that address: browsers let no public page hold one of this machine. */
export async function site(context, at) {
  await context.route(`${at}**`, async (route) => {
    const path = new URL(route.request().url()).pathname.slice(1);
    await route.fulfill({ response: await route.fetch({ url: new URL(path, url).href }) });
  });
}

/** A host page at `at`, whose body is given, and what its frames tell it. */
export async function host(context, body, at = SITE) {
  await site(context, APP);
  const script = `addEventListener("message", ({ data, source }) => {
    const place = [...document.querySelectorAll("iframe")].findIndex((frame) => frame.contentWindow === source);
    if (data?.foolproof === 1) told.push({ place, ...data });
    else told.push({ place, other: data });
  });`;
  const page = await context.newPage();
  const html = `<!DOCTYPE html><title>course</title><script>const told = [];${script}</script>${body}`;
  await page.route(at, (route) => route.fulfill({ contentType: "text/html", body: html }));
  await page.goto(at);
  return page;
}

/** A frame with this fragment. */
export const frame = (fragment, more = 'width="700" height="700"') => `<iframe src="${APP}#${fragment}" ${more}></iframe>`;

/** Waits until the natural model is fooled in the frame at this place. */
export const fooled = (page, place = 0) =>
  page.frameLocator("iframe").nth(place).getByRole("article", { name: /natural/i }).getByText("Fooled", { exact: true }).waitFor();

/** All that the host was told: `place` of the frame, and the message. */
export const told = (page) => page.evaluate(() => told);

/** Waits until the frame at this place has told an event. */
export const until = (page, event, place = 0) =>
  page.waitForFunction(([event, place]) => told.some((one) => one.place === place && one.event === event), [event, place]);
