//! The host API: what the page that embeds this one may ask by message, and what it is told.
//!
//! [`message`] and [`answer`] are the shapes, pure; `window` listens and speaks. What the lab tells is passed on as it is:
//! `progress` and `result` of its jobs, and `answer` when a lesson's question was answered, `{ lesson, step, choice, right,
//! tries, answered, questions }`.
//!
//! What an attack's result has beside `success`: `outcome`, which is `fooled` (as `success`), `held`, `nothing-to-do` (the clean
//! input meets the goal already, the target is the true class, or nothing is left that the attack may change), `no-start` (an
//! attack that goes by decisions found nothing to begin with), or `no-gradient` (there was none to follow); and `draws`, as in a
//! report. A model whose logits are no numbers is refused as `not-finite`, and the next one works.
//!
//! `run("attack")` is answered with the newest result of its experiment: what the page sends of its own accord, when the model
//! beside is there, is as good. It is `replaced` when host or visitor have gone on to another experiment.
//!
//! A message that is no plain data (circles, whole numbers without end, more than 24 levels, a megabyte) is refused as
//! `input`, and so are more keys than a link may have. Of several `setState` in a row the newest state is rendered; each is
//! answered as if it had been alone. What a key of `hide` or `lock` names that there is not is left out, and the key is
//! among `clamped`.
//!
//! What a report has beside the keys that it always has (`src/evaluate/report_json.rs`):
//! - An attack: its knobs once more as `knobs`, since `queries` is the mean that was spent and may be a knob's name too;
//!   `byQueries` and `bySteps`, the accuracy left after so many; `loss`, and in `lossAt` the steps done at each; `members`,
//!   what each member of an ensemble left; `transfer` and `transferAccuracy`, by model; `zeroGradients`; `distance`, the mean
//!   of what fell; `eightBit`, how many of the fallen stay so in 8 bits; `fooling`, for one perturbation for all, on the
//!   inputs that it was crafted on and on those held out; `converged` and `twiceTheSteps`, or `null` where nobody looked.
//! - A model: `detectors`, where some looked on: `[{ id, threshold, asked, fpr, mistakes, auc, roc, attacks: [{ id, flagged,
//!   wrongAndUnflagged, rightOrFlagged, auc, roc }], adaptive: { wrongAndUnflagged } }]`, shares as accuracies.
//! - A model: `certified`, as `radius`, or with `measure.certify=smoothing` `{ kind: "smoothing", norm, sigma, alpha, n0, n,
//!   mean, abstained, samples: [{ index, class, count, radius, abstained }], curve: [{ eps, accuracy }], intervals }`; `weak`, how many inputs the auditor breaks of those that the attacks left.
//! - Of what was not carried out: an attack's `nothingToDo`, `noStart` and `zeroGradients` count the inputs that it had
//!   nothing to do on, found no start for, or saw no gradient on; an input's `untried` lists them, `{ attack, id, outcome }`.
//! - `draws`, of a model and of each attack on it: the looks that an answer is judged by, 1 unless the model draws at random.
//! - `rises` and `smallerRadii` (`{ eps, accuracy, own, worst, raw }`): whether a smaller radius leaves fewer inputs than the
//!   attack's own, on the inputs of the auditor; `raw` is what each leaves by itself, `worst` what is left at all of them.
//!   `null` where nobody looked.
//! - The report: `methods`, `weight`, and `complete`, which is false where some inputs lack some attacks.
//!
//! What `run("train")` is answered with beside the keys that a training's result always has (`src/train/result.rs`):
//! - A run that was stopped, by the host or by hand, is not scored: every accuracy of its `before` and `after` has `n` 0,
//!   value 0 and the interval from 0 to 1, and says nothing. Before its first round is over there is no result, but the
//!   error `stopped`.
//! - A model that the browser could not keep (its storage is full, or blocked) is there as any other until the page is left;
//!   the visitor is told, with a button that saves it.
//! - A run on points in the plane (`train.plane`) keeps no model: `model` is `null`, as in the rows of a sweep.
//! - A sweep (`train.sweep`) is `{ kind: "sweep", fragment, over, rows: [{ value, result }] }`: `over` is what its runs
//!   differ in (`eps`, `lr`, `method`, or several with `;`), `value` that of a run in the same order, `result` what the
//!   run alone would be answered with.

pub mod answer;
pub mod message;
#[cfg(target_arch = "wasm32")]
pub mod window;
