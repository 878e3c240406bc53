// A reporter for Node's test runner: `pass` or `fail` and the file of each test, a line each, by which `cargo xtask test`
// knows which files need not run again.

export default async function* report(events) {
  for await (const { type, data } of events) {
    if (type === "test:pass" || type === "test:fail") yield `${type.slice(5)} ${data.file ?? ""}\n`;
  }
}
