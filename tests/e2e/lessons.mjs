// The lessons as their files have them, read with a few patterns that know nothing of the page's own reader.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";

const folder = new URL("../../static/lessons/en/", import.meta.url);

/** Every lesson: its id, and for each step its title, its keys, its claims, the images it links to and its question's right answer. */
export const lessons = JSON.parse(readFileSync(new URL("index.json", folder), "utf8")).map((id) => {
  const text = readFileSync(new URL(`${id}.md`, folder), "utf8").split(/^---$/m).slice(2).join("---");
  return { id, steps: text.split(/^## /m).slice(1).map(step) };
});

function step(text) {
  const state = /```state\n([^]*?)```/.exec(text)[1].trim().split(/[&\n]+/);
  const claims = [...text.matchAll(/\[([^\]]*)\]\(claim:([^)]*)\)/g)].map(([, words, address]) => claim(address, words));
  const answers = [...text.matchAll(/^- \[([ x])\] (.*)$/gm)].map(([, mark]) => mark === "x");
  return {
    title: text.split("\n")[0],
    keys: Object.fromEntries(state.map((pair) => pair.split(/=(.*)/).slice(0, 2))),
    claims,
    images: [...text.matchAll(/\]\(#input=test:(\d+)\)/g)].map(([, index]) => Number(index)),
    right: answers.indexOf(true),
    wrong: answers.indexOf(false),
  };
}

function claim(address, words) {
  const [, keys, rest] = /^(?:([^|]*)\|)?(.*)$/.exec(address);
  const [, path, sign, value, tolerance] = /^([^=<>~]+)(?:([=<>])([^~]*))?(?:~(.*))?$/.exec(rest);
  const [, digits, share] = /(\d+(?:\.\d+)?)\s*(%?)/.exec(value ?? words) ?? [null, null, ""];
  const unit = share ? 0.01 : 1;
  const last = 10 ** -(digits?.split(".")[1]?.length ?? 0) * unit;
  return {
    keys: Object.fromEntries((keys ?? "").split("&").filter(Boolean).map((pair) => pair.split("="))),
    path: path.split("."),
    sign: sign ?? "=",
    wanted: digits === null ? value : Number(digits) * unit,
    tolerance: tolerance === undefined ? 0.5 * last + 1e-9 : Number(tolerance),
    address,
  };
}

/** Fails unless a result bears a claim out. */
export function holds({ path, sign, wanted, tolerance, address }, result) {
  const into = (value, key) => (Array.isArray(value) ? (value[key] ?? value.find((one) => one.id === key)) : value?.[key]);
  const found = path.reduce(into, result);
  if (typeof wanted === "string") return assert.equal(String(found), wanted, address);
  assert.equal(typeof found, "number", `${address}: the result has no such number`);
  const off = sign === ">" ? wanted - found : sign === "<" ? found - wanted : Math.abs(found - wanted);
  assert.ok(off <= tolerance, `${address}: it is ${found}`);
}
