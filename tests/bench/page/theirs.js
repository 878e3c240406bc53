// TF.js's side of the benchmark: the same network with the same weights, and the same attack, on the same inputs.
// A classic script after TF.js's own, which put `tf` into the page.

(() => {
  let run;

  // IEEE half precision, as a number.
  function half(bits) {
    const sign = bits & 0x8000 ? -1 : 1;
    const exponent = (bits >> 10) & 31;
    const fraction = (bits & 1023) / 1024;
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction) : 2 ** -14 * fraction);
  }

  // A safetensors file as { name: { shape, values } }.
  function safetensors(bytes) {
    const length = Number(new DataView(bytes.buffer).getBigUint64(0, true));
    const header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + length)));
    delete header.__metadata__;
    const values = ({ dtype, data_offsets: [begin, end] }) => {
      const data = bytes.slice(8 + length + begin, 8 + length + end).buffer;
      if (dtype === "F32") return new Float32Array(data);
      if (dtype === "F16") return Float32Array.from(new Uint16Array(data), half);
      throw new Error(`the benchmark reads no ${dtype} weights`);
    };
    return Object.fromEntries(
      Object.entries(header).map(([name, entry]) => [name, { shape: entry.shape, values: values(entry) }]),
    );
  }

  // The network as a function from [batch, row, column, channel] to logits. PyTorch keeps channels first, so weights
  // of a convolution are transposed, and so are the rows of the linear layer behind a flattening.
  function network(architecture, weights) {
    const steps = [];
    let [channels, rows, columns] = architecture.input;
    let flattened = false;
    architecture.layers.forEach((layer, at) => {
      const [name, value] = typeof layer === "string" ? [layer, null] : Object.entries(layer)[0];
      const tensor = (part) => tf.tensor(weights[`${at}.${part}`].values, weights[`${at}.${part}`].shape);
      if (name === "conv2d") {
        const kernel = tf.transpose(tensor("weight"), [2, 3, 1, 0]);
        const bias = tensor("bias");
        const pad = value.padding;
        steps.push((x) => tf.add(tf.conv2d(x, kernel, value.stride, pad === 0 ? "valid" : pad), bias));
        const side = (length) => Math.floor((length + 2 * pad - value.kernel) / value.stride) + 1;
        [channels, rows, columns] = [value.out, side(rows), side(columns)];
      } else if (name === "linear") {
        let weight = tensor("weight");
        if (flattened) {
          const image = tf.reshape(weight, [value.out, channels, rows, columns]);
          weight = tf.reshape(tf.transpose(image, [0, 2, 3, 1]), [value.out, value.in]);
          flattened = false;
        }
        const bias = tensor("bias");
        steps.push((x) => tf.add(tf.matMul(x, weight, false, true), bias));
      } else if (name === "relu") {
        steps.push(tf.relu);
      } else if (name === "flatten") {
        steps.push((x) => tf.reshape(x, [x.shape[0], -1]));
        flattened = true;
      } else {
        throw new Error(`the benchmark has no ${name} for TF.js`);
      }
    });
    return (x) => steps.reduce((value, step) => step(value), x);
  }

  async function load(backend, wasmPath, architecture, weights) {
    if (backend === "wasm") tf.wasm.setWasmPaths(wasmPath);
    if (!(await tf.setBackend(backend))) throw new Error(`TF.js has no backend ${backend} here`);
    await tf.ready();
    run = network(architecture, safetensors(weights));
    return tf.getBackend();
  }

  // Signed gradient steps inside the ball and the box, as ours; no step is a plain forward pass.
  async function attack({ shape, pixels, labels }, { eps, steps, step, random }) {
    const begin = performance.now();
    const [batch, channel, row, column] = shape;
    const out = tf.tidy(() => {
      const clean = tf.transpose(tf.tensor4d(pixels, [batch, channel, row, column]), [0, 2, 3, 1]);
      if (steps === 0) return forward(clean);
      const truth = tf.oneHot(tf.tensor1d(labels, "int32"), 10);
      const loss = (x) => tf.neg(tf.sum(tf.mul(truth, tf.logSoftmax(run(x)))));
      const slope = tf.grad(loss);
      const low = tf.maximum(tf.sub(clean, eps), 0);
      const high = tf.minimum(tf.add(clean, eps), 1);
      const inside = (x) => tf.minimum(tf.maximum(x, low), high);
      let x = random ? inside(tf.add(clean, tf.randomUniform(clean.shape, -eps, eps, "float32", 1))) : clean;
      for (let at = 0; at < steps; at += 1) {
        x = tf.tidy(() => inside(tf.add(x, tf.mul(tf.sign(slope(x)), step))));
      }
      return [tf.argMax(run(clean), 1), tf.argMax(run(x), 1), x];
    });
    const [clean, adversarial, last] = await Promise.all(out.map((tensor) => tensor.data()));
    const millis = performance.now() - begin;
    out.forEach((tensor) => tensor.dispose());
    const told = { millis, clean: Array.from(clean), adversarial: Array.from(adversarial) };
    return steps === 0 ? { ...told, probabilities: Array.from(last) } : told;
  }

  // Labels before and after an attack that leaves all as it is, and the clean answers' probabilities.
  function forward(clean) {
    const logits = run(clean);
    const labels = tf.argMax(logits, 1);
    return [labels, labels, tf.softmax(logits)];
  }

  globalThis.theirs = { load, attack };
})();
