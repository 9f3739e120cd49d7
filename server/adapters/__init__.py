"""The store, the broker and the certificate authority."""
