//! The checks that a session makes of its own engine: agreement with the CPU, and speed.

use crate::session::{job, session, work};
use foolproof_core::protocol::*;
use foolproof_engine::session::Session;
use std::cell::Cell;

#[test]
fn the_cpu_agrees_with_itself_and_has_a_speed() {
    let mut session = session();
    session.accept(Request::SelfTest { ticket: Ticket(1) });
    session.accept(Request::Measure { ticket: Ticket(2) });
    match &work(&mut session)[..] {
        [Event::Parity { checks, .. }, Event::Measured { single, batch, .. }] => {
            assert_eq!(checks.len(), 2);
            assert!(checks.iter().all(|check| check.passed && check.logits == 0.0 && check.gradient == 0.0));
            assert!(*single > 0.0 && *batch > 0.0);
        }
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_measurement_gives_way_to_an_attack_and_takes_few_steps_on_a_slow_engine() {
    let pieces = |millis: f64| {
        let (mut session, clock) = (session(), Cell::new(0.0));
        session.accept(Request::Measure { ticket: Ticket(1) });
        let advance = |session: &mut Session| {
            pollster::block_on(session.advance(|| {
                clock.set(clock.get() + millis);
                clock.get()
            }))
        };
        assert_eq!(advance(&mut session), [], "a step of many");
        session.accept(Request::Attack { ticket: Ticket(2), job: job(0.3, &[]) });
        let (mut count, mut attacked) = (1, false);
        while session.busy() {
            for event in advance(&mut session) {
                match event {
                    Event::Done { ticket: Ticket(2), .. } => attacked = true,
                    Event::Measured { single, batch, .. } => assert!(single > 0.0 && batch > 0.0),
                    _ => continue,
                }
                assert!(attacked, "the attack came first");
            }
            count += u32::from(attacked);
        }
        // The last piece of the attack is counted too.
        count - 1
    };
    assert_eq!((pieces(1.0), pieces(5000.0)), (2 * 9, 2 * 3));
}

/// What no engine can read, made of a message that it can.
fn unreadable() -> Vec<Vec<u8>> {
    let whole = postcard::to_allocvec(&Request::Attack { ticket: Ticket(1), job: job(0.3, &[]) }).unwrap();
    let garbage = [vec![99, 1, 2], vec![0xff; 64], vec![0, 0xff, 0xff, 0xff, 0xff, 0x0f]];
    let cut = (0..whole.len()).map(|length| whole[..length].to_vec());
    let longer = [[whole.as_slice(), &[0]].concat(), [whole.as_slice(), &whole].concat()];
    cut.chain(garbage).chain(longer).collect()
}

#[test]
fn a_message_that_cannot_be_read_is_answered_with_a_fault_and_the_next_one_is_carried_out() {
    let mut session = session();
    for bytes in unreadable() {
        let events = session.answer(Request::read(&bytes));
        let [Event::Fault { ticket: None, fault }] = events.as_slice() else { panic!("{events:?} to {bytes:?}") };
        assert_eq!(fault.kind, FaultKind::Version);
        assert!(fault.message.contains("page of another version"), "{fault}");
        assert!(fault.message.contains(&format!("{VERSION:08x}")), "{fault}");
        assert!(!session.busy());
    }
    let next = postcard::to_allocvec(&Request::Attack { ticket: Ticket(2), job: job(0.3, &[("steps", 2.0)]) }).unwrap();
    assert!(session.answer(Request::read(&next)).is_empty());
    assert!(matches!(work(&mut session).last(), Some(Event::Done { ticket: Ticket(2), .. })));
}
