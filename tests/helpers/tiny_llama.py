"""A language model of a few hundred kilobytes that says one text and nothing else, and a random eye for it.

    python -m helpers.tiny_llama FOLDER ANSWER_FILE [--blind] [--random SEED]

serves it with llama.cpp, prints the base URL, and ends when its standard input does.

The model is a llama whose attention and feed-forward weights are zero: what goes in as a token's vector comes out
unchanged, and the output matrix holds the vector of each token in the row of the token that follows it. So it is a
chain: from the token that ends the prompt it walks along the pieces of the text to the end token. The eye is a CLIP
with random weights, so that pictures are decoded, cut up and put in front of the model as they are for a real one.
"""

import argparse
import itertools
import sys
from pathlib import Path
from typing import Any

WIDTH = 256  # of a token's vector
EYE = 32  # of a patch's vector
PATCH, PICTURE = 14, 56  # pixels
GO, END = "<|go|>", "<|end|>"
TEMPLATE = "{% for m in messages %}" + "{{ m['content'] }}" + "{% endfor %}" + GO


def pieces(text: str) -> list[str]:
    """`text` cut into pieces none of which occurs twice: each is the name of one place in it."""
    found: list[str] = []
    at = 0
    while at < len(text):
        size = 2
        while text[at : at + size] in found and at + size < len(text):
            size += 1
        piece = text[at : at + size]
        if piece in found:  # the last one has nothing to grow by
            piece = found.pop() + piece
        found.append(piece)
        at += size
    return found


def write_model(path: Path, text: str, seed: int | None = None) -> None:
    """A model that answers `text`; with a `seed`, one that says whatever comes."""
    import gguf
    import numpy as np

    parts = pieces(text)
    kinds = gguf.TokenType
    tokens = ["<unk>", "<s>", END, GO, *(f"<0x{byte:02X}>" for byte in range(256))]
    types = [kinds.UNKNOWN, kinds.CONTROL, kinds.CONTROL, kinds.CONTROL, *[kinds.BYTE] * 256]
    first = len(tokens)
    tokens += [part.replace(" ", "\u2581") for part in parts]
    types += [kinds.NORMAL] * len(parts)
    vectors = np.random.default_rng(1).choice([-1.0, 1.0], (len(tokens), WIDTH)).astype(np.float32)
    following = np.zeros_like(vectors)
    chain = [3, *range(first, len(tokens)), 2]
    for now, after in itertools.pairwise(chain):
        following[after] = vectors[now] * 0.2
    if seed is not None:
        following = np.random.default_rng(seed).standard_normal(vectors.shape).astype(np.float32)

    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(1)
    writer.add_context_length(8192)
    writer.add_embedding_length(WIDTH)
    writer.add_feed_forward_length(WIDTH)
    writer.add_head_count(4)
    writer.add_head_count_kv(4)
    writer.add_layer_norm_rms_eps(1e-6)
    writer.add_rope_dimension_count(WIDTH // 4)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("llama")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(number) for number in range(len(tokens))])
    writer.add_token_types(types)
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_unk_token_id(0)
    writer.add_chat_template(TEMPLATE)
    writer.add_tensor("token_embd.weight", vectors)
    writer.add_tensor("output.weight", following)
    zero, one = np.zeros((WIDTH, WIDTH), np.float32), np.ones(WIDTH, np.float32)
    for name in ("attn_q", "attn_k", "attn_v", "attn_output", "ffn_gate", "ffn_up", "ffn_down"):
        writer.add_tensor(f"blk.0.{name}.weight", zero)
    for name in ("output_norm", "blk.0.attn_norm", "blk.0.ffn_norm"):
        writer.add_tensor(f"{name}.weight", one)
    _finish(writer)


def write_eye(path: Path) -> None:
    """A projector of the first LLaVA's kind, with random weights."""
    import gguf
    import numpy as np

    random = np.random.default_rng(2)

    def some(*shape: int) -> Any:
        return (random.standard_normal(shape) * 0.1).astype(np.float32)

    writer = gguf.GGUFWriter(path, "clip")
    writer.add_clip_has_vision_encoder(True)
    writer.add_clip_projector_type("mlp")
    writer.add_vision_image_size(PICTURE)
    writer.add_vision_patch_size(PATCH)
    writer.add_vision_embedding_length(EYE)
    writer.add_vision_feed_forward_length(EYE)
    writer.add_vision_projection_dim(WIDTH)
    writer.add_vision_block_count(2)
    writer.add_vision_head_count(4)
    writer.add_vision_attention_layernorm_eps(1e-5)
    writer.add_vision_image_mean([0.5, 0.5, 0.5])
    writer.add_vision_image_std([0.5, 0.5, 0.5])
    writer.add_vision_use_gelu(True)
    tensors = {
        "v.patch_embd.weight": some(EYE, 3, PATCH, PATCH),
        "v.class_embd": some(EYE),
        "v.position_embd.weight": some((PICTURE // PATCH) ** 2 + 1, EYE),
        "mm.0.weight": some(WIDTH, EYE),
        "mm.0.bias": some(WIDTH),
        "mm.2.weight": some(WIDTH, WIDTH),
        "mm.2.bias": some(WIDTH),
    }
    for name in ("v.pre_ln", "v.post_ln", *(f"v.blk.{block}.ln{n}" for block in (0, 1) for n in (1, 2))):
        tensors |= {f"{name}.weight": np.ones(EYE, np.float32), f"{name}.bias": some(EYE)}
    for block in (0, 1):
        for layer in ("attn_q", "attn_k", "attn_v", "attn_out", "ffn_up", "ffn_down"):
            tensors |= {f"v.blk.{block}.{layer}.weight": some(EYE, EYE), f"v.blk.{block}.{layer}.bias": some(EYE)}
    for name, values in tensors.items():
        writer.add_tensor(name, values)
    _finish(writer)


def _finish(writer: Any) -> None:
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def main() -> None:
    """Make the model, serve it, and go when nobody listens any more."""
    import xllamacpp

    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("answer", type=Path)
    parser.add_argument("--blind", action="store_true", help="without the eye")
    parser.add_argument("--random", type=int, help="seed of a model that says whatever comes")
    given = parser.parse_args()
    write_model(given.folder / "tiny.gguf", given.answer.read_text(encoding="utf-8"), given.random)
    params: Any = xllamacpp.CommonParams()
    params.model.path = str(given.folder / "tiny.gguf")
    params.model_alias = {"tiny"}
    if not given.blind:
        write_eye(given.folder / "eye.gguf")
        params.mmproj.path = str(given.folder / "eye.gguf")
    params.n_ctx, params.n_parallel, params.port = 8192, 1, 0
    params.cpuparams.n_threads = 1
    params.n_gpu_layers, params.warmup, params.fit_params = 0, False, False
    server = xllamacpp.Server(params)
    print(f"{server.listening_address}/v1", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
