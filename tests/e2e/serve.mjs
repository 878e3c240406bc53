// Python's own static server, which knows nothing of the pages.

import { spawn } from "node:child_process";

/** Serves a folder on a free port; answers its address and how to stop it. */
export async function serve(folder) {
  const server = spawn("python3", ["-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", folder]);
  // Its log of requests would fill the pipe, and then it would wait for somebody to read.
  server.stderr.resume();
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
  return { url: `http://127.0.0.1:${port}/`, stop: () => server.kill() };
}
