// PyTorch as a side, where this machine's Python has it: a process of its own, asked by lines of JSON (`pytorch.py`).

import { spawn } from "node:child_process";
import { once } from "node:events";
import { availableParallelism } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const PYTHON = process.env.FOOLPROOF_PYTHON ?? "python3";

/** The side with the network loaded; nothing where there is no PyTorch, which is told in a sentence if `out` is given. */
export async function torch({ architecture, weights }, out) {
  const child = spawn(PYTHON, [fileURLToPath(new URL("pytorch.py", import.meta.url))], { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  // A Python that is not there says so by this event alone.
  const failed = once(child, "error").then(([error]) => ({ done: true, error }));
  const heard = async () => {
    const { done, value, error } = await Promise.race([lines.next(), failed]);
    const told = done ? { fault: error?.message ?? "it has ended" } : JSON.parse(value);
    if (told.fault) throw new Error(`PyTorch: ${told.fault}`);
    return told;
  };
  const ask = (verb, ...given) => {
    child.stdin.write(`${JSON.stringify([verb, ...given])}\n`);
    return heard();
  };
  const { version } = await heard().catch(() => ({}));
  if (!version) {
    out?.head(`PyTorch is left out: \`import torch\` fails with ${PYTHON}.`);
    child.kill();
    return undefined;
  }
  out?.head(`PyTorch ${version}`);
  await ask("load", architecture, weights);
  return {
    name: "PyTorch",
    cores: availableParallelism(),
    attack: (inputs, { plain }, threads = 1) => ask("attack", inputs, plain, threads),
    keep: (inputs, start) => ask("keep", inputs, start),
    train: ({ plain, recipe }, steps) => ask("train", plain, recipe, steps),
    close: () => child.stdin.end(),
  };
}
