"""`bin/bench`: 20,000 panels, and what each page costs with them."""
