use foolproof_kernels::*;
fn main() {
    let conv = |i: usize, o: usize| {
        Layer::Convolution(Convolution {
            channels: [i, o],
            kernel: [4, 4],
            stride: [2, 2],
            padding: [1; 4],
            weight: (0..i * o * 16).map(|k| ((k * 7919) % 101) as f32 / 1000.0 - 0.05).collect(),
            bias: vec![0.01; o],
        })
    };
    let lin = |i: usize, o: usize| {
        Layer::Linear(Linear {
            features: [i, o],
            weight: (0..i * o).map(|k| ((k * 7919) % 101) as f32 / 1000.0 - 0.05).collect(),
            bias: vec![0.01; o],
        })
    };
    let plan = Plan::new(
        [1, 28, 28],
        vec![
            conv(1, 16),
            Layer::Relu,
            conv(16, 32),
            Layer::Relu,
            Layer::Flatten,
            lin(1568, 100),
            Layer::Relu,
            lin(100, 10),
        ],
    )
    .unwrap();
    for batch in [1usize, 64] {
        let x: Vec<f32> = (0..batch * 784).map(|k| ((k * 31) % 97) as f32 / 97.0).collect();
        let slope = vec![0.1f32; batch * 10];
        let mut best = [f64::MAX; 2];
        for _ in 0..15 {
            let t = std::time::Instant::now();
            for _ in 0..40 {
                let (_, tape) = plan.forward(&x);
                std::hint::black_box(plan.gradient(&tape, &slope));
            }
            best[0] = best[0].min(t.elapsed().as_secs_f64() * 1e3);
            let t = std::time::Instant::now();
            for _ in 0..40 {
                std::hint::black_box(plan.logits(&x));
            }
            best[1] = best[1].min(t.elapsed().as_secs_f64() * 1e3 / 40.0);
        }
        println!("batch {batch}: 40 steps {:.2} ms, forward {:.3} ms", best[0], best[1]);
    }
}
