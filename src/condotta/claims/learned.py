"""The model's readings as claims: each role's words become a group, a place, a period and a chain of sources.

The model says which words; what they mean (a case's name, a date, whom a pronoun stands for) is worked out here.
"""

import math
import re
from bisect import bisect_right
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from condotta.cases import Case
from condotta.claims.actors import Mention
from condotta.claims.candidates import candidates
from condotta.claims.circumstances import BY_THEN, UNTRUE, said_to_be
from condotta.claims.context import Context
from condotta.claims.network import Network
from condotta.claims.periods import time_phrases
from condotta.claims.phrases import label_of
from condotta.claims.quantities import Quantity
from condotta.claims.readings import LABELS, TERMS, Reading
from condotta.intervals import Amount, Period
from condotta.records import Claim

_ANYBODY = frozenset(["fighters", "mercenaries", "men", "recruits", "volunteers", "combatants", "the fighters", "the mercenaries", "the men", "the recruits"])  # fmt: skip
"""Words that stand for the fighters that the case is about."""
_NOW = ("now", "currently", "at present", "at the moment", "today", "right now", "as of now", "presently", "these days")
_ROSE = re.compile(
    r"\b(?:toll|tally|total|number of (?:the )?(?:dead|deaths|killed|losses)|losses|deaths|dead)\b[^.;]*\b(?:rose|risen|rises|rising|climb\w*|grew|grown|increased|jumped|"
    r"raised|revised|fell|fallen|lowered|reduced|cut|stood|stands|reach\w*)\b[^.;]{0,60}\b(?:to|from|at)\s+$",
    re.IGNORECASE,
)
_OF_A_TIME = re.compile(r"\b(?:weekly|monthly|daily|a (?:week|month|day)|(?:last|this|past|previous|each|every|that) (?:week|night|day)|in (?:the|an|last|that|one)\b[^,.;]*\b(?:attack|assault|battle|clash\w*|strike|ambush|raid|week|day))\b", re.IGNORECASE)  # fmt: skip
_STANDING = ("present", "in training", "captured")
_DOES = re.compile(r"(?<=\w)\s+(?:(?:has|have|had)\s+)?(?:says|said)\b")
_EVENTS = ("defected", "refused")
_FATES = ("killed", "wounded", "captured")
_SURE = 0.7
_TELLERS = ("I", "me", "Me", "my", "My", "we", "We", "us", "our", "Our")
_HARM = ("killed", "wounded")
_HARM_BEHIND = re.compile(
    r"\s+(?:(?:people|civilians|persons|children|others|more|soldiers|fighters|militants|rebels)\s+)?(killed|injured|wounded)\b(?!\s+[a-z]+\s+(?:were|was)\b|\s+and\b)",
    re.IGNORECASE,
)
_HARM_BEFORE = re.compile(r"\b(kill(?:s|ing)|injur(?:es|ing)|wound(?:s|ing))\s+$", re.IGNORECASE)
_MONEY = ("pay", "pay deducted", "compensation")


@dataclass(frozen=True, slots=True)
class Found:
    """One candidate as the model reads it. `chance` : that it is a claim at all; `whole` : that all of it is right; `aspect` : that its aspect is;
    `measures` : the share of each measure."""

    claim: Claim
    candidate: Quantity
    chance: float
    whole: float
    sources: tuple[str, ...] | None
    aspect: float
    measures: Mapping[str, float]


def readings(network: Network, contexts: Sequence[Context], view: str) -> Iterator[tuple[Context, Quantity, Reading]]:
    """The model's reading of every candidate of a text, in the order of the text."""
    if not contexts:
        return
    figures = candidates(view, contexts[0].words)
    spans = [(c.parse.sentence.start, c.parse.sentence.end) for c in contexts]
    windows = list(network.windower(view, spans).windows(figures))
    for window, made in zip(windows, network.read(windows), strict=True):
        for (k, candidate), read in zip(window.candidates, made, strict=True):
            yield contexts[k], candidate, read


class Learned:
    """Turns the readings of one text into claims."""

    def __init__(self, contexts: Sequence[Context], view: str) -> None:
        self._contexts, self._view = contexts, view
        self._begins = [c.start for c in contexts]

    def found(self, context: Context, candidate: Quantity, made: Reading) -> Found | None:
        """The claim that the likeliest measure makes of a candidate, whatever its chance; None where units forbid it."""
        measures = made.labels["measure"]
        k = 1 + int(measures[1:].argmax())
        measure = _own_fate(context, candidate, LABELS["measure"][k])
        assert measure is not None
        k = LABELS["measure"].index(measure)
        if not _fits(measure, candidate):
            return None
        terms = measure in TERMS
        aspect, sure = _aspect(made, measure)
        period = _beside(context, candidate) or self._period(_own(context, candidate, made.roles["time"].span), context)
        if measure not in _STANDING and _is_tally(context, candidate):
            aspect, period = "total", Period(None, period.end) if period else None
        if aspect == "flow" and period is not None and period.start is None and BY_THEN.search(context.parse.text):
            aspect = "total"
        group = _of_one(context, candidate) or self._group(made.roles["group"].span)
        claim = Claim(
            context.document.id, "terms" if terms else "count", "", candidate.start, candidate.end, measure=measure,
            aspect=None if terms else aspect, subset=_subset(made, context, candidate),
            group=group.name if group else None, group_text=group.text if group else None,
            place=self._place(made.roles["place"].span), period=period,
            amount=_amount(context, candidate, measure), stance=_stance(made, context, candidate), by="model",
        )  # fmt: skip
        whole = float(measures[k]) * (1.0 if terms else sure) * made.roles["group"].probability
        return Found(
            claim,
            candidate,
            float(measures[k]),
            whole,
            self._sources(made, context, candidate),
            sure,
            {m: float(p) for m, p in zip(LABELS["measure"], measures, strict=True) if m},
        )

    def _same_paragraph(self, span: tuple[int, int] | None, context: Context) -> bool:
        """Whether a speaker stands in the figure's own paragraph: what "sources" said does not go on behind it."""
        holder = self._holding(span) if span else None
        return holder is not None and holder.parse.sentence.paragraph == context.parse.sentence.paragraph

    def _holding(self, span: tuple[int, int]) -> Context | None:
        k = bisect_right(self._begins, span[0]) - 1
        return self._contexts[k] if k >= 0 and span[0] < self._contexts[k].parse.sentence.end else None

    def _mentions(self, span: tuple[int, int], *kinds: str) -> list[Mention]:
        holder = self._holding(span)
        return [
            m
            for m in (holder.mentions if holder else [])
            if m.kind in kinds and span[0] <= m.start and m.end <= span[1]
        ]

    def _group(self, span: tuple[int, int] | None) -> Mention | None:
        """The group as written, with the case's name where the case knows the words or a name inside them."""
        if span is None:
            return None
        holder = self._holding(span)
        private = holder.lexicon.private_names(holder.parse) if holder else []
        span = self._closed((span[0], min([span[1], *(a for a, b in private if span[0] < a < span[1])])))
        if any(a <= span[0] < b for a, b in private):
            return None
        text = re.sub(r"['\u2019]s?$", "", " ".join(self._contexts[0].document.text[slice(*span)].split()).rstrip(" ,"))
        lexicon = self._contexts[0].lexicon
        named = [m for m in self._mentions(span, "group", "side") if m.name]
        name = lexicon.group(text) or (max(named, key=lambda m: m.end - m.start).name if named else None)
        if name is None and lexicon.case is not None and text.lower() in _ANYBODY:
            name = lexicon.case.root
        return Mention(*span, text, "group", name)

    def _closed(self, span: tuple[int, int]) -> tuple[int, int]:
        """The span with the parenthesis that it cuts: whole where it ends there, else without it."""
        words = self._view[slice(*span)]
        if words.count("(") <= words.count(")"):
            return span
        if self._view[span[1] : span[1] + 1] == ")":
            return span[0], span[1] + 1
        at = span[0] + words.rindex("(")
        return (span[0], at) if self._view[span[0] : at].strip() else span

    def _named(self, span: tuple[int, int]) -> tuple[int, int]:
        """The speaker's name without what stands before it in another clause, and without what he does."""
        words = self._view[slice(*span)]
        first = words.rfind("; ") + 2 if "; " in words else 0
        does = _DOES.search(words, first)
        return span[0] + first, span[0] + does.start() if does else span[1]

    def _place(self, span: tuple[int, int] | None) -> str | None:
        if span is None:
            return None
        named = [m for m in self._mentions(span, "place") if m.name]
        return named[0].name if named else " ".join(self._contexts[0].document.text[slice(*span)].split())

    def _period(self, span: tuple[int, int] | None, context: Context) -> Period | None:
        """The period that the words mean: "since ..." up to publication, "between ... and ..." over both ends. Words of another message of
        a log say nothing."""
        holder = (self._holding(span) if span else None) or context
        span = span if holder.document is context.document else None
        published = context.document.published
        words = self._view[slice(*span)] if span else ""
        if span is None or words.lower() in _NOW:
            return Period(published, published) if span and published else None
        inside = time_phrases(words, published) or time_phrases(f"in {words}", published)
        if not inside:
            inside = [t for t in holder.times if holder.start + t.start < span[1] and holder.start + t.end > span[0]]
        if not inside:
            return None
        first, last = inside[0], inside[-1]
        if words.lower().startswith("since") and first.shape != "since" and published and first.period.start:
            return Period(first.period.start, max(published, first.period.start))
        if words.lower().startswith(("between", "from")) and first.period.end <= last.period.end:
            return Period(first.period.start, last.period.end)
        return first.period

    def _sources(self, made: Reading, context: Context, candidate: Quantity) -> tuple[str, ...] | None:
        """Who passes it on and who says it, as the case names them; None where the text itself asserts, and behind the paragraph of "sources"."""
        span = made.roles["source"].span
        if (own := _of_its_clause(context, candidate, span)) is not None:
            return (own,)
        source = self._label(span, context)
        if source is None or (source == "unattributed" and not self._same_paragraph(span, context)):
            return None
        via = self._label(made.roles["via"].span, context)
        return (via, source) if via and via != source else (source,)

    def _label(self, span: tuple[int, int] | None, context: Context) -> str | None:
        """The speaker as the case names him; nobody of another message of a log."""
        holder = self._holding(span) if span else None
        if span is None or holder is None or holder.document is not context.document:
            return None
        if not holder.speeches and any(m.name for m in self._mentions(span, "group")):
            return None  # a group of the case speaks only where something says that it does
        span = self._named(self._closed(span))
        if self._view[slice(*span)] in _TELLERS:
            return None  # who tells the text is its own voice
        words = holder.parse.at(*span)
        path, pronoun = label_of(holder.parse, words, holder.lexicon, holder.mentions)
        if pronoun and not path[0]:
            return context.inherited[-1] if context.inherited else None
        return path[0] if path and path[0] else holder.lexicon.masked(holder.parse, *span)


def _own_fate(context: Context, candidate: Quantity, measure: str | None) -> str | None:
    """Killed or wounded by the word that stands beside the figure itself: "20 civilians killed 30 injured", "killing 4 injuring 7"."""
    if measure not in _HARM:
        return measure
    behind = _HARM_BEHIND.match(context.between(candidate.end, candidate.end + 50))
    before = _HARM_BEFORE.search(context.between(context.start, candidate.start))
    word = behind[1] if behind else before[1] if before else None
    if word is None:
        return measure
    return "wounded" if word.lower().startswith(("injur", "wound")) else "killed"


def _of_one(context: Context, candidate: Quantity) -> Mention | None:
    """The group of the case that a single man's own noun phrase names: "a 23-year-old HTS fighter"."""
    if not candidate.single:
        return None
    for m in context.groups:
        between = context.between(candidate.number_end, m.start) if m.start >= candidate.number_end else None
        if m.name and between is not None and re.fullmatch(r"\s+(?:[\w-]+\s+){0,2}", between):
            return m if re.match(r"\s+[a-z]+\b", context.between(m.end, m.end + 20)) else None
    return None


def _beside(context: Context, candidate: Quantity) -> Period | None:
    """The period whose words follow the figure at once: "from 41 in May"."""
    at = candidate.end - context.start
    return next((t.period for t in context.times if at < t.start <= at + 2), None)


def _own(context: Context, candidate: Quantity, span: tuple[int, int] | None) -> tuple[int, int] | None:
    """The words of time, unless they follow another figure behind this one at once and so are that one's."""
    others = (f for f in context.figures if f.start > candidate.end)
    return None if span and any(f.end < span[0] <= f.end + 5 for f in others) else span


def _is_tally(context: Context, candidate: Quantity) -> bool:
    """Whether a figure is what a tally rose to or from ("the toll rose to 68 this month, from 41 in May"), not what a week's or an
    event's figure did."""
    before = context.between(context.start, candidate.start)
    return bool(_ROSE.search(before)) and not _OF_A_TIME.search(context.parse.text)


def _subset(made: Reading, context: Context, candidate: Quantity) -> str:
    """The likeliest part; "of whom 36 were minors" is what it says."""
    found = made.best("subset")[0] or "all"
    return found if found != "all" else context.words.subset(said_to_be(context, candidate)) or "all"


def _of_its_clause(context: Context, candidate: Quantity, span: tuple[int, int] | None) -> str | None:
    """The source of the case that opens the figure's own clause behind a semicolon, where the model took one from before it: "the ministry
    confirms 4; the association has the names of 57"."""
    first = context.start + context.between(context.start, candidate.start).rfind(";") + 1
    if first == context.start or span is None or span[0] >= first:
        return None
    if context.case is None:
        return None
    for mention in context.mentions:
        if first <= mention.start < candidate.start:
            opens = context.between(first, mention.start).strip().lower() in ("", "the", "but the", "and the")
            return context.case.resolve("sources", mention.text) if opens else None
    return None


def _stance(made: Reading, context: Context, candidate: Quantity) -> str:
    """The likeliest stance; what a sentence calls untrue from the start is denied."""
    if UNTRUE.search(context.between(context.start, candidate.start).lower()):
        return "denied"
    found = made.best("stance")[0] or "asserted"
    bounds = re.match(r"(?:never|at no|no|not)\b", context.between(candidate.start, candidate.end).lower())
    return "asserted" if found == "denied" and bounds else found  # "never more than 500" denies no figure


def _aspect(made: Reading, measure: str) -> tuple[str | None, float]:
    """The likeliest aspect that the measure can have (only those who stay somewhere are a stock), and its probability."""
    shares = {a: float(p) for a, p in zip(LABELS["aspect"], made.labels["aspect"], strict=True)}
    if measure not in _STANDING:
        shares.pop("stock")
    best = max(shares, key=lambda a: shares[a])
    return best, shares[best]


def _fits(measure: str, candidate: Quantity) -> bool:
    """Whether the unit allows the measure: people are not counted in dollars, contracts only in months."""
    if measure == "contract":
        return candidate.unit in (None, "months")
    if measure in _MONEY:
        return candidate.unit != "months" and not candidate.single
    return candidate.unit is None


def _amount(context: Context, q: Quantity, measure: str) -> Amount:
    unit = q.unit or ("people" if measure not in TERMS else "months" if measure == "contract" else "unknown")
    return Amount(q.low, q.high, unit, q.qualifier, context.document.text[q.start : q.end], q.start, q.end)


Sourced = tuple[Claim, tuple[str, ...] | None]
"""A claim with the model's chain of sources; None where the rules are to find it."""


def merged(
    rules: Sequence[Claim], found: Sequence[Found], weights: Mapping[str, Sequence[float]], case: Case | None = None
) -> Iterator[Sourced]:
    """Rules and model together, one claim a figure, each with its confidence. `weights` : see `calibration`."""
    root = case.root if case else None
    below = frozenset((root, *case.members(root))) if case and root else frozenset()
    alone = list(rules)
    for read, rule in paired(rules, found):
        one = _settled(read, rule)
        if rule is not None:
            alone.remove(rule)
        likely, whole = features(one, rule)
        claim = one.claim
        agrees = rule is not None and rule.measure == claim.measure
        chance = score(weights["claim"], likely)
        if chance < weights["threshold"][agrees]:
            if rule is not None and (rule.subject is not None or (one.candidate.single and rule.measure in _FATES)):
                yield rule, None  # who captured him stands there, or one man's fate: the model wavers, the rules do not
            continue
        if agrees and rule is not None:
            wavers = chance < weights["threshold"][0]
            claim = _helped(replace(one, aspect=0.0) if wavers else one, rule, below if one.claim.group == root else ())
        yield (
            replace(
                claim, confidence=round(score(weights["whole"], whole), 3), by="model+rules" if agrees else "model"
            ),
            one.sources,
        )
    for rule in alone:
        yield rule, None


def _settled(one: Found, rule: Claim | None) -> Found:
    """Where the model wavers between two measures and the rules found one of them, theirs."""
    if rule is None or rule.measure == one.claim.measure or one.chance > _SURE or rule.kind != one.claim.kind:
        return one
    share = one.measures.get(rule.measure or "", 0.0)
    return replace(one, claim=replace(one.claim, measure=rule.measure), chance=share) if share > 0.1 else one


def _helped(one: Found, rule: Claim, below: Container[str]) -> Claim:
    """The model's claim with what the rules know better: the case's group behind "fighters", the part by its noun,
    who captured, what is only planned. `below`: groups that belong to the one that stands for all."""
    claim = one.claim
    generic = claim.group is None and not re.search(r"[A-Z]", claim.group_text or "")
    if rule.group is not None and (generic or (claim.group is not None and rule.group in below)):
        claim = replace(claim, group=rule.group, group_text=claim.group_text or rule.group_text)
    if rule.aspect is not None and (one.aspect < _SURE or claim.measure in _EVENTS):
        claim = replace(claim, aspect=rule.aspect)
    if rule.stance == "predicted" or (claim.stance == "asserted" and rule.stance in ("denied", "planned")):
        claim = replace(claim, stance=rule.stance)
    return replace(claim, subset=rule.subset, subject=rule.subject)


def paired(rules: Sequence[Claim], found: Sequence[Found]) -> Iterator[tuple[Found, Claim | None]]:
    """Each candidate of the model with the rules' claim for the same figure, if they have one."""
    left = [c for c in rules if c.amount is not None and c.amount.start is not None]
    for one in found:
        rule = next((c for c in left if _meets(c, one.candidate)), None)
        if rule is not None:
            left.remove(rule)
        yield one, rule


def _meets(claim: Claim, q: Quantity) -> bool:
    amount = claim.amount
    return bool(
        amount
        and amount.start is not None
        and amount.end
        and amount.start < q.number_end
        and amount.end > q.number_start
    )


def features(one: Found, rule: Claim | None) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """What speaks for a claim being one at all, and for all of it being right."""
    agrees = rule is not None and rule.measure == one.claim.measure
    same = agrees and rule is not None and rule.aspect == one.claim.aspect
    likely = (logit(one.chance), float(rule is not None), float(agrees), float(one.candidate.single))
    return likely, (logit(one.whole), logit(one.chance), float(agrees), float(same), float(one.candidate.single))


def logit(p: float) -> float:
    """The log-odds of a probability, kept finite."""
    q = min(max(p, 1e-4), 1 - 1e-4)
    return math.log(q / (1 - q))


def score(weights: Sequence[float], features: Sequence[float]) -> float:
    """The probability that a logistic rule gives: weights with the constant first."""
    return 1 / (1 + math.exp(-(weights[0] + sum(w * x for w, x in zip(weights[1:], features, strict=True)))))
