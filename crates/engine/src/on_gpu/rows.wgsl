// Losses of one row of logits; `class` is one-hot. Comparisons let what is no number through, as burn's operations do.
@group(0) @binding(0) var<storage, read_write> logits: array<f32>;
@group(0) @binding(1) var<storage, read_write> class_of: array<f32>;
@group(0) @binding(2) var<storage, read_write> made: array<f32>;

// Stands in for the logit of a class that is left out.
const LEFT_OUT: f32 = 1e38;
// Lead from which on an answer counts as no surer.
const SUREST: f32 = 40.0;

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
