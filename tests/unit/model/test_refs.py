"""What tells groups apart within a plan."""

import pytest

from reconciler.model.ids import GroupRef


@pytest.mark.parametrize(
    ("ref", "key"),
    [
        (GroupRef(id="00g1", name="G"), "00g1"),
        (GroupRef(id=None, name="G"), "new:G"),
        (GroupRef(id="00g1", name="G", is_made=True), "new:G"),
    ],
)
def test_a_group_that_was_made_is_known_as_before_it_was(ref, key):
    """A plan made before its creation and one made after speak of the same group."""
    assert ref.key == key
