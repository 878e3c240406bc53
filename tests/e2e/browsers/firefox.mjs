// Firefox by WebDriver BiDi, through Puppeteer. `visitor.mjs` says what a driver has to have.

import puppeteer from "puppeteer-core";
import { LONGEST, SIZE } from "./visitor.mjs";

/** By these Firefox has WebGPU on Linux. */
const WEBGPU = { "dom.webgpu.enabled": true, "gfx.webgpu.ignore-blocklist": true };

/** Starts it; with `gpu` as WebGPU has to be asked for. */
export async function start({ gpu = false } = {}) {
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: process.env.FOOLPROOF_FIREFOX,
    defaultViewport: SIZE,
    protocolTimeout: LONGEST,
    extraPrefsFirefox: gpu ? WEBGPU : {},
  });
  return {
    // Tabs share what the browser keeps; sites of different ports do not.
    tab: async () => tab(await browser.newPage()),
    close: () => browser.close(),
  };
}

function tab(page) {
  return {
    go: (address) => page.goto(address),
    reload: () => page.reload(),
    run: (source) => page.evaluate(source),
    stroke: async ([first, ...rest]) => {
      await page.mouse.move(...first);
      await page.mouse.down();
      for (const point of rest) await page.mouse.move(...point);
      await page.mouse.up();
    },
    type: (text) => page.keyboard.type(text),
    press: async (...keys) => {
      for (const key of keys) await page.keyboard.down(key);
      for (const key of keys.reverse()) await page.keyboard.up(key);
    },
    files: async (selector, paths) => (await page.$(selector)).uploadFile(...paths),
    size: (width, height) => page.setViewport({ width, height }),
    picture: () => page.screenshot(),
    close: () => page.close(),
  };
}
