"""What the probes make of a model's hidden states: verdicts on claims, and the probability of yes."""

from collections.abc import Callable
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from rag.errors import ModelError
from rag.generation.claim_probe import ClaimProbe, load_claim_probe
from rag.generation.probe_files import find_claim_probe, find_yes_no_probe
from rag.generation.yes_no_probe import YesNoProbe, load_yes_no_probe
from tests.support.values import present


def test_a_verdict_is_what_both_outputs_say() -> None:
    inner = torch.tensor([[1.0, 0.0], [-1.0, 0.0], [0.0, 1.0], [0.0, -1.0]])
    weights = torch.tensor([[1.0, -1.0, 0.0, 0.0], [0.0, 0.0, 1.0, -1.0]])
    probe = ClaimProbe(4, inner, torch.zeros(4), weights, torch.zeros(2))
    verdict = probe.verdict(torch.zeros(2))
    assert [verdict.supported, verdict.contradicted, verdict.not_stated] == pytest.approx([0.5, 0.25, 0.25])
    assert probe.verdict(torch.tensor([9.0, 9.0])).supported > 0.99
    assert probe.verdict(torch.tensor([-9.0, 9.0])).contradicted > 0.99
    assert probe.verdict(torch.tensor([-9.0, -9.0])).not_stated > 0.99


def test_the_default_model_has_its_probes_and_others_have_none() -> None:
    file = present(find_claim_probe("default"))
    probe = load_claim_probe(file, 1536)
    assert probe.inner.shape[1] == 1536
    with pytest.raises(ModelError, match="another model"):
        load_claim_probe(file, 64)
    file = present(find_yes_no_probe("default"))
    assert load_yes_no_probe(file, 1536).weights.shape == (2, 1536)
    with pytest.raises(ModelError, match="another model"):
        load_yes_no_probe(file, 64)
    for find in (find_claim_probe, find_yes_no_probe):
        assert find("smollm2-135m") is None
        assert find("someone/another-model") is None


def test_the_quote_that_decides_a_question_says_yes_or_no_and_none_is_even() -> None:
    probe = YesNoProbe(4, torch.eye(2), torch.zeros(2))
    decides_yes, decides_no = torch.tensor([9.0, 4.0]), torch.tensor([9.0, -4.0])
    beside = torch.tensor([-9.0, -6.0])
    by_the_second = probe.verdict([beside, decides_yes, beside])
    assert by_the_second.yes > 0.95
    assert by_the_second.deciding == pytest.approx([0.0, 1.0, 0.0], abs=0.01)
    assert probe.verdict([beside, decides_no]).yes < 0.05
    assert probe.verdict([decides_yes, decides_no]).yes == pytest.approx(0.5)
    assert probe.verdict([decides_yes, decides_no]).decides > 0.99
    none = probe.verdict([beside])
    assert none.decides < 0.01
    assert none.yes == pytest.approx(0.5, abs=0.01)


@pytest.mark.parametrize("load", [load_claim_probe, load_yes_no_probe])
def test_a_damaged_probe_is_a_sentence(load: Callable[[Path, int], object], tmp_path: Path) -> None:
    file = tmp_path / "some-claims.safetensors"
    file.write_bytes(b"no tensors")
    with pytest.raises(ModelError, match="cannot be read"):
        load(file, 64)
    save_file({"weights": torch.zeros(2, 64)}, file)
    with pytest.raises(ModelError, match="cannot be read"):
        load(file, 64)
