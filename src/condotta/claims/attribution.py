"""Who says it: the speakers of a sentence, and the chain of sources that a claim at a given place has.

Patterns: "X said (that) ...", "..., said X", "according to X", "citing X", "data gathered by X", "X's figures",
"told Y"; a following sentence inherits the speaker only where it plainly leans on it ("he added", "among them").
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from condotta.claims.actors import Lexicon, Mention
from condotta.claims.parser import Parse, Token


@dataclass(frozen=True, slots=True)
class Speech:
    """One speaker in a sentence. `reach` : offsets of what it covers; `path` : from outermost to innermost source."""

    path: tuple[str, ...]
    cue: int
    start: int
    end: int
    denies: bool = False
    pronoun: bool = False
    verb: str = ""


_ANAPHORIC = re.compile(
    r"^(?:moreover|among|of (?:them|those|these|whom)|another (?=\d|\w+ (?:fighters|men|were|had))|a further|an additional|in addition|the (?:toll|figure|number|total|dead|group|same|latter|remaining|rest|others)|"
    r"they|them|these|those|some of|others|also|it|he|she|both|half|most of|this|that|in total|overall|meanwhile|since then|including|so far|as well|with|at least .{1,30} of (?:them|those))\b",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r";|,?\s+(?:while|whereas|although|though|but|however|yet|against)\s+|,\s+and\s+(?=(?:the|a|an|one|some)?\s*[A-Z]?\w+\s+(?:said|put|reported|claimed|counted))"
)
_TITLED = frozenset(["fighter", "militant", "commander", "member", "recruit", "mercenary", "deserter", "defector", "detainee", "captive", "prisoner", "resident", "witness", "source", "sources", "fighters", "militants", "commanders", "members", "recruits", "resident", "residents", "witnesses", "who", "relative", "relatives", "returnee", "smuggler", "broker", "recruiter", "volunteer"])  # fmt: skip


def speeches(parse: Parse, lexicon: Lexicon, mentions: list[Mention]) -> list[Speech]:
    """Every speaker that the sentence names, left to right."""
    found = [
        *_trailing(parse, lexicon, mentions),
        *_passive(parse, lexicon, mentions),
        *_headed(parse, lexicon, mentions),
        *_spoken(parse, lexicon, mentions),
        *_accorded(parse, lexicon, mentions),
        *_reported(parse, lexicon, mentions),
    ]
    unique: dict[tuple[str, ...], Speech] = {}
    for speech in sorted(found, key=lambda s: s.cue):
        unique.setdefault((*speech.path, str(segment(parse, speech.cue))), speech)
    return list(unique.values())


def segment(parse: Parse, offset: int) -> int:
    """The number of the part of the sentence (parted by ";", "while", "but") that holds `offset`."""
    return sum(hit.end() + parse.sentence.start <= offset for hit in _SEPARATOR.finditer(parse.text))


def speaker_for(parse: Parse, found: list[Speech], start: int) -> Speech | None:
    """The speaker that covers the words at `start`: of the same part of the sentence, nearest by the tree, else any."""
    if not found:
        return None
    here = [s for s in found if segment(parse, s.cue) == segment(parse, start)]
    pool = here or [s for s in found if segment(parse, s.cue) < segment(parse, start)] or found
    tokens = parse.at(start, start + 1) or [parse.tokens[0]]
    return min(pool, key=lambda s: _reach(parse, s, tokens[0]))


def _reach(parse: Parse, speech: Speech, token: Token) -> float:
    cue = parse.at(speech.cue, speech.cue + 1)
    tree = parse.distance(cue[0].i, token.i) if cue else 20
    above = 0 if cue and cue[0].i in parse.ancestors(token.i) else 2
    return tree + above + 0.02 * abs(speech.cue - token.start)


def inherits(parse: Parse, previous: Parse | None) -> bool:
    """Whether a sentence without a speaker leans on the one before it: same paragraph and an opening that points back."""
    same = previous is not None and previous.sentence.paragraph == parse.sentence.paragraph
    return same and bool(_ANAPHORIC.match(parse.text))


_TRAILING = r"(?:^|[,;\"]|\s-)\s*((?:[\w'.]+[ -]){0,7}?[\w'.]+)\s+(%s)\b(?=\s*(?:[.!?;:,\"]|$|that\b|on\b|in\b|to\b|at\b|yesterday|after\b))"
_NOT_A_SPEAKER = frozenset(
    [
        "which",
        "that",
        "who",
        "whom",
        "it",
        "there",
        "this",
        "these",
        "those",
        "what",
        "when",
        "where",
        "while",
        "as",
        "and",
        "but",
        "or",
        "so",
        "of",
        "in",
        "on",
        "at",
        "to",
        "from",
        "by",
        "with",
        "if",
        "because",
    ]
)
_OPENERS = frozenset(["the", "a", "an", "his", "her", "their", "its", "one", "another", "two", "three", "several"])


def _trailing(parse: Parse, lexicon: Lexicon, mentions: list[Mention]) -> Iterable[Speech]:
    """ "..., a former guard recalled." and "... X swore that": whoever stands between a break and a verb of saying."""
    speech = lexicon.words.speech
    cues = set(speech["say"]) - set(speech["say_weak"]) | {"found", "counted", "recalled"}
    for hit in re.finditer(_TRAILING % "|".join(sorted(cues, key=len, reverse=True)), parse.text):
        words = parse.at(parse.sentence.start + hit.start(1), parse.sentence.start + hit.end(1))
        opening = hit.start(1) == 0 and not re.match(r"\s+that\b", parse.text[hit.end() :])
        if opening or not _is_noun_phrase(words):
            continue
        at = parse.sentence.start + hit.start(2)
        path, pronoun = _label(parse, words, lexicon, mentions)
        if not path and not pronoun:
            path = (_clean_label(parse, words, lexicon),)
        yield Speech(path, at, at, at + len(hit[2]), hit[2].lower() in speech["deny"], pronoun, hit[2].lower())


def _is_noun_phrase(words: list[Token]) -> bool:
    """Whether words can be one speaker: no finite verb, no figure, not opened by a linking word."""
    if not words or {words[0].low, words[-1].low} & _NOT_A_SPEAKER or words[-1].low in ("number", "toll", "total"):
        return False
    if any(t.tag in ("CD", "MD", "VBD", "VBZ", "VBP", "VB") for t in words):
        return False
    plain = all(
        t.tag.startswith(("NN", "JJ", "DT", "POS", "PRP$", "HYPH")) or t.low in ("of", "in", "for", "at", "on", "the")
        for t in words
    )
    return plain or words[0].text[:1].isupper() or words[0].low in _OPENERS


def _passive(parse: Parse, lexicon: Lexicon, mentions: list[Mention]) -> Iterable[Speech]:
    """ "was confirmed on Thursday by X", "put at 36 by X"."""
    cues = r"\b(?:confirmed|announced|reported|documented|claimed|denied|put at [\w,.]+|recorded|verified|estimated)"
    for hit in re.finditer(cues + r"\s+(?:\w+\s+){0,3}?by\s+(?!the end|\d|\w+day)", parse.text):
        words = _run_from(parse, parse.sentence.start + hit.end())
        path, pronoun = _label(parse, words, lexicon, mentions) if words else ((), False)
        if path:
            start = parse.sentence.start + hit.start()
            yield Speech(path, start, start, words[-1].end, hit[0].startswith("denied"), pronoun, "by")


def _headed(parse: Parse, lexicon: Lexicon, mentions: list[Mention]) -> Iterable[Speech]:
    """ "SOHR: 18,000 sent to Libya" in a headline, and "... , monitor says" without its verb: "... - monitor"."""
    hit = re.match(r"([A-Z][\w .'-]{1,40}):\s", parse.text)
    if hit:
        words = parse.at(parse.sentence.start, parse.sentence.start + hit.end(1))
        if not _is_noun_phrase(words):
            return
        named = any(m.kind == "source" and m.start == parse.sentence.start for m in mentions)
        if named or {t.low for t in words} & set(lexicon.words.speech["speakers"]):
            path, _ = _label(parse, words, lexicon, mentions)
            if path:
                yield Speech(path, parse.sentence.start, parse.sentence.start, words[-1].end, verb=":")


def _spoken(parse: Parse, lexicon: Lexicon, mentions: list[Mention]) -> Iterable[Speech]:
    speech_words = lexicon.words.speech
    for token in parse.tokens:
        if token.low not in speech_words["say"] or not (token.tag.startswith("VB") or _noun_cue(parse, token)):
            continue
        if token.low in speech_words["say_weak"] and not _has_content(parse, token):
            continue
        if any(parse.tokens[c].dep in ("aux:pass",) for c in parse.children[token.i]):
            continue
        subject = _named_before(parse, token, mentions) or _subject(parse, token, lexicon)
        if subject and any(t.tag == "CD" and t.low != "one" for t in subject[:3]) and len(subject) > 5:
            subject = _before(parse, token)
        if subject is None or (any(t.tag == "CD" and t.low != "one" for t in subject[:1]) and len(subject) > 5):
            continue
        path, pronoun = _label(parse, subject, lexicon, mentions)
        if not path:
            continue
        path = (*_told(parse, token, mentions), *path)
        denies = token.low in speech_words["deny"]
        yield Speech(path, token.start, token.start, token.end, denies, pronoun, token.low)


def _noun_cue(parse: Parse, token: Token) -> bool:
    """A verb of saying that the tagger took for a noun: "the opposition claims 5,000 recruits were ..."."""
    following = parse.tokens[token.i + 1 : token.i + 2]
    before = parse.tokens[token.i - 1 : token.i] if token.i else ()
    plain = token.low in ("claims", "reports", "estimates", "says") and bool(before) and before[0].tag.startswith("NN")
    return plain and bool(following) and (following[0].tag == "CD" or following[0].low == "that")


def _has_content(parse: Parse, token: Token) -> bool:
    """Whether a doubtful verb of saying has a clause, or a figure, as its object."""
    deps = {parse.tokens[c].dep for c in parse.children[token.i]}
    below = [parse.tokens[i] for i in parse.subtree(token.i) if i > token.i]
    if all(t.tag == "." for t in parse.tokens[token.i + 1 :]):
        return True
    if any(t.low in ("that", "what", "how") for t in below[:3]):
        return True
    return "ccomp" in deps or any(t.tag == "CD" or t.low in ("numbers", "figures", "data", "names") for t in below)


def _named_before(parse: Parse, verb: Token, mentions: list[Mention]) -> list[Token] | None:
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


def _subject(parse: Parse, verb: Token, lexicon: Lexicon) -> list[Token] | None:
    """The words of the subject of `verb`: by the tree, else the noun phrase before it, else the one after it."""
    inverted = _after(parse, verb)
    if inverted and _may_speak(inverted, lexicon) and verb.low not in ("told", "tells"):
        return inverted
    for child in parse.children[verb.i]:
        if parse.tokens[child].dep.startswith("nsubj"):
            phrase = _phrase(parse, child, verb)
            return phrase if not (len(phrase) == 1 and phrase[0].tag in ("WP", "WDT")) else None
    for phrase in (_before(parse, verb), _after(parse, verb)):
        if phrase and _may_speak(phrase, lexicon):
            return phrase
    head = parse.tokens[verb.head]
    if verb.dep in ("conj", "xcomp") and head.i != verb.i and head.low in lexicon.words.speech["say"]:
        return _subject(parse, head, lexicon)
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


def _before(parse: Parse, verb: Token) -> list[Token]:
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


def _accorded(parse: Parse, lexicon: Lexicon, mentions: list[Mention]) -> Iterable[Speech]:
    for hit in re.finditer(
        r"\b(?:by|in) (?:his|her|their|its) (?:own )?(?:account|words|count|telling)\b", parse.text, re.IGNORECASE
    ):
        start = parse.sentence.start + hit.start()
        yield Speech(("",), start, start, start + len(hit[0]), False, True, "account")
    for phrase in lexicon.words.speech["according"]:
        for hit in re.finditer(rf"\b{re.escape(phrase)}\b", parse.text, re.IGNORECASE):
            at = parse.sentence.start + hit.end()
            words = _run_from(parse, at)
            path, pronoun = _label(parse, words, lexicon, mentions) if words else ((), False)
            if words and words[0].low in ("its", "his", "her", "their"):
                path, pronoun = ("",), True
            if path:
                start = parse.sentence.start + hit.start()
                yield Speech(path, start, start, words[-1].end, False, pronoun, phrase)


def _run_from(parse: Parse, offset: int) -> list[Token]:
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


def _reported(parse: Parse, lexicon: Lexicon, mentions: list[Mention]) -> Iterable[Speech]:
    """ "data gathered by X", "figures from X", "X's tally" and the like."""
    nouns = "|".join(lexicon.words.speech["report_nouns"])
    verbs = "|".join(lexicon.words.speech["report_verbs"])
    for hit in re.finditer(rf"\b(?:{nouns})\s+(?:\w+\s+)?(?:{verbs})(?:\s+by)?\s+", parse.text, re.IGNORECASE):
        words = _run_from(parse, parse.sentence.start + hit.end())
        named = [
            m
            for m in mentions
            if words
            and m.start <= words[-1].end
            and m.end >= words[0].start
            and m.kind in ("source", "group", "side", "state")
        ]
        first = named[0] if named else None
        speaks = any(t.low in lexicon.words.speech["speakers"] for t in words)
        if (first and (first.kind == "source" or speaks or first.start <= words[0].end + 4)) or speaks:
            if re.match(r"(?:number|numbers|account|accounts)\b", hit[0], re.I) and not (
                first and first.kind == "source"
            ):
                continue
            if re.search(r"\bof\s+$", hit[0]) and not (first and first.kind == "source"):
                continue
            path, _ = _label(parse, words, lexicon, mentions)
            if path:
                start = parse.sentence.start + hit.start()
                yield Speech(path, start, start, words[-1].end, verb="data")
    for mention in mentions:
        if mention.kind == "source" and re.match(
            rf"'s\s+(?:\w+\s+){{0,2}}(?:{nouns})\b", parse.text[mention.end - parse.sentence.start :], re.I
        ):
            yield Speech((mention.name or mention.text,), mention.start, mention.start, mention.end, verb="data")


def _told(parse: Parse, verb: Token, mentions: list[Mention]) -> tuple[str, ...]:
    """The outlet that was told, if the verb is "told" and names one: it passed the words on."""
    if verb.low not in ("told", "tells"):
        return ()
    after = [m for m in mentions if 0 <= m.start - verb.end <= 25 and m.kind == "source"]
    if after:
        return (after[0].name or after[0].text,)
    run = [t for t in parse.tokens[verb.i + 1 : verb.i + 7]]
    names: list[Token] = []
    for token in run:
        if token.tag in ("NNP", "NNPS") or (token.low == "the" and not names):
            names.append(token)
        else:
            break
    names = [t for t in names if t.low != "the"]
    if not names:
        return ()
    base = parse.sentence.start
    return (parse.text[names[0].start - base : names[-1].end - base],)


def _label(parse: Parse, words: list[Token], lexicon: Lexicon, mentions: list[Mention]) -> tuple[tuple[str, ...], bool]:
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
        return (_clean_label(parse, words[:2], lexicon),), False
    if not _may_speak(words, lexicon) or lows[-1] in ("number", "toll", "total", "figure"):
        return (), False
    if (
        lows[-1] in speech["report_nouns"]
        and (len(words) <= 2 or not any(t.tag in ("NNP", "NNPS") for t in words))
        and lows[-1] not in speech["unclear"]
    ):
        return (), False
    return (_clean_label(parse, words, lexicon),), False


def _clean_label(parse: Parse, words: list[Token], lexicon: Lexicon) -> str:
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
