//! The mean of replicas.

use crate::protocol::Learner;

/// The mean of several learners, number by number: weights, moments and averages (local SGD, Stich 2019,
/// <https://arxiv.org/abs/1805.09767>). All come of the same round, so all have lists of the same lengths.
pub fn mean(learners: &[Learner]) -> Learner {
    let list = |pick: &dyn Fn(&Learner) -> &[f32]| {
        let mut sum = learners.first().map_or(Vec::new(), |first| pick(first).to_vec());
        for other in learners.iter().skip(1) {
            sum.iter_mut().zip(pick(other)).for_each(|(sum, value)| *sum += value);
        }
        let count = learners.len().max(1) as f32;
        sum.iter_mut().for_each(|value| *value /= count);
        sum
    };
    let rows = learners.iter().map(|learner| learner.moments.len()).min().unwrap_or(0);
    Learner {
        weights: list(&|learner| &learner.weights),
        moments: (0..rows).map(|row| list(&|learner| &learner.moments[row])).collect(),
        steps: learners.iter().map(|learner| learner.steps).max().unwrap_or(0),
        average: list(&|learner| &learner.average),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_is_averaged_and_one_learner_stays_as_it_is() {
        let one = Learner { weights: vec![1.0, 2.0], moments: vec![vec![0.0, 4.0]], steps: 3, average: vec![5.0, 6.0] };
        let two = Learner { weights: vec![3.0, 2.0], moments: vec![vec![2.0, 0.0]], steps: 3, average: vec![7.0, 6.0] };
        let both = mean(&[one.clone(), two]);
        assert_eq!(both.weights, [2.0, 2.0]);
        assert_eq!((both.moments, both.steps, both.average), (vec![vec![1.0, 2.0]], 3, vec![6.0, 6.0]));
        assert_eq!(mean(std::slice::from_ref(&one)), one);
    }

    #[test]
    fn three_count_a_third_each_and_none_are_nothing() {
        let of = |weight: f32, steps: u64| Learner { weights: vec![weight], steps, ..Learner::default() };
        let found = mean(&[of(1.0, 4), of(2.0, 6), of(6.0, 5)]);
        assert_eq!((found.weights, found.steps), (vec![3.0], 6));
        assert_eq!(mean(&[]), Learner::default());
    }
}
