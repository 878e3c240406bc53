// What stories of the GPU engine share.

// Prepends to the GPU worker's script; `script` runs there before anything else.
export async function inGpuWorker(context, script) {
  await context.route(/engine-gpu_loader\.js/, async (route) => {
    const response = await route.fetch();
    const { "content-encoding": _, "content-length": __, ...headers } = response.headers();
    await route.fulfill({ status: 200, headers, body: `(${script})();\n${await response.text()}` });
  });
}

// Has each GPU worker keep its device where `destroyDevice` finds it.
export const keepDevice = (context) =>
  inGpuWorker(context, () => {
    const original = GPUAdapter.prototype.requestDevice;
    GPUAdapter.prototype.requestDevice = async function (...given) {
      return (globalThis.device = await original.apply(this, given));
    };
  });

// Destroys the device of the newest GPU worker.
export async function destroyDevice(page) {
  const worker = page.workers().findLast((worker) => worker.url().includes("engine-gpu"));
  await worker.evaluate(() => device.destroy());
}

// Destroying a device makes everything after it fail, so the errors are as many as there were commands under way.
export const LOST = { gpu: true, expects: [/device/i, /engine-gpu/, /unreachable/] };
