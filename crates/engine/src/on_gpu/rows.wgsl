// Losses of one row of logits; `class` is one-hot. Comparisons let what is no number through, as burn's operations do.
// Stands in for the logit of a class that is left out.
const LEFT_OUT: f32 = 1e38;
// Lead from which on an answer counts as no surer.
const SUREST: f32 = 40.0;
// Least spread of logits divided by, as a share of the largest, and what stands in for 0.
const SPREAD: f32 = 1e-12;
const SMALLEST: f32 = 1e-30;
const NONE: u32 = 0xffffffffu;

fn is_nan(value: f32) -> bool {
  return (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;
}

fn larger(most: f32, value: f32) -> f32 {
  return select(most, value, value > most || is_nan(value));
}

fn largest(row: u32) -> f32 {
  var most = logits[row * CLASSES];
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) { most = larger(most, logits[at]); }
  return most;
}

fn product(row: u32) -> f32 {
  var sum = 0.0;
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) { sum += logits[at] * class_of[at]; }
  return sum;
}

fn best_other(row: u32) -> f32 {
  var most = logits[row * CLASSES] - class_of[row * CLASSES] * LEFT_OUT;
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) { most = larger(most, logits[at] - class_of[at] * LEFT_OUT); }
  return most;
}

fn margin(row: u32) -> f32 {
  return best_other(row) - product(row);
}

fn cross_entropy(row: u32) -> f32 {
  let most = largest(row);
  var sum = 0.0;
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) { sum += exp(logits[at] - most); }
  return log(sum) + most - product(row);
}

// Probabilities, of which the others than the surest are so much that no sureness takes their slope.
fn write_shares(row: u32, best_other: f32) {
  let surest = best_other + SUREST;
  var most = select(logits[row * CLASSES], surest, surest < logits[row * CLASSES]);
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) {
    most = larger(most, select(logits[at], surest, surest < logits[at]));
  }
  var sum = 0.0;
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) {
    let share = exp(select(logits[at], surest, surest < logits[at]) - most);
    made[at] = share;
    sum += share;
  }
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) { made[at] /= sum; }
}

fn write_slope(row: u32) {
  write_shares(row, best_other(row));
  var others = 0.0;
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) {
    made[at] -= made[at] * class_of[at];
    others += made[at];
  }
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) { made[at] -= class_of[at] * others; }
}

// By labels that may be soft: the part of the class that is answered is what the others leave.
fn write_soft_slope(row: u32) {
  var top = row * CLASSES;
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) { top = select(top, at, logits[at] > logits[top]); }
  var other = -LEFT_OUT;
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) {
    if (at != top) { other = larger(other, logits[at]); }
  }
  write_shares(row, other);
  var others = 0.0;
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) {
    made[at] -= class_of[at];
    others += select(made[at], 0.0, at == top);
  }
  made[top] = -others;
}

// The logarithm of the odds of the other classes, and its slope.
fn log_odds(row: u32) -> f32 {
  let most = best_other(row);
  var sum = 0.0;
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) {
    made[at] = exp(logits[at] - class_of[at] * LEFT_OUT - most);
    sum += made[at];
  }
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) { made[at] = made[at] / sum - class_of[at]; }
  return log(sum) + most - product(row);
}

// The place of a row's greatest logit that comes after another one when they are sorted: of equals the first stands first.
fn next(row: u32, after: u32) -> u32 {
  var found = NONE;
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) {
    let later = after == NONE || logits[at] < logits[after] || (logits[at] == logits[after] && at > after);
    if (later && (found == NONE || logits[at] > logits[found])) { found = at; }
  }
  return found;
}

// The ratio of how far a rival lies above the class to how far the best lies above the third, and its slope.
fn ratio(row: u32) -> f32 {
  let first = next(row, NONE);
  let second = next(row, first);
  let third = next(row, second);
  let rival = select(first, second, class_of[first] == 1.0);
  var size = 0.0;
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) { size = max(size, abs(logits[at])); }
  let share = 1.0 / max(logits[first] - logits[third], max(size * SPREAD, SMALLEST));
  let lead = logits[rival] - product(row);
  // Where the class has come third, nothing is left to climb, and rounding is not to say where.
  let value = select(lead * share, 1.0, lead == logits[first] - logits[third] && lead > 0.0);
  for (var at = row * CLASSES; at < (row + 1u) * CLASSES; at++) {
    let rise = select(0.0, 1.0, at == rival) - class_of[at];
    let spread = select(0.0, 1.0, at == first) - select(0.0, 1.0, at == third);
    made[at] = (rise - spread * value) * share;
  }
  return value;
}
