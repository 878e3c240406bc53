//! Folders and tables of pictures.

use super::made::{Made, folder, picture, read};

fn told(files: Made) -> String {
    read(files, 1).unwrap_err()
}

/// Twelve pictures in one folder, and this table beside them.
fn with_table(name: &str, table: &str) -> Made {
    let mut files: Vec<_> = (0..12).map(|at| (format!("set/p{at}.png"), picture(4, 4, at as u8))).collect();
    files.push((format!("set/{name}"), table.as_bytes().to_vec()));
    Made(files)
}

fn lines(line: impl Fn(usize) -> String) -> String {
    (0..12).map(|at| line(at) + "\n").collect()
}

#[test]
fn folders_are_classes_in_the_order_people_count() {
    let own = read(folder(&[("10", 10), ("9", 10)]), 1).unwrap();
    assert_eq!((own.classes, own.shape), (vec!["9".to_owned(), "10".into()], [1, 4, 4]));
    assert_eq!((own.train.labels.len(), own.test.labels.len()), (16, 4));
    assert_eq!((own.notices, own.skipped.count()), (vec![], 0));
}

#[test]
fn a_test_folder_is_kept_and_validation_is_trained_on() {
    let mut files = Vec::new();
    for (part, count) in [("train", 6), ("val", 2), ("test", 3)] {
        for class in ["cat", "dog"] {
            files.extend((0..count).map(|at| (format!("a/{part}/{class}/images/{at}.PNG"), picture(4, 4, at))));
        }
    }
    let own = read(Made(files), 1).unwrap();
    assert_eq!((own.train.labels.len(), own.test.labels.len()), (16, 6));
    assert_eq!((own.classes, own.notices.len()), (vec!["cat".to_owned(), "dog".into()], 1));
}

#[test]
fn bad_items_are_named_and_left_out() {
    let mut files = folder(&[("cat", 10), ("dog", 10)]);
    files.0.push(("pets/cat/broken.png".into(), b"no".to_vec()));
    files.0.push(("pets/cat/empty.jpg".into(), vec![]));
    files.0.push(("pets/loose.png".into(), picture(4, 4, 0)));
    files.0.push(("pets/readme.txt".into(), vec![1]));
    files.0.push(("pets/bird/only.png".into(), picture(4, 4, 0)));
    let own = read(files, 1).unwrap();
    let named: Vec<&str> = own.skipped.named.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(named, ["pets/loose.png", "pets/cat/broken.png", "pets/cat/empty.jpg"]);
    assert_eq!(
        own.notices,
        ["1 other files are passed over.", "The class “bird” is left out: it has 1 items, and two are needed."]
    );
    assert_eq!(own.classes, ["cat", "dog"]);
    assert_eq!(own.train.labels.len() + own.test.labels.len(), 20);
}

#[test]
fn sides_that_no_picture_may_have_are_refused_by_their_header() {
    let mut files = folder(&[("cat", 10), ("dog", 10)]);
    let mut png = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR".to_vec();
    png.extend([0, 1, 0, 0, 0, 0, 0, 9, 8, 6, 0, 0, 0]);
    files.0.push(("pets/cat/bomb.png".into(), png));
    let own = read(files, 1).unwrap();
    assert!(own.skipped.named[0].1.contains("65536 x 9 pixels"), "{:?}", own.skipped);
}

#[test]
fn sizes_that_differ_become_one_square() {
    let mut files = folder(&[("cat", 10), ("dog", 10)]);
    files.0[0].1 = picture(2, 6, 0);
    let own = read(files, 1).unwrap();
    assert_eq!(
        (own.shape, own.notices),
        ([1, 6, 6], vec!["Not all are square and of one size: each lies in the middle of 6 x 6 pixels.".to_owned()])
    );
    let mut wide = folder(&[("cat", 10), ("dog", 10)]);
    wide.0.iter_mut().for_each(|(_, bytes)| *bytes = picture(5, 3, 0));
    assert_eq!(read(wide, 1).unwrap().shape, [1, 5, 5]);
}

#[test]
fn one_colour_makes_all_coloured() {
    let mut files = folder(&[("cat", 10), ("dog", 10)]);
    files.0[3].1[3] = 200;
    assert_eq!(read(files, 1).unwrap().shape, [3, 4, 4]);
}

#[test]
fn tables_of_every_kind_give_classes() {
    let class = |at: usize| ["a", "b"][at % 2];
    let tables = [
        ("labels.csv", format!("file,label\n{}", lines(|at| format!("p{at}.png,{}", class(at))))),
        ("labels.csv", lines(|at| format!("p{at}.png,{}", class(at)))),
        ("labels.csv", format!("Class;Id;Size\n{}", lines(|at| format!("{};p{at};4", class(at))))),
        ("labels.tsv", format!("\u{feff}name\tcategory\r\n{}", lines(|at| format!("set/p{at}.png\t{}\r", class(at))))),
        ("labels.csv", lines(|at| format!("\".\\p{at}.png\",\"{}\"", class(at)))),
    ];
    for (name, table) in tables {
        let own = read(with_table(name, &table), 1).unwrap();
        assert_eq!((&own.classes[..], own.skipped.count()), (&["a".to_owned(), "b".into()][..], 0), "{table}");
        assert_eq!(own.train.labels.len() + own.test.labels.len(), 12);
    }
    let quoted = lines(|at| format!("p{at}.png,\"{}, \"\"x\"\"\"", class(at)));
    assert_eq!(read(with_table("l.csv", &quoted), 1).unwrap().classes[0], "a, \"x\"");
}

#[test]
fn rows_and_pictures_without_partners_are_named() {
    let table = "p0.png,a\np0.png,b\np99.png,a\np1.png,\n".to_owned()
        + &lines(|at| format!("p{at}.png,{}", ["a", "b"][at % 2]));
    let table = table.replace("\np11.png,b\n", "\n");
    let own = read(with_table("labels.csv", &table), 1).unwrap();
    let named: Vec<String> = own.skipped.named.iter().map(|(name, why)| format!("{name}: {why}")).collect();
    assert_eq!(
        named,
        [
            "set/labels.csv, line 2: its picture was named before",
            "set/labels.csv, line 3: there is no one picture “p99.png”",
            "set/labels.csv, line 4: it names no class",
            "set/labels.csv, line 5: its picture was named before",
            "set/p11.png: no row of the table names it",
        ]
    );
}

#[test]
fn tables_beside_parts_say_which_is_the_test() {
    let mut files = with_table(
        "train.csv",
        &lines(|at| format!("p{at}.png,{}", at % 2)).replace("p9.png,1\np10.png,0\np11.png,1\n", ""),
    );
    files.0.push(("set/test.csv".into(), b"p9.png,1\np10.png,0\np11.png,1\n".to_vec()));
    let own = read(files, 1).unwrap();
    assert_eq!((own.train.labels.len(), own.test.labels.len()), (9, 3));
}

#[test]
fn what_cannot_be_a_dataset_says_why() {
    let none = Made((0..12).map(|at| (format!("a/{at}.png"), picture(4, 4, 0))).collect());
    assert!(told(none).contains("all pictures lie in one folder"));
    assert!(told(with_table("a.csv", "x,y\n1,2\n")).contains("a.csv: none of its columns names the pictures"));
    let three = lines(|at| format!("p{at}.png,{},u", at % 2));
    assert!(told(with_table("a.csv", &three)).contains("3 columns"));
    assert!(told(with_table("a.csv", &lines(|at| format!("p{at}.png")))).contains("no column of classes"));
    assert!(told(with_table("a.csv", &lines(|at| format!("p{at}.png,one")))).contains("1 classes, “one”"));
    assert!(told(folder(&[("cat", 4), ("dog", 4)])).contains("8 items can be used, and at least 10"));
    assert!(told(folder(&[("cat", 12), ("dog", 1)])).contains("only 1 classes"));
    let many: Vec<String> = (0..120).map(|class| class.to_string()).collect();
    let many: Vec<(&str, usize)> = many.iter().map(|class| (class.as_str(), 2)).collect();
    assert!(told(folder(&many)).contains("more than 100 classes"));
}

#[test]
fn too_many_are_thinned_by_the_seed() {
    let own = read(folder(&[("cat", 15_000), ("dog", 6_000)]), 1).unwrap();
    let all = own.train.labels.len() + own.test.labels.len();
    assert!((19_990..=20_000).contains(&all), "{all}");
    assert_eq!(own.notices, ["Of 21000 items 20000 are taken, drawn by the seed."]);
}
