//! Every word of the Learn page and the lesson panel that is not in a lesson's own file, for one language.

/// Name of the page.
pub const PAGE: &str = "Learn";
/// What the page is for.
pub const INTRODUCTION: &str = "Each lesson is a few short steps. A step sets the page beside it to an exact experiment, says what to try, and asks something that you find out by doing it.";
/// Where the answers are.
pub const KEPT: &str = "Your answers stay in this browser.";
/// The same where nothing can be kept.
pub const NOT_KEPT: &str = "This browser keeps nothing for this page, so your answers last until the tab is closed.";
/// Forgets all answers.
pub const FORGET: &str = "Forget my answers";
/// While lessons load.
pub const LOADING: &str = "The lessons are on their way.";
/// While a step's link is being followed.
pub const OPENING: &str = "Opening the step.";
/// Asks for the files once more.
pub const AGAIN: &str = "Try again";
/// The panel's name.
pub const PANEL: &str = "Lesson";
/// Back to the overview.
pub const ALL: &str = "All lessons";
/// Closes the panel, and leaves the experiment as it is.
pub const CLOSE: &str = "Close the lesson";
/// Sets the step's state again.
pub const RESTORE: &str = "Back to this step's start";
/// The step before.
pub const BACK: &str = "Back";
/// The step after.
pub const NEXT: &str = "Next";
/// The lesson after.
pub const NEXT_LESSON: &str = "Next lesson";
/// Names the steps' links.
pub const STEPS: &str = "Steps";
/// What can be tried.
pub const TRY: &str = "Try";
/// Judges the chosen answer.
pub const CHECK: &str = "Check";
/// No answer is chosen.
pub const CHOOSE: &str = "Choose an answer first.";
/// The answer is right.
pub const RIGHT: &str = "Right.";
/// The answer is wrong.
pub const WRONG: &str = "Not quite.";
/// Title of a claim.
pub const CLAIM: &str = "A test of this page recomputes this number.";
/// Begins a lesson.
pub const BEGIN: &str = "Begin";
/// Goes on with a lesson.
pub const GO_ON: &str = "Go on";
/// Does a lesson again.
pub const REPEAT: &str = "Do it again";
/// Prints a lesson's worksheet.
pub const PRINT: &str = "Print worksheet";
/// Heading of the teacher's part.
pub const TEACHERS: &str = "For teachers";
/// Where the answer goes on a worksheet.
pub const NOTES: &str = "What I saw:";
/// Name on a worksheet.
pub const NAME: &str = "Name:";

/// Where one is in a lesson.
pub fn step_of(step: u32, last: u32) -> String {
    format!("Step {step} of {last}")
}

/// Name of a step's link.
pub fn step_name(step: u32, title: &str, right: bool) -> String {
    format!("Step {step}: {title}{}", if right { ", answered" } else { "" })
}

/// How far a lesson is.
pub fn answered(right: usize, all: usize) -> String {
    match right {
        0 => format!("{all} questions"),
        _ if right == all => format!("all {all} questions answered"),
        _ => format!("{right} of {all} questions answered"),
    }
}

/// How long a lesson takes.
pub fn minutes(minutes: u32) -> String {
    format!("{minutes} min")
}

/// There is no such lesson.
pub fn no_lesson(id: &str) -> String {
    format!("There is no lesson “{id}”.")
}

/// There is no such step.
pub fn no_step(title: &str, step: u32, last: u32) -> String {
    format!("“{title}” has {last} steps; there is no step {step}.")
}

/// The list cannot be read.
pub fn bad_list(why: &str) -> String {
    format!("The list of lessons cannot be read: {why}.")
}

/// Names the list of steps to link to.
pub const STEP_TO_LINK: &str = "Step to link to";
/// Without header and footer.
pub const COMPACT: &str = "Compact, for a frame";
/// Fixes a control.
pub const FIX_ATTACK: &str = "Fix the attack";
/// Fixes a control.
pub const FIX_NORM: &str = "Fix the norm";
/// Fixes a control.
pub const FIX_EPS: &str = "Fix epsilon";
/// Fixes a control.
pub const FIX_MODEL: &str = "Fix the model";
/// Fixes a control.
pub const FIX_INPUT: &str = "Fix the input";
/// Leaves something away.
pub const HIDE_DETAILS: &str = "Leave out the details";
/// Leaves something away.
pub const HIDE_STEPS: &str = "Stay on this step";
/// Leaves something away.
pub const HIDE_PAGES: &str = "Stay in this lesson";
