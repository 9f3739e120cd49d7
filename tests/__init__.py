"""The proof; each test lies at the path of what it proves."""
