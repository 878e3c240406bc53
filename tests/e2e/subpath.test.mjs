// The built pages work from any folder of any static server, here Python's own, which knows nothing of them.

import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { story } from "./page.mjs";

// Starts Python's server in a folder, on a free port that it names itself.
async function serve(folder) {
  const server = spawn("python3", ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder]);
  const port = await new Promise((resolve, reject) => {
    let said = "";
    server.stdout.on("data", (data) => {
      said += data;
      const found = said.match(/port (\d+)/);
      if (found) resolve(found[1]);
    });
    server.on("error", reject);
    server.on("exit", (code) => reject(new Error(`python3 ended with ${code}: ${said}`)));
  });
  return { server, port };
}

story("below a folder of python3 -m http.server", {}, async ({ open }) => {
  const root = mkdtempSync(join(tmpdir(), "foolproof-"));
  mkdirSync(join(root, "course", "week 3"), { recursive: true });
  symlinkSync(process.env.FOOLPROOF_DIST, join(root, "course", "week 3", "foolproof"));
  const { server, port } = await serve(root);
  try {
    const visit = await open("steps=10", { at: `http://127.0.0.1:${port}/course/week%203/foolproof/` });
    await visit.verdict("natural", "Fooled");
    await visit.verdict("robust", "Held");
    assert.equal((await visit.ask("exportModel")).architecture.classes, 10);
  } finally {
    server.kill();
    rmSync(root, { recursive: true });
  }
});
