"""Times Hugging Face tokenizers and tiktoken: prints seconds as JSON. Arguments: text, vocabulary, tokenizer.json."""

import json
import os
import sys
import time

text_path, vocabulary, tokenizer_path = sys.argv[1], int(sys.argv[2]), sys.argv[3]


def best(action, repeats=3):
    times = []
    for _ in range(repeats):
        begin = time.perf_counter()
        action()
        times.append(time.perf_counter() - begin)
    return min(times)


from tokenizers import Tokenizer, decoders, models, pre_tokenizers, trainers  # noqa: E402
import tiktoken  # noqa: E402

text = open(text_path, encoding="utf-8").read()
lines = text.splitlines(keepends=True)
result = {}


def train():
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.train_from_iterator(lines, trainers.BpeTrainer(
        vocab_size=vocabulary, special_tokens=["<|endoftext|>"], show_progress=False,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet()))


if os.environ.get("RAYON_NUM_THREADS") != "1":
    result["train"] = best(train, 1)
tokenizer = Tokenizer.from_file(tokenizer_path)
result["by line"] = best(lambda: tokenizer.encode_batch_fast(lines), 1)
if os.environ.get("RAYON_NUM_THREADS") == "1":
    result["as one string"] = best(lambda: tokenizer.encode(text), 1)
    # The same merges, as tiktoken takes them: bytes by rank.
    alphabet = {}
    free = 256
    for byte in range(256):
        if 33 <= byte <= 126 or 161 <= byte <= 172 or 174 <= byte <= 255:
            alphabet[chr(byte)] = byte
        else:
            alphabet[chr(free)] = byte
            free += 1
    vocab = json.load(open(tokenizer_path, encoding="utf-8"))["model"]["vocab"]
    ranks = {bytes(alphabet[c] for c in token): id for token, id in vocab.items() if token != "<|endoftext|>"}
    encoding = tiktoken.Encoding(
        "bench", mergeable_ranks=ranks, special_tokens={},
        pat_str=r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""")
    result["tiktoken"] = best(lambda: encoding.encode_ordinary(text))
    result["tiktoken by line"] = best(lambda: [encoding.encode_ordinary(line) for line in lines], 1)
print(json.dumps(result))
