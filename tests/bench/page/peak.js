// What one core can do at most, as WebAssembly sees it: ten chains of a multiplication and an addition on four numbers
// each, none of which waits for another. With fewer chains the processor waits for its own results. Factor and summand are
// read from memory, or a compiler may fold the loop away. No relaxed SIMD: the engine has none either.

const CHAINS = 10;
/** Links of every chain in a turn of the loop, so that counting costs little. */
const LINKS = 8;
const LANES = 4;
/** Two operations a link. */
const FLOP = 2 * CHAINS * LANES * LINKS;

const V128 = 0x7b;
const I32 = 0x7f;
const simd = (op) => [0xfd, ...unsigned(op)];
const [LOAD, STORE] = [0, 11].map((op) => (offset) => [...simd(op), 4, ...unsigned(offset)]);
const [ADD, MULTIPLY] = [0xe4, 0xe6].map(simd);
const get = (local) => [0x20, local];
const set = (local) => [0x21, local];
const number = (value) => [0x41, value];

// LEB128.
function unsigned(value) {
  const bytes = [];
  for (; value > 127; value >>>= 7) bytes.push((value & 127) | 128);
  return [...bytes, value];
}

const vector = (items) => [...unsigned(items.length), ...items.flat()];
const sized = (bytes) => [...unsigned(bytes.length), ...bytes];
const section = (id, bytes) => [id, ...sized(bytes)];
const name = (text) => sized([...new TextEncoder().encode(text)]);

// `run(turns)` over a memory that holds the factor at 0, the summand at 16 and the chains behind them.
function program() {
  const chains = Array.from({ length: CHAINS }, (_, at) => at + 3);
  const places = chains.map((_, at) => 32 + 16 * at);
  const link = chains.flatMap((chain) => [...get(chain), ...get(1), ...MULTIPLY, ...get(2), ...ADD, ...set(chain)]);
  const body = [
    ...[1, 2].flatMap((local) => [...number(0), ...LOAD(16 * (local - 1)), ...set(local)]),
    ...chains.flatMap((chain, at) => [...number(0), ...LOAD(places[at]), ...set(chain)]),
    ...[0x03, 0x40],
    ...Array(LINKS).fill(link).flat(),
    // One turn less; again, as long as any is left.
    ...[...get(0), ...number(1), 0x6b, 0x22, 0, 0x0d, 0, 0x0b],
    ...chains.flatMap((chain, at) => [...number(0), ...get(chain), ...STORE(places[at])]),
    0x0b,
  ];
  const code = sized([...vector([[CHAINS + 2, V128]]), ...body]);
  return Uint8Array.from([
    ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, vector([[0x60, ...vector([[I32]]), ...vector([])]])),
    ...section(3, vector([[0]])),
    ...section(5, vector([[0, 1]])),
    ...section(7, vector([[...name("run"), 0, 0], [...name("memory"), 2, 0]])),
    ...section(10, vector([code])),
  ]);
}

/** The most of `runs` runs of about `millis` milliseconds each, in operations a second. */
export async function peak(runs, millis) {
  const { instance } = await WebAssembly.instantiate(program());
  const { run, memory } = instance.exports;
  // Each chain goes to 1 and stays there: no number grows or gets so small that it is slow.
  new Float32Array(memory.buffer).fill(0.5, 0, 8 + LANES * CHAINS);
  const timed = (turns) => {
    const begin = performance.now();
    run(turns);
    return performance.now() - begin;
  };
  let turns = 1 << 14;
  while (timed(turns) < millis) turns *= 2;
  const best = Math.min(...Array.from({ length: runs }, () => timed(turns)));
  const chains = new Float32Array(memory.buffer, 32, LANES * CHAINS);
  if (!chains.every((value) => Math.abs(value - 1) < 1e-6)) throw new Error("the peak's loop has computed something else");
  return (turns * FLOP) / (best / 1000);
}
