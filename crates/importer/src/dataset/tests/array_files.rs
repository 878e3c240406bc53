//! Arrays of NumPy, alone and in archives.

use super::made::{Made, archive, npy, read};

/// Labels 0, 1, 0, 1, ...
fn labels(count: usize) -> Vec<u8> {
    npy("<i8", &[count], &(0..count as i64).flat_map(|at| (at % 2).to_le_bytes()).collect::<Vec<u8>>())
}

fn floats(shape: &[usize], value: impl Fn(usize) -> f32) -> Vec<u8> {
    let count = shape.iter().product();
    npy("<f4", shape, &(0..count).flat_map(|at| value(at).to_le_bytes()).collect::<Vec<u8>>())
}

fn pair(images: Vec<u8>, labels: Vec<u8>) -> Made {
    Made(vec![("images.npy".into(), images), ("labels.npy".into(), labels)])
}

fn ramp(count: usize) -> Vec<u8> {
    (0..count).map(|at| (at % 251) as u8).collect()
}

#[test]
fn every_shape_of_pictures_is_read() {
    for (shape, expected) in [
        (&[20, 4, 5][..], [1, 5, 5]),
        (&[20, 4, 5, 1], [1, 5, 5]),
        (&[20, 1, 4, 5], [1, 5, 5]),
        (&[20, 4, 5, 3], [3, 5, 5]),
        (&[20, 3, 4, 5], [3, 5, 5]),
        (&[20, 4, 5, 4], [3, 5, 5]),
        (&[20, 784], [1, 28, 28]),
        (&[20, 3072], [3, 32, 32]),
        (&[20, 100, 50], [1, 64, 64]),
    ] {
        let content = ramp(shape.iter().product());
        let own =
            read(pair(npy("|u1", shape, &content), labels(20)), 1).unwrap_or_else(|why| panic!("{shape:?}: {why}"));
        assert_eq!((own.shape, own.train.labels.len(), own.test.labels.len()), (expected, 16, 4), "{shape:?}");
    }
}

#[test]
fn channels_come_before_rows_and_columns() {
    let last: Vec<u8> = (0..20).flat_map(|_| [1, 2, 3, 4, 5, 6]).collect();
    let own = read(pair(npy("|u1", &[20, 1, 2, 3], &last), labels(20)), 1).unwrap();
    assert_eq!((own.shape, &own.train.images[..12]), ([3, 2, 2], &[1, 4, 2, 2, 2, 5, 3, 3, 3, 6, 4, 4][..]));
    assert!(own.notices[0].contains("the second could be as well"), "{:?}", own.notices);
}

#[test]
fn numbers_become_bytes_by_their_range() {
    let of = |low: f32, high: f32| {
        let own = read(pair(floats(&[20, 2, 2], |at| if at % 2 == 0 { low } else { high }), labels(20)), 1);
        own.map(|own| (own.train.images[0], own.train.images[1], own.notices.len()))
    };
    assert_eq!(of(0.0, 1.0), Ok((0, 255, 1)));
    assert_eq!(of(0.2, 0.6), Ok((51, 153, 1)));
    assert_eq!(of(-1.0, 1.0), Ok((0, 255, 1)));
    assert_eq!(of(0.0, 16.0), Ok((0, 255, 1)));
    assert_eq!(of(3.0, 200.0), Ok((3, 200, 1)));
    assert!(of(-2.1, 2.6).unwrap_err().contains("between -2.0"));
    assert!(of(0.0, 1000.0).unwrap_err().contains("and 1000"));
    assert!(of(f32::NAN, f32::NAN).unwrap_err().contains("no finite numbers"));
    let bytes = read(pair(npy("|u1", &[20, 2, 2], &[7, 9].repeat(40)), labels(20)), 1).unwrap();
    assert_eq!((&bytes.train.images[..2], bytes.notices.len()), (&[7, 9][..], 0));
    let truths = read(pair(npy("|b1", &[20, 2, 2], &[0, 1].repeat(40)), labels(20)), 1).unwrap();
    assert_eq!(&truths.train.images[..2], [0, 255]);
}

#[test]
fn an_item_that_is_not_finite_is_named() {
    let images = floats(&[20, 2, 2], |at| if at == 12 { f32::INFINITY } else { 0.5 });
    let own = read(pair(images, labels(20)), 1).unwrap();
    assert_eq!(own.skipped.named, [("images[3]".to_owned(), "it has a value that is not finite".to_owned())]);
}

#[test]
fn one_hot_and_columns_are_classes() {
    let hot: Vec<u8> =
        (0..20).flat_map(|at| if at == 5 { [1, 1, 0] } else { [[1, 0, 0], [0, 0, 1]][at % 2] }).collect();
    let images = || npy("|u1", &[20, 2, 2], &ramp(80));
    let own = read(pair(images(), npy("|u1", &[20, 3], &hot)), 1).unwrap();
    assert_eq!((&own.classes[..], own.skipped.count()), (&["0".to_owned(), "2".into()][..], 1));
    let column = npy("|u1", &[20, 1], &ramp(20).iter().map(|at| at % 4 + 5).collect::<Vec<_>>());
    assert_eq!(read(pair(images(), column), 1).unwrap().classes, ["5", "6", "7", "8"]);
}

#[test]
fn archives_of_every_naming_are_read() {
    let entry = |name: &str, bytes: Vec<u8>| (format!("{name}.npy"), bytes);
    let images = |count: usize| npy("|u1", &[count, 4, 4], &ramp(count * 16));
    let keras = |names: [&str; 4]| {
        let [x, y, u, v] = names;
        vec![entry(x, images(20)), entry(y, labels(20)), entry(u, images(10)), entry(v, labels(10))]
    };
    for names in [
        ["x_train", "y_train", "x_test", "y_test"],
        ["X_train", "Y_train", "X_test", "Y_test"],
        ["train_images", "train_labels", "test_images", "test_labels"],
        ["arr_train_0", "labels_train", "test_arr", "y-test"],
    ] {
        let own = read(Made(vec![("mnist.npz".into(), archive(&keras(names), true))]), 1).unwrap();
        assert_eq!((own.train.labels.len(), own.test.labels.len()), (20, 10), "{names:?}");
    }
    for (x, y) in [("images", "labels"), ("x", "y"), ("arr_0", "arr_1"), ("data", "target")] {
        let npz = archive(&[entry(x, images(20)), entry(y, labels(20))], false);
        let nested = archive(&[("in/a.npz".into(), npz)], true);
        assert_eq!(read(Made(vec![("a.zip".into(), nested)]), 1).unwrap().test.labels.len(), 4, "{x}");
    }
}

#[test]
fn what_does_not_fit_says_which_array() {
    let images = || npy("|u1", &[20, 4, 4], &ramp(320));
    let told = |files: Vec<(&str, Vec<u8>)>| {
        read(Made(files.into_iter().map(|(name, bytes)| (format!("{name}.npy"), bytes)).collect()), 1).unwrap_err()
    };
    assert!(told(vec![("x", images())]).contains("x.npy has no array of classes"));
    assert!(told(vec![("y", labels(20))]).contains("y.npy has no array of pictures"));
    assert!(told(vec![("x", images()), ("y", labels(19))]).contains("x has 20 pictures, and y 19 classes"));
    assert!(
        told(vec![("x", npy("|u1", &[20, 5, 4, 4, 1], &ramp(1600))), ("y", labels(20))])
            .contains("not that of pictures")
    );
    assert!(told(vec![("x", npy("|u1", &[20, 7], &ramp(140))), ("y", labels(20))]).contains("no square picture"));
    assert!(
        told(vec![("x", npy("|u1", &[20, 5, 5, 2], &ramp(1000))), ("y", labels(20))]).contains("1, 3 or 4 channels")
    );
    assert!(told(vec![("x", images()), ("y", npy("|O", &[20], &[0; 160]))]).contains("y.npy: it holds Python objects"));
    assert!(told(vec![("x", images()), ("y", images())]).contains("no array of classes"));
    let many = 1_000_001;
    let listed =
        told(vec![("x", npy("|u1", &[many, 1, 1], &vec![0; many])), ("y", npy("|u1", &[many], &vec![0; many]))]);
    assert!(listed.contains("x: it has more than 1000000 items"), "{listed}");
    let other = npy("|u1", &[20, 5, 5], &ramp(500));
    let parts = vec![("x_train", images()), ("y_train", labels(20)), ("x_test", other), ("y_test", labels(20))];
    assert!(told(parts).contains("of another size"));
}
