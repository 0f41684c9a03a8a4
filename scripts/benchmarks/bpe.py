"""Byte-level BPE beside Hugging Face tokenizers and tiktoken, in turns on the same text and merges."""

import argparse
import os
import subprocess
import sys
import tempfile

import common

arguments = argparse.ArgumentParser(description=__doc__)
arguments.add_argument("--text", help="a UTF-8 text (default: the austen corpus)")
arguments.add_argument("--vocabulary", type=int, default=4096)
arguments.add_argument("--rounds", type=int, default=3)
options = arguments.parse_args()

text = options.text or common.corpus()
size = os.path.getsize(text) / 1e6
with tempfile.TemporaryDirectory() as folder:
    tokenizer = os.path.join(folder, "tokenizer.json")
    subprocess.run(
        [common.LAB, "tokenizer", "train", "--vocabulary", str(options.vocabulary), "--output", tokenizer, text],
        check=True, stdout=sys.stderr)
    peer = [sys.executable, os.path.join(os.path.dirname(__file__), "peer_tokenizers.py"),
            text, str(options.vocabulary), tokenizer]

    def peers(threads):
        return lambda: common.answers(["env", f"RAYON_NUM_THREADS={threads}"] + peer)

    cores = os.cpu_count()
    ours, single, all_cores = common.in_turns(
        options.rounds,
        lambda: common.answers([common.BENCHMARKS, "bpe", text, str(options.vocabulary), str(cores)]),
        peers(1), peers(cores))

rows = []


def row(what, mine, their_name, seconds):
    rows.append([what, f"{size / mine:.1f}", their_name, f"{size / seconds:.1f}", f"{seconds / mine:.1f}x"])


row("train", ours["train"], "tokenizers, all cores", all_cores["train"])
row("encode, one thread", ours["encode 1"], "tokenizers by line", single["by line"])
row("encode, one thread", ours["encode 1"], "tokenizers as one string", single["as one string"])
row("encode, one thread", ours["encode 1"], "tiktoken as one string", single["tiktoken"])
row("encode, one thread", ours["encode 1"], "tiktoken by line", single["tiktoken by line"])
row(f"encode, {cores} threads", ours["encode all"], "tokenizers by line", all_cores["by line"])
common.table(
    f"Byte-level BPE, vocabulary {options.vocabulary}, {size:.2f} MB of text, medians of {options.rounds} rounds",
    ["what", "MB/s", "peer", "MB/s", "ratio"], rows)
print(f"\nThe machine copies memory at {ours['memory copy']:.1f} GB/s; decoding ran at "
      f"{size / ours['decode']:.0f} MB/s.")
