"""The report of a run: one HTML file that opens anywhere, without a network.

`page.write_report` makes it from a results folder; `content` gathers what it says, `charts` what it draws,
`words` how it puts it.
"""
