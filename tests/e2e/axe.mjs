// WCAG 2.2 AA by axe-core, for every page that a test brings into a state.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** Fails with every rule that a Playwright page breaks now, and the elements that break it. */
export async function accessible(page, state) {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async (tags) => {
    const found = await axe.run(document, { runOnly: tags });
    const elements = (violation) => violation.nodes.map((node) => `${node.target} ${node.failureSummary}`).slice(0, 5);
    return found.violations.map((violation) => `${violation.id}: ${elements(violation).join(" | ")}`);
  }, TAGS);
  assert.deepEqual(violations, [], state);
}
