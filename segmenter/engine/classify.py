"""From the plain mixture to the class of every pixel: the last part of a run."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from importlib import import_module
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.begin import class_count, joined, taught
from segmenter.engine.calm import calmed, likelier
from segmenter.engine.kernels.merging import given_back
from segmenter.engine.mixture import class_posterior
from segmenter.engine.outliers import density_of_noise, likeliest_start, with_noise_class
from segmenter.engine.priors import Independent
from segmenter.engine.refine import Refined, Seen, refine
from segmenter.engine.scaling import by_brightness, order_of_classes, to_file_units
from segmenter.engine.scribbles import SAID, Sites, sites_of
from segmenter.engine.settings import NOT_JOINED, Spatial
from segmenter.engine.types import Enough, Progress, Result, Stage, Stop

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.engine.kept import Plain
    from segmenter.engine.priors import Prior
    from segmenter.engine.run import Run
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Mixture

ALIKE = 0.02  # share of the pixels: two beginnings that differ in fewer lead to one end
DOUBTFUL = 0.3  # share of the pixels that a spatial model may label unlike the plain mixture


def classify(run: Run, plain: Plain, *, learns: bool = True) -> Generator[Progress, None, Result]:
    """Label every pixel by a plain mixture that has stopped, after EM over classes if need be.

    Parameters
    ----------
    plain
        With components in the order in which they are numbered, by brightness for instance.
    learns
        Whether EM over classes changes the mixture.
    """
    fit = plain.fit
    mixture = fit.mixture
    is_given = mixture.class_count != len(mixture)
    if not is_given and run.settings.join != NOT_JOINED:
        mixture = joined(run.samples, mixture, run.form, run.settings)
    said = int(run.scribbles.max(initial=0))
    if not said:
        mixture = _ordered(run, mixture)
    if is_plain(run.settings, said) and mixture.noise is None:
        return (yield from _by_values(run, mixture, plain))
    return (yield from _by_prior(run, mixture, plain, said, learns=learns))


def is_plain(settings: Settings, said: int) -> bool:
    """Whether the class of a pixel depends on its values alone."""
    return not said and settings.spatial is Spatial.NONE and not settings.noise_class


def _ordered(run: Run, mixture: Mixture) -> Mixture:
    """Return the mixture with its classes numbered by brightness."""
    order = order_of_classes(mixture, run.features)
    return replace(mixture, classes=np.argsort(order)[mixture.classes])


# ---- By values alone ----------------------------------------------------------------------------


def _by_values(run: Run, mixture: Mixture, plain: Plain) -> Generator[Progress, None, Result]:
    fit = plain.fit
    assert fit.stopped is not None
    run.show_the_end()
    # Who has had enough gets the labels all the same: they are all that is left to do.
    with suppress(Enough):
        yield run.progress(Stage.LABELLING, mixture, fit.log_likelihoods)
    found = class_posterior(run.samples, mixture, run.form)
    log_likelihoods = fit.log_likelihoods
    if not log_likelihoods:
        mean = np.average(found.log_densities, weights=run.samples.weights)
        log_likelihoods = (float(mean),)
    return Result(
        labels=_on_pixels(found.labels + np.uint8(1), run.samples.index, run.image.shape),
        responsibilities=found.responsibilities,
        index=run.samples.index,
        mixture=to_file_units(mixture, run.features),
        settings=run.settings,
        log_likelihoods=run.in_file_units(log_likelihoods),
        stopped=fit.stopped,
        notes=(*run.image.notes, *_notes(run, mixture)),
        candidates=plain.candidates,
    )


def _on_pixels(
    numbers: NDArray[np.uint8], index: NDArray[np.int32] | None, shape: tuple[int, int]
) -> NDArray[np.uint8]:
    return numbers.reshape(shape) if index is None else given_back(numbers, index)


# ---- By values, place and what is said ----------------------------------------------------------


def _by_prior(
    run: Run, mixture: Mixture, plain: Plain, said: int, *, learns: bool
) -> Generator[Progress, None, Result]:
    settings = run.settings
    classes = class_count(settings, mixture, said) if said and learns else mixture.class_count
    sites = sites_of(run.samples, run.scribbles, classes)
    if said and learns:
        mixture = taught(run.samples, mixture, run.form, sites, classes)
    seen = Seen(run.samples, run.form, sites)
    if settings.noise_class and mixture.noise is None:
        if plain.wider is not None and mixture.class_count == len(mixture) and not said:
            mixture = likeliest_start(seen, mixture, plain.wider)
        else:
            mixture = with_noise_class(mixture, density_of_noise(run.samples))
    if settings.spatial is not Spatial.NONE and learns and _each_its_own(mixture) and not said:
        mixture = _better_begun(run, mixture)
    prior = _prior_of(run, sites, mixture)
    ending = plain.fit.stopped if plain.fit.stopped is Stop.CANCELLED else None
    refining = refine(
        seen, mixture, prior,
        limit=0 if ending else settings.max_iterations,
        tolerance=settings.tolerance,
        learns=learns,
    )  # fmt: skip
    last = Refined(mixture)
    try:
        while True:
            last = next(refining)
            yield run.progress(Stage.REFINING, last.mixture, last.objectives, prior.labels_every)
    except StopIteration as end:
        last = end.value
    except Enough:
        ending = Stop.CANCELLED
    run.show_the_end()
    with suppress(Enough):
        yield run.progress(Stage.LABELLING, last.mixture, last.objectives, prior.labels_every)
    assert last.stopped or ending
    return _result(run, replace(last, stopped=ending or last.stopped), plain, sites, prior)


def _each_its_own(mixture: Mixture) -> bool:
    return mixture.noise is None and mixture.class_count == len(mixture)


def _better_begun(run: Run, mixture: Mixture) -> Mixture:
    """Return the mixture, or the one that block means give, as the spatial model likes better."""
    calm = calmed(run.samples, mixture, run.form, run.settings, run.image.shape)
    if calm is None:
        return mixture
    calm = _ordered(run, by_brightness(calm, run.features))
    differ = _most_probable(run, mixture) != _most_probable(run, calm)
    if np.count_nonzero(differ) < ALIKE * differ.size:
        return mixture
    return likelier(run.samples, (mixture, calm), run.form, run.settings, run.image.shape)


def _prior_of(run: Run, sites: Sites, mixture: Mixture) -> Prior:
    classes, settings = mixture.class_count, run.settings
    prior: Prior = Independent(sites, classes)
    if settings.spatial is Spatial.FIELD:
        field = import_module("segmenter.engine.field")  # compiles
        prior = field.Field(sites.codes, classes, settings)
    elif settings.spatial is Spatial.CHAIN:
        chain = import_module("segmenter.engine.chain")
        prior = chain.Chain(sites.codes, classes, settings)
    return prior


def _result(run: Run, refined: Refined, plain: Plain, sites: Sites, prior: Prior) -> Result:
    memberships, index = prior.memberships(), None
    mixture = refined.mixture
    if isinstance(prior, Independent):
        index = prior.index
    else:
        memberships[:, ~run.image.valid.ravel()] = 0
    if not (sites.codes <= SAID).any():
        order = order_of_classes(mixture, run.features)
        mixture = replace(mixture, classes=np.argsort(order)[mixture.classes])
        memberships[: len(order)] = memberships[order]
    mixture = _in_order_of_classes(mixture)
    numbers = np.argmax(memberships, axis=0).astype(np.uint8) + np.uint8(1)
    labels = _on_pixels(numbers, index, run.image.shape)
    if not run.image.valid.all():
        labels = np.where(run.image.valid, labels, np.uint8(0))
    assert refined.stopped is not None
    strength = getattr(prior, "strength", None)
    return Result(
        labels=labels,
        responsibilities=memberships,
        index=index,
        mixture=to_file_units(mixture, run.features),
        settings=run.settings,
        log_likelihoods=run.in_file_units(refined.objectives),
        stopped=refined.stopped,
        notes=(*run.image.notes, *_notes(run, mixture), *_warnings(run, plain, labels)),
        strength=None if strength is None else float(strength),
        conflicts=_conflicts(run, refined.mixture) if (sites.codes <= SAID).any() else None,
        candidates=plain.candidates,
    )


def _in_order_of_classes(mixture: Mixture) -> Mixture:
    """Return the mixture with component k as class k, where every class is one component."""
    if len(set(mixture.classes.tolist())) < len(mixture):
        return mixture
    order = np.argsort(mixture.classes)
    return replace(
        mixture,
        weights=mixture.weights[order],
        means=mixture.means[order],
        covariances=mixture.covariances[order],
        classes=np.arange(len(mixture)),
    )


def _conflicts(run: Run, mixture: Mixture) -> NDArray[np.bool_]:
    """Return (rows, columns) where something is said and the values speak for another class."""
    plain = _most_probable(run, mixture)
    found: NDArray[np.bool_] = (run.scribbles > 0) & (plain > 0) & (plain != run.scribbles)
    return found


def _most_probable(run: Run, mixture: Mixture) -> NDArray[np.uint8]:
    """Return the (rows, columns) class numbers that the values alone speak for."""
    from segmenter.engine.emission import class_shares, emission_of  # noqa: PLC0415 - compiles

    table = emission_of(run.samples, mixture, run.form).table
    with np.errstate(divide="ignore"):
        joint = table + np.log2(class_shares(mixture)).astype(np.float32)
    numbers = np.argmax(joint, axis=1).astype(np.uint8) + np.uint8(1)
    return _on_pixels(numbers, run.samples.index, run.image.shape)


# ---- What a user should know --------------------------------------------------------------------


def _warnings(run: Run, plain: Plain, labels: NDArray[np.uint8]) -> tuple[str, ...]:
    is_comparable = run.settings.spatial is not Spatial.NONE and not run.scribbles.any()
    if not is_comparable or plain.fit.mixture.class_count != len(plain.fit.mixture):
        return ()
    mixture = plain.fit.mixture
    if run.settings.join != NOT_JOINED:
        mixture = joined(run.samples, mixture, run.form, run.settings)
    differs = _most_probable(run, _ordered(run, mixture)) != labels
    share = np.count_nonzero(differs & run.image.valid) / np.count_nonzero(run.image.valid)
    if share <= DOUBTFUL:
        return ()
    return (
        f"With its neighbours, {share:.0%} of the pixels are of another class than by their own "
        "values. Compare both; scribbles or a smaller spatial strength may help.",
    )


def _notes(run: Run, mixture: Mixture) -> tuple[str, ...]:
    asked, found, notes = run.asked, len(mixture), []
    if found < asked:
        distinct = run.samples.values.shape[1]
        why = (
            f"the image has only {distinct} distinct value(s)"
            if distinct < asked
            else "the others became empty and were dropped"
        )
        notes.append(f"{found} of {asked} components: {why}.")
    missing = run.image.valid.size - int(np.count_nonzero(run.image.valid))
    if missing:
        notes.append(f"{missing} pixel(s) without data have label 0.")
    if run.image.missing is not None:
        notes.append(_note_of_incomplete(run, run.image.missing))
    return tuple(notes)


def _note_of_incomplete(run: Run, missing: NDArray[np.bool_]) -> str:
    lacking = f"{np.count_nonzero(missing.any(axis=2))} pixel(s) lack some channels"
    if run.samples.patterns:
        return f"{lacking}; the others tell their class."
    return f"{lacking}, which the chosen features need. Choose 'channels' to use the others."
