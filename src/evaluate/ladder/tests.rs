//! Members as settings, rungs, and verdicts.

use super::*;
use crate::link::join;

/// The settings that a member's keys make.
fn asked(member: &Member) -> Settings {
    Settings::read(&join(&member.keys().into_iter().map(|(key, value)| (key.to_owned(), value)).collect::<Vec<_>>())).0
}

#[test]
fn a_member_is_a_setting_of_the_link() {
    for member in &MEMBERS {
        assert_eq!(chosen(&asked(member)), Some(member), "{}", member.id);
        let again = Settings::read(&asked(member).fragment()).0;
        assert_eq!(chosen(&again), Some(member), "{}: a link keeps it", member.id);
    }
    let other = Settings { eps: Some(0.1), ..asked(&MEMBERS[0]) };
    assert_eq!(chosen(&other), None, "another radius is another question");
    let mut fewer = asked(&MEMBERS[0]);
    fewer.extra.insert("measure.n".into(), "10".into());
    assert_eq!(chosen(&fewer), Some(&MEMBERS[0]));
    assert_eq!(chosen(&Settings::default()), None);
}

#[test]
fn honest_members_stand_among_the_others_and_random_ones_have_rungs_of_their_own() {
    assert_eq!(MEMBERS.iter().filter(|member| member.honest).count(), 2);
    let names = |id: &str| {
        let member = MEMBERS.iter().find(|member| member.id == id).unwrap();
        member.rungs().iter().map(|rung| rung.name).collect::<Vec<_>>()
    };
    let fixed = ["Noise", "naive FGSM", "FGSM", "PGD", "Restarts", "BPDA", "Square", "DLR", "Transfer"];
    assert_eq!(names("quantised"), fixed);
    assert_eq!(names("shift").iter().filter(|name| fixed.contains(name)).count(), 8);
    assert!(names("shift").contains(&"EOT") && !names("shift").contains(&"Square"));
    assert!(MEMBERS.iter().all(|member| DefenceSpec::read(member.made.1).is_some() != member.made.1.is_empty()));
}

/// A climb of a member whose rungs leave this many of a hundred right.
fn climbed(id: &str, left: &[usize]) -> Climb {
    let member = MEMBERS.iter().find(|member| member.id == id).unwrap();
    let rungs = member.rungs().into_iter().zip(left);
    Climb { member, bars: rungs.map(|(rung, &right)| (rung, Some(Accuracy::of(right, 100)))).collect() }
}

#[test]
fn the_first_rung_that_leaves_a_tenth_brings_a_network_down() {
    let fallen = climbed("quantised", &[97, 96, 96, 95, 95, 10, 0, 0, 0]);
    assert_eq!(fallen.broken(), Some(5));
    assert_eq!(fallen.verdict(None), "BPDA brings it down: it was a disguise.");
    assert_eq!(fallen.verdict(Some(Some(5))), "BPDA brings it down: it was a disguise. You guessed right.");
    assert_eq!(fallen.verdict(Some(None)), "BPDA brings it down: it was a disguise. You guessed otherwise.");
    assert_eq!(climbed("quantised", &[97, 96, 96, 95, 95, 11]).broken(), None);
    let standing = climbed("trained", &[99, 98, 98, 97, 96, 96, 95, 95, 98]);
    assert_eq!(
        standing.verdict(Some(None)),
        "Nothing brings it down at this radius: that much is real. You guessed right."
    );
    let lucky = climbed("jpeg", &[99, 98, 98]).verdict(None);
    assert_eq!(lucky, "Nothing on this ladder brings it down. That proves nothing: another attack may.");
    let unknown = Climb { bars: vec![(&RUNGS[0], None), (&RUNGS[1], Some(Accuracy::of(0, 0)))], ..fallen };
    assert_eq!(unknown.broken(), None, "nothing was looked at");
}
