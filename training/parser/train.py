"""Train the tagger and parser that `condotta.claims` reads sentences with.

    CONDOTTA_CORPORA=/path/to/corpora make train

Reads ud_ewt/train.conllu and ud_ewt/dev.conllu (Universal Dependencies English EWT, CC BY-SA 4.0), keeps one
sentence per document because sentences are split by rule before parsing, and writes the best model by LAS on the
dev set to src/condotta/claims/weights, without the training state. Fixed seed, one thread, about 15 minutes.
"""

import os
import sys
import tempfile
from pathlib import Path

import spacy
from spacy.cli.train import train
from spacy.tokens import DocBin
from spacy.training.converters import conllu_to_docs

HERE = Path(__file__).parent
WEIGHTS = HERE.parents[1] / "src" / "condotta" / "claims" / "weights"


def sentences(conllu: Path, out: Path) -> Path:
    """A DocBin with one sentence per document."""
    docs = conllu_to_docs(conllu.read_text(encoding="utf-8"), n_sents=1, no_print=True)
    DocBin(docs=docs).to_disk(out)
    return out


def main() -> int:
    corpora = os.environ.get("CONDOTTA_CORPORA")
    if not corpora:
        print("set CONDOTTA_CORPORA to the folder that holds ud_ewt (or data/ud_ewt)", file=sys.stderr)
        return 2
    treebank = next(p for p in (Path(corpora) / "data" / "ud_ewt", Path(corpora) / "ud_ewt") if p.is_dir())
    with tempfile.TemporaryDirectory() as scratch:
        work = Path(scratch)
        paths = {
            "paths.train": str(sentences(treebank / "train.conllu", work / "train.spacy")),
            "paths.dev": str(sentences(treebank / "dev.conllu", work / "dev.spacy")),
        }
        train(HERE / "config.cfg", work / "out", overrides=paths)
        nlp = spacy.load(work / "out" / "model-best")
        nlp.meta.update(name="condotta_ewt", license="CC BY-SA 4.0", url="", author="Condotta")
        nlp.to_disk(WEIGHTS)
    print(f"written to {WEIGHTS}; the licence notice beside them is part of the package")
    return 0


if __name__ == "__main__":
    sys.exit(main())
