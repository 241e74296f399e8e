"""A classifier with scikit-learn's manners, without scikit-learn: `Classifier(hidden=(10, 10)).fit(X, y).predict(X)`.

It standardises the inputs by the training rows, names the classes, and leaves the training to `isotropic.fit`. Because it
keeps scikit-learn's conventions (1.6 or newer), it works in pipelines, `cross_val_score` and `GridSearchCV`.
"""

from __future__ import annotations

import inspect
from collections.abc import Sequence
from typing import Any

import numpy as np

from minigrow.datasets.standardise import Standardiser
from minigrow.growth.plan import Plan
from minigrow.isotropic import conventions
from minigrow.isotropic.fit import ADAPT, OPTIMISER, fit
from minigrow.nn.losses import softmax
from minigrow.nn.validate import generator, same_rows


class Classifier:
    """An isotropic network that sizes itself while it learns to tell classes apart.

        p = softmax(net((X - mean) / scale))        class = the most probable one; mean and scale are those of the training rows

    | parameter | meaning |
    |---|---|
    | `hidden` | widths to start from, one for each hidden layer |
    | `epochs`, `batch` | how often all rows are seen, and how many rows a step takes (None: all) |
    | `rate`, `weight_decay` | of AdamW |
    | `scaffold`, `tau` | each hidden layer keeps so many neurons of singular value <= tau to spare; scaffold=None keeps the widths |
    | `random_state` | a seed, a generator of NumPy's, or None for another network at every fit |

    After `fit` there are `classes_` (k,), `net_`, `history_` (sizes and losses of every epoch), `standardise_`, `n_features_in_`
    and, for a table whose columns have names, `feature_names_in_` (d,). Sparse data and weights of samples are not supported.

    >>> X = np.random.default_rng(0).standard_normal((200, 2))
    >>> y = np.where(X[:, 0] > 0, "right", "left")
    >>> model = Classifier(hidden=(2, 2), epochs=30, random_state=0).fit(X, y)
    >>> model.predict([[3, 0], [-3, 0]]), model.score(X, y) > 0.9, len(model.net_.widths)
    (array(['right', 'left'], dtype='<U5'), True, 4)
    >>> model
    Classifier(epochs=30, hidden=(2, 2), random_state=0)
    """

    def __init__(
        self,
        hidden: Sequence[int] = (10, 10),
        *,
        epochs: int = 40,
        batch: int | None = 48,
        rate: float = OPTIMISER.rate,
        weight_decay: float = OPTIMISER.weight_decay,
        scaffold: int | None = ADAPT.scaffold,
        tau: float = ADAPT.tau,
        random_state: Any = None,
    ) -> None:
        self.hidden = hidden
        self.epochs = epochs
        self.batch = batch
        self.rate = rate
        self.weight_decay = weight_decay
        self.scaffold = scaffold
        self.tau = tau
        self.random_state = random_state

    def fit(self, X: Any, y: Any) -> Classifier:
        """Train a new network on X (n, d) and labels y (n,), words or whole numbers of two classes or more; returns itself.

        Raises ValueError for data or parameters that make no sense, TypeError for sparse X, Diverged when the rate is too high.
        """
        names, X = conventions.columns(X), conventions.numbers(X)
        classes, y = conventions.classes(y)
        same_rows(X, y)
        standardise = Standardiser.fit(X)
        adapt = None if self.scaffold is None else ADAPT._replace(scaffold=self.scaffold, tau=self.tau)
        optimiser = OPTIMISER._replace(rate=self.rate, weight_decay=self.weight_decay)
        plan, rng = Plan(epochs=self.epochs, batch=self.batch, quiet=True), _generator(self.random_state)
        found = fit(standardise(X), y, self.hidden, rng=rng, adapt=adapt, optimiser=optimiser, plan=plan)
        self.net_, self.history_ = found
        self.classes_, self.standardise_, self.n_features_in_ = classes, standardise, X.shape[1]
        vars(self).pop("feature_names_in_", None)
        if names is not None:
            self.feature_names_in_ = names
        return self

    def predict_proba(self, X: Any) -> np.ndarray:
        """Return the probability of every class (n, k), in the order of `classes_`, for X (n, d).

        Raises ValueError before `fit`, and for data unlike that of the fit.
        """
        who = type(self).__name__
        if not hasattr(self, "net_"):
            error = conventions.known("NotFittedError", conventions.NotFitted)
            raise error(f"This {who} instance is not fitted yet. Call fit(X, y) with training data first.")
        conventions.same_columns(who, conventions.columns(X), getattr(self, "feature_names_in_", None))
        X = conventions.numbers(X)
        if X.shape[1] != self.n_features_in_:
            raise ValueError(
                f"X has {X.shape[1]} features, but {who} is expecting {self.n_features_in_} features as input."
            )
        return softmax(self.net_(self.standardise_(X)))

    def predict(self, X: Any) -> np.ndarray:
        """Return the most probable class (n,) of each row of X (n, d); raises ValueError as `predict_proba` does."""
        p = self.predict_proba(X)
        return self.classes_[p.argmax(axis=1)]

    def score(self, X: Any, y: Any) -> float:
        """Return the share of rows of X (n, d) whose class is y (n,), in [0, 1]; raises ValueError as `predict_proba` does."""
        found, y = self.predict(X), np.asarray(y)
        same_rows(found, y)
        return float(np.mean(found == y))

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Return the parameters by name; none of them has parameters of its own, so `deep` changes nothing."""
        return {name: getattr(self, name) for name in sorted(inspect.signature(type(self)).parameters)}

    def set_params(self, **params: Any) -> Classifier:
        """Set parameters by name and return itself; they are looked at when it is fitted.

        Raises ValueError for a name that is none of them.
        """
        valid = self.get_params()
        for name in params:
            if name not in valid:
                raise ValueError(
                    f"Invalid parameter {name!r} for {type(self).__name__}. Valid ones: {', '.join(valid)}."
                )
        vars(self).update(params)
        return self

    def __repr__(self) -> str:
        usual = {name: p.default for name, p in inspect.signature(type(self)).parameters.items()}
        told = (f"{name}={value!r}" for name, value in self.get_params().items() if repr(value) != repr(usual[name]))
        return f"{type(self).__name__}({', '.join(told)})"

    def __sklearn_tags__(self) -> Any:
        """Tell scikit-learn, which alone calls this, that it has a classifier of dense numbers before it."""
        from sklearn.utils import ClassifierTags, InputTags, Tags, TargetTags

        return Tags(
            estimator_type="classifier",
            target_tags=TargetTags(required=True),
            classifier_tags=ClassifierTags(),
            input_tags=InputTags(),
        )


def _generator(random_state):
    """A generator; from NumPy's older RandomState, which scikit-learn still hands out, one seeded by its next number."""
    if hasattr(random_state, "randint"):
        return generator(int(random_state.randint(2**31 - 1)))
    return generator(random_state)
