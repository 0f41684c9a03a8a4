"""What parsers read: files of every kind, the commands that read them, and what must be noticed."""

from dataclasses import dataclass

from .mutators import damage, fuzz


@dataclass
class Target:
    """A kind of input.

    `needs` maps paths of a case's folder to paths of the fixture; one of `files` is changed by
    `change`. Where `is_sealed`, a change must be noticed or change nothing; where it `is_output`,
    the command replaces what was changed. A message may say one of `named` instead of the path.
    `weight` says how often the kind is drawn.
    """

    name: str
    needs: dict
    files: list
    commands: list
    change: object = fuzz
    is_sealed: bool = False
    is_output: bool = False
    named: tuple = ()
    weight: int = 2


def own(*names):
    return {name: name for name in names}


TOKENS = own("tokens.bin", "tokens.bin.json", "tokenizer.json")
MODEL = {f"model/{name}": f"model/{name}" for name in (
    "config.json", "model.safetensors", "tokenizer.json")}
CORPUS = {f"root/corpora/.cache/tiny/{name}": f"root/corpora/.cache/tiny/{name}" for name in (
    "documents.txt", "offsets.bin", "corpus.json")}
DECODE = "tokenizer decode --tokenizer tokenizer.json tokens.bin"
PERPLEXITY = "perplexity --model model --tokens tokens.bin"
SAMPLE = "sample --model model --sequences 1 --length 4 --output out.bin"
QUERY = "ngram perplexity --arpa {} short.txt"
DRAW = "ngram sample --arpa {} --tokens 50 --seed 1"
COMPARE = "ngram compare --arpa {} --with other.arpa short.txt"
TRAIN = (
    "train --model model.yaml --tokens tokens.bin --tokenizer tokenizer.json --steps 60"
    " --checkpoint-interval 6 --log-interval 4 --output out --quiet")

TARGETS = [
    *(Target(
        f"experiment-{name}", own(f"{name}.yaml"), [f"{name}.yaml"],
        [f"validate --file-only {name}.yaml", f"validate --file-only {name}.yaml"]
        + ([f"theory {name}.yaml"] if name == "gaussian" else []), weight=3)
      for name in ("gaussian", "words", "net")),
    Target(
        "preset", own("words.yaml", "root/models/mine.yaml"), ["root/models/mine.yaml"],
        ["validate --file-only words.yaml --set model=mine"], named=("preset `mine`",)),
    *(Target(
        f"tokenizer-{name}", own(f"{name}.json", "short.txt"), [f"{name}.json"],
        [f"tokenizer inspect {name}.json hello",
         f"tokenizer encode --tokenizer {name}.json --output out.bin short.txt"])
      for name in ("tokenizer", "words", "characters")),
    Target(
        "tokens", TOKENS | MODEL, ["tokens.bin"], [DECODE, PERPLEXITY], damage, is_sealed=True),
    Target(
        "tokens-description", TOKENS | MODEL, ["tokens.bin.json"], [DECODE, PERPLEXITY],
        named=("tokens.bin",)),
    Target(
        "arpa", own("model.arpa", "other.arpa", "short.txt"), ["model.arpa"],
        [QUERY.format("model.arpa"), DRAW.format("model.arpa"), COMPARE.format("model.arpa"),
         "ngram convert --output out.ngram model.arpa"], weight=3),
    Target(
        "ngram", own("model.ngram", "other.arpa", "short.txt"), ["model.ngram"],
        [QUERY.format("model.ngram"), DRAW.format("model.ngram"), COMPARE.format("model.ngram"),
         "ngram convert --output out.arpa model.ngram"], damage, is_sealed=True, weight=3),
    Target(
        "model-config", MODEL | TOKENS, ["model/config.json"],
        ["model inspect model", PERPLEXITY, SAMPLE]),
    Target(
        "model-weights", MODEL | TOKENS, ["model/model.safetensors"],
        ["model inspect model", PERPLEXITY, SAMPLE], weight=3),
    Target("model-tokenizer", MODEL, ["model/tokenizer.json"], ["model inspect model"], weight=1),
    Target(
        "corpus-text", CORPUS, [path for path in CORPUS if "corpus.json" not in path],
        ["corpus stats tiny"], damage, is_sealed=True, named=("corpus tiny",)),
    Target(
        "corpus-record", CORPUS, [path for path in CORPUS if "corpus.json" in path],
        ["corpus stats tiny", "corpus list"], named=("corpus tiny",)),
    Target("import-text", own("short.txt"), ["short.txt"], [
        "corpus import short.txt --name new",
        "corpus import short.txt --name new --documents lines --normalization nfkd --fold-case",
        "corpus import short.txt --name new --documents blocks --strip-controls"],
        named=("corpus new",)),
    Target("import-lines", own("lines.jsonl"), ["lines.jsonl"], [
        "corpus import lines.jsonl --name new"], named=("corpus new",)),
    Target("text", own("short.txt"), ["short.txt"], [
        "tokenizer train --vocabulary 300 --output out.json short.txt",
        "tokenizer train --kind word --output out.json short.txt",
        "tokenizer train --kind character --output out.json short.txt",
        "ngram train --order 3 --arpa out.arpa short.txt"]),
    Target(
        "checkpoint", own("model.yaml", "tokens.bin", "tokens.bin.json", "tokenizer.json")
        | {"out": "interrupted"},
        ["out/checkpoint.safetensors"] * 2 + ["out/training.csv"], [TRAIN], damage,
        is_sealed=True, is_output=True),
]
