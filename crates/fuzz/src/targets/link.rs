//! The state link: any text gives whole settings, and those survive the way through a link of their own.

use foolproof::link::{Settings, bounded};

/// A fragment.
pub fn check(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let (settings, _) = Settings::read(text);
    whole(&settings);
}

/// Settings that came from anybody, as any link leaves them.
pub fn whole(settings: &Settings) {
    assert!(settings.eps.is_none_or(|eps| eps.is_finite() && eps >= 0.0), "{:?}", settings.eps);
    assert!(settings.step.is_none_or(|step| step.is_finite() && step > 0.0), "{:?}", settings.step);
    let fragment = settings.fragment();
    assert!(fragment.bytes().all(|byte| byte.is_ascii_graphic()), "{fragment}");
    // What was short as it came may be too long once it is encoded.
    if bounded(fragment.len()).is_ok() {
        let (again, remarks) = Settings::read(&fragment);
        assert_eq!(&again, settings, "{fragment}");
        assert_eq!(remarks, [], "{fragment}");
    }
}
