"""Plain elements of a page."""

import ipyvue
import reacton

from dashboards.components.html import Tag, Text


def test_another_tag_at_the_same_place_is_another_element():
    """The browser makes an element once: a note that took a heading's place would look like one, and be read as one."""
    turn = []

    @reacton.component
    def Part():
        is_note, set_note = reacton.use_state(False)
        turn.append(set_note)
        with Tag("div") as main:
            if is_note:
                Text("a note", "p")
            else:
                Text("a heading", "h2")
        return main

    box, rendered = reacton.render(Part(), handle_error=False)
    outer = box.children[0]
    (heading,) = outer.children
    assert isinstance(heading, ipyvue.Html)
    turn[-1](True)
    assert box.children[0] is outer
    (note,) = outer.children
    assert (note.tag, note.children) == ("p", ["a note"])
    assert note is not heading
    rendered.close()
