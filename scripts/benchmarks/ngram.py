"""N-gram models beside KenLM, in turns on the same text: lower-cased words and marks, one paragraph a line."""

import argparse
import os
import re
import subprocess
import sys
import tempfile

import common

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("--text", help="a UTF-8 text (default: the austen corpus)")
arguments.add_argument("--orders", default="3,5")
arguments.add_argument("--rounds", type=int, default=3)
arguments.add_argument("--folder", help="where models are written (default: a temporary folder)")
options = arguments.parse_args()
kenlm = os.environ["KENLM"]
cores = os.cpu_count()


def prepare(source, folder):
    """Words and marks separated by blanks, as language model toolkits take them: train and every tenth line held out."""
    train, held_out = os.path.join(folder, "train.txt"), os.path.join(folder, "held-out.txt")
    token = re.compile(r"\w+(?:'\w+)*|[^\w\s]")
    with open(source, encoding="utf-8") as lines, open(train, "w") as first, open(held_out, "w") as second:
        kept = 0
        for line in lines:
            words = token.findall(line.lower())
            if words:
                (second if kept % 10 == 9 else first).write(" ".join(words) + "\n")
                kept += 1
    return train, held_out


def measure(command, output=subprocess.DEVNULL):
    def run():
        seconds, memory = common.timed(command, output)
        return {"seconds": seconds, "memory": memory}
    return run


with tempfile.TemporaryDirectory(dir=options.folder) as folder:
    train, held_out = prepare(options.text or common.corpus(), folder)
    size = os.path.getsize(train) / 1e6
    words = sum(len(line.split()) for line in open(held_out, encoding="utf-8"))
    training, queries = [], []
    for order in options.orders.split(","):
        ours, theirs = os.path.join(folder, f"ours-{order}.arpa"), os.path.join(folder, f"kenlm-{order}.arpa")
        fit = [common.LAB, "ngram", "train", "--order", order, "--smoothing", "modified-kneser-ney",
               "--tokenizer", "whitespace", "--arpa", ours, train]
        estimate = [os.path.join(kenlm, "lmplz"), "-o", order, "-S", "2G", "-T", folder, "--discount_fallback",
                    "--text", train, "--arpa", theirs]
        mine, peer = common.in_turns(options.rounds, measure(fit), measure(estimate))
        training.append([f"order {order}", f"{mine['seconds']:.2f}", f"{peer['seconds']:.2f}",
                         f"{peer['seconds'] / mine['seconds']:.2f}x", f"{mine['memory']:.0f}", f"{peer['memory']:.0f}"])
        binary, probing = ours + ".bin", theirs + ".probing"
        subprocess.run([common.LAB, "ngram", "convert", "--output", binary, theirs], check=True, stdout=sys.stderr)
        subprocess.run([os.path.join(kenlm, "build_binary"), "probing", theirs, probing], check=True,
                       stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        query = f"{os.path.join(kenlm, 'query')} -v summary {probing} < {train}"
        mine, peer = common.in_turns(
            options.rounds,
            measure([common.LAB, "ngram", "perplexity", "--model", binary, train]),
            measure(["sh", "-c", query]))
        queries.append([f"order {order}", f"{mine['seconds']:.3f}", f"{peer['seconds']:.3f}",
                        f"{peer['seconds'] / mine['seconds']:.2f}x", "", ""])
        few, many = common.in_turns(
            options.rounds,
            measure([common.LAB, "ngram", "sample", "--model", binary, "--tokens", "1", "--workers", "1"]),
            measure([common.LAB, "ngram", "sample", "--model", binary, "--tokens", "4000001", "--workers", "1"]))
        rate = 4 / (many["seconds"] - few["seconds"])
        queries.append([f"order {order}, sampling, one core", f"{rate:.2f} M words/s", "", "", "", ""])
    columns = ["what", "CollapseLab", "KenLM", "ratio", "MB", "KenLM MB"]
    common.table(f"Training: {size:.1f} MB of text in, ARPA out, {cores} cores: seconds", columns, training)
    common.table("Queries: the training text in, perplexity out: seconds", columns, queries)
