// What both rivals are given: the network as plain numbers, laid out channels last as they compute, and pictures likewise.

// IEEE half precision, as a number.
function half(bits) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 31;
  const fraction = (bits & 1023) / 1024;
  if (exponent === 31) return fraction ? NaN : sign * Infinity;
  return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction) : 2 ** -14 * fraction);
}

/** The weights of a safetensors file, one parameter after another as `plan` asks for them. */
export function fromFile(bytes) {
  const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
  return (name) => {
    const { dtype, data_offsets: [begin, end] } = header[name];
    const data = bytes.slice(8 + length + begin, 8 + length + end).buffer;
    if (dtype === "F32") return new Float32Array(data);
    if (dtype === "F16") return Float32Array.from(new Uint16Array(data), half);
    throw new Error(`the benchmark reads no ${dtype} weights`);
  };
}

/** The same from a learner's list, which holds all parameters in the architecture's order. */
export function fromList(values) {
  let begin = 0;
  return (_, size) => values.subarray(begin, (begin += size));
}

// The numbers of an array with its axes in another order.
function transposed(values, shape, axes) {
  const strides = shape.map((_, axis) => shape.slice(axis + 1).reduce((a, b) => a * b, 1));
  let places = [0];
  for (const axis of axes) {
    const steps = Array.from({ length: shape[axis] }, (_, at) => at * strides[axis]);
    places = places.flatMap((place) => steps.map((step) => place + step));
  }
  return Float32Array.from(places, (place) => values[place]);
}

/**
 * The layers with their weights: of a convolution `[row, column, in, out]`, of a linear layer `[in, out]`. PyTorch keeps
 * channels first, so the rows of the linear layer behind a flattening change places too.
 */
export function plan(architecture, take) {
  let [channels, rows, columns] = architecture.input;
  let flattened = false;
  return architecture.layers.map((layer, at) => {
    const [kind, value] = typeof layer === "string" ? [layer, null] : Object.entries(layer)[0];
    const weight = (size) => take(`${at}.weight`, size);
    const bias = () => take(`${at}.bias`, value.out);
    if (kind === "conv2d") {
      const { kernel, stride, padding } = value;
      const shape = [value.out, channels, kernel, kernel];
      const values = transposed(weight(value.out * channels * kernel ** 2), shape, [2, 3, 1, 0]);
      const made = { kind, values, shape: [kernel, kernel, channels, value.out], bias: bias(), stride, padding };
      const side = (length) => Math.floor((length + 2 * padding - kernel) / stride) + 1;
      [channels, rows, columns] = [value.out, side(rows), side(columns)];
      return made;
    }
    if (kind === "linear") {
      const inside = flattened ? [channels, rows, columns] : [value.in, 1, 1];
      flattened = false;
      const values = transposed(weight(value.in * value.out), [value.out, ...inside], [2, 3, 1, 0]);
      return { kind, values, shape: [value.in, value.out], bias: bias() };
    }
    flattened ||= kind === "flatten";
    if (kind !== "relu" && kind !== "flatten") throw new Error(`the benchmark has no ${kind} for other libraries`);
    return { kind };
  });
}

/** The kernel of a convolution as the matrix that its `patches` are multiplied by. */
export function matrix({ values, shape: [side, , channels, out], stride }) {
  const blocks = side / stride;
  if (!Number.isInteger(blocks)) throw new Error(`the benchmark cuts no patches for a kernel of ${side} with stride ${stride}`);
  const cut = transposed(values, [blocks, stride, blocks, stride, channels, out], [0, 2, 1, 3, 4, 5]);
  return { values: cut, shape: [side * side * channels, out] };
}

/**
 * What a kernel sees at each place, a row each, and the places' shape: the picture's blocks of `stride` pixels become
 * channels, of which as many neighbours are put side by side as a kernel has blocks. Slices without steps, so that a
 * gradient is only sums. `library` has the operations on arrays.
 */
export function patches(library, x, { shape: [side, , channels], stride, padding }) {
  const [count, height, width] = x.shape;
  const [high, wide] = [height, width].map((length) => (length + 2 * padding) / stride);
  const room = [padding, padding];
  const padded = library.pad(x, [[0, 0], room, room, [0, 0]]);
  const parted = library.transpose(library.reshape(padded, [count, high, stride, wide, stride, channels]), [0, 1, 3, 2, 4, 5]);
  const blocks = library.reshape(parted, [count, high, wide, stride * stride * channels]);
  const many = side / stride;
  const [down, across] = [high - many + 1, wide - many + 1];
  const corners = Array.from({ length: many * many }, (_, at) => [Math.floor(at / many), at % many]);
  const cut = library.concatenate(library.windows(blocks, corners, [down, across]), 3);
  return { rows: library.reshape(cut, [count * down * across, side * side * channels]), places: [count, down, across] };
}

/** Pictures channels last, and labels as rows of 0 and a 1. */
export function batch({ shape: [count, channels, rows, columns], pixels, labels }, classes) {
  const shape = [count, rows, columns, channels];
  const clean = channels === 1 ? Float32Array.from(pixels) : transposed(pixels, [count, channels, rows, columns], [0, 2, 3, 1]);
  const truth = new Float32Array(count * classes);
  labels.forEach((label, at) => (truth[at * classes + label] = 1));
  return { shape, clean, truth: { values: truth, shape: [count, classes] } };
}

/** A random point of the ball around each picture, not yet clipped to the box; or the pictures themselves. */
export function start({ shape, clean }, { norm, eps, random }) {
  if (!random) return clean;
  const size = clean.length / shape[0];
  const moved = new Float32Array(clean.length);
  for (let begin = 0; begin < clean.length; begin += size) {
    const part = moved.subarray(begin, begin + size);
    if (norm === "linf") part.forEach((_, at) => (part[at] = eps * (2 * Math.random() - 1)));
    else direction(part, eps * Math.random() ** (1 / size));
    part.forEach((delta, at) => (part[at] = clean[begin + at] + delta));
  }
  return moved;
}

// Fills `part` with a random direction of this length.
function direction(part, length) {
  part.forEach((_, at) => (part[at] = Math.sqrt(-2 * Math.log(1 - Math.random())) * Math.cos(2 * Math.PI * Math.random())));
  const scale = length / Math.hypot(...part);
  part.forEach((value, at) => (part[at] = value * scale));
}

/** What an attack on either rival tells: `answers` are labels before and after, and for a forward pass probabilities. */
export function told(millis, steps, [clean, adversarial, probabilities]) {
  const labels = { millis, clean: Array.from(clean), adversarial: Array.from(adversarial) };
  return steps === 0 ? { ...labels, probabilities: Array.from(probabilities) } : labels;
}
