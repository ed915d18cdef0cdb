"""What a network may look like, in sentences."""

import msgspec
import pytest

from ebert_core.model.config import PRESETS, Architecture
from ebert_core.protocol.terms.errors import InvalidRequest
from tests.core.toy_binding import SMALLEST


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"token_width": 15}, "A token of 15 bases does not divide 50; choose 5, 10 or 25"),
        ({"token_width": 0}, "token_width is 0"),
        ({"layers": 0}, "layers is 0"),
        ({"layers": 10**9}, "layers is 1000000000"),
        ({"hidden": 10**7}, "hidden is 10000000"),
        ({"heads": 0}, "heads is 0"),
        ({"heads": 3}, "3 heads do not share 32 hidden units evenly"),
        ({"hidden": 34, "heads": 2}, "2 heads do not share 34 hidden units evenly"),
        ({"context": 900}, "Context 900 and halo 200 must be multiples of 200"),
        ({"context": 10**9}, "context is 1000000000"),
        ({"halo": 400}, "Context 800 and halo 400"),
        ({"halo": -200}, "halo is -200"),
        ({"embedding_width": 5}, "embedding_width is 5"),
        ({"dropout": 2.0}, "dropout is 2"),
        (
            {"base_embedding": "table", "token_width": 25, "embedding_width": 30},
            "A table of words needs tokens of at most 10 bases",
        ),
        ({"factors": ("MAX", "MAX")}, "factors lists MAX twice"),
    ],
)
def test_impossible_sizes_are_named(changes: dict[str, float | int | str | tuple[str, str]], sentence: str) -> None:
    with pytest.raises(InvalidRequest, match=sentence):
        msgspec.structs.replace(SMALLEST, **changes)


def test_the_presets_are_possible_and_small_keeps_its_context_short() -> None:
    assert set(PRESETS) == {"tiny", "small", "base", "large"}
    assert PRESETS["small"].context <= 5000
    assert PRESETS["small"].describe() == "4 x 256 x 4 x 4,000 bp, 10-bp tokens"


def test_tokens_and_core_follow_from_context_and_halo() -> None:
    architecture = Architecture(layers=1, hidden=32, heads=2, context=1200, halo=200, token_width=10)
    assert (architecture.tokens, architecture.core) == (120, 800)
