"""Parts of pages: small Vue components and the functions that put them into a page. They know no market.

Colours, distances and letters are those of `assets/custom.css`; everything can be used by keyboard and is named for
screen readers.
"""
