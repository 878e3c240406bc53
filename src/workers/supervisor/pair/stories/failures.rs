//! What a visitor meets when one of the two engines dies, refuses or is stopped.

use super::{Action, Cpu, Event, Fault, FaultKind, First, Input, Notice, Place, Request, Second, Ticket, Visit, job};

#[test]
fn a_second_engine_that_dies_is_started_again_and_given_up_in_silence() {
    let mut visit = Visit::paired();
    let ticket = visit.attack(0.3);
    visit.says(First, |ticket| Event::Done { ticket, millis: 1.0 });
    visit.breaks(Second, "The engine panicked: boom.");
    assert_eq!(visit.count(&Action::Spawn(Place(Second, Cpu))), 2);
    visit.ready(Second, Cpu);
    visit.says(Second, |ticket| Event::Done { ticket, millis: 4.0 });
    assert_eq!(visit.told_done().last(), Some(&(ticket, 4.0)), "nothing was lost");
    // It was up, so it is started three times again.
    for _ in 0..2 {
        visit.breaks(Second, "The engine panicked: boom.");
        visit.wait(5000.0);
        visit.ready(Second, Cpu);
    }
    let ticket = visit.attack(0.4);
    visit.says(First, |ticket| Event::Done { ticket, millis: 1.0 });
    visit.done.clear();
    visit.breaks(Second, "The engine panicked: boom.");
    assert_eq!(visit.count(&Action::Terminate(Place(Second, Cpu))), 1);
    let own = visit.sent(First).expect("the first does the whole job");
    assert_eq!(own.1, job(0.4));
    visit.says(First, |ticket| Event::Done { ticket, millis: 5.0 });
    assert_eq!(visit.told_done(), [(ticket, 5.0)]);
    assert!(!visit.done.iter().any(|action| matches!(action, Action::Notify(Notice::Fault(_)))), "nobody misses it");
    visit.attack(0.5);
    assert_eq!(visit.count(&Action::Spawn(Place(Second, Cpu))), 0, "it is given up");
}

#[test]
fn what_an_engine_refuses_is_told_once() {
    let mut visit = Visit::paired();
    let ticket = visit.attack(0.3);
    let before = visit.told().len();
    let fault = Fault::new(FaultKind::NotFinite, "The model's answers are no numbers.");
    let refused = |ticket| Event::Fault { ticket: Some(ticket), fault: fault.clone() };
    visit.says(Second, refused);
    visit.says(First, refused);
    assert_eq!(visit.told()[before..], [&refused(ticket)]);
}

#[test]
fn a_stop_is_answered_when_both_have_stopped() {
    let mut visit = Visit::paired();
    visit.attack(0.3);
    visit.done.clear();
    visit.pair.stop(visit.now);
    visit.catch_up();
    let stops: Vec<(Place, Ticket)> = visit
        .done
        .iter()
        .filter_map(|action| match action {
            Action::Send(place, Request::Stop { ticket }) => Some((*place, *ticket)),
            _ => None,
        })
        .collect();
    assert_eq!(stops.len(), 2);
    for (count, (place, ticket)) in stops.into_iter().enumerate() {
        assert_eq!(visit.count(&Action::Notify(Notice::Stopped)), 0, "{count} have stopped");
        visit.hear(Input::Said(place, Event::Stopped { ticket }));
    }
    assert_eq!(visit.count(&Action::Notify(Notice::Stopped)), 1);
}
