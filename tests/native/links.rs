//! Wild links: whatever stands behind the `#`, reading it neither panics nor lets anything through that is not a state.

use foolproof::link::Settings;
use rand::{Rng, SeedableRng, seq::IndexedRandom};
use rand_chacha::ChaCha8Rng;

/// Keys of every kind, and some that are none.
const KEYS: [&str; 35] = [
    "v",
    "page",
    "data",
    "model",
    "input",
    "attack",
    "norm",
    "eps",
    "step",
    "steps",
    "restarts",
    "target",
    "defence",
    "bpda",
    "eot",
    "seed",
    "engine",
    "theme",
    "lang",
    "embed",
    "hide",
    "lock",
    "lesson",
    "lesson.uses",
    "cw.confidence",
    "pgd.momentum",
    "train.eps",
    "train.method",
    "measure.n",
    "measure.attacks",
    "",
    "frobnicate",
    "eps.",
    ".eps",
    "__proto__",
];
/// Values that are right, nearly right, and not at all.
const VALUES: [&str; 32] = [
    "0",
    "1",
    "-1",
    "0.3",
    "8/255",
    "1/0",
    "0/0",
    "NaN",
    "inf",
    "-inf",
    "1e308",
    "1e-400",
    "99999999999999999999999",
    "none",
    "auto",
    "pgd",
    "linf",
    "l2",
    "mine:a",
    "mine:",
    "test:0",
    "test:99999999999",
    "bits:bits:1+median",
    "bits:bits",
    "draw:",
    "draw:eNpjYBgFo2AUjAIAAxAAAQ",
    "draw:AAAA",
    "%",
    "%zz",
    "%00",
    "a,b,,c",
    "\u{202e}",
];

fn wild(random: &mut ChaCha8Rng) -> String {
    let pairs = random.random_range(0..8);
    let mut text = String::from(if random.random_bool(0.5) { "#" } else { "" });
    for _ in 0..pairs {
        let key = KEYS.choose(random).copied().unwrap_or_default();
        let value = VALUES.choose(random).copied().unwrap_or_default();
        text.push_str(key);
        text.push_str(["=", "==", "", "&"][random.random_range(0..4usize) * usize::from(random.random_bool(0.2))]);
        text.push_str(value);
        text.push_str(["&", "&&", ";", ""][random.random_range(0..4usize) * usize::from(random.random_bool(0.2))]);
    }
    if random.random_bool(0.3) { torn(&text, random) } else { text }
}

/// The text with some of its letters replaced, doubled or lost.
fn torn(text: &str, random: &mut ChaCha8Rng) -> String {
    let mut letters = Vec::new();
    for letter in text.chars() {
        match random.random_range(0..12) {
            0 => {}
            1 => letters.extend([letter, letter]),
            2 => letters.push(char::from_u32(random.random_range(0..0x3000)).unwrap_or('?')),
            _ => letters.push(letter),
        }
    }
    letters.into_iter().collect()
}

/// Reads so many wild links; each gives a state that is finite and survives its own link.
fn read(count: u32) {
    let mut random = ChaCha8Rng::seed_from_u64(20_261_123);
    let mut remarked = 0u32;
    for _ in 0..count {
        let link = wild(&mut random);
        let (settings, remarks) = Settings::read(&link);
        remarked += u32::from(!remarks.is_empty());
        let eps = settings.eps.unwrap_or_default();
        assert!(eps.is_finite() && eps >= 0.0, "{link:?}");
        assert!(settings.knobs.values().all(|value| value.is_finite()), "{link:?}");
        let (again, _) = Settings::read(&settings.fragment());
        assert_eq!(again, settings, "{link:?}");
    }
    assert!(remarked > count / 2, "only {remarked} of {count} were wild enough to be remarked on");
}

#[test]
fn wild_links_give_whole_states() {
    read(20_000);
}

#[test]
#[ignore = "minutes: ten million links"]
fn ten_million_wild_links_give_whole_states() {
    read(10_000_000);
}
