"""What an ambiguous word means where it stands: "left" the group, the country, or twelve dead behind.

Each rule gets the measure, the text before and after, the words below it in the tree and whether it is a verb; it
gives the measure that is meant, or None.
"""

import re
from collections.abc import Callable

from condotta.claims.context import Context
from condotta.claims.parser import Token

Rule = Callable[[str, str, str, set[str], bool], str | None]


_PROGRESSIVE = frozenset(["are", "is", "were", "was", "be", "been", "being", "currently", "now", "still"])


def _fighting(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    if re.match(r"\s+(?:broke|raged|continued|between|has|erupted|around|near)", after) or re.search(
        r"\b(?:the|heavy|fierce|in|of|during|recent)\s+$", before
    ):
        return None
    return (
        name if children & _PROGRESSIVE or re.search(r"\b\w+(?:s|men|are|currently|now|is|were)\s+$", before) else None
    )


def _left(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    if re.match(
        r"\s+(?:at least |more than |some |about |nearly |up to |around |over |another )?(?:\d|\w+ (?:people |fighters )?(?:dead|killed|wounded|injured))",
        after,
    ):
        return None
    if re.match(r"\s+(?:\w+\s+)?for\b", after):
        return "arrived" if name == "returned" else None
    if re.match(r"\s+(?:the\s+)?(?:libya|theatre|country|tripoli|front|mali|sudan|yemen)\b", after):
        return "returned" if name == "returned" else None
    return "defected" if name == "defected" else None


def _training(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    if (
        name != "in training"
        or re.match(r"\s+(?:camps?\s+)?(?:lasts?|lasted|courses?|programme|program)\b", after)
        or (
            re.search(
                r"\b(?:lack of|without|after|poor|no|for lack of|finished|completed|the)\s+(?:\w+\s+){0,2}$", before
            )
            and not re.search(r"\b(?:under|in|receiv\w+|at) (?:the )?$", before)
        )
    ):
        return None
    return name


def _numbered(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    return (
        None
        if re.search(
            r"\b(?:dead|killed|deaths|wounded|losses|volunteers|recruits|arrivals|captured|prisoners|deserters|tripoli|side)\b",
            before,
        )
        else name
    )


def _taken(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    wanted = {"captured": r"\s+(?:prisoner|captive|hostage|\w+ prisoner)", "present": r"\s+part in"}.get(name)
    return name if wanted and re.match(wanted, after) else None


def _deserted(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    """To desert a post is to flee; to desert a group, to defect."""
    post = re.match(r"\s+(?:their|his|its|the)?\s*(?:posts?|positions?|barracks|checkpoints?|front|line)\b", after)
    return "fled" if post and name == "defected" else name


def _number(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    """ "they number 30,000" is a strength; "the number of" says nothing by itself."""
    return name if re.match(_FIGURE, after) else None


def _gone(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    """ "gone over to" the enemy; "gone back" is read at "back"."""
    return name if re.match(r"\s+over\s+to", after) else None


def _deployed(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    """ "are deployed in" says where they stand; "were deployed to" that they were sent."""
    standing = children & {"are", "remain", "were", "be"} and re.match(r"\s+(?:in|across|around|near|at|on)\b", after)
    return "present" if name == "arrived" and standing else name


def _claiming(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    return (
        name
        if re.match(
            r"\s+(?:at least |some |about |more than |over )?(?:the lives|\w+ lives|\w+ and (?:injuring|wounding)|\d+ martyrs)",
            after,
        )
        else None
    )


_FIGURE = r"\s+(?:at least |some |about |around |more than |over |up to |another |only )?(?:\d|[a-z]+(?:teen|ty)\b|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|dozens|scores|hundreds)"


def _lost(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    """ "lost 14" men, not ground, contact or votes."""
    return (
        name
        if re.match(_FIGURE, after)
        and not re.match(_FIGURE + r"\S*\s+(?:villages|towns|positions|posts|km|tanks|vehicles|seats)", after)
        else None
    )


def _fell(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    level = re.match(r"\s+(?:to|from|by|below|under|short|back|apart|into|on)\b", after)
    return name if verbal and not level else None


def _gave(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    return name if re.match(r"\s+(?:themselves|himself)\s+(?:up|in)", after) else None


def _made(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    return name if re.match(r"\s+prisoners?\b", after) else None


def _slipped(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    return name if re.match(r"\s+(?:away|off)\b", after) else None


def _reached(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    """ "reached Nyala" is arriving; "reached 300" and "reached hundreds" a figure rising."""
    place = re.match(
        r"\s+(?:the\s+)?(?:front|town|city|capital|port|base|airport|libya|[a-z]+(?=\s+(?:by|in|on|via|from|last|airport)\b))",
        after,
    )
    return name if place and not re.match(r"\s+(?:hundreds|dozens|thousands|an|a|no|agreement|by)\b", after) else None


def _crossed(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    into = bool(re.match(r"\s+into\b", after))
    if name == "arrived":
        return name if into else None
    return name if not into and re.search(r"\b(?:europe|italy|sea|border)\b", after) else None


def _only_with(*needed: str) -> "Rule":
    """A rule that keeps the measure only where one of these words stands near."""

    def rule(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
        around = before[-30:] + " | " + after[:40]
        return name if any(re.search(rf"\b(?:{n})\b", around) for n in needed) else None

    return rule


def _verb_only(name: str, before: str, after: str, children: set[str], verbal: bool) -> str | None:
    return name if verbal and not re.search(r"\b(?:the|a|no|any|of)\s+$", before) else None


_SPECIAL: dict[str, Rule] = {
    "deserted": _deserted, "abandoned": _deserted, "changed": _only_with("sides"), "switched": _only_with("sides"),
    "lost": _lost, "losing": _lost, "loses": _lost, "fell": _fell, "fallen": _fell, "gave": _gave, "turned": _gave, "made": _made,
    "slipped": _slipped, "ran": _slipped, "run": _slipped, "reached": _reached, "pressed": _only_with("into", "ranks"), "drawn": _only_with("into"),
    "rounded": _only_with("up"), "drill": _only_with("undergoing", "under", "at"), "exercise": _only_with("on", "at"), "held": _only_with("positions", "posts", "line"),
    "holds": _only_with("positions", "line"), "poured": _only_with("into"), "streamed": _only_with("into"), "engaged": _only_with("contractor", "company", "recruiter", "recruiters"),
    "strong": _only_with(r"\d+", "hundred", "thousand"), "transfer": _only_with("of"), "loss": _only_with("of"), "recalled": _only_with("were", "was", "been"),
    "rotated": _only_with("out", "in", "home"), "shed": _only_with("will", "soldiers", "men", "troops"),
    "fighting": _fighting, "fight": _only_with("to", "who", "currently"), "left": _left, "training": _training,
    "camps": _only_with("training", "in"), "trained": _verb_only, "train": _verb_only,
    "back": _only_with("came", "come", "gone", "went", "brought", "sent", "flown", "home", "bring", "taken"),
    "lives": _only_with("claimed", "lost", "cost", "took"), "force": _only_with("strong", "of"),
    "broke": _only_with("away", "ranks", "from"), "laid": _only_with("down", "arms"), "crossed": _crossed,
    "signed": _only_with("up", "contract", "contracts", "on"), "pulled": _only_with("out", "back"),
    "stands": _only_with("at"), "commands": _only_with("men", "fighters", "force"), "keeps": _only_with("men", "fighters", "troops"),
    "numbered": _numbered, "numbers": _numbered, "numbering": _numbered,
    "number": _number, "ordered": _only_with("deployment of"),
    "asked": _only_with("for"), "hurt": _verb_only, "fly": _verb_only, "flight": _only_with("desertion", "their"),
    "trains": _verb_only, "entered": _only_with("libya", "country", "theatre", "turkey", "mali", "sudan"), "moved": _only_with("to", "into", "from"),
    "taken": _taken, "took": _taken, "claiming": _claiming, "claimed": _claiming, "gone": _gone, "deployed": _deployed,
    "toll": _only_with("death", "its", "the", "killed", "dead", "rose", "risen", "stands", "total"), "went": _only_with("to", "back", "home", "into"),
    "victims": _only_with("dead", "killed", "number", "of"), "seized": _only_with("fighters", "men", "mercenaries", "prisoners"),
    "registered": _only_with("for", "to", "names", "fighters", "recruits", "men", "with", "at", "volunteers"), "surrendered": _verb_only, "active": _only_with("are", "remain", "still", "remained"),
    "based": _only_with("are", "were", "in", "at"), "exceeds": _only_with("presence", "strength", "number"),
    "return": _only_with("to", "home", "of", "from"), "returns": _only_with("to", "home", "of", "from"),
}  # fmt: skip


def sense_of(context: Context, token: Token, name: str, verbal: bool) -> str | None:
    """The measure that an ambiguous word means here, or None where it means something else."""
    text = context.lower
    after = text[token.end - context.start : token.end - context.start + 60]
    before = text[max(0, token.start - context.start - 40) : token.start - context.start]
    children = {context.parse.tokens[c].low for c in context.parse.children[token.i]}
    rule = _SPECIAL.get(token.low)
    if rule is not None:
        return rule(name, before, after, children, verbal)
    if name == "arrived" and re.match(r"\s+(?:\w+\s+){0,2}(?:back|home)\b", after):
        return "returned"
    if name == "arrived" and re.match(r"\s+(?:\w+\s+){0,2}?(?:for|to)\s+(?:\w+\s+){0,3}train", after):
        return "in training"
    if (
        name == "arrived"
        and verbal
        and re.search(r"\b(?:from libya|out of)\b", after)
        and re.search(r"to (?:syria|turkey)|back", after)
    ):
        return "returned"
    return name
