"""Certificate requests: whose they are, once the private key is known."""

from __future__ import annotations

from .facts import Other, PrivateKey
from .source import Location, Problem
from .submission import Input

_SAME = "it is a request that was made with the private key given"
_OTHER = "it is a request that was made with another key than the private key given"


def compare(inputs: tuple[Input, ...], key: PrivateKey | None) -> tuple[tuple[Input, ...], tuple[Other, ...]]:
    """
    Return *inputs* with what each request that stands where a certificate should has to do with *key*.

    And the other requests that were made with another key.  Nothing is said where a key cannot be read.
    """
    if key is None or key.public is None:
        return inputs, ()
    strangers: list[Other] = []
    answered = []
    for each in inputs:
        made = {
            request.at: request.key.same_as(key.public)
            for request in each.others
            if request.kind == "certificate_request" and request.key is not None
        }
        complained = {problem.at for problem in each.problems if problem.rule == "pem-wrong-label"}
        strangers += [one for one in each.others if made.get(one.at) is False and one.at not in complained]
        answered.append(each.replace(problems=tuple(_answered(problem, made) for problem in each.problems)))
    return tuple(answered), tuple(strangers)


def _answered(problem: Problem, made: dict[Location, bool]) -> Problem:
    if problem.rule != "pem-wrong-label" or problem.at not in made:
        return problem
    return problem.replace(way=_SAME if made[problem.at] else _OTHER)
