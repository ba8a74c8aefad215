"""The score: how much of what real panels show a model of choice shows too, on households it has not seen."""
