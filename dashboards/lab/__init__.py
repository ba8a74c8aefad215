"""The Lab: drag a lever, see the futures move. `page` has the page; all else is plain Python."""
