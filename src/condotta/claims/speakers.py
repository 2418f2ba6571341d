"""The patterns in which a sentence names who says it: "X said", "..., said X", "X: ...", "data gathered by X"."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from condotta.claims.actors import Lexicon, Mention
from condotta.claims.parser import Parse, Token
from condotta.claims.phrases import before_verb, clean_label, label_of, named_before, run_from, subject_of


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


def trailing(parse: Parse, lexicon: Lexicon, mentions: list[Mention]) -> Iterable[Speech]:
    """ "..., a former guard recalled." and "... X swore that": whoever stands between a break and a verb of saying."""
    speech = lexicon.words.speech
    cues = set(speech["say"]) - set(speech["say_weak"]) | {"found", "counted", "recalled"}
    for hit in re.finditer(_TRAILING % "|".join(sorted(cues, key=len, reverse=True)), parse.text):
        words = parse.at(parse.sentence.start + hit.start(1), parse.sentence.start + hit.end(1))
        opening = hit.start(1) == 0 and not re.match(r"\s+that\b", parse.text[hit.end() :])
        if opening or not _is_noun_phrase(words):
            continue
        at = parse.sentence.start + hit.start(2)
        path, pronoun = label_of(parse, words, lexicon, mentions)
        if not path and not pronoun:
            path = (clean_label(parse, words, lexicon),)
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


def passive(parse: Parse, lexicon: Lexicon, mentions: list[Mention]) -> Iterable[Speech]:
    """ "was confirmed on Thursday by X", "put at 36 by X"."""
    cues = r"\b(?:confirmed|announced|reported|documented|claimed|denied|put at [\w,.]+|recorded|verified|estimated)"
    for hit in re.finditer(cues + r"\s+(?:\w+\s+){0,3}?by\s+(?!the end|\d|\w+day)", parse.text):
        words = run_from(parse, parse.sentence.start + hit.end())
        path, pronoun = label_of(parse, words, lexicon, mentions) if words else ((), False)
        if path:
            start = parse.sentence.start + hit.start()
            yield Speech(path, start, start, words[-1].end, hit[0].startswith("denied"), pronoun, "by")


def headed(parse: Parse, lexicon: Lexicon, mentions: list[Mention]) -> Iterable[Speech]:
    """ "SOHR: 18,000 sent to Libya" in a headline, and "... , monitor says" without its verb: "... - monitor"."""
    hit = re.match(r"([A-Z][\w .'-]{1,40}):\s", parse.text)
    if hit:
        words = parse.at(parse.sentence.start, parse.sentence.start + hit.end(1))
        if not _is_noun_phrase(words):
            return
        named = any(m.kind == "source" and m.start == parse.sentence.start for m in mentions)
        if named or {t.low for t in words} & set(lexicon.words.speech["speakers"]):
            path, _ = label_of(parse, words, lexicon, mentions)
            if path:
                yield Speech(path, parse.sentence.start, parse.sentence.start, words[-1].end, verb=":")


def spoken(parse: Parse, lexicon: Lexicon, mentions: list[Mention]) -> Iterable[Speech]:
    speech_words = lexicon.words.speech
    for token in parse.tokens:
        if token.low not in speech_words["say"] or not (token.tag.startswith("VB") or _noun_cue(parse, token)):
            continue
        if token.low in speech_words["say_weak"] and not _has_content(parse, token):
            continue
        if any(parse.tokens[c].dep in ("aux:pass",) for c in parse.children[token.i]):
            continue
        subject = named_before(parse, token, mentions) or subject_of(parse, token, lexicon)
        if subject and any(t.tag == "CD" and t.low != "one" for t in subject[:3]) and len(subject) > 5:
            subject = before_verb(parse, token)
        if subject is None or (any(t.tag == "CD" and t.low != "one" for t in subject[:1]) and len(subject) > 5):
            continue
        path, pronoun = label_of(parse, subject, lexicon, mentions)
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


def accorded(parse: Parse, lexicon: Lexicon, mentions: list[Mention]) -> Iterable[Speech]:
    for hit in re.finditer(
        r"\b(?:by|in) (?:his|her|their|its) (?:own )?(?:account|words|count|telling)\b", parse.text, re.IGNORECASE
    ):
        start = parse.sentence.start + hit.start()
        yield Speech(("",), start, start, start + len(hit[0]), False, True, "account")
    for phrase in lexicon.words.speech["according"]:
        for hit in re.finditer(rf"\b{re.escape(phrase)}\b", parse.text, re.IGNORECASE):
            at = parse.sentence.start + hit.end()
            words = run_from(parse, at)
            path, pronoun = label_of(parse, words, lexicon, mentions) if words else ((), False)
            if words and words[0].low in ("its", "his", "her", "their"):
                path, pronoun = ("",), True
            if path:
                start = parse.sentence.start + hit.start()
                yield Speech(path, start, start, words[-1].end, False, pronoun, phrase)


def reported(parse: Parse, lexicon: Lexicon, mentions: list[Mention]) -> Iterable[Speech]:
    """ "data gathered by X", "figures from X", "X's tally" and the like."""
    nouns = "|".join(lexicon.words.speech["report_nouns"])
    verbs = "|".join(lexicon.words.speech["report_verbs"])
    for hit in re.finditer(rf"\b(?:{nouns})\s+(?:\w+\s+)?(?:{verbs})(?:\s+by)?\s+", parse.text, re.IGNORECASE):
        words = run_from(parse, parse.sentence.start + hit.end())
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
            path, _ = label_of(parse, words, lexicon, mentions)
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
