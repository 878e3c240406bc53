"""Certificates of randomized smoothing by statsmodels and SciPy: which radius so many votes prove.

Writes `results/smoothing/certificates.json`, which `tests/native/smoothing.rs` reads. Made with Python 3.11, statsmodels 0.15.0 and
SciPy 1.17.1: `pip install statsmodels scipy && python certificates.py`.
"""

import json
from pathlib import Path

import scipy
import statsmodels
from scipy.stats import norm
from statsmodels.stats.proportion import proportion_confint

ALPHA = 0.001
SIGMA = 0.5


def radius(count, draws):
    """Cohen et al. 2019: the one-sided lower bound of Clopper and Pearson, then sigma times the normal quantile."""
    low = proportion_confint(count, draws, 2 * ALPHA, method="beta")[0]
    return low, SIGMA * float(norm.ppf(low)) if low > 0.5 else None


def rows():
    for draws in [1, 10, 100, 1000, 10_000, 100_000]:
        shares = [0, 0.3, 0.5, 0.51, 0.52, 0.55, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 0.999, 1]
        for count in sorted({round(share * draws) for share in shares} | {max(draws - 1, 0)}):
            low, proven = radius(count, draws)
            yield {"count": count, "draws": draws, "low": float(low), "radius": proven}


result = {"statsmodels": statsmodels.__version__, "scipy": scipy.__version__, "alpha": ALPHA, "sigma": SIGMA, "rows": list(rows())}
path = Path(__file__).parent / "results" / "smoothing" / "certificates.json"
path.write_text(json.dumps(result, indent=1) + "\n")
print(len(result["rows"]), "rows")
