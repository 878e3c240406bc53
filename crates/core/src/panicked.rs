//! What a panic has to say, for the people who see that something stopped.

use std::panic::PanicHookInfo;

/// A panic's message and place, as the end of a sentence: "index out of bounds (engine/src/ball.rs:12)".
pub fn said(info: &PanicHookInfo<'_>) -> String {
    let message = first_line(info.payload_as_str().unwrap_or("no message"));
    let place = info.location().map_or_else(String::new, |at| format!(" ({}:{})", short(at.file()), at.line()));
    format!("{message}{place}")
}

/// The end of a path: crate, folder and file, without the builder's own folders.
fn short(path: &str) -> String {
    let parts: Vec<&str> = path.split(['/', '\\']).collect();
    match parts.iter().rposition(|part| *part == "src") {
        Some(source) => parts[source.saturating_sub(1)..].join("/"),
        None => parts.last().copied().unwrap_or_default().to_string(),
    }
}

/// What a library has to say, as the end of a sentence: its first line, which may be long. The rest, such as a stack
/// or a shader's source, is for the console.
pub fn first_line(text: &str) -> String {
    let line: String = text.lines().next().unwrap_or_default().chars().take(200).collect();
    line.trim_end_matches(['.', ':', ' ']).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_begins_with_its_crate_and_a_text_ends_with_its_line() {
        let registry = "/home/a/.cargo/registry/src/index-1/burn-flex-0.22.1/src/ops/matmul.rs";
        assert_eq!(short(registry), "burn-flex-0.22.1/src/ops/matmul.rs");
        assert_eq!(short("/rustc/59807616/library/core/panicking.rs"), "panicking.rs");
        assert_eq!(short(r"C:\b\core\src\lib.rs"), "core/src/lib.rs");
        assert_eq!((short("src/session.rs"), short("main.rs")), ("src/session.rs".into(), "main.rs".into()));
        assert_eq!(first_line("no device: \nat main.rs"), "no device");
        assert_eq!(first_line(&"a".repeat(300)).len(), 200);
    }
}
