// TF.js's side of the benchmark: the same network with the same weights, and the same attack, on the same inputs; and the
// same step of training. TF.js's own scripts have put `tf` into the page.

import { batch, fromFile, fromList, patches, plan, start, told } from "./network.js";

/** Stands in for a length of 0 where it is divided by. */
const SMALLEST = 1e-30;

let architecture;
let shipped;
let kept;

export async function load(backend, wasmPath, given, weights) {
  if (backend === "wasm") tf.wasm.setWasmPaths(wasmPath);
  if (!(await tf.setBackend(backend))) throw new Error(`TF.js has no backend ${backend} here`);
  await tf.ready();
  architecture = given;
  shipped = network(plan(architecture, fromFile(weights)));
  return tf.getBackend();
}

// The network's weights, and the functions from [batch, row, column, channel] to logits that read them at each call: `run`
// is differentiable by the pictures, `learn` by the weights.
function network(layers) {
  const weights = [];
  const kept = (values, shape) => weights.push(tf.variable(tf.tensor(values, shape))) - 1;
  const steps = layers.map((layer, at) => {
    const { kind, values, shape, bias, stride, padding } = layer;
    if (kind === "relu") return (x) => tf.relu(x);
    if (kind === "flatten") return (x) => tf.reshape(x, [x.shape[0], -1]);
    const [weight, shift] = [kept(values, shape), kept(bias, [bias.length])];
    const plain = kind === "linear" ? tf.matMul : (x, kernel) => tf.conv2d(x, kernel, stride, padding);
    const learning = kind === "linear" ? plain : convolution(plain, layer, at === 0);
    return (x, learns) => tf.add((learns ? learning : plain)(x, weights[weight]), weights[shift]);
  });
  const answer = (learns) => (x) => steps.reduce((value, step) => step(value, learns), x);
  return { weights, run: answer(false), learn: answer(true) };
}

// A convolution with a gradient by its kernel, as a product with the patches that it saw: TF.js's wasm back end has no
// Conv2DBackpropFilter. The gradient by its input is TF.js's own, and none for the pictures, where nothing asks for it.
const convolution = (plain, layer, first) =>
  tf.customGrad((x, kernel, save) => {
    save([x, kernel]);
    const before = (slope, [x, kernel]) =>
      first ? tf.zerosLike(x) : tf.conv2dTranspose(slope, kernel, x.shape, layer.stride, layer.padding);
    return { value: plain(x, kernel), gradFunc: (slope, saved) => [before(slope, saved), byKernel(slope, saved[0], layer)] };
  });

// The parts of x that begin at these corners.
const windows = (x, corners, [high, wide]) =>
  corners.map(([row, column]) => tf.slice(x, [0, row, column, 0], [x.shape[0], high, wide, x.shape[3]]));

function byKernel(slope, x, layer) {
  const library = { pad: tf.pad, reshape: tf.reshape, transpose: tf.transpose, concatenate: tf.concat, windows };
  const { rows } = patches(library, x, layer);
  const product = tf.matMul(rows, tf.reshape(slope, [rows.shape[0], -1]), true);
  const { stride, shape: [side, , ...channels] } = layer;
  const blocks = tf.reshape(product, [side / stride, side / stride, stride, stride, ...channels]);
  return tf.reshape(tf.transpose(blocks, [0, 2, 1, 3, 4, 5]), layer.shape);
}

const length = (x) => tf.maximum(tf.sqrt(tf.sum(tf.square(x), [1, 2, 3], true)), SMALLEST);
/** By norm: where to go along a gradient, and what brings a point back into the ball. */
const BALLS = {
  linf: { way: (gradient) => tf.sign(gradient), back: (delta, eps) => tf.clipByValue(delta, -eps, eps) },
  l2: {
    way: (gradient) => tf.div(gradient, length(gradient)),
    back: (delta, eps) => tf.mul(delta, tf.minimum(tf.div(eps, length(delta)), 1)),
  },
};

const crossEntropy = (run, truth) => (x) => tf.neg(tf.sum(tf.mul(truth, tf.logSoftmax(run(x)))));

// Gradient steps inside the ball and the box, as ours.
function ascend(run, clean, truth, from, { norm, eps, steps, step }) {
  const { way, back } = BALLS[norm];
  const inside = (x) => tf.clipByValue(tf.add(clean, back(tf.sub(x, clean), eps)), 0, 1);
  const slope = tf.grad(crossEntropy(run, truth));
  let x = from === clean ? clean : tf.tidy(() => inside(from));
  for (let at = 0; at < steps; at += 1) {
    const next = tf.tidy(() => inside(tf.add(x, tf.mul(way(slope(x)), step))));
    if (x !== clean) x.dispose();
    x = next;
  }
  return x;
}

const placed = ({ values, shape }) => tf.tensor(values, shape);

/** One attack; no step is a plain forward pass. */
export async function attack(inputs, plain) {
  const begin = performance.now();
  const given = batch(inputs, architecture.classes);
  const out = tf.tidy(() => {
    const { run } = shipped;
    const clean = tf.tensor(given.clean, given.shape);
    if (plain.steps === 0) return forward(run(clean));
    const from = plain.random ? tf.tensor(start(given, plain), given.shape) : clean;
    const x = ascend(run, clean, placed(given.truth), from, plain);
    return [tf.argMax(run(clean), 1), tf.argMax(run(x), 1)];
  });
  const answers = await Promise.all(out.map((tensor) => tensor.data()));
  const millis = performance.now() - begin;
  out.forEach((tensor) => tensor.dispose());
  return told(millis, plain.steps, answers);
}

// Labels before and after an attack that leaves all as it is, and the probabilities.
function forward(logits) {
  const labels = tf.argMax(logits, 1);
  return [labels, labels, tf.softmax(logits)];
}

/** Keeps pictures to train on, and the weights to begin from. */
export function keep(inputs, weights) {
  kept = { inputs, weights: Float32Array.from(weights) };
}

/** So many steps of training on them, with Adam: the mean of their losses, and the time. */
export async function train(plain, { rate, memory }, steps) {
  const { inputs, weights } = kept;
  const given = batch(inputs, architecture.classes);
  const { weights: own, run, learn } = network(plan(architecture, fromList(weights)));
  const adam = tf.train.adam(rate, 0.9, memory, 1e-8);
  const [clean, truth] = [tf.tensor(given.clean, given.shape), placed(given.truth)];
  const begin = performance.now();
  const losses = [];
  for (let at = 0; at < steps; at += 1) {
    const begun = () => (plain.random ? tf.tensor(start(given, plain), given.shape) : clean);
    const examples = tf.tidy(() => ascend(run, clean, truth, begun(), plain));
    const mean = () => tf.div(crossEntropy(learn, truth)(examples), inputs.labels.length);
    losses.push(adam.minimize(mean, true, own));
    examples.dispose();
  }
  const values = await Promise.all(losses.map((loss) => loss.data()));
  // Only what has been read says that all is done.
  await own.at(-1).data();
  const millis = performance.now() - begin;
  tf.dispose([...losses, ...own, clean, truth]);
  adam.dispose();
  return { millis, loss: values.reduce((sum, [value]) => sum + value, 0) / steps };
}
