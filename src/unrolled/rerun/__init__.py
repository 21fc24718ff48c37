"""`unrolled capstone`: begins a capstone, or runs one again and compares."""
