"""How many assets pass a phase, summed term by term: slow, and independent of how the engine does it."""

import numpy as np
from scipy.special import gammaln, xlog1py, xlogy


def table(first, chances, rate):
    """The chances of 0, 1, 2 … passing where ``first``, ``first`` + 1 … are there: beta-binomial, then those that are
    rescued or lost; cubic in the numbers."""
    most = first + len(chances) - 1
    passed = _beta_binomial(first, chances, rate.beta.a, rate.beta.b)
    if rate.lift <= 0:
        return passed.sum(axis=0) @ _binomial(most, 1 + rate.lift)
    failed = _beta_binomial(first, chances, rate.beta.b, rate.beta.a) @ _binomial(most, 1 - rate.lift)
    result = np.zeros(most + 1)
    for place, row in enumerate(failed):
        count = first + place
        result[: count + 1] += row[count::-1]
    return result


def chance(count, passed, rate):
    """The chance that of exactly ``count`` so many pass: the sum over how many would have passed anyway."""
    anyway = np.arange(count + 1)
    ways = gammaln(count + 1) - gammaln(anyway + 1) - gammaln(count - anyway + 1)
    logs = ways + gammaln(rate.beta.a + anyway) + gammaln(rate.beta.b + count - anyway)
    row = np.exp(logs - logs.max())
    row /= row.sum()
    if rate.lift > 0:
        many, chosen, share = count - anyway, passed - anyway, rate.lift
    else:
        many, chosen, share = anyway, passed, 1 + rate.lift
    there = (chosen >= 0) & (chosen <= many)
    many, chosen = np.where(there, many, 0), np.where(there, chosen, 0)
    logs = gammaln(many + 1) - gammaln(chosen + 1) - gammaln(many - chosen + 1)
    logs = logs + xlogy(chosen, share) + xlog1py(many - chosen, -share)
    return float(row[there] @ np.exp(logs[there]))


def _beta_binomial(first, chances, a, b):
    """[m - first, s]."""
    size = first + len(chances)
    there, whole = np.arange(first, size), np.arange(size)
    failed = there[:, None] - whole
    logs = (gammaln(there + 1) - gammaln(a + b + there) + gammaln(a + b) - gammaln(a) - gammaln(b))[:, None]
    logs = logs + gammaln(a + whole) - gammaln(whole + 1)
    logs = logs + gammaln(b + np.maximum(failed, 0)) - gammaln(np.maximum(failed, 0) + 1)
    return np.where(failed >= 0, np.exp(np.where(failed >= 0, logs, 0)), 0) * chances[:, None]


def _binomial(most, share):
    """[m, s] for all m up to the most."""
    whole = np.arange(most + 1)
    lost = whole[:, None] - whole
    logs = gammaln(whole + 1)[:, None] - gammaln(whole + 1) - gammaln(np.maximum(lost, 0) + 1)
    logs = logs + xlogy(whole, share) + xlog1py(np.maximum(lost, 0), -share)
    return np.where(lost >= 0, np.exp(np.where(lost >= 0, logs, 0)), 0)
