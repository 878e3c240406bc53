// The few messages of src/protocol.rs that the benchmark sends and reads, as postcard bytes.

const NORMS = ["linf", "l2", "l1"];
const LAYERS = ["conv2d", "linear", "relu", "max_pool2d", "avg_pool2d", "flatten", "residual"];
const FIELDS = {
  conv2d: ["in", "out", "kernel", "stride", "padding"],
  linear: ["in", "out"],
  max_pool2d: ["kernel", "stride"],
  avg_pool2d: ["kernel", "stride"],
};
const EVENTS = ["ready", "modelReady", "progress", "attacked", "radius", "done", "parity", "measured", "stopped", "fault"];

class Writer {
  bytes = [];
  raw(bytes) {
    for (const byte of bytes) this.bytes.push(byte);
    return this;
  }
  whole(value) {
    for (let rest = BigInt(value); ; rest >>= 7n) {
      const low = Number(rest & 127n);
      if (rest < 128n) return this.raw([low]);
      this.raw([low | 128]);
    }
  }
  text(value) {
    const bytes = new TextEncoder().encode(value);
    return this.whole(bytes.length).raw(bytes);
  }
  reals(values) {
    return this.raw(new Uint8Array(Float32Array.from(values).buffer));
  }
  double(value) {
    return this.raw(new Uint8Array(Float64Array.of(value).buffer));
  }
  done() {
    return Uint8Array.from(this.bytes);
  }
}

function layers(writer, list) {
  writer.whole(list.length);
  for (const layer of list) {
    const [name, value] = typeof layer === "string" ? [layer, null] : Object.entries(layer)[0];
    if (!LAYERS.includes(name)) throw new Error(`the benchmark knows no layer ${name}`);
    writer.whole(LAYERS.indexOf(name));
    if (name === "residual") layers(writer, value);
    else for (const field of FIELDS[name] ?? []) writer.whole(value[field]);
  }
}

// Request::Model
export function modelRequest(id, architecture, weights) {
  const writer = new Writer().whole(0).text(id);
  for (const side of architecture.input) writer.whole(side);
  layers(writer.whole(architecture.classes), architecture.layers);
  return writer.whole(weights.length).raw(weights).done();
}

// Request::Attack; `attack` is { id, norm, eps, knobs }.
export function attackRequest(ticket, model, { shape, pixels, labels }, attack, seed) {
  const writer = new Writer().whole(1).whole(ticket).whole(1).text(model);
  for (const side of shape) writer.whole(side);
  writer.whole(pixels.length).reals(pixels).raw([1]).whole(labels.length);
  for (const label of labels) writer.whole(label);
  writer.text(attack.id).whole(NORMS.indexOf(attack.norm)).reals([attack.eps]).raw([0]);
  const knobs = Object.entries(attack.knobs).sort(([a], [b]) => (a < b ? -1 : 1));
  writer.whole(knobs.length);
  for (const [key, value] of knobs) writer.text(key).double(value);
  return writer.whole(seed).done();
}

class Reader {
  at = 0;
  constructor(bytes) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }
  byte() {
    return this.view.getUint8(this.at++);
  }
  whole() {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  }
  text() {
    const length = this.whole();
    const bytes = new Uint8Array(this.view.buffer, this.view.byteOffset + this.at, length);
    this.at += length;
    return new TextDecoder().decode(bytes);
  }
  real() {
    this.at += 4;
    return this.view.getFloat32(this.at - 4, true);
  }
  reals() {
    return Array.from({ length: this.whole() }, () => this.real());
  }
  prediction() {
    return { label: this.whole(), probabilities: this.reals() };
  }
  sample() {
    const sample = { truth: this.whole(), clean: this.prediction(), adversarial: this.prediction(), pixels: this.reals() };
    sample.distance = [this.real(), this.real(), this.real(), this.real()];
    sample.loss = this.reals();
    sample.success = this.byte() === 1;
    sample.zeroGradient = this.byte() === 1;
    return sample;
  }
}

// The kind of an event, with what the benchmark reads of it.
export function readEvent(bytes) {
  const reader = new Reader(bytes);
  const kind = EVENTS[reader.whole()];
  if (kind === "attacked") {
    const ticket = reader.whole();
    const model = reader.text();
    const samples = Array.from({ length: reader.whole() }, () => reader.sample());
    return { kind, ticket, model, samples };
  }
  if (kind === "done") return { kind, ticket: reader.whole() };
  if (kind === "modelReady") return { kind, id: reader.text() };
  if (kind === "fault") {
    if (reader.byte() === 1) reader.whole();
    reader.whole();
    return { kind, message: reader.text() };
  }
  return { kind };
}
