"""A model folder given to the command that cannot be used: one sentence and exit code 1, and nothing runs.

Which folders and files are refused, and in which words, is tested in `tests/rag/models`.
"""

from pathlib import Path

from tests.rag.models.conftest import LONGEST, Trap, edit_json, write_chat_model
from tests.support.commands import run_citewell


def test_a_model_with_code_of_its_own_is_refused_and_never_run(tmp_path: Path) -> None:
    """Transformers offers to run its code, if one says yes."""
    trap, folder, models = Trap(tmp_path / "marker"), tmp_path / "m", tmp_path / "models"
    write_chat_model(folder)
    own = "from transformers import LlamaConfig, LlamaForCausalLM\nclass OwnConfig(LlamaConfig): model_type = 'own'\n"
    (folder / "modeling_own.py").write_text(f"{trap.code}{own}class Own(LlamaForCausalLM): pass\n")
    auto_map = {"AutoConfig": "modeling_own.OwnConfig", "AutoModelForCausalLM": "modeling_own.Own"}
    edit_json(folder / "config.json", model_type="own", auto_map=auto_map)
    settings = {"CITEWELL_MODELS": str(models), "CITEWELL_WEIGHTS": "int8"}
    result = run_citewell("models", "fetch", str(folder), typed="y\n" * 9, **settings)
    message = " ".join(result.stderr.split())
    assert result.returncode == 1
    assert f"'{folder}' needs Python code of its own" in message
    assert len(message) <= LONGEST
    assert not [word for word in ("Traceback", "[y/N]") if word in result.stderr + result.stdout]
    assert not trap.marker.exists()
    assert not models.exists()
