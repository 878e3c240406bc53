// A model as another program would save it: small, and good for nothing before it is trained.

/** Its list of layers, as JSON. */
export const TINY = JSON.stringify({
  input: [1, 28, 28],
  classes: 10,
  layers: ["flatten", { linear: { in: 784, out: 16 } }, "relu", { linear: { in: 16, out: 10 } }],
});

/** Its weights as safetensors. */
export const tiny = () =>
  safetensors({ "1.weight": [16, 784], "1.bias": [16], "3.weight": [10, 16], "3.bias": [10] }, (at) => 0.05 * Math.sin(at));

/** Tensors of these shapes without metadata, in 32 bits; `value` gives each number by its place in the file. */
export function safetensors(shapes, value) {
  const header = {};
  let end = 0;
  for (const [name, shape] of Object.entries(shapes)) {
    const start = end;
    end += 4 * shape.reduce((a, b) => a * b);
    header[name] = { dtype: "F32", shape, data_offsets: [start, end] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  const values = Float32Array.from({ length: end / 4 }, (_, at) => value(at));
  return Buffer.concat([length, text, Buffer.from(values.buffer)]);
}
