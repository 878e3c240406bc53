//! Workers that speak, that break, that are not there; and a supervisor without any engine.

use foolproof::{
    link::EnginePreference,
    workers::{
        client::{Heard, Thread},
        supervisor::{Notice, Supervisor, pair::Pair},
    },
};
use foolproof_browser::{adapter, pause::Pause};
use foolproof_core::protocol::{Event, FaultKind, Ticket};
use js_sys::Array;
use std::{cell::RefCell, rc::Rc};
use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;

/// What `www/start.js` sets up before the page: no texts of another language, and sentences as they are heard.
fn say_in_english() {
    js_sys::eval("globalThis.foolproofTexts ??= new Map(); globalThis.foolproofHeard ??= (text) => text").unwrap();
}

/// The address of a worker with this program.
fn program(source: &str) -> String {
    let blob = js_sys::Function::new_with_args(
        "source",
        "return URL.createObjectURL(new Blob([source], { type: 'text/javascript' }))",
    );
    blob.call1(&JsValue::NULL, &source.into()).unwrap().as_string().unwrap()
}

/// JavaScript that posts an event's bytes.
fn posting(event: &Event) -> String {
    let bytes: Array = postcard::to_allocvec(event).unwrap().into_iter().map(JsValue::from).collect();
    format!("postMessage(new Uint8Array([{}]));", String::from(bytes.join(",")))
}

/// Waits until enough was heard.
async fn hear(address: &str, count: usize) -> Vec<Heard> {
    let heard = Rc::new(RefCell::new(Vec::new()));
    let thread = {
        let heard = heard.clone();
        Thread::start(address, move |what| heard.borrow_mut().push(what)).unwrap()
    };
    let pause = Pause::new();
    while heard.borrow().len() < count {
        pause.macrotask().await;
    }
    drop(thread);
    heard.take()
}

#[wasm_bindgen_test]
async fn events_and_heartbeats_are_told_apart() {
    say_in_english();
    let event = Event::Stopped { ticket: Ticket(3) };
    let source = format!("postMessage(new Uint8Array(0)); {}", posting(&event));
    assert_eq!(hear(&program(&source), 2).await, [Heard::Alive, Heard::Event(event)]);
}

#[wasm_bindgen_test]
async fn nonsense_from_a_worker_is_told() {
    say_in_english();
    let heard = hear(&program("postMessage('hello'); postMessage(new Uint8Array([250]));"), 2).await;
    for what in heard {
        assert_eq!(what, Heard::Broke("The engine sent something that the page cannot read.".into()));
    }
}

#[wasm_bindgen_test]
async fn an_error_in_a_worker_is_told_with_its_message() {
    say_in_english();
    let heard = hear(&program("throw new Error('out of memory.')"), 1).await;
    let Heard::Broke(why) = &heard[0] else { panic!("{heard:?}") };
    assert!(why.starts_with("The engine failed: ") && why.contains("out of memory"), "{why}");
}

#[wasm_bindgen_test]
async fn a_worker_whose_file_or_whose_module_is_missing_is_told() {
    say_in_english();
    let origin = js_sys::eval("location.origin").unwrap().as_string().unwrap();
    let importing = program(&format!("import init from '{origin}/no-such-engine.js'; await init();"));
    for address in ["./no-such-engine.js?build=1", &importing] {
        // This test's runner wraps workers in a script of its own, whose words these may be.
        assert!(matches!(&hear(address, 1).await[0], Heard::Broke(why) if why.starts_with("The engine")));
    }
}

#[wasm_bindgen_test]
async fn a_worker_ended_while_it_is_heard_says_no_more() {
    say_in_english();
    let source = format!("for (;;) {{ {} }}", posting(&Event::Stopped { ticket: Ticket(1) }));
    let (thread, heard) = (Rc::new(RefCell::new(None)), Rc::new(RefCell::new(0)));
    let listener = {
        let (thread, heard) = (thread.clone(), heard.clone());
        move |_| {
            *heard.borrow_mut() += 1;
            // The listener drops itself here, with everything it holds.
            thread.borrow_mut().take();
        }
    };
    *thread.borrow_mut() = Some(Thread::start(&program(&source), listener).unwrap());
    let pause = Pause::new();
    while *heard.borrow() == 0 {
        pause.macrotask().await;
    }
    for _ in 0..50 {
        pause.macrotask().await;
    }
    assert_eq!(*heard.borrow(), 1);
}

#[wasm_bindgen_test]
async fn a_page_whose_engine_is_missing_says_so_and_lives() {
    say_in_english();
    // A GPU that is not there either, whatever this browser has.
    js_sys::eval("Object.defineProperty(navigator, 'gpu', { value: undefined, configurable: true })").unwrap();
    let notices = Rc::new(RefCell::new(Vec::new()));
    let supervisor = {
        let notices = notices.clone();
        let pair = |now| Pair::new(EnginePreference::Auto, 1, now);
        Supervisor::start(pair, move |notice| notices.borrow_mut().push(notice))
    };
    assert!(notices.borrow().is_empty(), "a notice came before its receiver can know the supervisor");
    let pause = Pause::new();
    let has = |wanted: fn(&Notice) -> bool| notices.borrow().iter().any(wanted);
    while !has(|notice| *notice == Notice::Probe) {
        pause.macrotask().await;
    }
    let answer = adapter::probe().await.map(|adapter| adapter.name).map_err(|fault| fault.message);
    supervisor.decide(|pair, now| pair.probed(now, answer));
    while !has(|notice| matches!(notice, Notice::Fault(_))) {
        pause.macrotask().await;
    }
    let last = notices.borrow().iter().rev().find_map(|notice| match notice {
        Notice::Status(status) => Some(status.clone()),
        _ => None,
    });
    let status = last.expect("a status");
    assert!(!status.ready);
    assert!(
        status.reason.starts_with("The engine could not be started. Please check the connection"),
        "{}",
        status.reason
    );
    supervisor.decide(|pair, now| pair.stop(now));
    assert!(!has(|notice| *notice == Notice::Stopped), "a notice came from within a call");
    pause.macrotask().await;
    assert_eq!(notices.borrow().last(), Some(&Notice::Stopped));
    let fault = notices.borrow().iter().find_map(|notice| match notice {
        Notice::Fault(fault) => Some(fault.kind),
        _ => None,
    });
    assert_eq!(fault, Some(FaultKind::File));
    js_sys::eval("delete navigator.gpu").unwrap();
}
