// Every kind of input on the pages: pictures of three channels and 8 x 8 pixels, and a table of five columns of which one
// stays as it is. No file of the page knows these datasets.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { accessible } from "./axe.mjs";
import { PATIENCE, story } from "./page.mjs";
import { toys } from "./toys.mjs";

const MEASURE = "page=measure&engine=cpu&measure.n=6";
/** Knobs with which the slowest attacks take seconds. */
const BRISK = { autoattack: "autoattack:steps:10:queries:200", boundary: "boundary:steps:200", cw: "cw:steps:50", fab: "fab:steps:20" };
const COLUMNS = ["Height (cm)", "Weight (kg)", "Age (years)", "Score", "Children"];
// With radii at which most of the inputs fall.
const KINDS = [
  { data: "colour", takes: () => true, values: 192, radii: { linf: 0.3, l2: 3, l1: 30 } },
  { data: "people", takes: (card) => !card.pictures_only, values: 5, radii: { linf: 0.3, l2: 1, l1: 3 } },
];

const button = (visit, name) => visit.page.getByRole("button", { name, exact: true });
/** The part of the report with the hardest inputs, unfolded. */
async function samples(visit) {
  const part = visit.page.locator("section[aria-labelledby=samples]");
  if (!(await part.locator(".inside").isVisible())) await part.locator("summary").first().click();
  return part;
}
const saved = async (visit, name) => {
  const [download] = await Promise.all([visit.page.waitForEvent("download"), button(visit, name).click()]);
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) };
};

/** The sides of the canvases in a place, and how many of them have a pixel that is not grey. */
const pictures = (place) =>
  place.locator("canvas").evaluateAll((all) => {
    const coloured = (canvas) => {
      const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
      return data.some((value, at) => at % 4 === 0 && (value !== data[at + 1] || value !== data[at + 2]));
    };
    return { sides: all.map(({ width, height }) => `${width} x ${height}`), coloured: all.filter(coloured).length };
  });

/** Asserts that a place shows inputs of the kind, and that the column that stays did. */
async function shows(data, place) {
  await place.locator(data === "people" ? ".values" : "canvas").first().waitFor();
  if (data === "colour") {
    const { sides, coloured } = await pictures(place);
    assert.deepEqual([...new Set(sides)], ["8 x 8"]);
    assert.equal(coloured, sides.length, "all are coloured");
    return;
  }
  const rows = await place.locator(".values").evaluateAll((all) =>
    all.map((row) => [...row.children].map((value) => ({ text: value.textContent.trim(), changed: value.className === "changed" }))));
  for (const row of rows) {
    assert.deepEqual(row.map(({ text }) => COLUMNS.find((name) => text.startsWith(name))), COLUMNS);
    assert.ok(!row[2].changed && /^Age \(years\) \d+$/.test(row[2].text), row[2].text);
    assert.ok(row.every(({ text, changed }) => text.includes("→") === changed));
  }
  assert.ok(rows.flat().some(({ changed }) => changed), "something moved");
}

for (const { data, takes, radii } of KINDS) {
  story(`every attack of the catalog is measured on ${data}`, {}, async ({ open }) => {
    const visit = await open(`${MEASURE}&data=${data}&measure.radius=0&measure.audit=0`, { at: await toys() });
    const { attacks } = await visit.ask("getCatalog");
    const able = attacks.filter((card) => card.id !== "none" && takes(card));
    const ran = new Set();
    for (const norm of ["linf", "l2", "l1"]) {
      const ids = able.filter((card) => card.norms.includes(norm)).map(({ id }) => id);
      const asked = ids.map((id) => BRISK[id] ?? id).join(",");
      const answer = await visit.ask("setState", { attack: "pgd", norm, eps: radii[norm], "measure.attacks": asked });
      assert.deepEqual([answer.ignored, answer.clamped], [[], []]);
      const report = await visit.ask("run", "evaluate");
      assert.deepEqual([report.data, report.n, report.complete], [data, 6, true]);
      assert.deepEqual(report.models.map(({ id }) => id), [`${data}-net`]);
      const found = report.models[0].attacks;
      assert.deepEqual(found.map(({ id }) => id), ids);
      assert.ok(found.every(({ accuracy }) => accuracy.n === 6));
      assert.ok(found.some(({ accuracy }) => accuracy.value < report.models[0].clean.value), `${norm}: something falls`);
      ids.forEach((id) => ran.add(id));
      await shows(data, await samples(visit));
    }
    assert.equal(ran.size, able.length);
  });
}

story("attacks that move places cannot be chosen for a table", {}, async ({ open }) => {
  const visit = await open(`${MEASURE}&data=people&measure.attacks=patch,pgd`, { at: await toys() });
  await visit.page.getByText("Choose attacks one by one").click();
  const card = (name) => visit.page.getByRole("checkbox", { name, exact: true });
  await card("PGD").waitFor();
  assert.deepEqual([await card("Rotation and shift").isDisabled(), await card("PGD").isDisabled()], [true, false]);
  assert.deepEqual((await visit.ask("setState", { "measure.attacks": "spatial,pgd" })).clamped, ["measure.attacks"]);
});

for (const { data, values } of KINDS) {
  story(`a report on ${data}: audit, exports, its link and its file`, {}, async ({ open }) => {
    const at = await toys();
    const link = `${MEASURE}&data=${data}&eps=0.3&measure.attacks=fgsm,pgd:steps:10`;
    const visit = await open(link, { at });
    const report = await visit.ask("run", "evaluate");
    const table = data === "people";
    assert.equal("inputs" in report, table, "only inputs that are no pictures are told of");
    if (table) {
      assert.deepEqual(report.inputs.table.map(({ name, scale }) => [name, scale]), [["Height", 1], ["Weight", 0.5], ["Age", 0], ["Score", 2], ["Children", 0.25]]);
      await visit.page.getByText("How far each may move, as a multiple of epsilon: Height (cm) 1, Weight (kg) 0.5, Age (years) 0, Score 2, Children 0.25.").waitFor();
    }
    assert.match(report.methods, table ? /the first 6 rows .* Age \(years\) from 0 to 100.* A row counts/s : /the first 6 images .* An image counts/s);
    // A column that stays keeps rows apart at any radius, so there nothing is found by one without a bound.
    assert.equal(report.audit.some(({ check }) => check === "large-radius"), !table);
    const [model] = report.models;
    assert.ok(report.audit.length >= 5 && model.radius.n === 6 && model.certified.n === 6 && model.curve.length > 2);
    await shows(data, await samples(visit));
    await accessible(visit.page, `a report on ${data}`);
    const csv = (await saved(visit, "Save CSV")).bytes.toString().trim().split("\n");
    assert.deepEqual([csv.length, csv[0].split(",")[0]], [7, "model"]);
    const { name, bytes } = await saved(visit, table ? "Rows" : "Pictures");
    assert.equal(name, `foolproof-${data}-${data}-net-adversarial.npy`);
    const count = Number(bytes.subarray(10, 128).toString().match(/'shape': \((\d+), /)[1]);
    assert.ok(count > 0 && bytes.length === 128 + 4 * values * count, `${count} examples, ${bytes.length} bytes`);
    if (table) {
      const rows = await saved(visit, "Rows (CSV)");
      assert.equal(rows.name, "foolproof-people-people-net-rows.csv");
      const [head, ...lines] = rows.bytes.toString().trim().split("\n").map((line) => line.split(","));
      assert.deepEqual(head, ["index", "truth", ...COLUMNS, ...COLUMNS.map((column) => `${column} attacked`)]);
      assert.equal(lines.length, count);
      assert.ok(lines.every((line) => line[4] === line[9] && line.slice(2, 7).join() !== line.slice(7).join()), rows.bytes.toString());
    }
    const json = (await saved(visit, "Save JSON")).bytes;
    const { fragment, state } = await visit.ask("getState");
    const other = await open(fragment, { at });
    assert.deepEqual((await other.ask("getState")).state, state);
    await other.page.getByLabel("Load a saved report (JSON)").setInputFiles({ name: "report.json", mimeType: "application/json", buffer: json });
    await other.page.getByRole("group", { name: "Table of accuracies" }).waitFor();
    await other.page.getByText(report.methods.slice(0, 60)).waitFor();
    await (await samples(other)).locator(table ? ".values" : "canvas").first().waitFor();
  });

  story(`a short run on ${data} hardens a model that is measured like any other`, {}, async ({ open }) => {
    const keys = "train.seconds=none&train.epochs=8&train.images=300&train.batch=30&train.workers=1&train.eps=0.1&train.scored=40";
    const visit = await open(`page=train&engine=cpu&data=${data}&${keys}&train.method=pgd&train.lr=0.01`, { at: await toys() });
    const result = await visit.ask("run", "train");
    assert.deepEqual([result.kind, result.stopped, result.model, result.batches], ["training", "finished", `mine:${data}-pgd`, 80]);
    assert.deepEqual(result.after.attacked.map(({ id, accuracy }) => [id, accuracy.n]), [["apgd-ce", 40], ["square", 40]]);
    assert.ok(result.after.clean.value > 0.5, JSON.stringify(result.after));
    const title = data === "people" ? "Sixteen test rows under attack" : "Sixteen test pictures under attack";
    const strip = visit.page.getByRole("region", { name: title });
    await strip.waitFor({ timeout: PATIENCE });
    await shows(data, strip);
    await accessible(visit.page, `a run on ${data}`);
    await visit.ask("setState", { page: "measure", "measure.models": `${data}-net,mine:${data}-pgd`, eps: 0.3, "measure.n": 6, "measure.attacks": "pgd:steps:10" });
    const report = await visit.ask("run", "evaluate");
    assert.deepEqual(report.models.map(({ id }) => id), [`${data}-net`, `mine:${data}-pgd`]);
    await shows(data, await samples(visit));
  });
}

story("a mask of the link holds for an evaluation and for a run, and is told", {}, async ({ open }) => {
  const keys = "train.seconds=none&train.epochs=2&train.images=300&train.batch=30&train.workers=1&train.scored=20&train.method=pgd";
  const visit = await open(`${MEASURE}&data=people&eps=0.6&mask=Height,Age&measure.attacks=pgd:steps:10,deepfool&${keys}`, { at: await toys() });
  const moved = (place) => place.locator(".values > .changed").allInnerTexts();
  const told = visit.page.getByText("as a multiple of epsilon: Height (cm) 1, Weight (kg) 0, Age (years) 0, Score 0, Children 0.");
  const report = await visit.ask("run", "evaluate");
  assert.ok(report.models[0].worst.value < 1, "something falls");
  await told.waitFor();
  await (await samples(visit)).locator(".values").first().waitFor();
  const fooled = await moved(await samples(visit));
  await visit.ask("setState", { page: "train" });
  await visit.ask("run", "train");
  const strip = visit.page.getByRole("region", { name: "Sixteen test rows under attack" });
  await strip.waitFor({ timeout: PATIENCE });
  await told.waitFor();
  const trained = await moved(strip);
  for (const all of [fooled, trained]) assert.ok(all.length > 0 && all.every((text) => text.startsWith("Height (cm)")), all.join("; "));
});
