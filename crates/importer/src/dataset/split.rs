//! Which items are taken of too many, and which are held out for the test: drawn by the seed, class by class.

use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

/// The share of each class that is held out.
const HELD_OUT: usize = 5;
/// Fewest items of a class: one to train on, one to test with.
pub const FEWEST: usize = 2;

/// Places of the items of each class, in an order drawn by the seed.
fn by_class(labels: &[usize], classes: usize, random: &mut ChaCha8Rng) -> Vec<Vec<usize>> {
    let mut all = vec![Vec::new(); classes];
    for (at, &label) in labels.iter().enumerate() {
        if let Some(class) = all.get_mut(label) {
            class.push(at);
        }
    }
    all.iter_mut().for_each(|class| class.shuffle(random));
    all
}

/// The places of at most `most` items, of each class in the proportion in which it is there, in order; `None` if there are
/// no more than that.
pub fn thinned(labels: &[usize], classes: usize, most: usize, seed: u64) -> Option<Vec<usize>> {
    if labels.len() <= most {
        return None;
    }
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let spare = most.saturating_sub(FEWEST * classes);
    let share =
        |count: usize| FEWEST + (count as u128 * spare as u128).checked_div(labels.len() as u128).unwrap_or(0) as usize;
    let mut taken: Vec<usize> = Vec::with_capacity(most);
    for class in by_class(labels, classes, &mut random) {
        taken.extend(class.iter().take(share(class.len())));
    }
    taken.sort_unstable();
    Some(taken)
}

/// Places of the items to train on and of those for the test, each in an order drawn by the seed. A source's own test is
/// kept where it leaves something for both; otherwise a fifth of each class is held out, one at least and never all.
pub fn split(labels: &[usize], classes: usize, own: &[Option<bool>], seed: u64) -> [Vec<usize>; 2] {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (mut train, mut test) = (Vec::new(), Vec::new());
    let is_test = |at: usize| own.get(at).copied().flatten() == Some(true);
    (0..labels.len()).for_each(|at| if is_test(at) { test.push(at) } else { train.push(at) });
    if train.is_empty() || test.is_empty() {
        (train, test) = (Vec::new(), Vec::new());
        for class in by_class(labels, classes, &mut random) {
            let held = (class.len() / HELD_OUT).max(1).min(class.len().saturating_sub(1));
            let (first, rest) = class.split_at(held);
            test.extend(first);
            train.extend(rest);
        }
    }
    train.shuffle(&mut random);
    test.shuffle(&mut random);
    [train, test]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sorted(mut all: Vec<usize>) -> Vec<usize> {
        all.sort_unstable();
        all
    }

    #[test]
    fn a_fifth_of_each_class_is_held_out_and_at_least_one() {
        let labels = [vec![0; 50], vec![1; 3]].concat();
        let [train, test] = split(&labels, 2, &[], 7);
        let of = |places: &[usize], class: usize| places.iter().filter(|&&at| labels[at] == class).count();
        assert_eq!([of(&train, 0), of(&test, 0), of(&train, 1), of(&test, 1)], [40, 10, 2, 1]);
        assert_eq!(sorted([train.clone(), test.clone()].concat()), (0..53).collect::<Vec<_>>());
        assert_eq!(split(&labels, 2, &[], 7), [train.clone(), test], "the same seed");
        assert_ne!(split(&labels, 2, &[], 8)[0], train, "another seed");
    }

    #[test]
    fn a_sources_own_test_is_kept_unless_it_leaves_nothing() {
        let own: Vec<_> = (0..10).map(|at| Some(at >= 6)).collect();
        let [train, test] = split(&[0; 10], 1, &own, 1);
        assert_eq!((sorted(train), sorted(test)), ((0..6).collect(), (6..10).collect()));
        assert_eq!(split(&[0; 10], 1, &[Some(true); 10], 1)[1].len(), 2);
    }

    #[test]
    fn too_many_are_thinned_in_proportion() {
        let labels = [vec![0; 900], vec![1; 100], vec![2; 1]].concat();
        let taken = thinned(&labels, 3, 100, 1).unwrap();
        let of = |class: usize| taken.iter().filter(|&&at| labels[at] == class).count();
        assert!(taken.len() <= 100 && taken.is_sorted());
        assert_eq!([of(0), of(1), of(2)], [86, 11, 1]);
        assert_eq!(thinned(&labels, 3, 1001, 1), None);
    }
}
