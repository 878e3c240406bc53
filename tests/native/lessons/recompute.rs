//! Runs what a step's settings ask for as the page would, natively: settings, plan, session, and the host's answer.

use burn::tensor::Device;
use flate2::read::GzDecoder;
use foolproof::{
    attack::{defence, plan, results::Results},
    evaluate::{self, plan::Plan, report::About, study::Study},
    files::shipped::{Samples, Shipped},
    host::answer,
    link::{Facts, Page, Settings},
    train,
};
use foolproof_core::{
    catalog::Catalog,
    manifest::{File, Manifest},
    protocol::{Engine, EngineKind, Event, Inputs, Request, Ticket},
};
use foolproof_engine::session::Session;
use serde_json::Value;
use std::{cell::RefCell, collections::BTreeMap, io::Read, sync::Arc};

/// Cores of the machine that training settings are read for.
const CORES: usize = 2;

/// All that ships, a session with every model in it, and the results so far by their fragment.
pub struct Laboratory {
    manifest: Arc<Manifest>,
    catalog: Catalog,
    session: RefCell<Session>,
    shipped: RefCell<Shipped>,
    known: RefCell<BTreeMap<String, Option<Value>>>,
}

fn bytes(path: &str) -> Vec<u8> {
    std::fs::read(crate::checkout::root().join("static").join(path)).unwrap()
}

fn unzipped(file: &File) -> Vec<u8> {
    let mut out = Vec::new();
    GzDecoder::new(&bytes(&file.path)[..]).read_to_end(&mut out).unwrap();
    out
}

impl Laboratory {
    /// With every shipped model.
    pub fn open() -> Laboratory {
        let manifest: Arc<Manifest> = Arc::new(serde_json::from_slice(&bytes("manifest.json")).unwrap());
        let mut session = Session::new(Device::flex(), Engine { kind: EngineKind::Cpu, name: "native".into() });
        let Event::Ready { catalog, .. } = session.ready() else { panic!("a session begins with its catalog") };
        for model in &manifest.models {
            let weights = bytes(&model.weights.path);
            let request = Request::Model { id: model.id.clone(), architecture: model.architecture.clone(), weights };
            assert_eq!(session.accept(request), [Event::ModelReady { id: model.id.clone() }]);
        }
        let models = manifest.models.iter().map(|model| model.id.clone()).collect();
        let shipped = Shipped { manifest: Some(manifest.clone()), models, ..Shipped::default() };
        Laboratory {
            manifest,
            catalog,
            session: RefCell::new(session),
            shipped: RefCell::new(shipped),
            known: RefCell::default(),
        }
    }

    fn facts(&self) -> Facts<'_> {
        Facts { manifest: &self.manifest, catalog: Some(&self.catalog), own: true }
    }

    /// What the page would say of these settings, its other pages included.
    pub fn remarks(&self, settings: &Settings) -> Vec<String> {
        let mut settings = settings.clone();
        let mut remarks = settings.check(self.facts());
        remarks.extend(evaluate::request::EvaluationRequest::read(&settings, &self.manifest, &self.catalog).1);
        let training = train::request::TrainingRequest::read(&settings, &self.manifest, &self.catalog, CORES);
        remarks.extend(training.map(|(_, remarks)| remarks).unwrap_or_default());
        remarks.iter().map(|remark| remark.sentence()).collect()
    }

    /// The result that the host API would tell; `None` for training, which is minutes of work in a browser.
    pub fn result(&self, settings: &Settings) -> Option<Value> {
        let mut settings = settings.clone();
        settings.check(self.facts());
        let fragment = Settings { lesson: None, ..settings.clone() }.fragment();
        if let Some(known) = self.known.borrow().get(&fragment) {
            return known.clone();
        }
        let result = match settings.page {
            Page::Attack => Some(self.attack(&settings)),
            Page::Measure => Some(self.evaluation(&settings)),
            Page::Train | Page::Learn => None,
        };
        self.known.borrow_mut().insert(fragment, result.clone());
        result
    }

    fn work(&self, request: Request) -> Vec<Event> {
        let mut session = self.session.borrow_mut();
        let mut events = session.accept(request);
        while session.busy() {
            events.extend(pollster::block_on(session.advance(|| 0.0)));
        }
        events
    }

    /// The test shards that hold these images, loaded.
    fn load(&self, settings: &Settings, wanted: std::ops::Range<usize>) {
        let data = plan::dataset(settings, &self.manifest).unwrap();
        for shard in data.test.iter().filter(|one| one.first < wanted.end && wanted.start < one.first + one.count) {
            let samples = Samples::read(shard, data.shape, &unzipped(&shard.images), &unzipped(&shard.labels)).unwrap();
            self.shipped.borrow_mut().tests.insert((data.id.clone(), shard.first), Arc::new(samples));
        }
    }

    fn attack(&self, settings: &Settings) -> Value {
        if let foolproof::link::Input::Test(index) = settings.input {
            self.load(settings, index..index + 1);
        }
        self.load(settings, 0..1);
        let subject = self.shipped.borrow().subject(settings).expect("the input is among the shipped ones");
        let models = self.shipped.borrow().models.clone();
        let job = plan::attack(settings, self.facts(), &subject, &models).expect("there is an attack");
        let aim = plan::card(settings, self.facts()).expect("it has a card").aim;
        let job = self.shipped.borrow().accompany(settings, aim, job).expect("the test images are there");
        // The host is told of the chosen model alone.
        let job = foolproof_core::protocol::AttackJob { models: job.models[..1].to_vec(), ..job };
        let ticket = Ticket(1);
        let mut results = Results::default();
        results.sent(ticket, Arc::new(job.clone()), settings.clone());
        self.work(Request::Attack { ticket, job: job.clone() }).into_iter().for_each(|event| results.apply(event));
        let run = results.run.unwrap();
        let told = defence::first(&job).and_then(|model| answer::attack(&run, model, Value::Null));
        told.unwrap_or_else(|| panic!("{:?}", run.phase))
    }

    fn evaluation(&self, settings: &Settings) -> Value {
        let (request, _) = evaluate::request::EvaluationRequest::read(settings, &self.manifest, &self.catalog);
        let count = request.n;
        let plan = Plan::of(settings, request, &self.manifest, &self.catalog).unwrap();
        self.load(settings, 0..count);
        let inputs = self.inputs(settings, count);
        let training = || {
            let count = plan.references();
            let (pixels, labels) = crate::zoo::training_of(&plan.data.id, count);
            Inputs { shape: [count, 1, 28, 28], pixels, labels: Some(labels) }
        };
        let references = (plan.references() > 0).then(training);
        let mut study = Study::new(plan.clone(), inputs.labels.as_ref().unwrap());
        for (place, costed) in
            plan.jobs(&inputs, references).into_iter().enumerate().filter(|(_, costed)| costed.job.inputs.shape[0] > 0)
        {
            for event in self.work(Request::Evaluate { ticket: Ticket(1), job: costed.job }) {
                match event {
                    Event::Evaluated { part, .. } => study.add(place, part).unwrap(),
                    Event::Radii { found, .. } => study.add_radii(found).unwrap(),
                    Event::Votes { found, .. } => study.add_votes(found).unwrap(),
                    Event::Fault { fault, .. } => panic!("{}", fault.message),
                    _ => {}
                }
            }
        }
        evaluate::report_json::json(&study.report(About::default()))
    }

    fn inputs(&self, settings: &Settings, count: usize) -> Inputs {
        let shipped = self.shipped.borrow();
        let [channels, rows, columns] = plan::dataset(settings, &self.manifest).unwrap().shape;
        let samples: Vec<_> = (0..count).map(|index| shipped.test(&settings.data, index).unwrap()).collect();
        Inputs {
            shape: [count, channels, rows, columns],
            pixels: samples.iter().flat_map(|(pixels, _)| pixels.clone()).collect(),
            labels: Some(samples.iter().map(|(_, label)| u32::from(*label)).collect()),
        }
    }
}
