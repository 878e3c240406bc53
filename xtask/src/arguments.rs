//! The words after a command: flags and options by name, and whatever is left.

use anyhow::{Result, bail};

/// Words not yet taken.
pub struct Arguments(Vec<String>);

impl Arguments {
    /// From the words after the command's name.
    pub fn new(words: Vec<String>) -> Arguments {
        Arguments(words)
    }

    /// Takes `name` if it is there.
    pub fn flag(&mut self, name: &str) -> bool {
        let place = self.0.iter().position(|word| word == name);
        place.map(|at| self.0.remove(at)).is_some()
    }

    /// Takes `name VALUE` or `name=VALUE` if it is there; an error if its value is not.
    pub fn option(&mut self, name: &str) -> Result<Option<String>> {
        let prefix = format!("{name}=");
        if let Some(at) = self.0.iter().position(|word| word.starts_with(&prefix)) {
            return Ok(Some(self.0.remove(at)[prefix.len()..].to_owned()));
        }
        let Some(at) = self.0.iter().position(|word| word == name) else {
            return Ok(None);
        };
        if at + 1 >= self.0.len() {
            bail!("`{name}` needs a value after it");
        }
        let value = self.0.remove(at + 1);
        self.0.remove(at);
        Ok(Some(value))
    }

    /// Whatever is left, for a program that this command starts.
    pub fn rest(self) -> Vec<String> {
        self.0
    }

    /// An error if anything is left.
    pub fn finish(self) -> Result<()> {
        match self.0.first() {
            Some(word) => {
                bail!("`{word}` is not an option of this command; `cargo xtask help` lists them")
            }
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;

    fn of(words: &[&str]) -> Arguments {
        Arguments::new(words.iter().map(|word| word.to_string()).collect())
    }

    #[test]
    fn takes_flags_and_both_spellings_of_an_option() {
        let mut arguments = of(&["--quick", "--port", "80", "--public-url=/a/"]);
        assert!(arguments.flag("--quick"));
        assert!(!arguments.flag("--quick"), "a flag is taken once");
        assert_eq!(arguments.option("--port").unwrap().as_deref(), Some("80"));
        assert_eq!(arguments.option("--public-url").unwrap().as_deref(), Some("/a/"));
        assert!(arguments.finish().is_ok());
    }

    #[test]
    fn names_what_is_wrong() {
        assert!(of(&["--port"]).option("--port").unwrap_err().to_string().contains("--port"));
        assert!(of(&["--prot"]).finish().unwrap_err().to_string().contains("--prot"));
    }
}
