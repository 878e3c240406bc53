//! The page's sentence: what the model says, how far the attack may go, and what comes of it. Its number is a control.

use super::{
    epsilon::{Radius, aim},
    field::locked,
};
use crate::controls::number::NumberInput;
use crate::i18n::{tr, tr_with};
use crate::web::reactive::{effect, live, memo, text};
use crate::web::when::When;
use crate::{
    attack::{
        ignored::bounded,
        results::Phase,
        sticker::Sticker,
        words::{self, budget, bytes},
    },
    link::{OWN, Page},
    shell::state::State,
};
use gloo_timers::callback::Timeout;
use leptos::prelude::*;

/// How long an attack runs before its steps are counted for the visitor, milliseconds.
const LONG: u32 = 150;

/// The sentence, or what is still missing for it.
#[component]
pub fn Headline() -> impl IntoView {
    let state = expect_context::<State>();
    let waits = memo(move || state.waits());
    let said = memo(move || {
        let model = state.pair().into_iter().next()?;
        let (classes, job) = (state.classes(), state.job.get());
        state.results.with(|results| {
            let shown = results.shown.get(&model.id)?;
            if !waits.get() {
                return words::headline(&model.name, shown, &classes);
            }
            let under_way = !results.run.as_ref().is_some_and(|run| {
                Some(&run.job) == job.as_ref() && matches!(run.phase, Phase::Stopped | Phase::Failed(_))
            });
            let name = state.card().filter(|_| under_way).map(|card| card.name);
            let same = Some(shown).filter(|shown| job.is_some_and(|job| job.inputs == shown.job.inputs));
            Some(words::awaiting(&model.name, name.as_deref(), same, &classes))
        })
    });
    let norm = state.setting(|settings| settings.norm);
    let aim = aim(state);
    let quiet = state.setting(|settings| settings.attack == "none");
    let attacks = state.setting(|settings| settings.shows("attack"));
    let radius = Radius::of(state);
    // What an attack finds, epsilon or not, is no sentence before it has found it.
    let claim = move || {
        let waits = waits.get() && !bounded(aim.get());
        let name = state.card().map(|card| card.name).unwrap_or_default();
        // The square that is asked for, and not that of the result before it.
        let sticker = state.job.with(|job| job.as_deref().and_then(Sticker::of)).map(|sticker| sticker.side);
        (!waits).then(|| match sticker {
            Some(side) => words::painting(&name, side),
            None => budget(&name, norm.get(), aim.get(), state.format().kind.is_picture()),
        })
    };
    view! {
        <div class="headline">
            <When on=live(move || said.with(Option::is_some)) otherwise=move || nothing(state)>
                <p>
                    <span class="said">{text(move || said.get().map(|said| said.clean))}</span>
                    " "
                    <When on=live(move || !quiet.get())
                        otherwise=move || view! {
                            <span class="dim" hidden=live(move || !attacks.get())>
                                {tr("Choose an attack below to see it fooled.")}
                            </span>
                        }
                    >
                        {text(move || claim().map(|claim| claim + " "))}
                        <When on=live(move || bounded(aim.get()))>
                            <NumberInput
                                value=radius.value
                                range=radius.fine
                                label=tr("Epsilon, the attack's radius")
                                set=radius.set
                                rest=radius.rest
                                locked=locked(state, "eps")
                                drag=true
                            />
                        </When>
                        {text(move || match bounded(aim.get()) {
                            true if waits.get() => ". ",
                            true => ", ",
                            false => " ",
                        })}
                        <span class="outcome" class:waits=live(move || waits.get())>{text(move || said.get().map(|said| said.attacked))}</span>
                    </When>
                </p>
            </When>
            <Status />
        </div>
    }
}

/// Why there is no result yet; to data that have no model, with the way to one.
fn nothing(state: State) -> AnyView {
    let address = move || {
        let mut settings = state.linked.get();
        settings.page = Page::Train;
        format!("#{}", settings.fragment())
    };
    view! {
        <p class="missing">
            <When on=live(move || state.lacks_model()) otherwise=move || text(move || missing(state))>
                {tr("There is no model for these data yet. ")} <a href=text(address)>{tr("Train one")}</a>
            </When>
        </p>
    }
    .into_any()
}

/// Why there is no result yet.
pub(super) fn missing(state: State) -> String {
    let blank = state.subject.with(|subject| subject.as_ref().is_some_and(|subject| subject.is_blank()));
    if blank && state.format().kind.is_picture() {
        return tr("Draw a digit, and watch a neural network being fooled.").into();
    }
    if let Some((done, total)) = state.shipped.with(|shipped| shipped.progress()) {
        return tr_with("Loading digits and models: {0} of {1}.", &[&bytes(done as f64), &bytes(total as f64)]);
    }
    if state.shipped.with(|shipped| !shipped.failed.is_empty()) {
        return tr("Something that this experiment needs could not be loaded.").into();
    }
    if state.dead.get() {
        return tr("No engine could be started in this browser.").into();
    }
    if state.settings.with(|settings| settings.data.starts_with(OWN)) && !state.own.get() {
        return tr("Looking for the data that this browser keeps.").into();
    }
    if state.catalog.with(Option::is_none) {
        return tr("Starting the engine.").into();
    }
    tr("Attacking.").into()
}

/// Running with its progress and a way to stop; stopped; failed. The line keeps its height when there is nothing to say.
#[component]
fn Status() -> impl IntoView {
    let state = expect_context::<State>();
    let run = move |read: &dyn Fn(&crate::attack::results::Run) -> String| {
        state.results.with(|results| results.run.as_ref().map_or_else(String::new, read))
    };
    // Most attacks are over sooner than anybody reads; each count would be a frame that their engines wait for.
    let (timer, long) = (StoredValue::new_local(None::<Timeout>), RwSignal::new(false));
    let said = move || {
        let counts = long.get();
        run(&|run| match &run.phase {
            Phase::Running => match run.progress.filter(|_| counts) {
                Some((done, total)) => tr_with("Step {0} of {1}", &[&done, &total]),
                None => tr("Attacking").into(),
            },
            Phase::Stopped => tr("Stopped. Change anything to go on.").into(),
            // Why is said once, in the notes.
            Phase::Failed(_) => tr("This attack failed. Change anything to go on.").into(),
            Phase::Done(_) => String::new(),
        })
    };
    let running = memo(move || state.is_running());
    effect(move || {
        long.set(false);
        timer.set_value(running.get().then(|| Timeout::new(LONG, move || long.set(true))));
    });
    view! {
        <p class="status" class:running=live(move || running.get())>
            <span>{text(said)}</span>
            <button type="button" class="quiet" tabindex=text(move || if running.get() { "0" } else { "-1" }) on:click=move |_| state.stop()>
                {tr("Stop")}
            </button>
        </p>
    }
}
