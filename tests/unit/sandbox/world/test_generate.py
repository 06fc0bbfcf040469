"""Generated worlds."""

from reconciler.sandbox import generate_world


def test_the_same_numbers_give_the_same_world():
    """A benchmark is comparable with yesterday's."""
    one, two = (generate_world(users=50, groups=3, members=10, seed=4) for _ in range(2))
    assert one == two
    assert one != generate_world(users=50, groups=3, members=10, seed=5)


def test_a_world_has_the_size_that_was_asked_for():
    """The service account comes on top."""
    world = generate_world(users=50, groups=3, members=10)
    assert len(world.users) == 51
    assert [len(set(group.members)) for group in world.groups] == [10, 10, 10]


def test_a_group_is_never_larger_than_the_org():
    """More members than users are all users."""
    assert len(generate_world(users=4, groups=1, members=10).groups[0].members) == 4
