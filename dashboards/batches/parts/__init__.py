"""Parts of the page of experiments that Solara draws."""
