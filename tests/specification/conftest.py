"""What the specification's tests share."""

import pytest

# The comparison lives beside the tests; its asserts are to speak as plainly as theirs.
pytest.register_assert_rewrite("tests.specification.agreement")
