"""One unnamed person killed or captured: "the capture of a fighter", "a child was killed"."""

import re
from collections.abc import Iterable

from condotta.claims.belonging import is_agent
from condotta.claims.candidates import is_nobody
from condotta.claims.context import Context
from condotta.claims.triggers import NATURAL
from condotta.intervals import Amount
from condotta.records import Claim

_ONE = r"(?:fighter|terrorist|militant|mercenary|member|soldier|jihadist|commander|man|militiaman|officer|recruit|rebel|gunman|policeman|guard)"


_ANYONE = rf"(?:{_ONE[3:-1]}|person|civilian|child|woman|girl|boy|journalist|teenager|baby|leader|citizen|doctor|worker|student|minor)"


_ONE_CAPTURED = rf"\b(?:capture|arrest|detention) of (an?) |\b(an?) (?:[\w'.-]+\s+){{0,6}}?{_ONE}\b(?=[^.;,]{{0,40}}\b(?:captured|taken prisoner|seized)\b)|\b(?:captured|seized|caught) (an?) (?=(?:[\w'.-]+\s+){{0,6}}?{_ONE}\b)"


_ONE_KILLED = rf"\b(?:death|killing) of (an?) (?=(?:[\w'.-]+\s+){{0,4}}?{_ANYONE}\b)|\b(an?) (?:[\w'.-]+\s+){{0,3}}?{_ANYONE}\b(?=(?:[^.;,\d]{{0,40}}\b(?:was|were|is|been)\s+(?:also\s+)?killed\b))|\b(?:killed|killing) (an?) (?=(?:[\w'.-]+\s+){{0,3}}?{_ANYONE}\b)"


def single_people(context: Context) -> Iterable[Claim]:
    """One unnamed person killed or captured ("the capture of a fighter", "a child was killed"): a count of one."""
    if not re.search(NATURAL, context.lower):
        yield from _singles(context, "captured", _ONE_CAPTURED)
        yield from _singles(context, "killed", _ONE_KILLED)


def _singles(context: Context, measure: str, pattern: str) -> Iterable[Claim]:
    for hit in re.finditer(pattern, context.parse.text, re.IGNORECASE):
        k = next(i for i in (1, 2, 3) if hit[i])
        start, end = context.start + hit.start(k), context.start + hit.end(k)
        token = context.token_at(start)
        if token is None or is_nobody(context.parse.text, hit.start(k)):
            continue
        named = [
            m
            for m in context.mentions
            if m.kind == "group" and start < m.start < start + 90 and not is_agent(context, m)
        ]
        group = named[0] if named else None
        captor = [
            m
            for m in context.mentions
            if m.kind in ("side", "group", "state")
            and re.search(r"\bby (?:the )?$", context.between(m.start - 8, m.start).lower())
        ]
        subset = context.words.subset(context.between(end, end + 30).lower().split()[:4]) or "all"
        amount = Amount(1, 1, "people", "exactly", context.document.text[start:end], start, end)
        yield Claim(context.document.id, "count", "", start, end, measure=measure, aspect="flow",
                    group=group.name if group else None, group_text=group.text if group else None,
                    subset=subset, amount=amount, confidence=0.7, subject=(captor[0].name or captor[0].text) if captor else None)  # fmt: skip
