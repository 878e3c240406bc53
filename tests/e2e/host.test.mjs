// The host API as an embedding page uses it: verbs, answers, events, and the arithmetic of results.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { floats, story, url } from "./page.mjs";

const keys = (object) => Object.keys(object).sort();
const QUICK = "steps=10&engine=cpu";

// Distances of two pictures in the four norms, in double precision.
function distances(clean, adversarial) {
  const changes = [...adversarial].map((pixel, at) => Math.abs(pixel - clean[at]));
  return {
    l0: changes.filter((change) => change > 0).length,
    l1: changes.reduce((sum, change) => sum + change, 0),
    l2: Math.sqrt(changes.reduce((sum, change) => sum + change * change, 0)),
    linf: Math.max(...changes),
  };
}

// Holds a result of an attack against its own pixels.
function checkResult(result) {
  for (const key of ["kind", "fragment", "engine", "millis", "truth", "attack", "success", "clean", "adversarial", "distance", "loss"]) {
    assert.ok(key in result, `the result has ${key}`);
  }
  assert.equal(result.kind, "attack");
  assert.deepEqual(keys(result.engine), ["kind", "name", "reason"]);
  for (const key of ["id", "norm", "eps", "step", "steps", "restarts", "target", "seed"]) {
    assert.ok(key in result.attack, `the attack has ${key}`);
  }
  const pictures = [result.clean, result.adversarial].map((side) => {
    assert.deepEqual(keys(side), ["label", "pixels", "probabilities", "shape"]);
    assert.deepEqual(side.shape, [1, 28, 28]);
    assert.equal(side.probabilities.length, 10);
    assert.ok(Math.abs(side.probabilities.reduce((sum, one) => sum + one, 0) - 1) < 1e-5);
    assert.equal(side.label, side.probabilities.indexOf(Math.max(...side.probabilities)), "the label is the likeliest");
    const pixels = floats(side.pixels);
    assert.equal(pixels.length, 784);
    assert.ok(pixels.every((pixel) => pixel >= 0 && pixel <= 1), "pixels are in [0, 1]");
    return pixels;
  });
  assert.deepEqual(keys(result.distance), ["l0", "l1", "l2", "linf"]);
  for (const [norm, found] of Object.entries(distances(...pictures))) {
    assert.ok(Math.abs(found - result.distance[norm]) <= 1e-4 * Math.max(1, found), `${norm}: ${found}, ${result.distance[norm]}`);
  }
  const within = result.distance[result.attack.norm];
  assert.ok(within <= result.attack.eps * (1 + 1e-5) + 1e-6, `${within} within ${result.attack.eps}`);
  assert.ok(result.loss.every(Number.isFinite) && result.loss.length > 0);
  const { truth, clean, adversarial, attack } = result;
  const target = attack.target;
  const goal = (label) => (target === null ? label !== (truth ?? clean.label) : label === target);
  assert.equal(result.success, goal(adversarial.label) && !goal(clean.label), "success is what the labels say");
}

story("results agree with their own pixels in every norm, targeted or not", {}, async ({ open }) => {
  const visit = await open(QUICK);
  for (const settings of [
    { input: "test:0", attack: "pgd", norm: "linf", eps: 0.2 },
    { input: "test:1", attack: "pgd", norm: "l2", eps: 2, restarts: 3 },
    { input: "test:2", attack: "pgd", norm: "l1", eps: 12, restarts: 1 },
    { input: "test:3", attack: "fgsm", norm: "linf", eps: 0.15 },
    { input: "test:4", attack: "bim", norm: "linf", eps: 0.3, target: 2 },
    { input: "test:8", attack: "pgd", norm: "linf", eps: 0 },
    { input: "test:5", attack: "none", target: "none" },
  ]) {
    const result = await visit.attacked(settings);
    checkResult(result);
    assert.equal(result.attack.id, settings.attack);
    assert.equal(result.model, "mnist-cnn");
  }
  const still = await visit.ask("getResult");
  assert.deepEqual([still.distance.l0, still.success], [0, false]);
});

story("a target is chosen from the clean answer, drawn by the seed, and told with its mode", {}, async ({ open }) => {
  const visit = await open(`${QUICK}&attack=pgd&eps=0.3`);
  const drawn = [];
  for (const [target, eps] of [["least", 0.3], ["second", 0.3], ["random", 0.3], ["random", 0.2]]) {
    const result = await visit.attacked({ target, eps });
    checkResult(result);
    const { clean, attack } = result;
    const order = [...clean.probabilities.keys()].sort((a, b) => clean.probabilities[b] - clean.probabilities[a]);
    assert.equal(attack.targetMode, target);
    assert.notEqual(attack.target, clean.label);
    if (target === "least") assert.equal(clean.probabilities[attack.target], clean.probabilities[order[9]]);
    if (target === "second") assert.equal(attack.target, order[1]);
    if (target === "random") drawn.push(attack.target);
    assert.match((await visit.ask("getState")).fragment, new RegExp(`target=${target}(&|$)`));
  }
  assert.equal(drawn[0], drawn[1], "the same seed draws the same class");
  const plain = await visit.attacked({ target: 4 });
  assert.deepEqual([plain.attack.target, "targetMode" in plain.attack], [4, false]);
  const refused = await visit.ask("setState", { attack: "deepfool", norm: "l2", target: "least" });
  assert.deepEqual(refused.clamped, ["target"], "DeepFool takes none");
  await visit.ask("setState", { attack: "pgd", norm: "linf", target: "none" });
  await visit.page.getByRole("combobox", { name: "Target" }).selectOption({ label: "the least likely class" });
  await visit.page.waitForFunction(() => location.hash.includes("target=least"));
});

story("a universal perturbation is crafted on the input and the first test images, whatever else is loaded", {}, async ({ open }) => {
  const visit = await open("attack=universal&steps=10&eps=0.2&engine=cpu");
  const result = await visit.ask("run", "attack");
  checkResult(result);
  // The input is one of the 32 images of the first shard.
  assert.equal(result.attack.crafted, 50);
  assert.ok(result.fooled[0] >= 8 && result.fooled[1] === 32, `${result.fooled}`);
  await visit.page.getByText(`The same perturbation changes ${result.fooled[0]} of 32 answers.`).first().waitFor();
  const other = await visit.attacked({ input: "test:5000" });
  assert.equal(other.fooled[1], 33);
  const again = await visit.attacked({ input: "test:0" });
  assert.deepEqual([again.adversarial, again.fooled], [result.adversarial, result.fooled]);
  assert.equal((await visit.attacked({ attack: "fgsm" })).fooled, null);
});

story("a loss a step, and the parameters as they were set", {}, async ({ open }) => {
  const visit = await open("attack=pgd&steps=6&restarts=2&eps=0.1&step=0.03&seed=9&target=4&engine=cpu");
  const result = await visit.ask("run", "attack");
  const { id, norm, eps, step, steps, restarts, target, seed } = result.attack;
  const given = ["pgd", "linf", 0.1, 0.03, 6, 2, 4, 9];
  assert.deepEqual([id, norm, eps, step, steps, restarts, target, seed], given);
  assert.equal(result.loss.length, 2 * 7, "each restart's start and its six steps");
  assert.equal(result.fragment, (await visit.ask("getState")).fragment);
});

story("ready, engine, state, progress and result are told", {}, async ({ open }) => {
  const visit = await open("steps=200&restarts=2&engine=cpu");
  const engine = await visit.heard("engine");
  assert.deepEqual(keys(engine), ["kind", "name", "reason"]);
  assert.equal((await visit.heard("ready")).kind, "cpu");
  const progress = await visit.heard("progress");
  assert.ok(progress.total === 400 && progress.done <= 400 && Number.isFinite(progress.etaMillis), JSON.stringify(progress));
  checkResult(await visit.heard("result"));
  const from = await visit.count();
  await visit.ask("setState", { steps: 4 });
  const told = await visit.heard("state", from);
  assert.deepEqual(told, await visit.ask("getState"));
  assert.equal(told.state.steps, 4);
});

story("setState keeps the keys it is not given, and names what it could not take", {}, async ({ open }) => {
  const visit = await open("steps=5&eps=0.1&seed=3");
  const applied = await visit.ask("setState", "norm=l7&steps=6&nonsense=1");
  assert.deepEqual(keys(applied), ["clamped", "fragment", "ignored"]);
  assert.deepEqual([applied.ignored, applied.clamped], [["nonsense"], ["norm"]]);
  const { state, fragment } = await visit.ask("getState");
  assert.equal(applied.fragment, fragment);
  assert.deepEqual([state.steps, state.eps, state.seed, state.norm], [6, 0.1, 3, "linf"]);
  await visit.ask("setState", { eps: "8/255", hide: ["seed", "norm"], embed: true });
  const shown = await visit.state();
  assert.deepEqual([shown.eps, shown.hide, shown.embed], [8 / 255, ["norm", "seed"], 1]);
  const hidden = visit.page.getByRole("radiogroup", { name: "Norm", exact: true });
  await hidden.waitFor({ state: "detached" });
});

story("the catalog and the model as files", {}, async ({ open }) => {
  const visit = await open(QUICK);
  const catalog = await visit.ask("getCatalog");
  assert.deepEqual(keys(catalog), ["attacks", "datasets", "defences", "detectors", "methods", "models"]);
  const ids = (cards) => cards.map((card) => card.id);
  assert.ok(["none", "fgsm", "bim", "pgd"].every((id) => ids(catalog.attacks).includes(id)));
  assert.deepEqual(ids(catalog.datasets), ["mnist", "fashion"]);
  const knobs = catalog.attacks.find((card) => card.id === "pgd").knobs;
  assert.ok(["steps", "step", "restarts"].every((key) => knobs.some((knob) => knob.key === key)));
  const model = await visit.ask("exportModel");
  assert.deepEqual(keys(model), ["architecture", "card", "safetensors"]);
  const file = Buffer.from(model.safetensors, "base64");
  const known = catalog.models.find((one) => one.id === "mnist-cnn");
  assert.equal(createHash("sha256").update(file).digest("hex"), known.weights.sha256);
  const header = JSON.parse(file.subarray(8, 8 + Number(file.readBigUInt64LE())));
  assert.ok("0.weight" in header && "0.bias" in header, "parameters have PyTorch's names");
  assert.deepEqual(model.architecture, known.architecture);
  assert.equal(typeof model.card, "object");
});

story("what is asked wrongly is refused with a kind and a sentence", {}, async ({ open }) => {
  const visit = await open(QUICK);
  for (const [verb, value, kind] of [
    ["eval", "alert(1)", "unknown"],
    ["run", "everything", "input"],
    ["run", null, "input"],
    ["setState", 7, "input"],
    ["setState", { eps: { deep: 1 } }, "input"],
  ]) {
    const answer = await visit.answer(verb, value);
    assert.deepEqual(keys(answer), ["error", "foolproof", "id", "ok"]);
    assert.equal(answer.ok, false);
    assert.equal(answer.error.kind, kind, `${verb} ${JSON.stringify(value)}`);
    assert.ok(answer.error.message.length > 10);
  }
  await visit.page.evaluate(() => {
    for (const odd of [null, 1, "text", [], {}, { foolproof: 1 }, { foolproof: "x", verb: [] }]) postMessage(odd, "*");
  });
  assert.equal((await visit.state()).steps, 10);
});

story("stop answers within 200 ms while a long attack runs", {}, async ({ open }) => {
  const visit = await open(QUICK);
  const times = [];
  for (let round = 0; round < 3; round += 1) {
    const from = await visit.count();
    await visit.ask("setState", { steps: 1000, restarts: 20, seed: round });
    await visit.heard("progress", from);
    const { answer, refused, millis } = await visit.page.evaluate(async () => {
      const pending = host.ask("getResult");
      const start = performance.now();
      const answer = await host.ask("stop");
      const millis = performance.now() - start;
      return { answer, refused: await pending, millis };
    });
    assert.deepEqual(answer.value, { stopped: true });
    assert.equal(refused.error.kind, "stopped");
    times.push(Math.round(millis));
  }
  console.log(`stop answered after ${times.join(", ")} ms`);
  assert.ok(Math.min(...times) < 200, `${times} ms`);
});

story("only the parent is listened to, not a frame beside", {}, async ({ context }) => {
  const parent = `<!DOCTYPE html><title>Host</title><iframe title="app" src="${url}#steps=5&engine=cpu" width="900" height="700"></iframe>
    <iframe title="beside" src="beside"></iframe><script src="host.js"></script>`;
  const script = `const app = frames[0]; const heard = []; addEventListener("message", (event) => heard.push(event.data));
    globalThis.heard = heard; globalThis.say = (message) => app.postMessage(message, "*");`;
  const beside = `<!DOCTYPE html><title>Beside</title><script>
    globalThis.answers = []; addEventListener("message", (event) => answers.push(event.data));
    globalThis.intrude = () => { for (const verb of ["setState", "getState", "stop"])
      parent.frames[0].postMessage({ foolproof: 1, id: "intruder", verb, value: { steps: 77 } }, "*"); };</script>`;
  const server = createServer((request, reply) => {
    const isScript = request.url === "/host.js";
    reply.setHeader("Content-Type", isScript ? "text/javascript" : "text/html");
    reply.end(isScript ? script : request.url === "/beside" ? beside : parent);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  try {
    const page = await context.newPage();
    await page.goto(`http://127.0.0.1:${server.address().port}/`);
    await page.waitForFunction(() => heard.some((one) => one.event === "ready"));
    await page.frame({ url: /beside/ }).evaluate(() => intrude());
    await page.evaluate(() => say({ foolproof: 1, id: "mine", verb: "getState" }));
    await page.waitForFunction(() => heard.some((one) => one.id === "mine"));
    const answer = await page.evaluate(() => heard.find((one) => one.id === "mine"));
    assert.equal(answer.value.state.steps, 5);
    assert.equal(await page.evaluate(() => heard.some((one) => one.id === "intruder")), false);
    assert.deepEqual(await page.frame({ url: /beside/ }).evaluate(() => answers), []);
    await page.waitForFunction(() => heard.some((one) => one.event === "height" && one.value > 0));
    await page.waitForFunction(() => heard.some((one) => one.event === "result" && one.value.success));
  } finally {
    server.close();
  }
});
