//! Points in the plane as a worker trains on them: PGD moves the border away from the points where natural training does
//! not, and a worker answers on many places at once.

use burn::tensor::Device;
use foolproof::train::{plane_picture::Mark, request::inputs};
use foolproof_core::catalog::Norm;
use foolproof_core::plane::{Figure, Points, SHAPE, network, outline};
use foolproof_core::protocol::*;
use foolproof_core::report::Accuracy;
use foolproof_core::training::{self, Answer, Checkpoint, Ending, Examination, Order, Run, Settings};
use foolproof_core::weights::{self, Precision};
use foolproof_engine::attacks;
use foolproof_engine::session::Session;

/// A worker that has the points, and what it trains.
struct Place {
    session: Session,
    points: Points,
    settings: Settings,
}

impl Place {
    fn new(figure: Figure, method: &str) -> Place {
        let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "test".into() });
        let points = figure.draw(100, figure.usual_noise(), 1, 0);
        let Points { pixels, labels } = points.clone();
        assert!(
            session
                .accept(Request::Pictures { id: "points".into(), shape: SHAPE, values: pixels.into(), labels })
                .is_empty()
        );
        let eps = figure.usual_eps(Norm::Linf) as f32;
        let mut settings = training::points(network(64, figure.classes()), "points", eps, 300.0, 1);
        settings.recipe.method = method.into();
        settings.recipe.knobs.clear();
        Place { session, points, settings }
    }

    fn all(&mut self, request: Request) -> Vec<Event> {
        let mut events = self.session.accept(request);
        let time = std::cell::Cell::new(0.0);
        while self.session.busy() {
            events.extend(pollster::block_on(self.session.advance(|| time.replace(time.get() + 1000.0))));
        }
        events
    }

    fn model(&mut self, values: &[f32]) {
        let architecture = self.settings.architecture.clone();
        let weights = weights::write(&architecture, values, Precision::Full).unwrap();
        let id = "now".to_owned();
        assert_eq!(self.all(Request::Model { id: id.clone(), architecture, weights }), [Event::ModelReady { id }]);
    }

    fn marks(&mut self, values: &[f32], attack: AttackSpec) -> Vec<Mark> {
        self.model(values);
        let (models, inputs) = (vec!["now".to_owned()], inputs(&self.points));
        let job = EvaluationJob::new(models, inputs, vec![attack], 1);
        let parts =
            self.all(Request::Evaluate { ticket: Ticket(2), job }).into_iter().filter_map(|event| match event {
                Event::Evaluated { part, .. } => Some(part.samples),
                _ => None,
            });
        parts.flatten().map(|sample| Mark::of(&sample)).collect()
    }

    fn examine(&mut self, values: &[f32]) -> Examination {
        let marks = self.marks(values, self.settings.examination());
        let single = self.marks(values, self.settings.single());
        let held: fn(&Mark) -> bool = |mark| mark.held;
        let share = |marks: &[Mark], told: fn(&Mark) -> bool| {
            Accuracy::of(marks.iter().filter(|mark| told(mark)).count(), marks.len())
        };
        let clean = share(&marks, |mark| mark.right);
        Examination { clean, robust: share(&marks, held), single: share(&single, held) }
    }

    /// Trains to the end, as the lab does with one worker.
    fn train(&mut self) -> Run {
        let mut run = Run::new(Checkpoint::new(self.settings.clone(), Learner::default()));
        while run.ending().is_none() {
            for order in run.next(0.0) {
                let (tag, answer) = match order {
                    Order::Round { tag, job } => (tag, self.round(job)),
                    Order::Examine { tag, weights } => (tag, Answer::Examined(self.examine(&weights))),
                };
                run.hear(tag, answer, 0.0);
            }
        }
        run
    }

    fn round(&mut self, job: Box<TrainingJob>) -> Answer {
        match self.all(Request::Train { ticket: Ticket(1), job }).into_iter().next() {
            Some(Event::Trained { replica, learner, lesson, .. }) => Answer::Trained { replica, learner, lesson },
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn pgd_moves_the_border_away_from_the_moons_and_does_so_alike_each_time() {
    let trained = |method: &str| {
        let mut place = Place::new(Figure::Moons, method);
        let run = place.train();
        assert_eq!(run.ending(), Some(Ending::Finished));
        let values = run.checkpoint().model().to_vec();
        (place.examine(&values), values)
    };
    let (natural, _) = trained("standard");
    let (robust, values) = trained("pgd");
    assert!(natural.clean.value > 0.97 && robust.clean.value > 0.85, "{natural:?} {robust:?}");
    assert!(robust.robust.value > natural.robust.value + 0.15, "{natural:?} {robust:?}");
    assert_eq!(trained("pgd").1, values);
}

#[test]
fn every_figure_and_norm_can_be_trained_on_and_scored_by_the_scoreboards_attacks() {
    for (figure, norm) in Figure::ALL.into_iter().zip([Norm::L2, Norm::L1, Norm::Linf, Norm::L2]) {
        let mut place = Place::new(figure, "pgd");
        place.settings.recipe.norm = norm;
        place.settings.budget.epochs = 10.0;
        let values = place.train().checkpoint().model().to_vec();
        for (id, knob) in [("apgd-ce", ("steps", 10.0)), ("square", ("queries", 20.0))] {
            let card = attacks::cards().into_iter().find(|card| card.id == id).unwrap();
            if !card.norms.contains(&norm) {
                continue;
            }
            let knobs = [(knob.0.to_owned(), knob.1)].into();
            let attack = AttackSpec { id: id.into(), knobs, ..place.settings.examination() };
            let marks = place.marks(&values, attack);
            assert_eq!(marks.len(), 100, "{figure:?} {norm:?} {id}");
            let inside = |mark: &Mark| mark.end.iter().all(|at| (0.0..=1.0).contains(at));
            assert!(marks.iter().all(inside), "{figure:?} {norm:?} {id}");
        }
    }
}

#[test]
fn a_worker_answers_on_a_whole_grid_what_the_network_does() {
    let mut place = Place::new(Figure::Blobs, "standard");
    place.settings.budget.epochs = 60.0;
    let values = place.train().checkpoint().model().to_vec();
    place.model(&values);
    let grid = outline::grid(61);
    let inputs = Inputs { shape: [grid.len(), 1, 1, 2], pixels: grid.into_iter().flatten().collect(), labels: None };
    let attack = place.settings.examination();
    let job = AttackJob {
        models: vec!["now".into()],
        inputs: inputs.clone(),
        attack,
        company: None,
        detection: None,
        seed: 1,
    };
    let asked = ExplainJob { job, adversarial: Vec::new(), question: Question::Answers };
    let events = place.all(Request::Explain { ticket: Ticket(3), job: pack(&asked).unwrap() });
    let [Event::Explained { answer, .. }, Event::Done { .. }] = &events[..] else { panic!("{events:?}") };
    let Ok(Explained::Answers(answers)) = unpack(answer) else { panic!("no answers") };
    assert_eq!(answers.len(), 3 * 61 * 61);
    assert!(answers.chunks_exact(3).all(|one| (one.iter().sum::<f32>() - 1.0).abs() < 1e-5));
    // In the top middle lies the first blob, and in the lower corners the others.
    let at = |row: usize, column: usize| outline::leader(&answers[3 * (61 * row + column)..][..3]).0;
    assert_eq!([at(14, 30), at(39, 16), at(39, 44)], [0, 1, 2]);
    let empty = Inputs { shape: [0, 1, 1, 2], pixels: Vec::new(), labels: None };
    let job = AttackJob { inputs: empty, ..asked.job.clone() };
    let refused = place.all(Request::Explain { ticket: Ticket(4), job: pack(&ExplainJob { job, ..asked }).unwrap() });
    assert!(matches!(&refused[..], [Event::Fault { ticket: Some(Ticket(4)), .. }]), "{refused:?}");
}
