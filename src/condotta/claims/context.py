"""What the rules see of one sentence: its parse, figures, names, dates, speakers, and what went before."""

import re
from dataclasses import dataclass, field

from condotta.cases import Case
from condotta.claims.actors import Lexicon, Mention
from condotta.claims.lines import Row
from condotta.claims.parser import Parse, Token
from condotta.claims.periods import TimePhrase
from condotta.claims.quantities import Quantity
from condotta.claims.speakers import Speech
from condotta.records import Document
from condotta.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class Context:
    """One sentence with everything found in it; offsets are those of the document. `row`: the row of a table that it is; `item`: whether
    it opens an item of a list; `lead_times`: the dates of the line that announces the list."""

    document: Document
    parse: Parse
    words: Vocabulary
    lexicon: Lexicon
    mentions: list[Mention]
    figures: list[Quantity]
    times: list[TimePhrase]
    speeches: list[Speech]
    before: "Context | None" = None
    inherited: tuple[str, ...] = ()
    groups_before: tuple[Mention, ...] = field(default=())
    row: Row | None = None
    item: bool = False
    lead_times: tuple[TimePhrase, ...] = ()

    @property
    def case(self) -> Case | None:
        """The case that names are resolved against, if any."""
        return self.lexicon.case

    @property
    def groups(self) -> tuple[Mention, ...]:
        """The groups that the sentence names."""
        return tuple(m for m in self.mentions if m.kind == "group")

    @property
    def start(self) -> int:
        """Offset of the sentence in the document."""
        return self.parse.sentence.start

    @property
    def lower(self) -> str:
        """The sentence in lower case; same offsets as the sentence."""
        return self.parse.text.lower()

    def between(self, start: int, end: int) -> str:
        """The words between two document offsets."""
        return self.parse.text[max(0, start - self.start) : max(0, end - self.start)]

    def clause(self, offset: int) -> tuple[int, int]:
        """Document offsets of the clause around `offset`: up to ";", "while", "but", or a comma before a new figure."""
        cuts = [0]
        for hit in re.finditer(
            r";|:|\b(?:while|whereas|although|though|but)\b|,\s+(?:and\s+)?(?=(?:another|at least|about|some|more than)?\s*\d)",
            self.lower,
        ):
            cuts.append(hit.start())
        cuts.append(len(self.parse.text))
        at = offset - self.start
        first = max(c for c in cuts if c <= at)
        last = min((c for c in cuts if c > at), default=len(self.parse.text))
        return self.start + first, self.start + last

    def token_at(self, offset: int) -> Token | None:
        """The token that covers a document offset."""
        return next(iter(self.parse.at(offset, offset + 1)), None)
