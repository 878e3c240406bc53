// Our side of the benchmark: an engine's worker, driven with the messages that the page itself sends. `wire.js` is the
// protocol's own code, see ../wire.rs.

import init, { Heard, request, version } from "./wire.js";

let worker;
let tickets = 0;
let listener;

// Starts the worker at this address and resolves when it is ready.
export async function start(address) {
  await init();
  worker = new Worker(address, { type: "module" });
  worker.onerror = (event) => listener.failed(new Error(`the worker failed: ${event.message}`));
  worker.onmessage = ({ data }) => {
    // A message without bytes says that it lives.
    if (data.length === 0) return;
    try {
      listener.heard(Heard.read(data));
    } catch (error) {
      listener.failed(new Error(`the engine said what the protocol cannot read: ${error}`));
    }
  };
  const { Ready } = told(await answer())[0];
  if (Ready.version !== version()) throw new Error("the engine and the benchmark were built from different protocols");
}

// What is heard until an answer is complete.
function answer() {
  return new Promise((resolve, reject) => {
    const all = [];
    const heard = (event) => {
      all.push(event);
      if (event.ends()) resolve(all);
    };
    listener = { heard, failed: reject };
  });
}

// The events as objects. Not while the clock runs: no page writes them as JSON.
function told(all) {
  const events = all.map((event) => JSON.parse(event.json()));
  all.forEach((event) => event.free());
  const fault = events.find((event) => event.Fault);
  if (fault) throw new Error(fault.Fault.fault.message);
  return events;
}

export async function load(id, architecture, weights) {
  const whole = answer();
  worker.postMessage(request(JSON.stringify({ Model: { id, architecture, weights: Array.from(weights) } })));
  told(await whole);
}

// One attack, timed from the request to its last event as the page reads them.
export async function attack(model, inputs, spec) {
  const job = { models: [model], inputs, attack: spec, company: null, seed: 1 };
  const message = request(JSON.stringify({ Attack: { ticket: ++tickets, job } }));
  const whole = answer();
  const begin = performance.now();
  worker.postMessage(message);
  const all = await whole;
  const millis = performance.now() - begin;
  const { samples } = told(all).find((event) => event.Attacked).Attacked.outcome;
  const labels = (which) => samples.map((sample) => sample[which].label);
  const probabilities = samples.flatMap((sample) => sample.clean.probabilities);
  return { millis, clean: labels("clean"), adversarial: labels("adversarial"), probabilities };
}

// Has the engine keep pictures to train on; it says nothing of them unless something is wrong.
export function keep({ shape: [, ...shape], pixels, labels }) {
  const values = { Bytes: pixels.map((pixel) => Math.round(255 * pixel)) };
  worker.postMessage(request(JSON.stringify({ Pictures: { id: "bench", shape, values, labels } })));
}

// A round of training from random weights, timed likewise, with the weights after it.
async function round(architecture, recipe, steps) {
  const round = { replica: 0, replicas: 1, first: 0, steps, from: 0.5, to: 0.5 };
  // Lists travel as bytes, and no bytes are weights drawn from the seed.
  const learner = { weights: "", moments: [], steps: 0, average: "" };
  const job = { architecture, pictures: "bench", recipe, round, learner };
  const message = request(JSON.stringify({ Train: { ticket: ++tickets, job } }));
  const whole = answer();
  const begin = performance.now();
  worker.postMessage(message);
  const all = await whole;
  const millis = performance.now() - begin;
  const { lesson, learner: learned } = told(all).find((event) => event.Trained).Trained;
  return { millis, loss: lesson.loss, weights: learned.weights };
}

export async function train(architecture, recipe, steps) {
  const { millis, loss } = await round(architecture, recipe, steps);
  return { millis, loss };
}

// The weights from which such a recipe begins: those after a step of length 0.
export async function first(architecture, recipe) {
  const { weights } = await round(architecture, { ...recipe, rate: 0 }, 1);
  return Array.from(new Float32Array(Uint8Array.from(weights).buffer));
}

export const counts = () => counted("read");

function counted(question) {
  const channel = new BroadcastChannel("foolproof-bench");
  return new Promise((resolve) => {
    channel.onmessage = ({ data }) => {
      channel.close();
      resolve(data);
    };
    channel.postMessage(question);
  });
}
