"""What tables and lists claim: the head of a column, or the words before a colon, say what is counted.

    - killed: 27, of whom 22 in November        a label, then its figure
    | Source      | Arrived | Killed |          a head, then rows: "450 arrived, the Monitor says"
    | The Monitor |     450 |     68 |

Such lines are no sentences, so what grammar and model make of their figures is not used. A label without a measure
("missing: 9") makes no claim.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from condotta.claims.context import Context
from condotta.claims.lines import LABEL, Row, Span
from condotta.claims.periods import TimePhrase, time_phrases
from condotta.claims.quantities import Quantity, quantities
from condotta.intervals import Amount, Period
from condotta.records import Claim
from condotta.vocabulary import Vocabulary

_SAYS = re.compile(r"(?:sources?|according to|reported by|said by|who says so)$", re.IGNORECASE)
_WHEN = re.compile(r"(?:as of|dates?|days?|months?|weeks?|when|period|reported on)\b", re.IGNORECASE)
_PROMISED = re.compile(r"\b(?:promised|promises?|offered|offers?|advertised)\b")
_NOT_MONTHLY = re.compile(
    r"\b(?:daily|weekly|hourly|annual|annually|yearly|thousands?|millions?)\b|(?:\b(?:an?|per|each|every)\s+|/\s*)(?:day|week|hour|year)\b",
    re.IGNORECASE,
)
_CONFIDENCE = 0.8


def measure_of(label: str, words: Vocabulary, unit: str | None = None) -> str | None:
    """The measure that a label names: by the longest of its words in words/measures.yaml, those of the lost before all others; by those of
    terms.yaml where figure (`unit`) or label are of money, or where neither a measure of people nor people are named."""
    counts = [
        (measure.klass != "casualty", -len(phrase), hit.start(), name)
        for name, measure in words.measures.items()
        for phrase, hit in _hits(measure.labels, label)
    ]
    told = {w.lower() for w in re.findall(r"[A-Za-z]+", label)}
    money = unit is not None or _currency(label, words) is not None
    if not money and (counts or told & set(words.quantities["people"])):
        return min(counts)[-1] if counts else None
    terms = [
        (-len(phrase), hit.start(), name)
        for name, phrases in words.terms["labels"].items()
        for phrase, hit in _hits(phrases, label)
    ]
    return min(terms)[-1] if terms else None


def _hits(phrases: Iterable[str], label: str) -> Iterator[tuple[str, re.Match[str]]]:
    for phrase in phrases:
        if hit := re.search(rf"\b{re.escape(phrase)}\b", label, re.IGNORECASE):
            yield phrase, hit


def _currency(label: str, words: Vocabulary) -> str | None:
    found = (words.quantities["money"].get(w.lower()) for w in re.findall(r"[A-Za-z]+|[$€£]", label))
    return next(filter(None, found), None)


def labelled(context: Context) -> tuple[Quantity, Claim | None] | None:
    """The figure behind the label that opens an item, and what it claims (None where the label names no measure)."""
    label = LABEL.match(context.parse.text)
    if label is None or context.speeches:
        return None
    figure = next(
        (f for f in context.figures if f.start <= context.start + label.end() <= f.number_start),
        None,
    )
    if figure is None or figure.start < context.start + label.end() - 1:
        return None
    measure = measure_of(label[1], context.words, figure.unit)
    behind = context.between(figure.end, context.parse.sentence.end)
    unit = _unit(figure, measure, f"{label[1]} {behind[:20]}", context.words)
    if unit is None:
        return None
    if measure is None:
        alone = not context.parse.text[figure.end - context.start :].strip(" .;,")
        return (figure, None) if alone else None
    times = [t for t in context.times if t.end <= label.end()] or list(context.lead_times)
    return figure, _claim(
        context,
        figure,
        measure,
        unit,
        (label[1], behind),
        times,
        f"label: {context.lexicon.masked(context.parse, context.start, context.start + label.end(1)).strip()}",
    )


def tabled(context: Context, row: Row) -> Iterator[tuple[Claim, tuple[str, ...]]]:
    """The claims of a table's row, each with the source that the table names for it (the outlet's own where it names none)."""
    text = context.document.text
    own, *cells = (text[slice(*c)] for c in row.cells)
    heads = [text[slice(*h)] for h in row.head]
    shown = context.lexicon.masked(context.parse, *row.cells[0])  # a row may be a private person's
    declared = shown if heads and _SAYS.match(heads[0]) else None
    named = (*(() if declared else (own,)), *(c for c in cells if not re.search(r"\d", c)))
    dated = [cell for cell, head in zip((own, *cells), heads, strict=False) if _WHEN.match(head)]
    for span, head in zip(row.cells[1:], heads[1:], strict=False):
        figure = _figure(text, span, context.words)
        if figure is None:
            continue
        measure = measure_of(head, context.words, figure.unit) or measure_of(own, context.words, figure.unit)
        unit = _unit(figure, measure, f"{head} {text[slice(*span)]}", context.words)
        if measure is None or unit is None:
            continue
        times = [t for label in (own, head, *dated) for t in time_phrases(f"in {label}", context.document.published)]
        note = f"row {shown!r}, column {_plain(context, head)!r}"
        claim = _claim(context, figure, measure, unit, (head, *named), times, note)
        yield claim, _source(context, declared, own, head)


def _plain(context: Context, head: str) -> str:
    """The head of a column, unless it may be somebody's name: no list of the case knows two capitalised words."""
    return "..." if re.search(r"[A-Z]\w+\s+(?:al-)?[A-Z]\w+", head) and not context.lexicon.names_in(head) else head


def _figure(text: str, span: Span, words: Vocabulary) -> Quantity | None:
    """The one figure of a cell that holds little else; a zero is none."""
    cell = text[slice(*span)]
    found = quantities(cell.translate({0x2013: "-", 0x2014: "-"}), words)
    if len(found) != 1 or not (found[0].low or found[0].high):
        return None
    rest = cell[: found[0].start] + cell[found[0].end :]
    return found[0].moved(span[0]) if len(re.findall(r"[A-Za-z]+", rest)) <= 2 else None


def _unit(figure: Quantity, measure: str | None, said: str, words: Vocabulary) -> str | None:
    """The unit of a figure under a label: people for a count, months for a contract, for money the figure's or the label's; None where figure
    and label do not go together, or where the pay is not by the month."""
    if measure not in words.terms["labels"]:
        return "people" if figure.unit is None else None
    if measure == "contract":
        return "months" if figure.unit == "months" or (figure.unit is None and "month" in said.lower()) else None
    if figure.unit == "months" or _NOT_MONTHLY.search(said):
        return None
    return figure.unit or _currency(said, words) or "unknown"


def _source(context: Context, declared: str | None, *labels: str) -> tuple[str, ...]:
    """Who says a cell: who is declared to, else the source of the case that a label names, else whoever announced the table."""
    case = context.case
    if declared:
        return ((case.resolve("sources", declared) if case else None) or declared.strip(),)
    if case is None:
        return context.inherited
    found = (case.resolve("sources", label) for label in labels if case.resolve("groups", label) is None)
    name = next(filter(None, found), None)
    return (name,) if name else context.inherited


def _claim(context: Context, figure: Quantity, measure: str, unit: str, labels: tuple[str, ...], times: list[TimePhrase], note: str) -> Claim:  # fmt: skip
    group, named = _group(context, labels)
    when = times[0] if times else None
    period = when.period if when else None
    told = context.document.text[figure.start : figure.end]
    claim = Claim(
        document=context.document.id, kind="terms", quote="", start=figure.start, end=figure.end, measure=measure, group=group, group_text=named,
        period=period, amount=Amount(figure.low, figure.high, unit, figure.qualifier, told, figure.start, figure.end),
        confidence=_CONFIDENCE, by="labels", note=note,
    )  # fmt: skip
    said = " ".join(labels).lower()
    if measure in context.words.terms["labels"]:
        return replace(claim, stance="promised" if _PROMISED.search(said) else "asserted")
    running = any(
        re.search(rf"\b{re.escape(w)}\b", said) for w in (*context.words.time["total"], "total", "cumulative")
    )
    usual, dated = context.words.measures[measure].usual, when is not None and when.shape in ("span", "day")
    flow = figure.update or (dated and not running)
    return replace(
        claim,
        kind="count",
        aspect="stock" if usual == "stock" else "flow" if flow else "total",
        subset=context.words.subset(re.findall(r"[a-z]+", labels[0].lower())) or "all",
        period=period or _published(context),
    )


def _published(context: Context) -> Period | None:
    day = context.document.published
    return Period(day, day) if day else None


def _group(context: Context, labels: tuple[str, ...]) -> tuple[str | None, str | None]:
    """(group of the case, words): named by a label, else in focus before, else the case's own."""
    for label in labels:
        for kind, name, words in context.lexicon.names_in(label):
            if kind == "group":
                return name, words
    if context.groups_before and (context.case is None or context.item):
        last = context.groups_before[-1]
        return last.name, last.text
    return (context.case.root if context.case else None), None
