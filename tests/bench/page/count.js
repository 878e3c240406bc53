// Counts what a program asks of WebGPU, wherever it is loaded before that program: in a page or in a worker.

(() => {
  const counts = { dispatches: 0, submits: 0, buffers: 0, bindGroups: 0, writes: 0, readbacks: 0 };
  const wrap = (owner, method, name) => {
    const original = globalThis[owner]?.prototype[method];
    if (!original) return;
    globalThis[owner].prototype[method] = function (...words) {
      counts[name] += 1;
      return original.apply(this, words);
    };
  };
  wrap("GPUComputePassEncoder", "dispatchWorkgroups", "dispatches");
  wrap("GPUComputePassEncoder", "dispatchWorkgroupsIndirect", "dispatches");
  wrap("GPUQueue", "submit", "submits");
  wrap("GPUDevice", "createBuffer", "buffers");
  wrap("GPUDevice", "createBindGroup", "bindGroups");
  wrap("GPUQueue", "writeBuffer", "writes");
  wrap("GPUBuffer", "mapAsync", "readbacks");
  globalThis.foolproofCounts = counts;
  new BroadcastChannel("foolproof-bench").onmessage = function ({ data }) {
    if (data === "read") this.postMessage({ ...counts });
  };
})();
