"""Who says it: the speakers of a sentence, and the chain of sources that a claim at a given place has.

Patterns: "X said (that) ...", "..., said X", "according to X", "citing X", "data gathered by X", "X's figures",
"told Y"; a following sentence inherits the speaker only where it plainly leans on it ("he added", "among them").
"""

import re

from condotta.claims.actors import Lexicon, Mention
from condotta.claims.parser import Parse, Token
from condotta.claims.speakers import Speech, accorded, headed, passive, reported, spoken, trailing

_ANAPHORIC = re.compile(
    r"^(?:moreover|among|of (?:them|those|these|whom)|another (?=\d|\w+ (?:fighters|men|were|had))|a further|an additional|in addition|the (?:toll|figure|number|total|dead|group|same|latter|remaining|rest|others)|"
    r"they|them|these|those|some of|others|also|it|he|she|both|half|most of|this|that|in total|overall|meanwhile|since then|including|so far|as well|with|at least .{1,30} of (?:them|those))\b",
    re.IGNORECASE,
)


_SEPARATOR = re.compile(
    r";|,?\s+(?:while|whereas|although|though|but|however|yet|against)\s+|,\s+and\s+(?=(?:the|a|an|one|some)?\s*[A-Z]?\w+\s+(?:said|put|reported|claimed|counted))"
)


def speeches(parse: Parse, lexicon: Lexicon, mentions: list[Mention]) -> list[Speech]:
    """Every speaker that the sentence names, left to right."""
    found = [
        *trailing(parse, lexicon, mentions),
        *passive(parse, lexicon, mentions),
        *headed(parse, lexicon, mentions),
        *spoken(parse, lexicon, mentions),
        *accorded(parse, lexicon, mentions),
        *reported(parse, lexicon, mentions),
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
