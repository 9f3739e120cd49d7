"""README's pictures. `make pictures` takes them anew; the tests see that they can be taken and are there."""
