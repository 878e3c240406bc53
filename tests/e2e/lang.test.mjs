// The page in German: chosen by the browser, by the link or by hand, whole on every page, and English where its texts
// cannot be had.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { accessible } from "./axe.mjs";
import { PATIENCE, story, THREE } from "./page.mjs";

const SHORT = "steps=10&engine=cpu";
const GERMAN = { locale: "de-DE" };
const NARROW = { ...GERMAN, viewport: { width: 320, height: 640 } };

const language = (visit) => visit.page.evaluate(() => document.documentElement.lang);
const attacked = (visit) => visit.verdict("natürlich", "Getäuscht");
const button = (visit, name) => visit.page.getByRole("button", { name, exact: true });
const headed = (visit, name) => visit.page.getByRole("heading", { name }).first().waitFor();

// Nothing sticks out to the side, and no English word is left in what can be seen ("and" joins authors).
async function whole(visit, state) {
  const { wide, text } = await visit.page.evaluate(() => {
    const own = document.body.cloneNode(true);
    own.querySelectorAll("[lang=en], script, noscript, textarea").forEach((part) => part.remove());
    return { wide: document.documentElement.scrollWidth - innerWidth, text: own.innerText };
  });
  assert.ok(wide <= 0, `${state}: ${wide} pixels stick out`);
  const english = text.match(/\b(the|of|with|is|are|this|that|from|by|not|nothing|your|what|each)\b/g) ?? [];
  assert.deepEqual(english, [], `${state}: ${text}`);
  await accessible(visit.page, state);
}

for (const [size, context] of [["wide", GERMAN], ["320 pixels wide", NARROW]]) {
  story(`a German browser gets every page in German, ${size}`, { context }, async ({ open }) => {
    const visit = await open(SHORT);
    assert.equal(await language(visit), "de");
    await attacked(visit);
    await visit.page.getByText(/^Natürliches CNN sagt 7 \(/).waitFor();
    const links = await visit.page.getByRole("navigation", { name: "Seiten" }).getByRole("link").allTextContents();
    assert.deepEqual(links, ["Angriff", "Trainieren", "Messen", "Lernen"]);
    await whole(visit, "attack");
    for (const summary of await visit.page.locator("summary").all()) await summary.click();
    await visit.page.getByRole("radiogroup", { name: "Erklärung" }).waitFor();
    await whole(visit, "attack, everything open");

    await button(visit, "Teilen").click();
    await headed(visit, "Einbetten");
    await visit.page.getByText("Bedienelemente ausblenden oder sperren").click();
    await whole(visit, "the Share dialog");
    await visit.page.keyboard.press("Escape");

    await visit.ask("setState", "page=train&train.epochs=1&train.seconds=none&train.images=200&train.batch=50&train.scored=40");
    await button(visit, "Härten: eine Epoche").waitFor();
    await visit.page.getByText("Weitere Einstellungen").click();
    await whole(visit, "train");

    await visit.ask("setState", "page=measure&measure.attacks=fgsm&measure.models=mnist-cnn&measure.n=10");
    await button(visit, "Messung starten").waitFor();
    await visit.page.getByText("Angriffe einzeln wählen").click();
    await visit.ask("run", "evaluate");
    await visit.page.getByText("bestanden").first().waitFor();
    await whole(visit, "measure");
  });
}

story("a training run is told in German", { context: GERMAN }, async ({ open }) => {
  const visit = await open("page=train&train.epochs=1&train.seconds=none&train.images=200&train.batch=50&train.scored=40&engine=cpu");
  await visit.ask("run", "train");
  await headed(visit, "Vorher und nachher");
  await whole(visit, "train, done");
});

story("a lesson is in German where there is one, and in English where there is none", {
  context: GERMAN,
  expects: [/status of 404/],
}, async ({ open, context }) => {
  const own = readFileSync(join(process.env.FOOLPROOF_DIST, "lessons/en/what-is.md"), "utf8");
  const german = own.replace(/^title: .*$/m, "title: Was ist das?");
  await context.route("**/lessons/de/**", (route) =>
    route.request().url().includes("what-is") ? route.fulfill({ body: german }) : route.fulfill({ status: 404 }));
  const visit = await open("page=learn&engine=cpu");
  await headed(visit, "Lernen");
  await headed(visit, "Was ist das?");
  await headed(visit, "Epsilon and norms");
  await visit.ask("setState", "lesson=what-is/1");
  await button(visit, "Prüfen").click();
  await visit.page.getByText("Bitte zuerst eine Antwort wählen.").waitFor();
});

story("the link's language goes before the browser's", { context: GERMAN }, async ({ open }) => {
  const visit = await open(`${SHORT}&lang=en`);
  await visit.verdict("natural", "Fooled");
  assert.deepEqual([await language(visit), (await visit.state()).lang], ["en", "en"]);
});

story("a link from elsewhere in an unknown language is English, and says so", { context: { locale: "fr-FR" } }, async ({ open }) => {
  const visit = await open(`${SHORT}&lang=fr`);
  await visit.note(/lang “fr”/);
  assert.deepEqual([await language(visit), (await visit.state()).lang], ["en", "auto"]);
});

story("switching the language keeps the experiment and the drawing", {}, async ({ open }) => {
  const visit = await open(`${SHORT}&eps=0.15&seed=4`);
  await visit.draw(THREE);
  const drawn = await visit.ask("getResult");
  assert.doesNotMatch(drawn.fragment, /lang=/);
  const there = async (name, word) => {
    await visit.page.getByRole("link", { name, exact: true }).click();
    await visit.page.waitForFunction((word) => document.documentElement.lang === word && host.told.some(({ event }) => event === "ready"), word);
    return visit.ask("getResult");
  };
  const german = await there("Deutsch", "de");
  await attacked(visit);
  assert.equal(german.fragment.replace("&lang=de", ""), drawn.fragment);
  assert.deepEqual(german.adversarial, drawn.adversarial);
  const english = await there("English", "en");
  assert.deepEqual([english.adversarial.label, (await visit.state()).lang], [drawn.adversarial.label, "en"]);
});

story("a host sets the language: it is answered, and the page comes anew", {}, async ({ open }) => {
  const visit = await open(SHORT);
  await visit.ask("getResult");
  const { fragment } = await visit.ask("setState", { lang: "de" });
  assert.match(fragment, /lang=de/);
  await visit.page.waitForFunction(() => document.documentElement.lang === "de");
  await attacked(visit);
});

for (const [trouble, answer] of [
  ["are missing", { status: 404, body: "" }],
  ["are no list", { body: "<!doctype html>" }],
  ["are no texts", { contentType: "application/json", body: '{"Attack": 1}' }],
]) {
  story(`texts that ${trouble} give English and a sentence`, { context: GERMAN, expects: [/status of 404/] }, async ({ open, context }) => {
    await context.route("**/texts/de.json*", (route) => route.fulfill(answer));
    const visit = await open(SHORT);
    await visit.verdict("natural", "Fooled");
    await visit.page.getByText(/texts in your language could not be loaded, so the page is in English/).waitFor();
    assert.equal(await language(visit), "en");
    await accessible(visit.page, trouble);
    await button(visit, "Close").click();
    assert.equal(await visit.page.locator(".toast").count(), 0);
  });
}

story("where the page cannot run, German browsers are told so in German", { context: GERMAN, expects: [/cannot run here/] }, async ({ open }) => {
  const visit = await open("", { ready: false });
  await visit.page.addInitScript(() => (WebAssembly.validate = () => false));
  await visit.page.reload();
  await visit.page.getByRole("alert").getByText(/Foolproof braucht WebAssembly mit SIMD/).waitFor();
});

story("German without a network", { context: { ...GERMAN, serviceWorkers: "allow" } }, async ({ open, context }) => {
  const visit = await open("steps=5&engine=cpu");
  const works = () => visit.page.getByText(/^Funktioniert offline/).waitFor({ timeout: 3 * PATIENCE });
  await works();
  await context.setOffline(true);
  await visit.page.reload();
  await attacked(visit);
  await works();
});
