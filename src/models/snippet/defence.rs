//! Defences as PyTorch source, each as short as what it does: those that stand before the network are lines of a function
//! `defend`, with what they call above it.

use foolproof_core::defence::{DefenceSpec, LEVELS, THERMOMETER};

/// What lines call that PyTorch has not: what a line has in it, and the source.
const HELPERS: [(&str, &str); 5] = [
    (
        "rounded(",
        "def rounded(x, levels):
    return (x * (levels - 1)).round() / (levels - 1)
",
    ),
    (
        "median(",
        "def median(x, size):
    before, after = size // 2, size - 1 - size // 2
    x = nn.functional.pad(x, (before, after, before, after), mode=\"replicate\")
    x = x.unfold(2, size, 1).unfold(3, size, 1).flatten(-2)
    return x.sort(dim=-1).values[..., size * size // 2]
",
    ),
    (
        "jpeg(",
        "def jpeg(x, quality):
    # Luminance of JPEG's annex K for every channel; what is coded without loss changes nothing.
    table = torch.tensor([
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55,
        14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
    ], device=x.device).view(8, 8)
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    table = ((table * scale + 50) // 100).clamp(1, 255)
    at = torch.arange(8, device=x.device)
    dct = torch.cos((2 * at + 1) * at[:, None] * math.pi / 16) / 2
    dct[0] /= math.sqrt(2)
    batch, channels, rows, columns = x.shape
    x = nn.functional.pad(255 * x - 128, (0, -columns % 8, 0, -rows % 8), mode=\"replicate\")
    high, wide = x.shape[2:]
    x = x.view(batch, channels, high // 8, 8, wide // 8, 8).transpose(3, 4)
    x = dct.T @ ((dct @ x @ dct.T / table).round() * table) @ dct
    x = x.transpose(3, 4).reshape(batch, channels, high, wide)[:, :, :rows, :columns]
    return (x + 128).round().clamp(0, 255) / 255
",
    ),
    (
        "shift(",
        "def shift(x, pixels):
    padded = nn.functional.pad(x, (pixels,) * 4)
    rows, columns = x.shape[2:]
    places = torch.randint(2 * pixels + 1, (len(x), 2)).tolist()
    return torch.stack([one[:, r:r + rows, c:c + columns] for one, (r, c) in zip(padded, places)])
",
    ),
    (
        "thermometer(",
        "def thermometer(x, levels):
    steps = torch.arange(levels, device=x.device).view(-1, 1, 1) / levels
    return (x.unsqueeze(2) > steps).float().flatten(1, 2)
",
    ),
];

/// The layer in the place of every ReLU, of which the largest features of each input alone are left.
const WINNERS: &str = "class Winners(nn.Module):
    def __init__(self, share):
        super().__init__()
        self.share = share

    def forward(self, x):
        flat = x.flatten(1)
        most = flat.topk(math.ceil(self.share * flat.shape[1]))
        return torch.zeros_like(flat).scatter(1, most.indices, most.values).view_as(x)
";

/// What defences make of the source of a network.
#[derive(Default)]
pub struct Source {
    /// Classes and functions, in the order in which they are written.
    pub parts: Vec<&'static str>,
    /// What stands in the place of `nn.ReLU()`, if something does.
    pub relu: Option<String>,
    /// The source that makes the model of the network; empty where they are the same.
    pub model: String,
}

/// The source for these defences.
pub fn source(defences: &[DefenceSpec]) -> Source {
    let mut source = Source::default();
    let (mut lines, mut factor) = (String::new(), String::new());
    for defence in defences {
        match defence.id.as_str() {
            "kwta" => source.relu = Some(format!("Winners({})", knob(defence, "share"))),
            "saturate" => factor.push_str(&format!("{} * ", knob(defence, "factor"))),
            _ => lines.push_str(&line(defence)),
        }
    }
    source.parts.extend(source.relu.iter().map(|_| WINNERS));
    source.parts.extend(HELPERS.iter().filter(|(call, _)| lines.contains(call)).map(|(_, text)| *text));
    if !lines.is_empty() {
        source.model = format!("\n\ndef defend(x):\n{lines}    return x\n");
    }
    if !lines.is_empty() || !factor.is_empty() {
        let inside = if lines.is_empty() { "x" } else { "defend(x)" };
        source.model.push_str(&format!("\n\ndef model(x):\n    return {factor}network({inside})\n"));
    }
    source
}

/// A line of `defend`.
fn line(defence: &DefenceSpec) -> String {
    let call = match defence.id.as_str() {
        "bits" => format!("rounded(x, 2 ** {})", knob(defence, "bits")),
        "quantise" => format!("rounded(x, {})", knob(defence, "levels")),
        "median" => format!("median(x, {})", knob(defence, "size")),
        "jpeg" => format!("jpeg(x, {})", knob(defence, "quality")),
        "noise" => format!("x + {} * torch.randn_like(x)", knob(defence, "sigma")),
        "shift" => format!("shift(x, {})", knob(defence, "pixels")),
        THERMOMETER => format!("thermometer(x, {})", defence.knobs.get("levels").unwrap_or(&LEVELS)),
        // Better no model than one without its defence.
        other => return format!("    raise NotImplementedError({other:?})\n"),
    };
    format!("    x = {call}\n")
}

/// A knob's value; where nobody told it, what Python cannot compute with.
fn knob(defence: &DefenceSpec, key: &str) -> String {
    defence.knobs.get(key).map_or("None".into(), f64::to_string)
}
