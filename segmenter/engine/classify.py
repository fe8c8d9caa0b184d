"""From the plain mixture to the class of every pixel: the last part of a run."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from segmenter.engine.begin import class_count, joined, taught
from segmenter.engine.beginnings import better_begun
from segmenter.engine.contrast import contrast_weights
from segmenter.engine.cut import Links, energy_of, least_energy
from segmenter.engine.emission import emission_of, likeliest_classes
from segmenter.engine.half_steps import half_steps
from segmenter.engine.mixture import class_posterior
from segmenter.engine.notes import doubts_on, notes_on
from segmenter.engine.outcome import Enough, Progress, Result, Stage, Stop
from segmenter.engine.outliers import density_of_noise, likeliest_start, with_noise_class
from segmenter.engine.patterns import taken
from segmenter.engine.priors import Independent, prior_of
from segmenter.engine.probable import most_probable
from segmenter.engine.refine import Refined, Seen, refine
from segmenter.engine.samples import on_pixels
from segmenter.engine.scaling import kept_order_of_classes, numbered_like, to_file_units
from segmenter.engine.scribbles import SAID, Sites, index_of, sites_of
from segmenter.engine.settings import NOT_JOINED, Spatial
from segmenter.engine.types import SegmenterError

if TYPE_CHECKING:
    from collections.abc import Generator

    from numpy.typing import NDArray

    from segmenter.engine.kept import Plain
    from segmenter.engine.priors import Prior
    from segmenter.engine.run import Run
    from segmenter.engine.settings import Settings
    from segmenter.engine.types import Mixture


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
    said = int(run.scribbles.max(initial=0))
    if not plain.is_given and run.settings.join != NOT_JOINED:
        mixture = joined(run.samples, mixture, run.form, run.settings)
    if not plain.is_given and not said:
        mixture = run.ordered(mixture)
    if is_plain(run.settings, has_scribbles=bool(said)) and mixture.noise is None:
        return (yield from _by_values(run, mixture, plain))
    return (yield from _by_prior(run, mixture, plain, said, learns=learns))


def is_plain(settings: Settings, *, has_scribbles: bool) -> bool:
    """Whether the class of a pixel depends on its values alone."""
    return not has_scribbles and settings.spatial is Spatial.NONE and not settings.noise_class


# ---- By values alone ----------------------------------------------------------------------------


def _by_values(run: Run, mixture: Mixture, plain: Plain) -> Generator[Progress, None, Result]:
    fit = plain.fit
    assert fit.stopped is not None
    run.show_the_end()
    # Who has had enough gets the labels all the same: they are all that is left to do.
    with suppress(Enough):
        yield from run.shown(run.progress(Stage.LABELLING, mixture, fit.log_likelihoods))
    found = class_posterior(run.samples, mixture, run.form)
    log_likelihoods = fit.log_likelihoods
    if not log_likelihoods:
        mean = np.average(found.log_densities, weights=run.samples.weights)
        log_likelihoods = (float(mean),)
    return Result(
        labels=on_pixels(found.labels + np.uint8(1), run.samples.index, run.image.shape),
        responsibilities=found.responsibilities,
        index=run.samples.index,
        mixture=to_file_units(mixture, run.features),
        settings=run.settings,
        log_likelihoods=run.in_file_units(log_likelihoods),
        stopped=fit.stopped,
        notes=(*run.image.notes, *notes_on(run, mixture)),
        shading=None if run.evened is None else run.evened.light,
        candidates=plain.candidates,
    )


# ---- By values, place and what is said ----------------------------------------------------------


def _by_prior(
    run: Run, mixture: Mixture, plain: Plain, said: int, *, learns: bool
) -> Generator[Progress, None, Result]:
    has_enough = plain.fit.stopped is Stop.CANCELLED
    seen, mixture = _seen(run, mixture, plain, said, learns=learns)
    if learns and not has_enough:
        try:
            mixture = yield from _better_begun(run, seen, mixture, plain, said)
        except Enough:
            has_enough = True
    if run.settings.noise_class and mixture.noise is None:
        mixture = with_noise_class(mixture, density_of_noise(run.samples))
    prior = prior_of(seen.sites, mixture.class_count, run.settings, run.samples)
    refined = yield from _refined(run, seen, mixture, prior, learns=learns, has_enough=has_enough)
    run.show_the_end()
    # Who has had enough gets the labels all the same: they are all that is left to do.
    with suppress(Enough):
        shown = (refined.mixture, refined.objectives, prior.labels_every)
        yield from run.shown(run.progress(Stage.LABELLING, *shown))
    labels = None
    if run.settings.cut and refined.stopped is not Stop.CANCELLED:
        try:
            labels = yield from _cut(run, refined, seen.sites, prior)
        except Enough:
            refined = replace(refined, stopped=Stop.CANCELLED)
    return _result(run, refined, plain, seen.sites, prior, labels)


def _seen(
    run: Run, mixture: Mixture, plain: Plain, said: int, *, learns: bool
) -> tuple[Seen, Mixture]:
    """Return what EM over classes sees, and the mixture with what scribbles teach.

    Raises
    ------
    SegmenterError
        When scribbles name a class that there is not.
    """
    settings, classes = run.settings, mixture.class_count
    is_taught = said > 0 and learns and not plain.is_given
    if is_taught and settings.noise_class:
        _check_named(said, class_count(settings, mixture, 0))
    elif is_taught:
        classes = class_count(settings, mixture, said)
    else:
        _check_named(said, classes - (mixture.noise is not None))
    sites = sites_of(run.samples, run.scribbles, classes)
    if is_taught:
        mixture = taught(run.samples, mixture, run.form, sites, classes)
    return Seen(run.samples, run.form, sites), mixture


def _check_named(said: int, classes: int) -> None:
    if said > classes:
        raise SegmenterError(
            f"The scribbles name class {said}, and here they may name classes 1 to {classes}; a "
            "noise class cannot be scribbled. Name other classes, or ask for more components."
        )


def _better_begun(
    run: Run, seen: Seen, mixture: Mixture, plain: Plain, said: int
) -> Generator[Progress, None, Mixture]:
    """Return where EM over classes begins: the mixture, or another that is better for it."""
    is_simple = not said and not plain.is_given and mixture.class_count == len(mixture)
    if not is_simple:
        return mixture
    run.leave_beside()
    yield from run.shown(run.progress(Stage.REFINING, mixture, ()))
    if run.settings.noise_class and plain.wider is not None:
        return numbered_like(likeliest_start(seen, mixture, plain.wider), mixture, run.features)
    if run.settings.noise_class or run.settings.spatial is Spatial.NONE:
        return mixture
    looking = better_begun(run, mixture)
    while True:
        try:
            next(looking)
        except StopIteration as end:
            better: Mixture = end.value
            return numbered_like(better, mixture, run.features)
        yield from run.shown(run.progress(Stage.REFINING, mixture, ()))


def _refined(
    run: Run, seen: Seen, mixture: Mixture, prior: Prior, *, learns: bool, has_enough: bool
) -> Generator[Progress, None, Refined]:
    """Do EM over classes and show it; end when that is `Enough`."""
    limit = 0 if has_enough else run.settings.max_iterations
    refining = refine(
        seen, mixture, prior, limit=limit, tolerance=run.settings.tolerance, learns=learns
    )
    run.begin_beside(mixture, is_numbered=True)
    last = Refined(mixture)
    shown = prior.labels_every
    try:
        while True:
            last = next(refining)
            if isinstance(prior, Independent) and mixture.noise is None:
                shown = partial(_labels_every, run, seen.sites, last.mixture)
            yield from half_steps(run, Stage.REFINING, last, last.objectives, shown)
    except StopIteration as end:
        last = end.value
    except Enough:
        has_enough = True
    return replace(last, stopped=Stop.CANCELLED) if has_enough else last


def _labels_every(run: Run, sites: Sites, mixture: Mixture, step: int) -> NDArray[np.uint8]:
    """Return the classes, from 0, that the values of some pixels speak for, or that are said."""
    codes = sites.codes[::step, ::step]
    return np.where(codes <= SAID, SAID - codes, run.preview_of(mixture)).astype(np.uint8)


def _cut(
    run: Run, refined: Refined, sites: Sites, prior: Prior
) -> Generator[Progress, None, NDArray[np.uint8] | None]:
    """Return the (rows, columns) classes, from 0, of the likeliest map of a field, if it is one."""
    from segmenter.engine.field import Field  # noqa: PLC0415 - compiles

    if not isinstance(prior, Field):
        return None
    table = emission_of(run.samples, refined.mixture, run.form).table
    shape, settings = run.image.shape, run.settings
    contrast = contrast_weights(run.samples, shape) if settings.contrast else None
    links = Links(prior.unit, prior.favour, settings.neighbours, contrast)
    energy, places = energy_of(table, sites.codes, links)
    labels = prior.labels_every(1)
    cutting = least_energy(energy, labels.ravel()[places])
    shown = run.progress(Stage.CUTTING, refined.mixture, refined.objectives, prior.labels_every)
    while True:
        try:
            next(cutting)
        except StopIteration as end:
            labels.ravel()[places] = end.value
            return labels
        yield from run.shown(shown)


def _result(
    run: Run,
    refined: Refined,
    plain: Plain,
    sites: Sites,
    prior: Prior,
    cut: NDArray[np.uint8] | None,
) -> Result:
    memberships, index = prior.memberships(), None
    mixture = refined.mixture
    if isinstance(prior, Independent):
        # A scribble says nothing of pixels that show nothing.
        index = np.where(run.image.valid, prior.index, np.int32(-1))
    elif not run.image.valid.all():
        memberships[:, ~run.image.valid.ravel()] = 0
    labels = cut
    if labels is None:
        labels = on_pixels(most_probable(memberships), index, run.image.shape)
    places = np.arange(len(memberships), dtype=np.uint8)
    if not plain.is_given and not (sites.codes <= SAID).any():
        order = kept_order_of_classes(mixture, run.features)
        places[order] = np.arange(len(order))
        mixture = replace(mixture, classes=places[mixture.classes].astype(np.intp))
        if (np.diff(order) != 1).any():
            memberships[: len(order)] = memberships[order]
    mixture = _in_order_of_classes(mixture)
    labels = places[labels] + np.uint8(1)
    has_data = run.image.valid if index is None else index >= 0
    if not has_data.all():
        labels = np.where(has_data, labels, np.uint8(0))
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
        notes=(*run.image.notes, *notes_on(run, mixture), *doubts_on(run, plain, refined, labels)),
        strength=None if strength is None else float(strength),
        shading=None if run.evened is None else run.evened.light,
        conflicts=_conflicts(run, refined.mixture) if (sites.codes <= SAID).any() else None,
        candidates=plain.candidates,
    )


def _in_order_of_classes(mixture: Mixture) -> Mixture:
    """Return the mixture with component k as class k, where every class is one component."""
    if len(set(mixture.classes.tolist())) < len(mixture):
        return mixture
    ordered = mixture.taken(np.argsort(mixture.classes))
    return replace(ordered, classes=np.arange(len(mixture)))


def _conflicts(run: Run, mixture: Mixture) -> NDArray[np.bool_]:
    """Return (rows, columns) where something is said and the values speak for another class."""
    found = np.zeros(run.image.shape, np.bool_)
    said = np.nonzero(run.scribbles)
    numbers, places = np.unique(index_of(run.samples, run.image.shape)[said], return_inverse=True)
    has_data = numbers >= 0
    plain = np.zeros(len(numbers), np.uint8)
    if has_data.any():
        own = taken(run.samples, numbers[has_data])
        plain[has_data] = likeliest_classes(own, mixture, run.form)
    seen = plain[places]
    found[said] = (seen > 0) & (seen != run.scribbles[said])
    return found
