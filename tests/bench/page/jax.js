// jax-js's side of the benchmark, as `tf.js` is TF.js's. Convolutions are matrix products of patches: its own strided
// convolution answers the same and takes forty times as long on its wasm back end, its gradient too.

import { batch, fromFile, fromList, matrix, patches, plan, start, told } from "./network.js";

/** Stands in for a length of 0 where it is divided by. */
const SMALLEST = 1e-30;

let jax;
let np;
let architecture;
let layers;
let shipped;
let forward;
let kept;
const programs = new Map();

export async function load(backend, address, given, weights) {
  jax = await import(address);
  np = jax.numpy;
  if (!(await jax.init(backend)).includes(backend)) throw new Error(`jax-js has no backend ${backend} here`);
  jax.defaultDevice(backend);
  architecture = given;
  layers = plan(architecture, fromFile(weights));
  shipped = parameters(layers);
  forward = jax.jit((weights, x) => {
    const logits = run(weights, x);
    return [np.argmax(logits.ref, 1), jax.nn.softmax(logits)];
  });
  return jax.defaultDevice();
}

const placed = ({ values, shape }) => np.array(values).reshape(shape);

// A matrix and a bias for each layer that has them.
const parameters = (layers) =>
  layers.filter(({ bias }) => bias).flatMap((layer) => [placed(layer.kind === "conv2d" ? matrix(layer) : layer), np.array(layer.bias)]);

// The parts of x that begin at these corners; its last use.
function windows(x, corners, [high, wide]) {
  const parts = corners.map(([row, column]) => x.ref.slice([], [row, row + high], [column, column + wide], []));
  x.dispose();
  return parts;
}

// The network as a function from [batch, row, column, channel] to logits. Takes its arrays, as jax-js's own functions do.
function run(weights, x) {
  let at = 0;
  const next = (x) => np.matmul(x, weights[at++]).add(weights[at++]);
  return layers.reduce((x, layer) => {
    if (layer.kind === "relu") return jax.nn.relu(x);
    if (layer.kind === "flatten") return x.reshape([x.shape[0], -1]);
    if (layer.kind === "linear") return next(x);
    const { rows, places } = patches({ ...np, windows }, x, layer);
    return next(rows).reshape([...places, layer.shape[3]]);
  }, x);
}

const lent = (weights) => weights.map((weight) => weight.ref);
const crossEntropy = (weights, x, truth) => np.sum(jax.nn.logSoftmax(run(weights, x)).mul(truth)).neg();
const length = (x) => np.maximum(np.sqrt(np.sum(np.square(x), [1, 2, 3], { keepdims: true })), SMALLEST);
/** By norm: where to go along a gradient, and what brings a point back into the ball. */
const BALLS = {
  linf: { way: (gradient) => np.sign(gradient), back: (delta, eps) => np.clip(delta, -eps, eps) },
  l2: {
    way: (gradient) => gradient.ref.div(length(gradient)),
    back: (delta, eps) => delta.ref.mul(np.minimum(np.array(eps).div(length(delta)), 1)),
  },
};

// One step of an attack, compiled once for each norm, radius and length; and the way back alone.
function moves({ norm, eps, step }) {
  const { way, back } = BALLS[norm];
  const inside = (clean, x) => np.clip(clean.ref.add(back(x.sub(clean), eps)), 0, 1);
  const slope = jax.grad((x, weights, truth) => crossEntropy(weights, x, truth));
  const ahead = (weights, clean, truth, x) => inside(clean, x.ref.add(way(slope(x, weights, truth)).mul(step)));
  return { ahead: jax.jit(ahead), inside: jax.jit(inside) };
}

// What `make` made for this key at first.
function compiled(key, make) {
  if (!programs.has(key)) programs.set(key, make());
  return programs.get(key);
}

// The point that an attack reaches. Takes `clean` and `truth` for keeps.
function ascend(weights, clean, truth, given, plain) {
  const { ahead, inside } = compiled(JSON.stringify([plain.norm, plain.eps, plain.step]), () => moves(plain));
  let x = plain.random ? inside(clean.ref, np.array(start(given, plain)).reshape(given.shape)) : clean.ref;
  for (let at = 0; at < plain.steps; at += 1) x = ahead(lent(weights), clean.ref, truth.ref, x);
  clean.dispose();
  truth.dispose();
  return x;
}

/** One attack; no step is a plain forward pass. */
export async function attack(inputs, plain) {
  const begin = performance.now();
  const given = batch(inputs, architecture.classes);
  const clean = np.array(given.clean).reshape(given.shape);
  const [labels, shares] = forward(lent(shipped), clean.ref);
  let after = labels.ref;
  if (plain.steps > 0) {
    after.dispose();
    const [found, unread] = forward(lent(shipped), ascend(shipped, clean.ref, placed(given.truth), given, plain));
    unread.dispose();
    after = found;
  }
  const answers = await Promise.all([labels, after, shares].map((array) => array.data()));
  const millis = performance.now() - begin;
  clean.dispose();
  return told(millis, plain.steps, answers);
}

// A step of Adam on all weights: its loss, then weights and both moments, new.
function learner({ rate, memory }) {
  return jax.jit((weights, first, second, x, truth, bias) => {
    const mean = (weights, x, truth) => crossEntropy(weights, x, truth).div(truth.shape[0]);
    const [loss, slope] = jax.valueAndGrad(mean)(lent(weights), x, truth);
    const moved = first.map((moment, at) => moment.mul(0.9).add(slope[at].ref.mul(0.1)));
    const spread = second.map((moment, at) => moment.mul(memory).add(np.square(slope[at]).mul(1 - memory)));
    const next = weights.map((weight, at) => {
      const [one, two] = [moved[at].ref.div(bias.ref.slice(0)), np.sqrt(spread[at].ref.div(bias.ref.slice(1)))];
      return weight.sub(one.div(two.add(1e-8)).mul(rate));
    });
    bias.dispose();
    return [loss, next, moved, spread];
  });
}

/** Keeps pictures to train on, and the weights to begin from. */
export function keep(inputs, weights) {
  kept = { inputs, weights: Float32Array.from(weights) };
}

/** So many steps of training on them, with Adam: the mean of their losses, and the time. */
export async function train(plain, pace, steps) {
  const learn = compiled(JSON.stringify([pace.rate, pace.memory]), () => learner(pace));
  const { inputs, weights } = kept;
  const given = batch(inputs, architecture.classes);
  let own = parameters(plan(architecture, fromList(weights)));
  let [first, second] = [0, 1].map(() => own.map(({ shape }) => np.zeros(shape)));
  const [clean, truth] = [np.array(given.clean).reshape(given.shape), placed(given.truth)];
  await jax.blockUntilReady([own, first, second, clean, truth]);
  const begin = performance.now();
  const losses = [];
  for (let at = 1; at <= steps; at += 1) {
    const examples = ascend(own, clean.ref, truth.ref, given, plain);
    const bias = np.array(Float32Array.of(1 - 0.9 ** at, 1 - pace.memory ** at));
    let loss;
    [loss, own, first, second] = learn(own, first, second, examples, truth.ref, bias);
    losses.push(loss);
  }
  const values = await Promise.all(losses.map((loss) => loss.data()));
  await jax.blockUntilReady(own);
  const millis = performance.now() - begin;
  jax.tree.dispose([own, first, second, clean, truth]);
  return { millis, loss: values.reduce((sum, [value]) => sum + value, 0) / steps };
}
