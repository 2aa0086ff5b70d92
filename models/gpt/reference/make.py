"""Writes the models of this folder and what Hugging Face transformers computes for them; see README.md for the versions.

python make.py: each folder beside this file is written anew.
"""

import json
import sys
from pathlib import Path

import torch
import transformers
from safetensors.torch import save_file
from transformers import AutoConfig, AutoModelForCausalLM, AutoModelForSequenceClassification

VOCABULARY, END, PAD = 97, 96, 3
tokens = dict(vocab_size=VOCABULARY, bos_token_id=END, eos_token_id=END)
gpt = dict(n_positions=64, n_embd=16, n_layer=2, n_head=2, embd_pdrop=0, attn_pdrop=0, resid_pdrop=0)
newer = dict(
    max_position_embeddings=64,
    hidden_size=16,
    num_hidden_layers=2,
    num_attention_heads=4,
    num_key_value_heads=2,
    intermediate_size=24,
    tie_word_embeddings=False,
)
neox = {key: value for key, value in newer.items() if key != "num_key_value_heads"}
llama3 = dict(
    rope_type="llama3",
    rope_theta=100.0,
    factor=4.0,
    low_freq_factor=1.0,
    high_freq_factor=4.0,
    original_max_position_embeddings=16,
)
MODELS = {
    "openai-gpt": ("openai-gpt", gpt),
    "gpt2": ("gpt2", gpt),
    "gpt2-untied": (
        "gpt2",
        {**gpt, "n_inner": 24, "scale_attn_by_inverse_layer_idx": True, "tie_word_embeddings": False},
    ),
    "gpt_neo": (
        "gpt_neo",
        dict(
            max_position_embeddings=64,
            hidden_size=16,
            num_layers=2,
            num_heads=2,
            window_size=5,
            attention_types=[[["global", "local"], 1]],
        ),
    ),
    "gpt_neox": ("gpt_neox", {**neox, "rotary_pct": 0.5, "use_parallel_residual": True}),
    "llama": ("llama", newer),
    "llama3-rope": (
        "llama",
        {**newer, "head_dim": 8, "tie_word_embeddings": True, "rope_parameters": llama3},
    ),
    "mistral": ("mistral", {**newer, "sliding_window": 6}),
    "qwen2": ("qwen2", {**newer, "use_sliding_window": True, "sliding_window": 5, "max_window_layers": 1}),
    "qwen3": ("qwen3", {**newer, "head_dim": 8}),
}
# Stored in the other kind of 16 bits, and in several files.
SHARDED = "llama3-rope"


def random_weights(model, generator):
    """Far enough from the usual start that every part matters: norms and biases are random, too."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            norm = "norm" in name or "ln_" in name
            if parameter.dim() > 1:
                parameter.copy_(0.5 * noise if "wpe" in name or "embed" in name or "wte" in name else 0.25 * noise)
            elif norm and name.endswith("weight"):
                parameter.copy_(1 + 0.2 * noise)
            else:
                parameter.copy_(0.2 * noise)


def greedy(model, prompt, length):
    """The likeliest tokens after the prompt, but for the end token: each from a pass over all before it."""
    ids, margin = list(prompt), float("inf")
    for _ in range(length):
        scores = model(torch.tensor([ids])).logits[0, -1]
        scores[END] = -float("inf")
        best = scores.topk(2)
        margin = min(margin, float(best.values[0] - best.values[1]))
        ids.append(int(best.indices[0]))
    # Nearer ones might come out the other way round on another processor.
    assert margin > 1e-3, margin
    return ids[len(prompt) :]


def write(name, kind, keys, seed):
    folder = Path(__file__).parent / name
    generator = torch.Generator().manual_seed(seed)
    config = AutoConfig.for_model(kind, **tokens, **keys)
    made = AutoModelForCausalLM.from_config(config)
    random_weights(made, generator)
    made.to(torch.bfloat16 if name == SHARDED else torch.float16)
    made.save_pretrained(folder, **({"max_shard_size": "10KB"} if name == SHARDED else {}))

    exact = dict(dtype=torch.float32, attn_implementation="eager")
    model = AutoModelForCausalLM.from_pretrained(folder, **exact).eval()
    random = lambda length: torch.randint(4, END, (length,), generator=generator).tolist()
    ids, prompt, rows = [random(12), random(12)], random(7), [random(12), random(7)]
    head = torch.randn(1, config.hidden_size, generator=generator)
    with torch.no_grad():
        logits = model(torch.tensor(ids)).logits
        answer = greedy(model, prompt, 10)
        judge = AutoModelForSequenceClassification.from_pretrained(folder, num_labels=1, pad_token_id=PAD, **exact).eval()
        judge.score.weight.copy_(head)
        longest = max(map(len, rows))
        padded = torch.tensor([row + [PAD] * (longest - len(row)) for row in rows])
        scores = [float(judge(torch.tensor([row])).logits) for row in rows]
        together = judge(padded, attention_mask=(padded != PAD).long()).logits.flatten().tolist()

    # It says what config.json says.
    (folder / "generation_config.json").unlink(missing_ok=True)
    save_file({"logits": logits.contiguous(), "score.weight": head}, folder / "expected.safetensors")
    expected = dict(ids=ids, prompt=prompt, greedy=answer, rows=rows, scores=scores, padded=together)
    (folder / "expected.json").write_text(json.dumps(expected, indent=1).replace("\n  ", " ").replace("\n ]", " ]") + "\n")


transformers.logging.set_verbosity_error()
transformers.utils.logging.disable_progress_bar()
print(sys.version.split()[0], "torch", torch.__version__, "transformers", transformers.__version__)
for seed, (name, (kind, keys)) in enumerate(MODELS.items()):
    write(name, kind, keys, seed)
    print(name)
