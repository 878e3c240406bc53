//! The lab's end of the bridge: listens to the page, tells it things, asks it questions and answers its own.

use super::{
    channel,
    messages::{self, LabAnswer, Lost, PageAnswer, PageQuestion, ToLab, ToPage},
    questions::{Questions, Then},
};
use crate::{host::message::Refusal, link::Job};
use foolproof_core::protocol::Fault;
use serde_json::Value;
use std::cell::RefCell;

thread_local! {
    /// What was asked of the page.
    static ASKED: RefCell<Questions<PageAnswer>> = const { RefCell::new(Questions::new()) };
    /// Numbers of the page's questions that are answered when a job is over.
    static WAITING: RefCell<Vec<(u32, Job)>> = const { RefCell::new(Vec::new()) };
}

/// Listens from now on. Answers go to whoever asked, everything else to `hear`.
pub fn start(hear: impl Fn(ToLab) + 'static) {
    let heard = move |bytes: &[u8]| match ToLab::read(bytes) {
        Ok(ToLab::Answer { id, answer }) => answered(id, answer),
        Ok(message) => hear(message),
        Err(why) => miss(bytes, &why),
    };
    channel::listen(channel::TO_LAB, Box::new(heard));
}

/// Says what is lost with a message that cannot be read: on the console, and to whoever waits for it.
fn miss(bytes: &[u8], why: &str) {
    channel::complain(why);
    match Lost::of(bytes) {
        Some(Lost::Question(id)) => answer(id, LabAnswer::Refused(messages::unreadable(why))),
        Some(Lost::Answer(id)) => answered(id, PageAnswer::Refused(messages::unreadable(why))),
        None => {}
    }
}

/// The question is answered when the job is over.
pub fn wait(id: u32, job: Job) {
    WAITING.with_borrow_mut(|waiting| waiting.push((id, job)));
}

/// Tells the page something.
pub fn tell(message: &ToPage) {
    channel::send(channel::TO_PAGE, message.write());
}

/// Tells the host, through the page, how far a job is.
pub fn tell_progress(value: &Value) {
    tell(&ToPage::Progress { json: value.to_string() });
}

/// Tells the host, through the page, what came of a job, and answers whoever asked for it.
pub fn tell_report(job: Job, value: &Value) {
    let json = value.to_string();
    tell(&ToPage::Result { json: json.clone() });
    over(job, &LabAnswer::Made { json });
}

/// Answers whoever asked for a job that it failed.
pub fn tell_fault(job: Job, fault: &Fault) {
    over(job, &LabAnswer::Refused(Refusal::from(fault)));
}

/// Answers whoever asked for a job that it was stopped without a result.
pub fn tell_stopped(job: Job) {
    over(job, &LabAnswer::Refused(Refusal::new("stopped", "The job was stopped.")));
}

/// Answers every question that waits for a job.
fn over(job: Job, what: &LabAnswer) {
    let asked: Vec<_> = WAITING.with_borrow_mut(|waiting| waiting.extract_if(.., |(_, of)| *of == job).collect());
    asked.into_iter().for_each(|(id, _)| answer(id, what.clone()));
}

/// Answers a question of the page.
pub fn answer(id: u32, answer: LabAnswer) {
    tell(&ToPage::Answer { id, answer });
}

/// Asks the page something; it answers before this returns.
pub fn ask(question: PageQuestion, then: Then<PageAnswer>) {
    let id = ASKED.with_borrow_mut(|asked| {
        let id = asked.number();
        asked.wait(id, then);
        id
    });
    tell(&ToPage::Ask { id, question });
}

fn answered(id: u32, answer: PageAnswer) {
    if let Some(then) = ASKED.with_borrow_mut(|asked| asked.answered(id)) {
        then(answer);
    }
}
