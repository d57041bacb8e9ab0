"""Small servers of the same two operations over the same rows, each as its own documentation shows it."""
