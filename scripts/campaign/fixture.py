"""What the campaign works on, all of it made by the program itself from an invented text."""

import random
import signal

from . import targets, trees

EXPERIMENTS = {
    "gaussian": """\
format: 1
name: gaussian
setting: gaussian
generations: 3
seeds: 0..3
sample-size: 50
arms:
  replace: {workflow: replace}
  accumulate: {workflow: accumulate}
  mixture: {workflow: mixture, real-fraction: 0.3, real-data: fresh}
""",
    "words": """\
format: 1
name: words
setting: language
generations: 2
seeds: [0]
corpus: tiny
sample-size: 600
tokenizer: {kind: word}
model: {kind: ngram, order: 2}
sampling: {maximum-document-length: 40}
evaluation: {documents: 5, bootstrap: 10}
arms:
  replace: {workflow: replace}
  accumulate: {workflow: accumulate}
""",
    "units": """\
format: 1
name: units
setting: language
generations: 2
seeds: 0..29
corpus: tiny
sample-size: 600
tokenizer: {kind: word}
model: {kind: ngram, order: 2}
sampling: {maximum-document-length: 40}
evaluation: {documents: 5, bootstrap: 10}
arms:
  replace: {workflow: replace}
  accumulate: {workflow: accumulate}
""",
    "net": """\
format: 1
name: net
setting: language
generations: 1
seeds: [0]
corpus: tiny
sample-size: 600
tokenizer: {kind: byte}
model:
  kind: transformer
  layers: 1
  heads: 1
  width: 16
  context-length: 16
  training: {batch-size: 4, shards: 2}
budget: {unit: steps, amount: 6}
sampling: {maximum-document-length: 40}
evaluation: {documents: 3, bootstrap: 10}
arms:
  replace: {workflow: replace}
""",
}

MODEL = """\
kind: transformer
layers: 1
heads: 1
width: 16
context-length: 16
training: {batch-size: 4, shards: 2}
"""


def invented_text(paragraphs):
    """Paragraphs of invented words, always the same."""
    draw = random.Random(1)
    letters = "abcdefghiklmnoprstuvwy"
    words = ["".join(draw.choices(letters, k=draw.randint(2, 8))) for _ in range(150)]
    text = []
    for _ in range(paragraphs):
        sentences = []
        for _ in range(draw.randint(2, 5)):
            chosen = [
                words[min(int(draw.expovariate(0.03)), 149)] for _ in range(draw.randint(4, 12))]
            sentences.append(" ".join(chosen).capitalize() + ".")
        text.append(" ".join(sentences))
    return "\n\n".join(text) + "\n"


def make(program, folder):
    """Fills a folder with texts, experiments and one file of every kind that the program writes."""
    for name in ("root/corpora", "root/models"):
        (folder / name).mkdir(parents=True)
    text = invented_text(60)
    (folder / "text.txt").write_text(text)
    (folder / "long.txt").write_text(invented_text(2_000))
    (folder / "lines.jsonl").write_text(
        "".join(f'{{"text": "{part}"}}\n' for part in text.strip().split("\n\n")))
    for name, experiment in EXPERIMENTS.items():
        (folder / f"{name}.yaml").write_text(experiment)
    (folder / "model.yaml").write_text(MODEL)
    (folder / "root/models/mine.yaml").write_text(MODEL)
    for command in [
        "corpus import text.txt --name tiny --documents blocks",
        "tokenizer train --kind bpe --vocabulary 300 --output tokenizer.json text.txt",
        "tokenizer train --kind word --output words.json text.txt",
        "tokenizer train --kind character --output characters.json text.txt",
        "tokenizer encode -t tokenizer.json --output tokens.bin --documents lines text.txt",
        "ngram train --order 3 --arpa model.arpa text.txt",
        "ngram train --order 3 --smoothing witten-bell --arpa other.arpa text.txt",
        "ngram convert --output model.ngram model.arpa",
        "train --model model.yaml --tokens tokens.bin --tokenizer tokenizer.json --steps 20"
        " --output model --quiet",
        "run gaussian.yaml --output gaussian --quiet",
        "run words.yaml --output words --quiet",
        "run words.yaml --output shared/run --store shared/store --quiet",
    ]:
        outcome = program.run(command.split(), folder)
        if outcome.status != 0:
            raise SystemExit(f"The campaign's own preparation fails: {outcome}")
    interrupt_training(program, folder)
    trees.copy(folder / "gaussian", folder / "drawn")
    program.run(["report", "drawn"], folder, draws=True).require_success("report")
    # Damaged texts need short ones, to be cheap.
    (folder / "short.txt").write_text(text[:3_000])
    return folder


def interrupt_training(program, folder):
    """Leaves in `interrupted` what a training of 60 steps had done when it was killed."""
    workplace = folder / "training"
    needs = ("model.yaml", "tokens.bin", "tokens.bin.json", "tokenizer.json")
    place(folder, workplace, {name: name for name in needs})
    shim = {"CALL": "rename", "AT": 6, "SIGNAL": int(signal.SIGKILL)}
    program.run(targets.TRAIN.split(), workplace, shim=shim)
    if not (workplace / "out/checkpoint.safetensors").exists():
        raise SystemExit("The campaign's own preparation fails: no training checkpoint")
    trees.copy(workplace / "out", folder / "interrupted")


def place(fixture, folder, needs):
    """Copies parts of the fixture into a case's folder; `needs` maps paths to fixture paths."""
    folder.mkdir(parents=True)
    for path, source in needs.items():
        trees.copy(fixture / source, folder / path)
