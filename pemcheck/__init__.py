"""Say whether AWS would take this certificate, its private key and its chain, before the upload."""
