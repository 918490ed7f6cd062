"""Tables of centres and people: which columns there are, and what is wrong with a row."""
