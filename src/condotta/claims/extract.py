"""Reads a document's claims: sentences, figures, names, speakers; then counts, terms, relations, events, assessments."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from condotta.cases import Case
from condotta.claims.actors import Lexicon, Mention
from condotta.claims.attribution import inherits, speaker_for, speeches
from condotta.claims.context import Context
from condotta.claims.counts import counts
from condotta.claims.learned import Found, Learned, merged, readings
from condotta.claims.lines import Layout, Message, layout
from condotta.claims.listed import labelled, tabled
from condotta.claims.network import calibration, shipped
from condotta.claims.parser import parse
from condotta.claims.periods import time_phrases
from condotta.claims.quantities import quantities
from condotta.claims.relations import assessments, events, relations
from condotta.claims.sentences import sentences
from condotta.claims.terms import terms
from condotta.claims.view import plain_view
from condotta.claims.why import Why, why
from condotta.records import Claim, Document, named
from condotta.vocabulary import Vocabulary, vocabulary


class Reader:
    """The rules with one case's names; make it once, read many documents."""

    def __init__(self, words: Vocabulary | None = None, case: Case | None = None, model: bool = True) -> None:
        self.words = words or vocabulary()
        self.case = case
        self.lexicon = Lexicon(self.words, case)
        self._network = shipped() if model else None

    def read(self, document: Document) -> list[Claim]:
        """The claims of a document, in the order of the text; every quote is the text at its offsets."""
        return self.read_with_names(document)[0]

    def read_with_names(self, document: Document) -> tuple[list[Claim], list[tuple[int, int]]]:
        """The claims, and the offsets of private persons' names in the text, whether the case keeps them or not."""
        claims: dict[str, Claim] = {}
        contexts, view, lines = self._laid_out(document)
        found = self._found(contexts, view)
        for context in contexts:
            for claim in self._claims(context, found.get(context.start, [])):
                claims.setdefault(claim.id, claim)
        persons = {span for c in contexts for span in self.lexicon.persons(c.parse)}
        persons |= {m.named for m in lines.messages if self._source(m) is None}
        return sorted(claims.values(), key=lambda c: (c.start, c.end, c.id)), sorted(persons)

    def why(self, document: Document, claim: Claim) -> Why:
        """Why a claim was read as it was, with the runners-up for measure, group and date; of a table or list, by which label."""
        if claim.by == "labels":
            return Why(f"labels ({claim.note})", claim.confidence)
        contexts, view, _ = self._laid_out(document)
        context = next((c for c in contexts if c.start <= claim.start < c.parse.sentence.end), None)
        if context is None:
            return Why(claim.by, claim.confidence)
        read = readings(self._network, contexts, view) if self._network is not None else iter(())
        return why(claim, context, [(q, made) for c, q, made in read if c is context])

    def _laid_out(self, document: Document) -> tuple[list[Context], str, Layout]:
        """A document's sentences, the text as it is read, and its lines."""
        lines = layout(document.text)
        view = _view(document, lines)
        return list(self._contexts(document, view, lines)), view, lines

    def _contexts(self, document: Document, view: str, lines: Layout) -> Iterator[Context]:
        spans = sentences(view, document.title_end, lines.breaks())
        lead: Context | None = None
        before: Context | None = None
        groups: tuple[Mention, ...] = ()
        told, written = document, None
        for parsed in parse(view, spans):
            found = self.lexicon.mentions(parsed)
            spoken = speeches(parsed, self.lexicon, found)
            figures = [q.moved(parsed.sentence.start) for q in quantities(parsed.text, self.words)]
            message = lines.message(parsed.sentence.start)
            if message != written:
                told, before, written = self._told(document, message), None, message
            context = Context(
                told, parsed, self.words, self.lexicon, found, figures,
                time_phrases(parsed.text, told.published), spoken, before, (), groups,
            )  # fmt: skip
            row, item = lines.row(context.start), lines.opens_item(context.start)
            if row is not None or item:
                context = _listed(replace(context, row=row, item=item), lead)
            else:
                lead = context = replace(context, inherited=_carried(context))
            yield context
            groups = context.groups or (
                groups if before and parsed.sentence.paragraph - before.parse.sentence.paragraph <= 1 else ()
            )
            before = replace(context, before=None)

    def _told(self, document: Document, message: Message | None) -> Document:
        """The document as of one message of it: sent on its day, by a source of the case where the sender is one."""
        if message is None:
            return document
        return replace(document, published=message.day, publisher=self._source(message) or document.publisher)

    def _source(self, message: Message) -> str | None:
        """The source of the case that sent a message."""
        return self.case.resolve("sources", message.who) if self.case else None

    def _found(self, contexts: Sequence[Context], view: str) -> dict[int, list[Found]]:
        """What the model says of each sentence's figures, by where the sentence starts."""
        found: dict[int, list[Found]] = {}
        if self._network is not None:
            learned = Learned(contexts, view)
            for context, candidate, made in readings(self._network, contexts, view):
                one = learned.found(context, candidate, made)
                if one is not None:
                    found.setdefault(context.start, []).append(one)
        return found

    def _claims(self, context: Context, found: Sequence[Found]) -> Iterable[Claim]:
        if context.row is not None:
            for claim, names in tabled(context, context.row):
                yield named(self._attributed(context, claim, names))
            return
        figures: list[tuple[Claim, tuple[str, ...] | None]]
        figures = [(c, None) for c in (*counts(context), *terms(context))]
        if self._network is not None:
            figures = list(merged([c for c, _ in figures], found, calibration(), self.case))
        figures = _labelled(context, figures)
        taken = {c.measure for c, _ in figures if c.kind == "count"}
        for claim, sources in figures:
            yield named(self._attributed(context, claim, sources))
        for claim in (*relations(context), *events(context), *assessments(context)):
            if claim.kind == "event" and claim.predicate in taken:
                continue
            yield named(self._attributed(context, claim))

    def _attributed(self, context: Context, claim: Claim, sources: tuple[str, ...] | None = None) -> Claim:
        anchor = claim.amount.start if claim.amount and claim.amount.start is not None else claim.start
        start, end = self._quote(context, claim.start, claim.end)
        return replace(
            claim,
            quote=context.document.text[start:end],
            start=start,
            end=end,
            chain=_chain(context, anchor)
            if "model" not in claim.by and sources is None
            else _joined(_outlet(context), sources or ()),
            reported=context.document.published,
        )

    def _quote(self, context: Context, start: int, end: int) -> tuple[int, int]:
        """The sentence, cut short of private persons' names so that no quote ever shows one."""
        first, last = context.start, context.parse.sentence.end
        for a, b in self.lexicon.private_names(context.parse):
            if b <= start:
                first = max(first, b)
            elif a >= end:
                last = min(last, a)
        text = context.document.text[first:last]
        return first + len(text) - len(text.lstrip(" ,;.\n")), last - (len(text) - len(text.rstrip()))


def _view(document: Document, lines: Layout) -> str:
    """The text as it is read, offset by offset: of a log without the openings of its messages, whose senders may be private persons."""
    view, parts, at = plain_view(document.text), list[str](), 0
    for message in lines.messages:
        parts += [view[at : message.start], " " * (message.body - message.start)]
        at = message.body
    return "".join([*parts, view[at:]])


def _labelled(
    context: Context, figures: list[tuple[Claim, tuple[str, ...] | None]]
) -> list[tuple[Claim, tuple[str, ...] | None]]:
    """The claims with that of the label that opens an item, in the place of whatever was read of its figure."""
    found = labelled(context) if context.item else None
    if found is None:
        return figures
    figure, claim = found
    kept = [
        (c, s)
        for c, s in figures
        if c.amount is None or c.amount.start is None or not figure.start <= c.amount.start < figure.end
    ]
    return [(claim, context.inherited), *kept] if claim else kept


def _listed(context: Context, lead: Context | None) -> Context:
    """A line of a table or list, with what the sentence before it all says of its lines: the group in focus and, where it announces them
    with a colon at its end, who speaks and of which dates."""
    if lead is None:
        return replace(context, groups_before=())
    about = replace(context, groups_before=lead.groups or lead.groups_before)
    if not lead.parse.text.rstrip().endswith(":"):
        return about
    names = [m.name or m.text for m in lead.mentions if m.kind == "source"]
    return replace(about, inherited=(names[-1],) if names else _last_speaker(lead), lead_times=tuple(lead.times))


def _chain(context: Context, start: int) -> tuple[str, ...]:
    """Outlet first, origin last. A pronoun speaks for whoever spoke before; nobody named leaves the outlet alone."""
    outlet = _outlet(context)
    speech = speaker_for(context.parse, context.speeches, start)
    if speech is None:
        return _joined(outlet, context.inherited)
    if speech.pronoun:
        words = tuple(p for p in speech.path if p)
        own = context.case is not None and outlet and context.case.resolve("sources", outlet[0])
        return _joined(outlet, _last_speaker(context.before) or (() if own else words))
    inner = [
        s
        for s in context.speeches
        if s is not speech
        and s.verb in ("citing", "cites", "cited", "quoting", "quoted", "quotes", "referring to", "attributed to")
    ]
    if inner and speech.verb not in ("citing", "quoting", "cited", "quoted"):
        return _joined(outlet, (*speech.path, *inner[0].path))
    outer = [
        s
        for s in context.speeches
        if s is not speech and speech.verb in ("citing", "quoting", "cited", "quoted", "cites", "quotes")
    ]
    return _joined(outlet, (*outer[0].path, *speech.path) if outer else speech.path)


def _outlet(context: Context) -> tuple[str, ...]:
    """The publisher; where a document names none, the source whose name opens its title ("Monitor: note no. 3")."""
    publisher, title = context.document.publisher, context.document.title or ""
    opening = re.split(r":\s|\s[-\u2013\u2014]\s", title, maxsplit=1)[0]
    known = context.case.resolve("sources", publisher or opening) if context.case and (publisher or opening) else None
    return (known,) if known else (publisher,) if publisher else ()


def _joined(outlet: tuple[str, ...], path: tuple[str, ...]) -> tuple[str, ...]:
    chain: list[str] = []
    for name in (*outlet, *path):
        if name and (not chain or chain[-1] != name):
            chain.append(name)
    return tuple(chain)


def _carried(context: Context) -> tuple[str, ...]:
    """The speaker that a sentence without one leans on, if the text makes it lean."""
    before = context.before
    if before is None:
        return ()
    if context.speeches:
        return _last_speaker(before) if all(s.pronoun for s in context.speeches) else ()
    opened = _open_quote(before)
    if not opened and not inherits(context.parse, before.parse):
        return ()
    return _last_speaker(before)


def _last_speaker(before: Context | None) -> tuple[str, ...]:
    if before is None:
        return ()
    solid = [s for s in before.speeches if not s.pronoun and any(s.path)]
    return solid[-1].path if solid else before.inherited


def _open_quote(before: Context) -> bool:
    return len(re.findall(r'"', before.parse.text)) % 2 == 1
