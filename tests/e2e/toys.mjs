// The pages with a toy dataset of each kind beside their own: `colour`, pictures of three channels and 8 x 8 pixels, and
// `people`, a table of five columns of which `Age` stays as it is. `tests/native/kinds/data.rs` draws them and trains
// their networks, `colour-net` and `people-net`.

import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { serve } from "./serve.mjs";

let started;

/** The address of such pages, made and served when it is first asked for: `open("data=people", { at: await toys() })`. */
export function toys() {
  started ??= start();
  return started.then(({ url }) => url);
}

async function start() {
  const folder = mkdtempSync(join(tmpdir(), "foolproof-toys-"));
  cpSync(process.env.FOOLPROOF_DIST, folder, { recursive: true });
  // `cargo build -p foolproof-tests --example toy_datasets`
  execFileSync(process.env.FOOLPROOF_TOYS, [folder]);
  return { folder, ...(await serve(folder)) };
}

after(async () => {
  if (!started) return;
  const { folder, stop } = await started;
  stop();
  rmSync(folder, { recursive: true });
});
