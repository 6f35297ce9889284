"""Reading and writing captions: every carrier of a file reconciled, and changed by splices only."""
