"""Noun phrases that may be a speaker: the subject of a verb of saying, and what to call him."""

import re

from condotta.claims.actors import Lexicon, Mention
from condotta.claims.parser import Parse, Token

_TITLED = frozenset(["fighter", "militant", "commander", "member", "recruit", "mercenary", "deserter", "defector", "detainee", "captive", "prisoner", "resident", "witness", "source", "sources", "fighters", "militants", "commanders", "members", "recruits", "resident", "residents", "witnesses", "who", "relative", "relatives", "returnee", "smuggler", "broker", "recruiter", "volunteer"])  # fmt: skip


def named_before(parse: Parse, verb: Token, mentions: list[Mention]) -> list[Token] | None:
    """A source of the case that stands right before the verb, brackets aside: "SOHR (Syrian Observatory ...) said"."""
    for mention in mentions:
        if mention.kind in ("source", "side") and mention.name and mention.end <= verb.start:
            gap = parse.text[mention.end - parse.sentence.start : verb.start - parse.sentence.start]
            if re.fullmatch(
                r"\s*(?:\([^)]*\))?,?\s*(?:has |have |had |also |later |'s (?:spokesman|director|head|media office) )?",
                gap,
            ):
                return parse.at(mention.start, mention.end)
    return None


def subject_of(parse: Parse, verb: Token, lexicon: Lexicon) -> list[Token] | None:
    """The words of the subject of `verb`: by the tree, else the noun phrase before it, else the one after it."""
    inverted = _after(parse, verb)
    if inverted and _may_speak(inverted, lexicon) and verb.low not in ("told", "tells"):
        return inverted
    for child in parse.children[verb.i]:
        if parse.tokens[child].dep.startswith("nsubj"):
            phrase = _phrase(parse, child, verb)
            return phrase if not (len(phrase) == 1 and phrase[0].tag in ("WP", "WDT")) else None
    for phrase in (before_verb(parse, verb), _after(parse, verb)):
        if phrase and _may_speak(phrase, lexicon):
            return phrase
    head = parse.tokens[verb.head]
    if verb.dep in ("conj", "xcomp") and head.i != verb.i and head.low in lexicon.words.speech["say"]:
        return subject_of(parse, head, lexicon)
    return None


def _phrase(parse: Parse, head: int, verb: Token) -> list[Token]:
    """A subject without relative clauses and what lies beyond the verb."""
    drop: set[int] = set()
    for i in parse.subtree(head):
        if i != head and parse.tokens[i].dep in ("acl:relcl", "parataxis", "advcl", "ccomp", "cc", "conj") and i > head:
            drop.update(parse.subtree(i))
    kept = [parse.tokens[i] for i in parse.subtree(head) if i not in drop]
    kept = [t for t in kept if (t.i < verb.i) == (head < verb.i)]
    while kept and kept[0].tag in (",", ":", "``", "''", "CC", "IN") and kept[0].i != head:
        kept = kept[1:]
    return _contiguous(kept, head)


def _contiguous(tokens: list[Token], head: int) -> list[Token]:
    run: list[Token] = []
    for token in tokens:
        if run and token.i != run[-1].i + 1:
            if any(t.i == head for t in run):
                break
            run = []
        run.append(token)
    return run


_NOUNISH = ("NN", "NNP", "NNS", "NNPS", "DT", "JJ", "POS", "HYPH", "PRP", "PRP$", "CD", "``", "''")


def before_verb(parse: Parse, verb: Token) -> list[Token]:
    run: list[Token] = []
    for token in reversed(parse.tokens[: verb.i]):
        if token.tag in ("RB", "MD", "VBD", "VBZ", "VBP") and not run:
            continue
        if not (token.tag in _NOUNISH or token.low in ("of", "for", "in")) or len(run) > 9:
            break
        run.insert(0, token)
    return run


def _after(parse: Parse, verb: Token) -> list[Token]:
    run: list[Token] = []
    for token in parse.tokens[verb.i + 1 :]:
        if not (token.tag in _NOUNISH or token.low in ("of", "for")) or token.low == "that" or len(run) > 9:
            break
        run.append(token)
    before = parse.text[: verb.start - parse.sentence.start].rstrip(" ([")
    goes_on = (
        run
        and run[-1].i + 1 < len(parse.tokens)
        and parse.tokens[run[-1].i + 1].tag.startswith(("VB", "MD", "RB", "IN"))
    )
    if not run or (goes_on and len(run) == 1 and run[0].tag == "PRP"):
        return []
    quoted = before.endswith(('"', "'"))
    return (
        run
        if len(before) > 20
        and (quoted or (before.endswith(",") and not (goes_on and parse.tokens[run[-1].i + 1].tag != "IN")))
        else []
    )


def _may_speak(phrase: list[Token], lexicon: Lexicon) -> bool:
    low = {t.low for t in phrase}
    capital = any(
        t.text[:1].isupper() and t.tag not in ("DT", "IN", "CC", "CD", "WP", "RB") and t.low.isalpha() for t in phrase
    )
    return (
        bool(low & set(lexicon.words.speech["speakers"]))
        or capital
        or any(t.tag in ("NNP", "NNPS", "PRP") for t in phrase)
    )


def run_from(parse: Parse, offset: int) -> list[Token]:
    """The noun phrase that begins at `offset`, with its "of" and "in" parts, up to punctuation or a verb."""
    run: list[Token] = []
    for token in parse.tokens:
        if token.start < offset:
            continue
        stops = (
            token.tag in (",", ".", ":", "-LRB-")
            or token.tag.startswith(("VB", "WP", "WDT", "CC"))
            or token.low == "that"
        )
        if (stops and not (token.tag == "VBG" and len(run) > 0)) or len(run) > 12:
            break
        run.append(token)
    return run


def label_of(
    parse: Parse, words: list[Token], lexicon: Lexicon, mentions: list[Mention]
) -> tuple[tuple[str, ...], bool]:
    """What to call the speaker: the case's name, else its words without article and private name; whether a pronoun."""
    speech = lexicon.words.speech
    words = [t for t in words if t.tag not in ("``", "''")]
    if not words:
        return (), False
    lows = [t.low for t in words]
    if (
        len(lows) > 2
        and lows[0] in ("the", "this", "that")
        and lows[1] in speech["pronoun_sources"]
        and lows[2] == "'s"
    ):
        return (_text(parse, words[:2]),), True
    if len(words) == 1 and lows[0] in speech["pronouns"]:
        return ("",), True
    start, end = words[0].start, words[-1].end
    inside = [m for m in mentions if m.start < end and m.end > start]
    roles = _TITLED & set(lows)
    for mention in inside:
        if mention.kind == "source" and mention.name and not (roles and mention.start > start + 3):
            return (mention.name,), False
    if not roles:
        for mention in inside:
            if mention.kind in ("side", "group", "state"):
                known = lexicon.case.resolve("sources", mention.name or mention.text) if lexicon.case else None
                if known:
                    return (known,), False
    if len(words) <= 3 and lows[-1] in speech["pronoun_sources"] and lows[0] in ("the", "this", "that", "same"):
        return (_text(parse, words[1:]),), True
    bare = [w for w in lows if w not in ("the", "a", "an", "its")]
    if bare and bare[0] in speech["report_nouns"] and set(bare[1:]) & set(speech["report_verbs"]):
        return (), False
    if set(lows) & {"reports", "rumours", "rumors"} and len(words) <= 3:
        return (clean_label(parse, words[:2], lexicon),), False
    if not _may_speak(words, lexicon) or lows[-1] in ("number", "toll", "total", "figure"):
        return (), False
    if (
        lows[-1] in speech["report_nouns"]
        and (len(words) <= 2 or not any(t.tag in ("NNP", "NNPS") for t in words))
        and lows[-1] not in speech["unclear"]
    ):
        return (), False
    return (clean_label(parse, words, lexicon),), False


def clean_label(parse: Parse, words: list[Token], lexicon: Lexicon) -> str:
    """The words without a leading article and without a private person's name, when a role is there to stand for it."""
    private = lexicon.private_names(parse)
    kept = [t for t in words if not any(a <= t.start < b for a, b in private)]
    while kept and kept[0].low in ("the", "a", "an", ",", "one", "another"):
        kept = kept[1:]
    cut = next(
        (k for k, t in enumerate(kept) if k and t.low in ("as", "in", "that", "which", "carried", "published")),
        len(kept),
    )
    kept = kept[:cut]
    while kept and kept[-1].low in ("faction", ",", "of", "for", "in", "that", "and"):
        kept = kept[:-1]
    label = re.sub(r",?\s+of the (?:faction|group|division|brigade)\s+", " of ", _text(parse, kept))
    return label if kept else "person (name withheld)"


def _text(parse: Parse, words: list[Token]) -> str:
    base, parts = parse.sentence.start, []
    for k, token in enumerate(words):
        gap = parse.text[words[k - 1].end - base : token.start - base] if k else ""
        parts.append((" " if (gap and not gap.strip()) or (k and gap.strip()) else gap) + token.text)
    return re.sub(r"\s+", " ", "".join(parts)).strip()
