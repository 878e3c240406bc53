//! How much memory a target may hold at once. The project promises that limits are checked before memory is taken, so
//! what a reader holds has to follow from the length of what it reads, and not from what a header says.
//!
//! The allocator of every program that links this crate counts the bytes that a thread holds. A thread under a limit that
//! would hold more ends the program, there and then: the stack says who asked. (Unwinding out of an allocator is not
//! allowed, and what is only found afterwards may have taken all memory before.)
#![allow(unsafe_code)]

use std::{
    alloc::{GlobalAlloc, Layout, System},
    backtrace::Backtrace,
    cell::Cell,
    io::Write,
};

thread_local! {
    /// Bytes that this thread took and has not given back. What another thread gives back for it counts for that one.
    static HELD: Cell<isize> = const { Cell::new(0) };
    /// How many it may hold.
    static MOST: Cell<isize> = const { Cell::new(isize::MAX) };
}

/// The system's allocator, counted.
struct Counted;

#[global_allocator]
static ALLOCATOR: Counted = Counted;

// SAFETY: every call is handed on to the system's allocator as it came; counting touches no memory of its own, since the
// counters are constants of the thread without destructors.
unsafe impl GlobalAlloc for Counted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: the caller's promises are the system's.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        count(layout.size() as isize);
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        count(-(layout.size() as isize));
        // SAFETY: as above.
        unsafe { System.dealloc(memory, layout) }
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(size as isize - layout.size() as isize);
        // SAFETY: as above.
        unsafe { System.realloc(memory, layout, size) }
    }
}

/// Counts bytes taken, or given back where they are below 0.
fn count(bytes: isize) {
    let held = HELD.get().saturating_add(bytes);
    HELD.set(held);
    // A panic may take what it needs to name its stack, and holds locks that `stop` would wait for.
    if bytes > 0 && held > MOST.get() && !std::thread::panicking() {
        stop(bytes, held);
    }
}

/// Ends the program with what was asked for, and with the stack where `RUST_BACKTRACE` wants it. To say so takes memory,
/// so the limit falls first.
fn stop(bytes: isize, held: isize) -> ! {
    let most = MOST.replace(isize::MAX);
    let stack = Backtrace::capture();
    // Not by `eprintln`, which in a test is kept until it ends. What cannot be told there has nowhere else to go.
    let _ = writeln!(
        std::io::stderr(),
        "\ntoo much memory: {bytes} more bytes would make {held}, and {most} may be held at once\n{stack}"
    );
    std::process::abort()
}

/// Does some work that may hold so many bytes more at once than are held now; the program ends where it holds more.
pub fn within<T>(most: usize, work: impl FnOnce() -> T) -> T {
    let limit = HELD.get().saturating_add(isize::try_from(most).unwrap_or(isize::MAX));
    let _limit = Limit(MOST.replace(limit));
    work()
}

/// Puts the limit back that was there before.
struct Limit(isize);

impl Drop for Limit {
    fn drop(&mut self) {
        MOST.set(self.0);
    }
}
