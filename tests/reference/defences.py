"""What defences make of pictures, by NumPy and SciPy: twenty lines each, so that whoever has a model's file can rebuild what
stands before it.

Writes `results/defences/seen.json`, which `tests/native/defences.rs` reads. Made with Python 3.11, NumPy 2.4 and SciPy 1.17.1:
`pip install numpy scipy && python defences.py`.
"""

import json
from pathlib import Path

import numpy
import scipy
from scipy.fft import dctn, idctn
from scipy.ndimage import median_filter

CHANNELS, ROWS, COLUMNS = 2, 11, 9

# ITU-T T.81, table K.1.
LUMINANCE = numpy.array(
    [
        [16, 11, 10, 16, 24, 40, 51, 61],
        [12, 12, 14, 19, 26, 58, 60, 55],
        [14, 13, 16, 24, 40, 57, 69, 56],
        [14, 17, 22, 29, 51, 87, 80, 62],
        [18, 22, 37, 56, 68, 109, 103, 77],
        [24, 35, 55, 64, 81, 104, 113, 92],
        [49, 64, 78, 87, 103, 121, 120, 101],
        [72, 92, 95, 98, 112, 100, 103, 99],
    ]
)


def quantise(x, levels):
    """Xu et al. 2018, EvadeML's `reduce_precision`: numpy.rint rounds halves to even."""
    return numpy.rint(x * (levels - 1)) / (levels - 1)


def median(x, size):
    return median_filter(x, size=(1, size, size), mode="reflect")


def jpeg(x, quality):
    scale = 5000 // quality if quality < 50 else 200 - 2 * quality
    table = numpy.clip((LUMINANCE * scale + 50) // 100, 1, 255)
    rows, columns = x.shape[1:]
    filled = numpy.pad(x, ((0, 0), (0, -rows % 8), (0, -columns % 8)), mode="edge") * 255 - 128
    out = numpy.empty_like(filled)
    for channel in range(x.shape[0]):
        for row in range(0, filled.shape[1], 8):
            for column in range(0, filled.shape[2], 8):
                place = (channel, slice(row, row + 8), slice(column, column + 8))
                kept = numpy.rint(dctn(filled[place], norm="ortho") / table) * table
                out[place] = idctn(kept, norm="ortho")
    return (numpy.clip(numpy.rint(out + 128), 0, 255) / 255)[:, :rows, :columns]


def thermometer(x, levels):
    return numpy.concatenate([[channel > level / levels for level in range(levels)] for channel in x]).astype(float)


def main():
    draw = numpy.random.default_rng(5)
    # 16 bits of each pixel, so that float32 holds them exactly and no rounding decides.
    x = numpy.round(numpy.clip(draw.normal(0.5, 0.4, (CHANNELS, ROWS, COLUMNS)), 0, 1) * 65536) / 65536
    seen = {
        "bits:bits:1": quantise(x, 2),
        "bits:bits:3": quantise(x, 8),
        "quantise:levels:5": quantise(x, 5),
        "median:size:2": median(x, 2),
        "median:size:3": median(x, 3),
        "jpeg:quality:10": jpeg(x, 10),
        "jpeg:quality:75": jpeg(x, 75),
        "thermometer:levels:4": thermometer(x, 4),
    }
    result = {
        "numpy": numpy.__version__,
        "scipy": scipy.__version__,
        "shape": [CHANNELS, ROWS, COLUMNS],
        "x": x.ravel().tolist(),
        "seen": {defence: numpy.round(y.ravel(), 7).tolist() for defence, y in seen.items()},
    }
    path = Path(__file__).parent / "results" / "defences" / "seen.json"
    path.write_text(json.dumps(result) + "\n")
    print(len(seen), "defences")


main()
