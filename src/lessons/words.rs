//! Every word of the Learn page and the lesson panel that is not in a lesson's own file.

use crate::i18n::{tr_mark, tr_with};

/// Name of the page.
pub const PAGE: &str = tr_mark("Learn");
/// What the page is for.
pub const INTRODUCTION: &str = tr_mark(
    "Each lesson is a few short steps. A step sets the page beside it to an exact experiment, says what to try, and asks something that you find out by doing it.",
);
/// Where the answers are.
pub const KEPT: &str = tr_mark("Your answers stay in this browser.");
/// The same where nothing can be kept.
pub const NOT_KEPT: &str =
    tr_mark("This browser keeps nothing for this page, so your answers last until the tab is closed.");
/// Forgets all answers.
pub const FORGET: &str = tr_mark("Forget my answers");
/// While lessons load.
pub const LOADING: &str = tr_mark("The lessons are on their way.");
/// While a step's link is being followed.
pub const OPENING: &str = tr_mark("Opening the step.");
/// Asks for the files once more.
pub const AGAIN: &str = tr_mark("Try again");
/// The panel's name.
pub const PANEL: &str = tr_mark("Lesson");
/// Back to the overview.
pub const ALL: &str = tr_mark("All lessons");
/// Closes the panel, and leaves the experiment as it is.
pub const CLOSE: &str = tr_mark("Close the lesson");
/// Sets the step's state again.
pub const RESTORE: &str = tr_mark("Back to this step's start");
/// Brings back what the step does not use.
pub const ALL_CONTROLS: &str = tr_mark("Show all controls");
/// Leaves it away again.
pub const USED_CONTROLS: &str = tr_mark("Show only what this step uses");
/// Names the buttons that make the panel higher and lower.
pub const SHEET: &str = tr_mark("Room for the lesson's text");
/// More of the text, less of the page.
pub const HIGHER: &str = tr_mark("More of the text");
/// Less of the text, more of the page.
pub const LOWER: &str = tr_mark("Less of the text");
/// The step before.
pub const BACK: &str = tr_mark("Back");
/// The step after.
pub const NEXT: &str = tr_mark("Next");
/// The lesson after.
pub const NEXT_LESSON: &str = tr_mark("Next lesson");
/// Names the steps' links.
pub const STEPS: &str = tr_mark("Steps");
/// What can be tried.
pub const TRY: &str = tr_mark("Try");
/// Judges the chosen answer.
pub const CHECK: &str = tr_mark("Check");
/// No answer is chosen.
pub const CHOOSE: &str = tr_mark("Choose an answer first.");
/// The answer is right.
pub const RIGHT: &str = tr_mark("Right.");
/// The answer is wrong.
pub const WRONG: &str = tr_mark("Not quite.");
/// Title of a claim.
pub const CLAIM: &str = tr_mark("A test of this page recomputes this number.");
/// Begins a lesson.
pub const BEGIN: &str = tr_mark("Begin");
/// Goes on with a lesson.
pub const GO_ON: &str = tr_mark("Go on");
/// Does a lesson again.
pub const REPEAT: &str = tr_mark("Do it again");
/// Prints a lesson's worksheet.
pub const PRINT: &str = tr_mark("Print worksheet");
/// Heading of the teacher's part.
pub const TEACHERS: &str = tr_mark("For teachers");
/// Where the answer goes on a worksheet.
pub const NOTES: &str = tr_mark("What I saw:");
/// Name on a worksheet.
pub const NAME: &str = tr_mark("Name:");

/// Where one is in a lesson.
pub fn step_of(step: u32, last: u32) -> String {
    tr_with("Step {0} of {1}", &[&step, &last])
}

/// Name of a step's link.
pub fn step_name(step: u32, title: &str, right: bool) -> String {
    tr_with(if right { tr_mark("Step {0}: {1}, answered") } else { tr_mark("Step {0}: {1}") }, &[&step, &title])
}

/// How far a lesson is.
pub fn answered(right: usize, all: usize) -> String {
    match right {
        0 => tr_with("{0} questions", &[&all]),
        _ if right == all => tr_with("all {0} questions answered", &[&all]),
        _ => tr_with("{0} of {1} questions answered", &[&right, &all]),
    }
}

/// How long a lesson takes.
pub fn minutes(minutes: u32) -> String {
    tr_with("{0} min", &[&minutes])
}

/// There is no such lesson.
pub fn no_lesson(id: &str) -> String {
    tr_with("There is no lesson “{0}”.", &[&id])
}

/// There is no such step.
pub fn no_step(title: &str, step: u32, last: u32) -> String {
    tr_with("“{0}” has {1} steps; there is no step {2}.", &[&title, &last, &step])
}

/// The list cannot be read.
pub fn bad_list(why: &str) -> String {
    tr_with("The list of lessons cannot be read: {0}.", &[&why])
}

/// Names the list of steps to link to.
pub const STEP_TO_LINK: &str = tr_mark("Step to link to");
/// Without header and footer.
pub const COMPACT: &str = tr_mark("Compact, for a frame");
/// Fixes a control.
pub const FIX_ATTACK: &str = tr_mark("Fix the attack");
/// Fixes a control.
pub const FIX_NORM: &str = tr_mark("Fix the norm");
/// Fixes a control.
pub const FIX_EPS: &str = tr_mark("Fix epsilon");
/// Fixes a control.
pub const FIX_MODEL: &str = tr_mark("Fix the model");
/// Fixes a control.
pub const FIX_INPUT: &str = tr_mark("Fix the input");
/// Leaves something away.
pub const HIDE_DETAILS: &str = tr_mark("Leave out the details");
/// Leaves something away.
pub const HIDE_STEPS: &str = tr_mark("Stay on this step");
/// Leaves something away.
pub const HIDE_PAGES: &str = tr_mark("Stay in this lesson");
