"""What pages state, held against what the spec believes.

Lives here: which difference is one, and when silence tells something. Not here: wording (`report`).
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import Final, Literal, NamedTuple

from .spec import COMMON, MODELS, Beliefs, known_of
from .statement import KINDS, Belief, Kind, Known, Place, Statement, Topic

Change = Literal["added", "removed", "changed", "newly stated"]
# Topics whose members are one answer: a model's durations change, they do not come and go one by one.
_ONE_ANSWER: Final = frozenset({"mode", "duration"})


class Difference(NamedTuple):
    """One thing on which pages and spec differ.

    Attributes:
        key: Stable, for programs and `--ignore`.
        change: `added` or `removed` seen from the spec; `newly stated` where the spec infers it or does not know it.
        page_says: None where the pages are silent.
        spec_says: None where the spec is.
        known: How well the spec's fact is known.
        pointer: Where the spec says it.
        places: Where the pages say it.
        perhaps: The name that this one may have replaced.
    """

    key: str
    change: Change
    topic: Topic
    name: str
    page_says: str | None
    spec_says: str | None
    known: Known
    pointer: str
    places: tuple[Place, ...]
    perhaps: str | None = None


class Compared(NamedTuple):
    """How much was compared: statements of the pages, facts of the spec that they speak of, and all that it has."""

    statements: int
    seen: int
    facts: int


class _Stated(NamedTuple):
    values: dict[str | None, list[Place]]
    listed: bool

    @property
    def places(self) -> tuple[Place, ...]:
        return tuple(dict.fromkeys(place for found in self.values.values() for place in found))


_Members = dict[str, _Stated]


def compare(statements: Sequence[Statement], words: frozenset[str], known: Beliefs) -> list[Difference]:
    """Every difference, by kind. `words` are the names on the pages: what is named anywhere is not missing."""
    stated = _by_topic(statements)
    found: list[Difference] = []
    for topic in sorted({*stated, *known}, key=lambda topic: (KINDS.index(topic.kind), topic.subject)):
        belief = known.get(topic)
        if belief is None:
            continue  # of a model that the spec lacks, which is told as such
        members = stated.get(topic, {})
        one_answer = topic.kind in _ONE_ANSWER
        likely = known[COMMON].facts.keys() if topic.kind == "duration" else ()
        found += _whole(topic, belief, members, likely) if one_answer else _each(topic, belief, members, words)
    return _renamed([*found, *_silent(stated, known, words)])


def coverage(statements: Sequence[Statement], known: Beliefs) -> Mapping[Kind, Compared]:
    """How much of each kind was compared."""
    stated = _by_topic(statements)
    told: dict[Kind, Compared] = {}
    for kind in KINDS:
        facts = [(topic, name) for topic in known if topic.kind == kind for name in _documented(known[topic])]
        seen = sum(name in stated.get(topic, {}) for topic, name in facts)
        told[kind] = Compared(sum(one.topic.kind == kind for one in statements), seen, len(facts))
    return told


def _by_topic(statements: Iterable[Statement]) -> dict[Topic, _Members]:
    stated: dict[Topic, _Members] = {}
    for topic, name, place, value, listed in statements:
        members = stated.setdefault(topic, {})
        before = members.get(name, _Stated({}, listed=False))
        before.values.setdefault(value, []).append(place)
        members[name] = before._replace(listed=before.listed or listed)
    return stated


def _documented(belief: Belief) -> list[str]:
    """The members that the documentation is known to state."""
    return [name for name, fact in belief.facts.items() if not (fact.known == "inferred" or fact.optional)]


def _whole(topic: Topic, belief: Belief, members: _Members, likely: Collection[str]) -> Iterator[Difference]:
    """`likely` are the members that an example may have where nobody knows them all."""
    guessed = belief.known in {"inferred", "unknown"}
    listed = {name for name, stated in members.items() if stated.listed}
    examples = members.keys() - listed - (set(likely) if guessed else set[str]())
    if not listed | examples:
        return
    says = (listed or belief.facts.keys()) | examples  # an example adds to what is known, and tells nothing else
    if says != set(belief.facts) or (guessed and listed):
        change: Change = "newly stated" if guessed else "changed"
        places = tuple(dict.fromkeys(place for name in says & members.keys() for place in members[name].places))
        key, spec_says = f"{topic.kind}/{topic.subject}", _joined(belief.facts) or None
        yield Difference(key, change, topic, "", _joined(says), spec_says, belief.known, belief.pointer, places)


def _joined(names: Iterable[str]) -> str:
    return ", ".join(sorted(names, key=lambda name: (int(name) if name.isdecimal() else 0, name)))


def _each(topic: Topic, belief: Belief, members: _Members, words: frozenset[str]) -> Iterator[Difference]:
    for name, stated in members.items():
        yield from _of_member(topic, belief, name, stated)
    for group in dict.fromkeys(fact.group for fact in belief.facts.values()):
        own = [name for name in _documented(belief) if belief.facts[name].group == group]
        if _tells_all(own, members):
            for name in own:
                if name not in members and not (topic.kind in {"model", "field", "error code"} and name in words):
                    yield _missing(topic, belief, name)


def _tells_all(own: Sequence[str], members: _Members) -> bool:
    """Whether silence means something: half of the facts are listed, or more than half stand anywhere.

    A page may speak of one model, or of one spelling of a task, and say nothing of the others.
    """
    listed = sum(name in members and members[name].listed for name in own)
    return 0 < len(own) <= 2 * listed or len(own) < 2 * sum(name in members for name in own)


def _of_member(topic: Topic, belief: Belief, name: str, stated: _Stated) -> Iterator[Difference]:
    fact = belief.facts.get(name)
    known = known_of(belief, fact)
    guessed = known in {"inferred", "unknown"}
    for value, places in stated.values.items():
        same = fact is not None and value in {fact.value, None}
        if same and not (guessed and stated.listed):
            continue
        change: Change = "newly stated" if guessed else "added" if fact is None else "changed"
        key = "/".join(filter(None, (topic.kind, topic.subject, name)))
        page_says, spec_says = value or name, None if fact is None else fact.value or name
        yield Difference(
            key, change, topic, name, page_says, spec_says, known, belief.pointer, tuple(dict.fromkeys(places))
        )


def _missing(topic: Topic, belief: Belief, name: str) -> Difference:
    fact = belief.facts[name]
    key = "/".join(filter(None, (topic.kind, topic.subject, name)))
    return Difference(key, "removed", topic, name, None, fact.value or name, fact.known, belief.pointer, ())


def _silent(stated: Mapping[Topic, _Members], known: Beliefs, words: frozenset[str]) -> Iterator[Difference]:
    """The models that have no price any more, where most of the others have one."""
    priced = [topic for topic, belief in known.items() if topic.kind == "price" and belief.facts]
    without = [topic for topic in priced if topic not in stated]
    models = stated.get(MODELS, {})
    if 2 * len(without) < len(priced):
        for topic in without:
            if topic.subject in models or topic.subject in words:  # else the model itself is told as missing
                belief = known[topic]
                told = ", ".join(f"{name} {fact.value}" for name, fact in belief.facts.items() if not fact.optional)
                key = f"price/{topic.subject}"
                yield Difference(key, "removed", topic, "", None, told, belief.known, belief.pointer, ())


def _renamed(found: list[Difference]) -> list[Difference]:
    """With a hint where one name came and one went: perhaps they are one."""
    hinted: list[Difference] = []
    for one in found:
        opposite = {"added": "removed", "removed": "added"}.get(one.change)
        others = [other for other in found if other.topic == one.topic and other.change == opposite]
        alone = sum(other.topic == one.topic and other.change == one.change for other in found) == 1
        hinted.append(one._replace(perhaps=others[0].name) if len(others) == 1 and alone and one.name else one)
    return hinted
