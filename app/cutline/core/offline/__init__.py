"""The embedded analyser: what can be known of a photo without a network and without guessing what is on it."""
