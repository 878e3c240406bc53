// The Measure page as a visitor and as a host use it: run, cancel, links, files, keyboard, axe.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { accessible } from "./axe.mjs";
import { EVALUATE, PANIC, PATIENCE, Refused, THREE, deadly, story } from "./page.mjs";

const MEASURE = "page=measure&engine=cpu&eps=0.2";
/** Twenty inputs, both models, the quick set. */
const TWENTY = `${MEASURE}&measure.n=20`;
/** Far more than any test waits for. */
const ENDLESS = `${MEASURE}&measure.n=2000&measure.attacks=pgd:steps:200:restarts:20&measure.audit=0`;
const NARROW = { viewport: { width: 320, height: 640 } };

const button = (visit, name) => visit.page.getByRole("button", { name, exact: true });
const run = (visit) => button(visit, "Run the evaluation");
const cell = (visit, row, column) =>
  visit.page.getByRole("group", { name: "Table of accuracies" }).getByRole("row", { name: row }).getByRole("cell").nth(column).innerText();
const done = (visit) => visit.page.getByText(/^Done: \d+ inputs/).waitFor({ timeout: 3 * PATIENCE });
/** Opens every part of the report. */
const unfold = (visit) => button(visit, "Unfold all").click();

story("the quick set on both models: a table with intervals, natural beside robust", {}, async ({ open }) => {
  const visit = await open("engine=cpu");
  await visit.page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Measure" }).click();
  await run(visit).waitFor();
  assert.equal((await visit.state()).page, "measure");
  await visit.ask("setState", { "measure.n": 20, eps: 0.2 });
  await run(visit).click();
  await done(visit);
  await unfold(visit);
  assert.match(await cell(visit, /^Clean/, 0), /^\d+\.\d %\n[\d.]+ to [\d.]+, n = 20$/);
  const worst = (await Promise.all([cell(visit, /^Worst case/, 0), cell(visit, /^Worst case/, 1)])).map(parseFloat);
  assert.ok(worst[0] <= 20 && worst[1] >= 60, `natural ${worst[0]} %, robust ${worst[1]} %`);
  await visit.page.getByRole("img", { name: /^Accuracy against radius, L∞, from 0 to 0\.5\./ }).waitFor();
  await visit.page.getByRole("img", { name: /^Accuracy against queries of PGD.*: Natural CNN: [\d.]+ % left, half of those that fell within \d+ queries/ }).waitFor();
  await visit.page.getByRole("img", { name: /^Accuracy against steps of PGD.*: Natural CNN: [\d.]+ % left, half of those that fell within \d+ steps/ }).waitFor();
  assert.match(await cell(visit, /^Median certified radius/, 0), /^0\.00\d+\n0\.0 % certified at epsilon, 0\.0 to 16\.1, n = 20$/);
  await visit.page.getByRole("heading", { name: "Natural CNN: nothing suspicious" }).waitFor();
  for (const [section, row] of [["losses", /^5 /], ["queries", /^0 /]]) {
    const chart = visit.page.locator(`section[aria-labelledby=${section}] figure`).first();
    await chart.getByText("As a table").click();
    const cells = await chart.getByRole("row", { name: row }).getByRole("cell").allInnerTexts();
    assert.ok(cells.length === 2 && cells.every((text) => (section === "losses" ? /^[\d.]+$/ : /^[\d.]+ %\n[\d.]+ to [\d.]+, n = 20$/).test(text)), cells.join("; "));
  }
  await visit.page.getByText(/^Models mnist-cnn, mnist-cnn-robust were evaluated on the first 20 images.*Seed 1/).waitFor();
  // A picture opens on the attack page with its input and model.
  await visit.page.getByRole("link", { name: /^Input \d+: \d → \d/ }).first().click();
  await visit.equation("natural").waitFor();
  const state = await visit.state();
  assert.deepEqual([state.page, state.model], ["attack", "mnist-cnn"]);
  await visit.page.goBack();
  await run(visit).waitFor();
  await cell(visit, /^Worst case/, 0);
});

story("cancel keeps what was found, pause hands out no more", {}, async ({ open }) => {
  const visit = await open(`${MEASURE}&measure.n=400&measure.attacks=pgd:steps:10,pgd:steps:500:restarts:20&measure.radius=0&measure.audit=0`);
  await run(visit).click();
  await button(visit, "Pause").click();
  await visit.page.getByText(/Paused|Pausing: \d workers? finish/).locator("visible=true").first().waitFor();
  await button(visit, "Go on").click();
  await visit.page.waitForFunction(() => /n = [1-9]/.test(document.querySelector(".results")?.innerText ?? ""));
  await button(visit, "Cancel").click();
  await visit.page.getByText(/^Cancelled at \d+ %/).waitFor();
  const [, count] = (await cell(visit, /^Clean/, 0)).match(/n = (\d+)/);
  assert.ok(count > 0 && count < 400, `${count} inputs`);
  await button(visit, "Cancel").waitFor({ state: "detached" });
});

story("a host evaluates and gets the whole report, with progress", {}, async ({ open }) => {
  const visit = await open("engine=cpu&eps=0.2&measure.n=20");
  const report = await visit.ask("run", "evaluate");
  const keys = ["kind", "fragment", "engine", "millis", "data", "n", "seed", "models", "audit"];
  assert.deepEqual(keys.filter((key) => !(key in report)), []);
  assert.deepEqual([report.kind, report.data, report.n, report.seed, report.engine.kind], ["report", "mnist", 20, 1, "cpu"]);
  assert.deepEqual(report.models.map((model) => model.id), ["mnist-cnn", "mnist-cnn-robust"]);
  const model = [
    "id", "clean", "attacks", "worst", "score", "margin", "radius", "entropy", "defensiveMargin", "classes", "curve", "samples",
  ];
  for (const one of report.models) {
    assert.deepEqual(model.filter((key) => !(key in one)), []);
    for (const accuracy of [one.clean, one.worst, ...one.attacks.map((attack) => attack.accuracy), ...one.curve.map((at) => at.accuracy)]) {
      assert.ok(0 <= accuracy.low && accuracy.low <= accuracy.value && accuracy.value <= accuracy.high && accuracy.high <= 1 && accuracy.n === 20);
    }
    assert.deepEqual(one.attacks.map((attack) => [attack.id, attack.norm, attack.eps]), [["fgsm", "linf", 0.2], ["pgd", "linf", 0.2]]);
    assert.equal(one.attacks[1].steps, 10);
    // Queries fell to the accuracy that is left, and what is proven lies below what was found.
    const left = one.attacks[1].byQueries;
    const falls = left.every((at, place) => place === 0 || (at.queries > left[place - 1].queries && at.accuracy.value < left[place - 1].accuracy.value));
    assert.ok(falls && (left.at(-1)?.accuracy.value ?? one.attacks[1].accuracy.value) === one.attacks[1].accuracy.value, JSON.stringify(left));
    // So did steps, from before the first to the tenth.
    const bySteps = one.attacks[1].bySteps;
    assert.ok(bySteps.every((at, place) => place === 0 || at.steps >= bySteps[place - 1].steps) && (bySteps.at(-1)?.steps ?? 0) <= 10);
    assert.equal((bySteps.at(-1) ?? one.attacks[1]).accuracy.value, one.attacks[1].accuracy.value);
    assert.deepEqual(one.attacks[1].lossAt, Array.from({ length: 11 }, (_, step) => step));
    assert.ok(one.samples.every(({ radius, certified }) => certified >= 0 && (radius === null || certified <= radius)));
    assert.ok(one.certified.n === 20 && one.certified.median > 0 && one.certified.median < one.radius.median);
    // No attack alone leaves fewer right than the worst case, which is what the samples say.
    const held = one.samples.filter((sample) => sample.clean === sample.truth && sample.broken.length === 0 && !sample.found);
    assert.equal(one.worst.value, held.length / 20);
    assert.ok(one.attacks.every((attack) => attack.accuracy.value >= one.worst.value));
    assert.equal(one.curve.at(-1).eps, 0.5);
    const shares = one.attacks.flatMap((attack) => attack.transferAccuracy.map((share, other) => [share?.value ?? null, attack.transfer[other]]));
    assert.ok(shares.every(([share, number]) => share === number), JSON.stringify(shares));
    // FGSM has no steps to double.
    assert.deepEqual(one.attacks.map((attack) => [typeof attack.converged, attack.twiceTheSteps?.steps]), [["object", undefined], ["boolean", 20]]);
    assert.ok(one.weak === null || (one.weak.broken > 0 && one.weak.broken <= one.weak.of));
    assert.ok(Math.abs(one.score - (0.5 * one.worst.value + 0.5 * one.clean.value)) < 1e-12);
    assert.equal(one.classes.attacked.confusion.flat().reduce((sum, count) => sum + count, 0), 20);
    assert.deepEqual(one.radius.quantiles.map((at) => at.share), [0.05, 0.25, 0.5, 0.75, 0.95]);
  }
  assert.ok(report.audit.length >= 10 && report.audit.every((check) => ["pass", "warn", "fail"].includes(check.verdict)));
  const progress = await visit.heard("progress");
  assert.ok(["done", "total", "etaMillis"].every((key) => key in progress));
  // The same seed on the same engine gives the same figures.
  const again = await visit.ask("run", "evaluate");
  assert.deepEqual(again.models.map(({ worst, samples }) => ({ worst, samples })), report.models.map(({ worst, samples }) => ({ worst, samples })));
});

story("what the auditor breaks beyond the chosen attacks counts in every figure, and is named", {}, async ({ open }) => {
  const visit = await open(`${TWENTY}&measure.models=mnist-cnn-robust&measure.attacks=noise`);
  await run(visit).click();
  await done(visit);
  const { models: [one] } = await visit.ask("getResult");
  const found = one.samples.filter((row) => row.found);
  assert.ok(found.length > 0 && found.length === one.weak.broken, `${found.length} found`);
  for (const row of found) {
    assert.ok(row.attacked !== row.truth && row.broken.length === 0 && row.radius <= 0.2 + 1e-6, JSON.stringify(row));
  }
  const stand = one.samples.filter((row) => row.clean === row.truth && !row.broken.length && !row.found).length;
  assert.deepEqual([one.worst.value, one.worst.n], [stand / 20, 20]);
  assert.ok(Math.abs(one.worstOfChosen.value - one.worst.value - found.length / 20) < 1e-12);
  // What fell within the radius is no more left by the curve.
  assert.ok(one.curve.find((point) => point.eps >= 0.2).accuracy.value <= one.worst.value);
  assert.match(await cell(visit, /^Worst case/, 0), new RegExp(`weak set: the auditor breaks ${found.length} of \\d+ more; the chosen attacks alone leave [\\d.]+ %`));
  await unfold(visit);
  await visit.page.getByRole("link", { name: /found by the auditor \(/ }).first().waitFor();
  await visit.page.getByText(/count what the auditor broke within the radius, on the first 20 inputs/).waitFor();
});

story("AutoAttack is the standard one, whatever the attack page is set to, and tells what each member left", {}, async ({ open }) => {
  const visit = await open(`page=measure&engine=cpu&eps=0.1&attack=pgd&steps=7&measure.models=mnist-mlp&measure.n=4&measure.radius=0&measure.audit=0`);
  await button(visit, "AutoAttack").click();
  await visit.page.getByRole("list", { name: "Chosen attacks" }).getByText("AutoAttack, 100 steps, 5000 queries").waitFor();
  await run(visit).click();
  await done(visit);
  assert.match(await cell(visit, /^AutoAttack, 100 steps/, 0), /; left after APGD-CE [\d.]+ %, APGD-T [\d.]+ %, FAB-T [\d.]+ %, Square [\d.]+ %$/);
  const report = await visit.ask("getResult");
  const [{ steps, queries, knobs, members, accuracy }] = report.models[0].attacks;
  assert.deepEqual([steps, knobs], [100, { queries: 5000, steps: 100, targets: 9 }]);
  assert.ok(queries === null || queries < 5000, "the mean that was spent, not the budget");
  assert.deepEqual(members.at(-1), { name: "Square", accuracy });
});

story("targets are chosen for each input by its clean answer, and the report says how", {}, async ({ open }) => {
  const visit = await open(`${MEASURE}&norm=l2&eps=2&measure.n=10&measure.models=mnist-cnn&measure.attacks=pgd:steps:10,deepfool:steps:10`);
  const evaluated = async (target) => {
    await visit.ask("setState", { target });
    return visit.ask("run", "evaluate");
  };
  const [plain, second, least] = [await evaluated("none"), await evaluated("second"), await evaluated("least")];
  for (const [report, mode] of [[plain, null], [second, "second"], [least, "least"]]) {
    assert.deepEqual(report.models[0].attacks.map((attack) => attack.targetMode), [mode, null], "DeepFool takes none");
  }
  const left = [plain, second, least].map((report) => report.models[0].attacks[0].accuracy.value);
  assert.ok(left[0] <= left[1] && left[1] <= left[2], `any wrong class is the easiest, the least likely the hardest: ${left}`);
  assert.match(least.methods, /pgd \(L2, epsilon 2, target least likely class, .*changes that \(one with a target: to its target\)/);
  await visit.page.getByRole("combobox", { name: "Target" }).selectOption({ label: "toward a class drawn by the seed" });
  await visit.page.waitForFunction(() => location.hash.includes("target=random"));
  await visit.page.getByText("PGD, 10 steps, toward a class drawn by the seed").first().waitFor();
});

story("a host learns which keys could not be taken as they are, and they are put right", {}, async ({ open }) => {
  // On another page, so that the program that knows these keys is loaded for this.
  const visit = await open("engine=cpu");
  const given = {
    "measure.n": 1e9, "measure.weight": -3, "measure.workers": 99, "measure.radius": 7, "measure.models": "mnist-cnn,gone",
    "measure.attacks": "pgd:steps:7,magic", "measure.colour": "red", "train.epochs": -1, eps: 7, steps: 9,
  };
  const applied = await visit.ask("setState", given);
  const expected = Object.keys(given).filter((key) => key !== "measure.colour" && key !== "steps");
  assert.deepEqual(applied.clamped.toSorted(), expected.toSorted());
  assert.deepEqual(applied.ignored, ["measure.colour"]);
  const { state, fragment } = await visit.ask("getState");
  assert.equal(applied.fragment, fragment);
  const right = {
    "measure.n": "10000", "measure.weight": "0", "measure.workers": "8", "measure.radius": "1", "measure.models": "mnist-cnn",
    "measure.attacks": "pgd:steps:7", steps: 9,
  };
  for (const [key, value] of Object.entries(right)) assert.equal(state[key], value, key);
  const fine = await visit.ask("setState", "measure.n=20&measure.weight=0.25");
  assert.deepEqual([fine.clamped, fine.ignored], [[], []]);
});

story("getResult on the Measure page is the report of the state, once there is one", {}, async ({ open }) => {
  const visit = await open(`${TWENTY}&measure.attacks=fgsm&measure.audit=0&measure.radius=0`);
  await assert.rejects(visit.ask("getResult"), (error) => error instanceof Refused && error.kind === "input");
  const [ran, waited] = await visit.page.evaluate(async () => {
    const running = host.ask("run", "evaluate");
    await new Promise((resolve) => addEventListener("message", ({ data }) => data?.event === "progress" && resolve()));
    const waiting = host.ask("getResult");
    return [await running, await waiting];
  });
  assert.equal(ran.value.kind, "report");
  assert.deepEqual(waited.value, ran.value);
  assert.deepEqual(await visit.ask("getResult"), ran.value);
  // Neither how the page looks nor the attack page's own keys are another evaluation; another radius is.
  await visit.ask("setState", { theme: "dark", "measure.workers": 1 });
  assert.equal((await visit.ask("getResult")).kind, "report");
  await visit.ask("setState", { eps: 0.1 });
  await assert.rejects(visit.ask("getResult"), (error) => error instanceof Refused && error.kind === "input");
  await visit.ask("setState", { page: "attack" });
  assert.equal((await visit.ask("getResult")).kind, "attack");
});

story("a host stops an evaluation", {}, async ({ open }) => {
  const visit = await open(ENDLESS);
  await run(visit).waitFor();
  const from = await visit.count();
  const { refused, answer } = await visit.page.evaluate(async () => {
    const pending = host.ask("run", "evaluate");
    await new Promise((resolve) => addEventListener("message", ({ data }) => data?.event === "progress" && data.value.total === 2000 && resolve()));
    const answer = await host.ask("stop");
    return { refused: await pending, answer };
  });
  assert.ok((await visit.count()) > from);
  assert.deepEqual([refused.ok, refused.error.kind, answer.value], [false, "stopped", { stopped: true }]);
});

story("a lost worker costs an evaluation time and no input, radii among them", { expects: PANIC }, async ({ open, context }) => {
  await deadly(context, EVALUATE);
  const visit = await open(`${MEASURE}&measure.n=4&measure.attacks=pgd:steps:4&measure.audit=0`);
  await run(visit).waitFor();
  await visit.page.evaluate(() => (deaths = 1));
  const report = await visit.ask("run", "evaluate");
  assert.equal(await visit.page.evaluate(() => deaths), 0, "a worker died over a share");
  assert.ok(report.complete);
  assert.ok(report.models.every(({ worst, samples }) => worst.n === 4 && samples.every(({ certified }) => certified !== null)));
});

story("nothing to measure is refused in a sentence", {}, async ({ open }) => {
  const visit = await open(`${TWENTY}&measure.models=`);
  await assert.rejects(visit.ask("run", "evaluate"), (error) => error instanceof Refused && error.kind === "input");
  await visit.page.getByText("It could not go on. Choose at least one model.").waitFor();
});

story("a link restores the whole setting, and says what it cannot", {}, async ({ open }) => {
  const visit = await open(`page=measure&engine=cpu&norm=l2&eps=1.5&seed=9&measure.models=mnist-mlp&measure.attacks=pgd:steps:7,magic&measure.n=30&measure.radius=0`);
  await run(visit).waitFor();
  assert.equal(await visit.page.getByRole("spinbutton", { name: "Number of inputs" }).inputValue(), "30");
  assert.equal(await visit.page.getByRole("spinbutton", { name: "Epsilon" }).locator("visible=true").inputValue(), "1.5");
  assert.deepEqual(await visit.page.getByRole("list", { name: "Chosen attacks" }).getByRole("listitem").allInnerTexts(), ["PGD, 7 steps\n✕"]);
  await visit.page.getByText("The link's measure.attacks “magic” cannot be used; it is left out instead.").waitFor();
  assert.equal(await visit.page.getByRole("checkbox", { name: "Natural MLP" }).isChecked(), true);
  assert.equal(await visit.page.getByRole("checkbox", { name: "Natural CNN" }).isChecked(), false);
  await visit.page.getByRole("checkbox", { name: "Natural CNN" }).check();
  await visit.page.waitForFunction(() => location.hash.includes("measure.models=mnist-cnn,mnist-mlp"));
});

story("a report that is saved as JSON loads again", {}, async ({ open, context }) => {
  const visit = await open(`${TWENTY}&measure.audit=0&measure.radius=0&seed=5`);
  await run(visit).click();
  await done(visit);
  await unfold(visit);
  const row = await cell(visit, /^Worst case/, 1);
  const saved = async (name) => {
    const [download] = await Promise.all([visit.page.waitForEvent("download"), button(visit, name).click()]);
    return readFileSync(await download.path(), "utf8");
  };
  const [json, csv, markdown] = [await saved("Save JSON"), await saved("Save CSV"), await saved("Save Markdown")];
  assert.equal(csv.trim().split("\n").length, 41);
  assert.match(markdown, /\| worst case \| .* n = 20 \|/);
  const other = await open("page=measure&engine=cpu");
  const file = (name, text) => ({ name, mimeType: "application/json", buffer: Buffer.from(text) });
  const field = other.page.getByLabel("Load a saved report (JSON)");
  await field.setInputFiles(file("bad.json", "{}"));
  await other.page.getByText(/^The file is no report of this page/).waitFor();
  await field.setInputFiles(file("report.json", json));
  await other.page.getByRole("group", { name: "Table of accuracies" }).waitFor();
  assert.equal(await cell(other, /^Worst case/, 1), row);
  await other.page.waitForFunction(() => location.hash.includes("seed=5"));
  // It is weighed anew, and audited on its own inputs, which changes nothing else.
  await other.ask("setState", { "measure.weight": 1 });
  await other.page.getByText(/^Score, entropy and defensive margin/).click();
  await other.page.getByRole("cell", { name: /1 · [\d.]+ \+ 0 · [\d.]+/ }).first().waitFor();
  await button(other, "Run the auditor").click();
  await done(other);
  await other.page.getByRole("heading", { name: /^Natural CNN: / }).waitFor();
  // What the auditor breaks beyond counts, and the chosen attacks' own share is still said.
  const kept = async () => {
    const now = await cell(other, /^Worst case/, 1);
    return now.startsWith(row) || now.includes(`the chosen attacks alone leave ${row.split("\n")[0]}`);
  };
  assert.ok(await kept());
  await other.ask("setState", { eps: 0.1 });
  await button(other, "Run the auditor").click();
  await other.page.getByText(/^This report is of other models/).waitFor();
  assert.ok(await kept());
});

story("charts are saved as PNG, adversarial examples as NPY", {}, async ({ open }) => {
  const visit = await open(`${TWENTY}&measure.audit=0`);
  await run(visit).click();
  await done(visit);
  await unfold(visit);
  const saved = async (place, name) => {
    const [download] = await Promise.all([visit.page.waitForEvent("download"), place.getByRole("button", { name, exact: true }).click()]);
    return [download.suggestedFilename(), readFileSync(await download.path())];
  };
  const [chart, png] = await saved(visit.page.locator("#lab"), "Save chart as PNG");
  assert.deepEqual([chart, png.subarray(1, 4).toString()], ["foolproof-accuracy-against-radius.png", "PNG"]);
  for (const [label, name] of [
    ["Save distribution as PNG", /^foolproof-spread-0\.png$/],
    ["Save loss as PNG", /^foolproof-loss-0\.png$/],
    ["Save accuracy as PNG", /^foolproof-steps-1\.png$/],
    ["Save queries as PNG", /^foolproof-queries-0\.png$/],
    ["Save matrix as PNG", /^foolproof-confusion-0-attacked\.png$/],
  ]) {
    const [download] = await Promise.all([
      visit.page.waitForEvent("download"),
      visit.page.locator("#lab").getByRole("button", { name: label }).first().click(),
    ]);
    assert.match(download.suggestedFilename(), name);
    const file = readFileSync(await download.path());
    // A drawing in several colours takes more than an empty sheet of its size.
    assert.ok(file.subarray(1, 4).toString() === "PNG" && file.length > 8000, `${label}: ${file.length} bytes`);
  }
  const natural = visit.page.getByRole("group", { name: "Adversarial examples of Natural CNN" });
  const [name, pictures] = await saved(natural, "Pictures");
  assert.equal(name, "foolproof-mnist-mnist-cnn-adversarial.npy");
  const [, count] = pictures.subarray(10, 128).toString().match(/'descr': '<f4', 'fortran_order': False, 'shape': \((\d+), 1, 28, 28\)/);
  assert.equal(pictures.length, 128 + 4 * 784 * count);
  const [, labels] = await saved(natural, "Labels");
  assert.equal(labels.length, 128 + 8 * count);
});

story("own drawings are measured with the class that the visitor gives them", {}, async ({ open }) => {
  const visit = await open("engine=cpu&eps=0.2&measure.attacks=pgd:steps:10&measure.audit=0&measure.radius=0");
  await visit.draw(THREE);
  await visit.ask("getResult");
  await visit.page.getByRole("navigation", { name: "Pages" }).getByRole("link", { name: "Measure" }).click();
  await run(visit).waitFor();
  await visit.page.getByText("Measure on own drawings").click();
  await visit.page.getByRole("combobox", { name: "Class of the drawing" }).selectOption("3");
  await button(visit, "Add the current drawing").click();
  await visit.page.getByRole("img", { name: "Drawing 1, a 3" }).waitFor();
  await run(visit).click();
  await done(visit);
  assert.match(await cell(visit, /^Clean/, 0), /n = 1$/);
  await unfold(visit);
  await visit.page.getByText(/evaluated on 1 drawing of the visitor's own/).waitFor();
});

story("an ensemble is attacked as one model, and its examples are tried on the others", {}, async ({ open }) => {
  const visit = await open(`${TWENTY}&measure.audit=0&measure.radius=0&measure.attacks=pgd:steps:10`);
  await visit.page.getByRole("checkbox", { name: "Transfer from ensembles" }).check();
  await visit.page.waitForFunction(() => location.hash.includes("mnist-cnn+mnist-cnn-robust") || location.hash.includes("mnist-cnn%2Bmnist-cnn-robust"));
  await run(visit).click();
  await done(visit);
  await unfold(visit);
  const matrix = visit.page.getByRole("group", { name: /^Transfer of PGD/ });
  const row = matrix.getByRole("row", { name: /^made on Ensemble of Natural CNN and / });
  assert.match((await row.getByRole("cell").allInnerTexts())[0], /%|–/);
});

story("one perturbation for all is the same on any number of workers, and judged apart on others", {}, async ({ open }) => {
  const visit = await open(`${TWENTY}&measure.audit=0&measure.radius=0&measure.attacks=universal:steps:10:crafted:8`);
  const reports = [];
  for (const workers of [1, 3]) {
    await visit.ask("setState", { "measure.workers": workers });
    reports.push(await visit.ask("run", "evaluate"));
  }
  const [one, three] = reports.map(({ models }) => models.map(({ attacks: [{ accuracy, fooling, eightBit }] }) => ({ accuracy, fooling, eightBit })));
  assert.deepEqual(one, three);
  assert.deepEqual([one[0].fooling.crafted.n, one[0].fooling.heldOut.n], [8, 12]);
  assert.ok(one[0].fooling.heldOut.value > one[1].fooling.heldOut.value, "natural falls, robust holds");
  assert.match(await cell(visit, /^Universal/, 0), /fooling rate [\d.]+ % of the 8 it was crafted on, [\d.]+ % of 12 others/);
  await visit.page.getByRole("group", { name: "Table of accuracies" }).getByRole("button", { name: "Universal, 10 steps" }).click();
  await visit.page.getByText(/The share of inputs whose answer one and the same perturbation changes/).waitFor();
});

story("the keyboard alone runs, pauses and cancels", {}, async ({ open }) => {
  const visit = await open(ENDLESS);
  await run(visit).waitFor();
  const press = async (name, key) => {
    for (let presses = 0; presses < 60; presses += 1) {
      if (await visit.page.evaluate((name) => document.activeElement.innerText === name, name)) return visit.page.keyboard.press(key);
      await visit.page.keyboard.press("Tab");
    }
    throw new Error(`${name} cannot be reached`);
  };
  await press("Run the evaluation", "Enter");
  await button(visit, "Pause").waitFor();
  await press("Pause", " ");
  await button(visit, "Go on").waitFor();
  await press("Cancel", "Enter");
  await visit.page.getByText(/^Cancelled at/).waitFor();
});

for (const [state, more, context] of [
  ["light", "&theme=light", {}],
  ["dark", "&theme=dark", {}],
  ["320 pixels wide", "", NARROW],
]) {
  story(`axe finds nothing on the Measure page: ${state}`, { context }, async ({ open }) => {
    const visit = await open(`${TWENTY}&measure.n=8${more}`);
    await run(visit).waitFor();
    await accessible(visit.page, "empty");
    await run(visit).click();
    await button(visit, "Cancel").waitFor();
    await accessible(visit.page, "running");
    await done(visit);
    const closed = visit.page.locator("#lab details:not([open]) > summary").locator("visible=true");
    for (let folds = await closed.count(); folds > 0; folds = await closed.count()) await closed.first().click();
    await visit.page.locator("#lab").getByRole("button", { name: "Worst case" }).click();
    await visit.page.getByRole("note").first().waitFor();
    await accessible(visit.page, "done");
    const wide = await visit.page.evaluate(() => document.scrollingElement.scrollWidth - innerWidth);
    assert.ok(wide <= 0, `${wide} pixels too wide`);
  });
}

story("the program of the page that cannot be loaded is said, and tried again", { expects: [/404/, /lab/] }, async ({ open, context }) => {
  await context.route(/lab\.js/, (route) => route.fulfill({ status: 404 }));
  const visit = await open("page=measure&engine=cpu", { ready: false });
  await visit.page.getByText("The program of this page could not be loaded.").waitFor();
  const answer = await visit.answer("run", "evaluate");
  assert.deepEqual([answer.ok, answer.error.kind], [false, "file"]);
  await context.unroute(/lab\.js/);
  await button(visit, "Try again").click();
  await run(visit).waitFor();
});
