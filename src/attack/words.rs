//! Results as words: verdicts, sentences, figures.

use super::{results::Shown, verdict::Verdict};
use crate::i18n::number::{fixed, said};
use crate::i18n::{tr, tr_mark, tr_with};
use foolproof_core::{
    catalog::{Aim, Norm},
    protocol::{AttackJob, EngineKind, Prediction, Sample, SampleOutcome},
};

/// A share as a percentage that never claims more than is known: nothing is 100 % but one.
pub fn percent(share: f32) -> String {
    let value = share * 100.0;
    match value {
        _ if !value.is_finite() => "–".into(),
        _ if value >= 99.95 => format!("> {} %", fixed(99.9, 1)),
        _ if value < 0.05 => format!("< {} %", fixed(0.1, 1)),
        _ if (10.0..99.0).contains(&value) => format!("{value:.0} %"),
        _ => format!("{} %", fixed(value, 1)),
    }
}

/// A number with up to four significant digits and no trailing zeros, as the visitor's language writes it.
pub fn figure(value: f64) -> String {
    said(plain(value))
}

/// The same with a point, for texts that are English in every language.
pub fn plain(value: f64) -> String {
    if value == 0.0 || !value.is_finite() {
        return if value == 0.0 { "0".into() } else { "–".into() };
    }
    let rounded = super::scale::round_digits(value, 4);
    match rounded.abs() {
        size if !(1e-4..1e7).contains(&size) => format!("{rounded:e}"),
        _ => rounded.to_string(),
    }
}

/// What an engine runs on.
pub fn hardware(kind: EngineKind) -> &'static str {
    match kind {
        EngineKind::Cpu => "CPU",
        EngineKind::Gpu => "GPU",
    }
}

/// A count of bytes for people.
pub fn bytes(count: f64) -> String {
    match count {
        _ if count < 1e3 => tr_with("{0} bytes", &[&format_args!("{count:.0}")]),
        _ if count < 1e6 => format!("{:.0} kB", count / 1e3),
        _ => format!("{} MB", fixed(count / 1e6, 1)),
    }
}

/// A class and how sure the model is of it: `7 (98 %)`.
pub fn answer(prediction: &Prediction, classes: &[String]) -> String {
    format!("{} ({})", class(prediction.label, classes), percent(sureness(prediction)))
}

/// A class's name.
pub fn class(label: u32, classes: &[String]) -> String {
    classes.get(label as usize).cloned().unwrap_or_else(|| label.to_string())
}

/// Probability of the answer.
pub fn sureness(prediction: &Prediction) -> f32 {
    prediction.probabilities.get(prediction.label as usize).copied().unwrap_or(f32::NAN)
}

/// The headline in two parts; the [`budget`] and the radius, a control, stand between them.
#[derive(Clone, Debug, PartialEq)]
pub struct Headline {
    /// What the model says of the clean input.
    pub clean: String,
    /// What the attack makes of it.
    pub attacked: String,
}

/// The attack with its budget in words for pictures or rows, up to the radius; for an attack that has none, what it looks
/// for instead.
pub fn budget(attack: &str, norm: Norm, aim: Aim, picture: bool) -> String {
    let said = match norm {
        _ if aim == Aim::Nearest => tr_mark("The nearest input that {0} finds, epsilon or not,"),
        _ if aim == Aim::Free => tr_mark("A change by {0} that no norm measures"),
        Norm::Linf if !picture => tr_mark("{0}, changing no column, in multiples of its own limit, by more than"),
        Norm::L1 if !picture => {
            tr_mark("{0}, changing all columns together (L1), in multiples of their limits, by no more than")
        }
        Norm::Linf => tr_mark("{0}, changing no pixel by more than"),
        Norm::L2 => tr_mark("{0}, changing the input by no more (L2) than"),
        Norm::L1 => tr_mark("{0}, changing all pixels together (L1) by no more than"),
    };
    tr_with(said, &[&attack])
}

/// The same for an attack that paints a square of so many pixels a side.
pub fn painting(attack: &str, side: usize) -> String {
    let said = match side {
        8 | 11 | 18 | 80..=89 => tr_mark("{0}, painting an {1} x {1} sticker,"),
        _ => tr_mark("{0}, painting a {1} x {1} sticker,"),
    };
    tr_with(said, &[&attack, &side])
}

/// The headline while the attack that is asked for has no result: what the model says of the input, where the result
/// `before` is of the same one, and that it is under way, by the attack's name; not if it was stopped or has failed.
pub fn awaiting(name: &str, attack: Option<&str>, before: Option<&Shown>, classes: &[String]) -> Headline {
    let clean = before.and_then(|shown| clean(name, shown, classes)).unwrap_or_default();
    Headline {
        clean, attacked: attack.map_or_else(|| "…".into(), |name| tr_with("Attacking with {0} …", &[&name]))
    }
}

/// What a model says of the input before the attack.
pub fn clean(name: &str, shown: &Shown, classes: &[String]) -> Option<String> {
    let (sample, truth) = (shown.sample()?, shown.truth()?);
    let mut clean = tr_with("{0} says {1}", &[&name, &answer(&sample.clean, classes)]);
    if sample.clean.label != truth {
        clean += &tr_with(", but this is a {0}", &[&class(truth, classes)]);
    }
    Some(clean + ".")
}

/// The headline of one model's result.
pub fn headline(name: &str, shown: &Shown, classes: &[String]) -> Option<Headline> {
    let (sample, truth) = (shown.sample()?, shown.truth()?);
    let mut outcome = attacked(shown, sample, truth, classes);
    if let Some((fooled, all)) = shown.outcome.fooled {
        outcome += &tr_with(" The same perturbation changes {0} of {1} answers.", &[&fooled, &all]);
    }
    Some(Headline { clean: clean(name, shown, classes)?, attacked: outcome })
}

/// What an attack makes of an input, in words.
fn attacked(shown: &Shown, sample: &Sample, truth: u32, classes: &[String]) -> String {
    let (clean, attacked, target) = (sample.clean.label, &sample.adversarial, sample.target);
    let untried = sample.outcome == SampleOutcome::NothingToDo && clean == truth && shown.job.attack.id != "none";
    match (target, sample.outcome) {
        (Some(target), _) if clean == target => {
            tr_with("has nothing to reach: the target is the answer already, now {0}.", &[&percent(sureness(attacked))])
        }
        (Some(target), _) if target == truth => tr("has nothing to do: the target is the true class.").into(),
        _ if untried => tr("has nothing to do: nothing is left that it may change.").into(),
        (Some(target), SampleOutcome::NoStart) => {
            tr_with("finds no start: none of its tries is read as {0}.", &[&class(target, classes)])
        }
        (None, SampleOutcome::NoStart) => tr("finds no start: none of its tries is read as another class.").into(),
        (_, SampleOutcome::NoGradient) if attacked.label == clean => {
            tr_with("finds no gradient to follow: still {0}.", &[&answer(attacked, classes)])
        }
        (Some(target), _) if attacked.label == target => {
            tr_with("makes it say {0}, as aimed.", &[&answer(attacked, classes)])
        }
        (Some(target), _) => {
            tr_with("does not make it say {0}: it says {1}.", &[&class(target, classes), &answer(attacked, classes)])
        }
        (None, _) if attacked.label != clean => tr_with("makes it say {0}.", &[&answer(attacked, classes)]),
        (None, _) => tr_with("finds nothing that fools it: still {0}.", &[&answer(attacked, classes)]),
    }
}

/// One sentence for people who hear the page: both models' results.
pub fn announcement(results: &[(String, &Shown)], classes: &[String]) -> String {
    let said = results.iter().filter_map(|(name, shown)| {
        let sample = shown.sample()?;
        let verdict = Verdict::of(shown)?.word().to_ascii_lowercase();
        let (clean, attacked) = (answer(&sample.clean, classes), answer(&sample.adversarial, classes));
        Some(tr_with("{0}: {1}. Clean {2}, attacked {3}.", &[&name, &verdict, &clean, &attacked]))
    });
    said.collect::<Vec<_>>().join(" ")
}

/// A text in place of the noise map.
pub fn noise_text(shown: &Shown) -> Option<String> {
    let sample = shown.sample()?;
    let distance = &sample.distance;
    let up = changes(&shown.job, &sample.pixels).filter(|&change| change > 0.0).count();
    let down = changes(&shown.job, &sample.pixels).filter(|&change| change < 0.0).count();
    Some(tr_with(
        "Noise: {0} pixels brighter, {1} darker; largest change {2}, L2 {3}, L1 {4}.",
        &[
            &up,
            &down,
            &figure(f64::from(distance.linf)),
            &figure(f64::from(distance.l2)),
            &figure(f64::from(distance.l1)),
        ],
    ))
}

/// Adversarial minus clean, pixel by pixel.
pub fn changes<'a>(job: &'a AttackJob, adversarial: &'a [f32]) -> impl Iterator<Item = f32> + 'a {
    adversarial.iter().zip(&job.inputs.pixels).map(|(after, before)| after - before)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fixture::{job, outcome};
    use std::sync::Arc;

    fn shown(clean: u32, attacked: u32, change: impl FnOnce(&mut AttackJob)) -> Shown {
        let mut job = job(&["natural"]);
        change(&mut job);
        Shown { job: Arc::new(job), outcome: Arc::new(outcome("natural", clean, attacked)) }
    }

    fn classes() -> Vec<String> {
        (0..10).map(|class| class.to_string()).collect()
    }

    #[test]
    fn headlines_say_what_happened() {
        let say = |shown: Shown| headline("The model", &shown, &classes()).unwrap();
        let fooled = say(shown(7, 3, |_| ()));
        assert_eq!(fooled.clean, "The model says 7 (98 %).");
        assert_eq!(fooled.attacked, "makes it say 3 (91 %).");
        let budget = |norm, aim, picture| budget("PGD", norm, aim, picture);
        assert_eq!(budget(Norm::Linf, Aim::Within, true), "PGD, changing no pixel by more than");
        let painted = [8, 9, 11].map(|side| painting("Patch", side));
        assert_eq!(painted[0], "Patch, painting an 8 x 8 sticker,");
        assert!(painted[1].contains("a 9 x 9 sticker") && painted[2].contains("an 11 x 11"));
        assert_ne!(budget(Norm::L2, Aim::Nearest, true), budget(Norm::L2, Aim::Within, true));
        assert!(budget(Norm::Linf, Aim::Within, false).contains("no column"));
        assert_eq!(say(shown(7, 7, |_| ())).attacked, "finds nothing that fools it: still 7 (91 %).");
        assert_eq!(say(shown(1, 3, |_| ())).clean, "The model says 1 (98 %), but this is a 7.");
        let aimed = |clean, attacked| {
            let mut shown = shown(clean, attacked, |job| job.inputs.labels = None);
            Arc::make_mut(&mut shown.outcome).samples[0].target = Some(8);
            say(shown).attacked
        };
        let aim = |attacked| aimed(7, attacked);
        assert_eq!(aim(8), "makes it say 8 (91 %), as aimed.");
        assert_eq!(aim(3), "does not make it say 8: it says 3 (91 %).");
        assert_eq!(aimed(8, 8), "has nothing to reach: the target is the answer already, now 91 %.");
        let came = |outcome: SampleOutcome, target: Option<u32>| {
            let mut shown = shown(7, 7, |_| ());
            let sample = &mut Arc::make_mut(&mut shown.outcome).samples[0];
            (sample.outcome, sample.target) = (outcome, target);
            say(shown).attacked
        };
        let said = came(SampleOutcome::NothingToDo, None);
        assert_eq!(said, "has nothing to do: nothing is left that it may change.");
        let said = came(SampleOutcome::NoStart, Some(8));
        assert_eq!(said, "finds no start: none of its tries is read as 8.");
        let said = came(SampleOutcome::NoStart, None);
        assert_eq!(said, "finds no start: none of its tries is read as another class.");
        assert_eq!(came(SampleOutcome::NoGradient, None), "finds no gradient to follow: still 7 (91 %).");
        let mut true_one = shown(3, 7, |_| ());
        Arc::make_mut(&mut true_one.outcome).samples[0].target = Some(7);
        assert_eq!(say(true_one).attacked, "has nothing to do: the target is the true class.");
        let mut universal = shown(7, 3, |_| ());
        Arc::make_mut(&mut universal.outcome).fooled = Some((20, 33));
        assert_eq!(say(universal).attacked, "makes it say 3 (91 %). The same perturbation changes 20 of 33 answers.");
    }

    #[test]
    fn a_headline_that_waits_has_no_number_of_the_attack_before() {
        let before = shown(7, 3, |_| ());
        let wait = |attack, before| awaiting("The model", attack, before, &classes());
        let said = wait(Some("C&W"), Some(&before));
        assert_eq!((said.clean.as_str(), said.attacked.as_str()), ("The model says 7 (98 %).", "Attacking with C&W …"));
        assert_eq!(wait(None, None), Headline { clean: String::new(), attacked: "…".into() });
    }

    #[test]
    fn percentages_never_round_to_certainty() {
        let said = [1.0, 0.99951, 0.995, 0.9123, 0.1, 0.0512, 0.0004, f32::NAN].map(percent);
        assert_eq!(said, ["> 99.9 %", "> 99.9 %", "99.5 %", "91 %", "10 %", "5.1 %", "< 0.1 %", "–"]);
    }

    #[test]
    fn figures_are_short() {
        let said = [0.0, 0.1, 0.30000001192, 123.456, 784.0, 0.0000123, 2.5e9].map(figure);
        assert_eq!(said, ["0", "0.1", "0.3", "123.5", "784", "1.23e-5", "2.5e9"]);
        assert_eq!([999.0, 53_200.0, 1_640_000.0].map(bytes), ["999 bytes", "53 kB", "1.6 MB"]);
    }

    #[test]
    fn the_noise_has_a_text() {
        let text = noise_text(&shown(7, 3, |_| ())).unwrap();
        assert_eq!(text, "Noise: 784 pixels brighter, 0 darker; largest change 0.1, L2 2.8, L1 78.4.");
    }

    #[test]
    fn an_announcement_names_both_models() {
        let (one, two) = (shown(7, 3, |_| ()), shown(7, 7, |_| ()));
        let text = announcement(&[("Natural".into(), &one), ("Robust".into(), &two)], &classes());
        assert!(text.contains("Natural: fooled. Clean 7 (98 %), attacked 3 (91 %)."));
        assert!(text.contains("Robust: held."));
    }
}
