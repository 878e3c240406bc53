// Own labelled data: brought in as a zip and as NumPy arrays, trained on, attacked, measured, and still there after a
// reload.

import assert from "node:assert/strict";
import { npy, png, zip } from "./made.mjs";
import { PATIENCE, story } from "./page.mjs";

const LONG = { timeout: 3 * PATIENCE };
const SIDE = 16;
const SHORT = "train.from=random&train.method=standard&train.seconds=none&train.epochs=20&train.fall=1&train.batch=8&train.workers=1&train.scored=20";

const part = (visit) => visit.page.getByRole("region", { name: "Your data" });
const files = (visit) => part(visit).getByLabel(/^Choose files or a zip/);
const kept = (visit, text) => part(visit).getByText(text).waitFor(LONG);
/** A bright stripe of its class's direction, elsewhere noise of its number. */
const stripe = (down, number) => (row, column) => ((down ? column : row) === 3 + (number % 10) ? 255 : (7 * row + 13 * column + number) % 40);
const pets = () => {
  const all = ["bars", "rows"].flatMap((name, down) =>
    Array.from({ length: 30 }, (_, number) => [`pets/${name}/${number}.png`, png(SIDE, stripe(down === 0, number))]));
  return zip([...all, ["pets/bars/broken.png", Buffer.from("no picture")]]);
};

story("pictures in a zip are kept, trained on, attacked and measured, and are there after a reload", {}, async ({ open }) => {
  const visit = await open("page=train&engine=cpu");
  await part(visit).getByLabel("Name to keep it under").fill("My Pets");
  await files(visit).setInputFiles({ name: "pets.zip", mimeType: "application/zip", buffer: pets() });
  await kept(visit, "“my-pets” is kept in this browser: 48 items to train on, 12 for the test.");
  await part(visit).getByText(/^pets\/bars\/broken\.png: /).waitFor();
  await part(visit).getByText(/16 x 16 pixels, grey; 48 to train on/).waitFor();
  await part(visit).getByRole("button", { name: "Use the data my-pets" }).click();
  await visit.page.waitForFunction(() => location.hash.includes("data=mine:my-pets"));
  // Without a model the attack page says so, and answers a host at once.
  await visit.ask("setState", { page: "attack" });
  await visit.page.getByText("There is no model for these data yet.").waitFor();
  await assert.rejects(visit.ask("run", "attack"), { kind: "model" });
  await visit.page.getByRole("link", { name: "Train one" }).click();
  assert.equal((await visit.state()).page, "train");
  await visit.ask("setState", SHORT);
  const trained = await visit.ask("run", "train");
  assert.equal(trained.model, "mine:my-pets-standard");
  assert.ok(trained.after.clean.value > 0.7, `it reads ${trained.after.clean.value}`);
  await visit.ask("setState", { page: "attack", input: "test:3", steps: "10" });
  const attack = await visit.ask("run", "attack");
  assert.deepEqual([attack.clean.shape, attack.model], [[1, SIDE, SIDE], "mine:my-pets-standard"]);
  await visit.ask("setState", "page=measure&measure.n=12&measure.radius=0&measure.audit=0&measure.attacks=fgsm&measure.workers=1");
  const report = await visit.ask("run", "evaluate");
  assert.deepEqual([report.data, report.n, report.models.length], ["mine:my-pets", 12, 1]);
  await visit.page.reload();
  await visit.heard("ready");
  const state = await visit.state();
  assert.deepEqual([state.data, state.model], ["mine:my-pets", "mine:my-pets-standard"]);
  await visit.ask("setState", { page: "attack" });
  assert.equal((await visit.ask("getResult")).model, "mine:my-pets-standard");
  // A model outlives its data, and this is said.
  await visit.ask("setState", { page: "train" });
  await part(visit).getByRole("button", { name: "Delete the data my-pets" }).click();
  await visit.page.getByText(/“my-pets” is deleted\. Models of it stay, .*: “my-pets-standard”\./).first().waitFor();
});

story("a NumPy archive is read with its own test, renamed and deleted", {}, async ({ open }) => {
  const pixels = (count) => Array.from({ length: count * 64 }, (_, at) => (Math.floor(at / 64) % 3) * 100 + (at % 8));
  const labels = (count) => Array.from({ length: count }, (_, at) => at % 3);
  const arrays = [["x_train", 30], ["x_test", 9]].map(([name, count]) => [`${name}.npy`, npy([count, 8, 8], pixels(count))]);
  const truths = [["y_train", 30], ["y_test", 9]].map(([name, count]) => [`${name}.npy`, npy([count], labels(count))]);
  const visit = await open("page=train&engine=cpu");
  await files(visit).setInputFiles({ name: "greys.npz", mimeType: "application/zip", buffer: zip([...arrays, ...truths]) });
  await kept(visit, "“greys” is kept in this browser: 30 items to train on, 9 for the test.");
  await part(visit).getByRole("button", { name: "Use the data greys" }).click();
  await visit.page.waitForFunction(() => location.hash.includes("data=mine:greys"));
  const name = part(visit).getByLabel("Name of the data greys");
  await name.fill("shades");
  await name.blur();
  await visit.page.waitForFunction(() => location.hash.includes("data=mine:shades"));
  assert.equal(await visit.page.getByText(/This browser keeps no data/).count(), 0);
  await part(visit).getByRole("button", { name: "Delete the data shades" }).click();
  await visit.page.getByText("This browser keeps no data “mine:shades”; they are mnist instead.").first().waitFor();
  await part(visit).getByText(/^None yet\./).waitFor();
});

story("data that this browser does not have are told, and files that are none say why", {}, async ({ open }) => {
  const visit = await open("page=train&engine=cpu&data=mine:gone");
  await visit.page.getByText("This browser keeps no data “mine:gone”; they are mnist instead.").first().waitFor();
  const lone = zip(Array.from({ length: 12 }, (_, number) => [`a/${number}.png`, png(4, () => number)]));
  await files(visit).setInputFiles({ name: "lone.zip", mimeType: "application/zip", buffer: lone });
  await kept(visit, /^No dataset can be made of it: all pictures lie in one folder/);
});
