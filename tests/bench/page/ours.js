// Our side of the benchmark: an engine's worker, driven with the messages that the page itself sends.

import { attackRequest, modelRequest, readEvent } from "./postcard.js";

let worker;
let tickets = 0;
let waiting = () => {};

// Starts the worker at this address and resolves when it is ready.
export function start(address) {
  worker = new Worker(address, { type: "module" });
  return new Promise((resolve, reject) => {
    worker.onerror = (event) => reject(new Error(`the worker failed: ${event.message}`));
    worker.onmessage = ({ data }) => {
      if (data.length === 0) return;
      const event = readEvent(data);
      if (event.kind === "ready") resolve();
      if (event.kind === "fault") reject(new Error(event.message));
      waiting(event);
    };
  });
}

function answer(wanted, keep = () => {}) {
  return new Promise((resolve, reject) => {
    waiting = (event) => {
      if (event.kind === "fault") reject(new Error(event.message));
      keep(event);
      if (event.kind === wanted) resolve(event);
    };
  });
}

export async function load(id, architecture, weights) {
  const ready = answer("modelReady");
  worker.postMessage(modelRequest(id, architecture, weights));
  await ready;
}

// One attack, timed from the request to its last event as the page sees them.
export async function attack(model, inputs, spec) {
  let samples = [];
  const ticket = ++tickets;
  const done = answer("done", (event) => {
    if (event.kind === "attacked") samples = event.samples;
  });
  const request = attackRequest(ticket, model, inputs, spec, 1);
  const begin = performance.now();
  worker.postMessage(request);
  await done;
  const millis = performance.now() - begin;
  const labels = (which) => samples.map((sample) => sample[which].label);
  return { millis, clean: labels("clean"), adversarial: labels("adversarial") };
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
