"""The tokenizer of XLM-RoBERTa and multilingual E5 over any of its pieces: SentencePiece's unigram model."""

from collections.abc import Sequence
from typing import Any


def unigram_tokenizer(pieces: Sequence[tuple[str, float]]) -> Any:
    """Return a `tokenizers.Tokenizer` without special tokens; `pieces` have their log-probabilities, and one is <unk>.

    Its normalisation is SentencePiece's nmt_nfkc: NFKC, but control and zero-width characters by hand.
    """
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers

    unknown = next(number for number, (piece, _) in enumerate(pieces) if piece == "<unk>")
    tokenizer = Tokenizer(models.Unigram([*pieces], unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(r"[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"), ""),
            normalizers.Replace(Regex(r"[\x{1680}\x{200b}-\x{200f}\x{2028}\x{2029}\x{2581}\x{feff}\x{fffd}]"), " "),
            normalizers.NFKC(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace()])
    return tokenizer
