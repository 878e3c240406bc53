//! Requests through a real message channel, the pause that lets them in, the clock, the logged lines that matter.

use foolproof_browser::{clock::now, pause::Pause};
use foolproof_core::{
    catalog::Norm,
    protocol::{AttackJob, AttackSpec, FaultKind, Inputs, Request, Ticket},
};
use foolproof_worker::{alarm, inbox::Inbox};
use js_sys::Uint8Array;
use log::Level;
use std::{cell::Cell, collections::BTreeMap, rc::Rc};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{MessageChannel, MessageEvent};

fn attack() -> Request {
    let job = AttackJob {
        models: vec!["mnist-cnn".into(), "mnist-cnn-robust".into()],
        inputs: Inputs { shape: [1, 1, 28, 28], pixels: vec![0.25; 784], labels: Some(vec![3]) },
        attack: AttackSpec {
            id: "pgd".into(),
            norm: Norm::Linf,
            eps: 0.1,
            target: None,
            knobs: BTreeMap::from([("steps".into(), 40.0)]),
            limits: Vec::new(),
        },
        company: None,
        detection: None,
        seed: u64::MAX,
    };
    Request::Attack { ticket: Ticket(7), job }
}

fn bytes(request: &Request) -> JsValue {
    Uint8Array::from(postcard::to_allocvec(request).unwrap().as_slice()).into()
}

/// An inbox at the far end of a channel, as a worker's is at the far end of its page.
fn channel() -> (MessageChannel, Rc<Inbox>) {
    let (channel, inbox) = (MessageChannel::new().unwrap(), Rc::new(Inbox::default()));
    let listener = {
        let inbox = inbox.clone();
        Closure::<dyn Fn(MessageEvent)>::new(move |event: MessageEvent| inbox.put(&event.data()))
    };
    channel.port2().set_onmessage(Some(listener.into_js_value().unchecked_ref()));
    (channel, inbox)
}

#[wasm_bindgen_test]
async fn requests_come_out_as_they_went_in_and_in_order() {
    let (channel, inbox) = channel();
    let sent = [attack(), Request::Stop { ticket: Ticket(8) }];
    for request in &sent {
        channel.port1().post_message(&bytes(request)).unwrap();
    }
    let mut got = Vec::new();
    while got.len() < sent.len() {
        inbox.filled().await;
        got.extend(inbox.take());
    }
    assert_eq!(got, sent.map(Ok));
}

#[wasm_bindgen_test]
fn what_is_no_request_is_a_fault_and_no_panic() {
    let inbox = Inbox::default();
    let whole = postcard::to_allocvec(&attack()).unwrap();
    let longer = Uint8Array::from([whole.as_slice(), &[0]].concat().as_slice());
    let cut = Uint8Array::from(&whole[..whole.len() - 1]);
    // One claims a model's id of four thousand million bytes.
    let huge = Uint8Array::from([0, 0xff, 0xff, 0xff, 0xff, 0x0f].as_slice());
    let unknown = Uint8Array::from([99].as_slice());
    let nonsense: [JsValue; 6] =
        ["attack".into(), unknown.into(), huge.into(), longer.into(), cut.into(), JsValue::NULL];
    nonsense.iter().for_each(|data| inbox.put(data));
    let taken = inbox.take();
    assert_eq!(taken.len(), nonsense.len());
    for answer in taken {
        let fault = answer.unwrap_err();
        assert_eq!(fault.kind, FaultKind::Version);
        assert!(fault.message.starts_with("The engine got a message it cannot read"));
    }
}

#[wasm_bindgen_test]
fn the_tests_of_recovery_can_ask_for_a_panic_with_one_byte() {
    assert_eq!(postcard::to_allocvec(&Request::Panic).unwrap(), [6]);
}

#[wasm_bindgen_test]
async fn a_pause_lets_in_what_was_posted_before_it() {
    let (pause, (channel, inbox)) = (Pause::new(), channel());
    pause.macrotask().await;
    for _ in 0..100 {
        channel.port1().post_message(&bytes(&attack())).unwrap();
        assert!(inbox.take().is_empty(), "a message came in the middle of a piece of work");
        pause.macrotask().await;
        assert_eq!(inbox.take().len(), 1);
    }
}

#[wasm_bindgen_test]
async fn a_pause_lets_timers_in() {
    let fired = Rc::new(Cell::new(false));
    let timer = {
        let fired = fired.clone();
        gloo_timers::callback::Timeout::new(5, move || fired.set(true))
    };
    let (pause, begin) = (Pause::new(), now());
    while !fired.get() && now() - begin < 5000.0 {
        pause.macrotask().await;
    }
    assert!(fired.get(), "the timer starved");
    drop(timer);
}

#[wasm_bindgen_test]
async fn a_pause_costs_less_than_a_nested_timer() {
    let (pause, begin) = (Pause::new(), now());
    for _ in 0..50 {
        pause.macrotask().await;
    }
    let middle = now();
    for _ in 0..50 {
        gloo_timers::future::TimeoutFuture::new(0).await;
    }
    let (pauses, timers) = (middle - begin, now() - middle);
    assert!(pauses > 0.0 && 2.0 * pauses < timers, "50 pauses take {pauses} ms, 50 timers {timers} ms");
}

#[wasm_bindgen_test]
fn a_refused_shader_is_fatal_and_a_warning_of_others_is_not() {
    let kind = |level, target, line| alarm::judged(level, target, line).map(|fault| fault.kind);
    let shader = "[cubecl-wgpu] WGSL compilation failed for kernel `matmul`:\nexpected ';'";
    assert_eq!(kind(Level::Error, "cubecl_wgpu::backend::base", shader), Some(FaultKind::Gpu));
    assert_eq!(kind(Level::Warn, "cubecl_wgpu::compute::stream", "launch failed"), Some(FaultKind::Gpu));
    let told = alarm::judged(Level::Error, "cubecl_wgpu::backend::base", shader).map(|fault| fault.message);
    assert!(told.is_some_and(|message| message.ends_with("for kernel `matmul`.")), "one line, one sentence");
    let lost = "the wgpu device was lost (Destroyed): bye";
    assert_eq!(kind(Level::Error, "cubecl_wgpu::compute::device_poison", lost), Some(FaultKind::Crash));
    assert_eq!(kind(Level::Warn, "cubecl_server::command", "device allocation failed; reclaiming"), None);
    assert_eq!(kind(Level::Error, "burn_flex", "something else"), None);
}
