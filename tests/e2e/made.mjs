// Files that stories bring in, written here: PNG pictures, zip archives and NumPy arrays.

import { crc32, deflateRawSync, deflateSync } from "node:zlib";

const word = (value) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};
const little = (...values) => Buffer.concat(values.map(([value, size]) => {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntLE(value, 0, size);
  return bytes;
}));

/** A grey picture of this side; `at(row, column)` is a value between 0 and 255. */
export function png(side, at) {
  const rows = [];
  for (let row = 0; row < side; row += 1) {
    rows.push(0);
    for (let column = 0; column < side; column += 1) rows.push(at(row, column));
  }
  const chunk = (name, data) => {
    const body = Buffer.concat([Buffer.from(name), data]);
    return Buffer.concat([word(data.length), body, word(crc32(body))]);
  };
  const head = Buffer.concat([word(side), word(side), Buffer.from([8, 0, 0, 0, 0])]);
  const content = [chunk("IHDR", head), chunk("IDAT", deflateSync(Buffer.from(rows))), chunk("IEND", Buffer.alloc(0))];
  return Buffer.concat([Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), ...content]);
}

/** A zip archive of `[path, bytes]`, deflated. */
export function zip(files) {
  const parts = [];
  const list = [];
  let start = 0;
  for (const [path, bytes] of files) {
    const [name, packed] = [Buffer.from(path), deflateRawSync(bytes)];
    const sizes = [[crc32(bytes), 4], [packed.length, 4], [bytes.length, 4], [name.length, 2], [0, 2]];
    const common = little([20, 2], [0, 2], [8, 2], [0, 2], [0x21, 2], ...sizes);
    const local = Buffer.concat([little([0x04034b50, 4]), common, name, packed]);
    list.push(little([0x02014b50, 4], [20, 2]), common, little([0, 2], [0, 2], [0, 2], [0, 4], [start, 4]), name);
    parts.push(local);
    start += local.length;
  }
  const names = Buffer.concat(list);
  const counts = [[files.length, 2], [files.length, 2]];
  const end = little([0x06054b50, 4], [0, 2], [0, 2], ...counts, [names.length, 4], [start, 4], [0, 2]);
  return Buffer.concat([...parts, names, end]);
}

/** A NumPy array of bytes. */
export function npy(shape, values) {
  const head = `{'descr': '|u1', 'fortran_order': False, 'shape': (${shape.map((size) => `${size},`).join(" ")}), }\n`;
  return Buffer.concat([Buffer.from([0x93]), Buffer.from("NUMPY"), little([1, 1], [0, 1], [head.length, 2]), Buffer.from(head), Buffer.from(values)]);
}
