// Runs by turns, so that a slow moment of the machine hits all, and how often each is timed.

/** Rounds that are not counted: what was timed from the second on has looked slower than it is. One that is alone shows
 * only that it runs, and has none before it. */
const WARM = 3;
/** Milliseconds after which no further round warms up: what takes long has been compiled by then. */
const WARM_MILLIS = 2_000;
/** Rounds counted at least, where so many were asked for, and milliseconds after which they do. */
const LEAST = 3;
const MILLIS = 5_000;

/**
 * The median milliseconds of each of these runs, and the last answer of each; a run answers with its `millis`. Other runs may
 * warm up, if they do the same in less time.
 */
export async function turns(runs, rounds, warming = runs) {
  const times = runs.map(() => []);
  const order = runs.map((_, at) => at);
  const round = async (runs) => {
    const answers = [];
    for (const at of order.reverse()) answers[at] = await runs[at]();
    return answers;
  };
  const since = (begin) => performance.now() - begin;
  const cold = performance.now();
  for (let done = 0; rounds > 1 && done < WARM && (done === 0 || since(cold) < WARM_MILLIS); done += 1) await round(warming);
  const warm = performance.now();
  let answers;
  for (let done = 0; done < rounds && (done < LEAST || since(warm) < MILLIS); done += 1) {
    answers = await round(runs);
    answers.forEach(({ millis }, at) => times[at].push(millis));
  }
  return { times: times.map(median), answers };
}

/** What a row says of times: ours first, and how many times as long ours takes as each other's. */
export function figures(name, times) {
  const [own, ...others] = times;
  const ratios = others.map((other) => (own / other).toFixed(2)).join(", ");
  return `${name.padEnd(18)} ${times.map((time) => time.toFixed(1).padStart(8)).join(" ")}${ratios && `   ratio ${ratios}`}`;
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
