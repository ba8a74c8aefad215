"""From questions to answers: each module makes the runs a question needs and gives findings that can be kept and told.

`kinds` lists the kinds of findings; `told` is what a reader sees of them, on a terminal or on a page.
"""
