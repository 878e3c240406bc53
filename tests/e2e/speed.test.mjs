// The dialog that times this machine: figures that were just measured, what they mean, a table to copy; and it ends when
// nobody waits any more.

import assert from "node:assert/strict";
import { accessible } from "./axe.mjs";
import { story } from "./page.mjs";

const clipboard = { permissions: ["clipboard-read", "clipboard-write"] };
const TOOK = /^[\d.]+ m?s, [\d\u202f]+ images\/s$/;

async function opened(visit) {
  await visit.page.locator(".chip").click();
  await visit.page.getByRole("button", { name: "How fast is this machine?" }).click();
  const dialog = visit.page.getByRole("dialog", { name: "How fast is this machine?" });
  await dialog.getByRole("button", { name: "Measure" }).waitFor();
  return dialog;
}

const cells = (dialog, column) => dialog.locator(`tbody td:nth-of-type(${column})`).allInnerTexts();

story("a machine is timed, and the figures are said in words", { context: clipboard }, async ({ open }) => {
  const visit = await open("steps=5&engine=cpu");
  const dialog = await opened(visit);
  assert.deepEqual(await cells(dialog, 1), ["–", "–", "–", "–", "–"]);
  await dialog.getByRole("button", { name: "Measure" }).click();
  await dialog.getByRole("button", { name: "Cancel" }).waitFor();
  await dialog.getByText("Done.").waitFor();
  const cpu = await cells(dialog, 1);
  assert.ok(cpu.length === 5 && cpu.every((cell) => TOOK.test(cell)), cpu.join(" | "));
  // More work takes longer.
  const millis = cpu.map((cell) => Number.parseFloat(cell) * (cell.includes(" ms") ? 1 : 1000));
  const [read, attacked, readMany, attackedMany] = millis;
  assert.ok(read < attacked && attacked < attackedMany && readMany < attackedMany, cpu.join(" | "));
  await dialog.getByText(/^An attack with 40 steps on one picture takes /).waitFor();
  await dialog.getByText(/^A minute of hardening sees about /).waitFor();
  await dialog.getByRole("button", { name: "Copy the table" }).click();
  await dialog.getByText("Copied.").waitFor();
  const copied = await visit.page.evaluate(() => navigator.clipboard.readText());
  assert.ok(copied.includes(`PGD, 40 steps, one picture\t${cpu[1]}\t`) && copied.includes(" cores\n"), copied);
  await accessible(visit.page, "the times");
  await visit.page.setViewportSize({ width: 320, height: 640 });
  const wide = await visit.page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} pixels stick out`);
  // The page itself goes on.
  await dialog.getByRole("button", { name: "Close" }).click();
  await visit.attacked({ eps: 0.11 });
});

story("timing ends when it is cancelled, and when the dialog is closed", {}, async ({ open }) => {
  const visit = await open("steps=5&engine=cpu");
  const dialog = await opened(visit);
  await dialog.getByRole("button", { name: "Measure" }).click();
  await dialog.getByRole("button", { name: "Cancel" }).click();
  await dialog.getByText("Cancelled.").waitFor();
  await dialog.getByRole("button", { name: "Measure" }).click();
  await dialog.getByText(/^Timing on the CPU: /).waitFor();
  await visit.page.keyboard.press("Escape");
  await dialog.waitFor({ state: "hidden" });
  assert.equal(await visit.page.evaluate(() => document.activeElement.className), "chip ready");
  await opened(visit);
  await dialog.getByText("Cancelled.").waitFor();
});

story("both engines are timed where there are two", { gpu: true }, async ({ open }) => {
  const visit = await open("steps=5&engine=cpu");
  const dialog = await opened(visit);
  await dialog.getByRole("button", { name: "Measure" }).click();
  await dialog.getByText(/^Timing on the GPU: /).waitFor();
  await dialog.getByText("Done.").waitFor({ timeout: 180_000 });
  const gpu = await cells(dialog, 2);
  assert.match(gpu[0], TOOK);
  assert.match(gpu[1], TOOK);
  assert.equal(gpu[4], "left out: too slow");
});
