"""Where attachments lie: a folder, or whatever an fsspec URL names. It sees ciphertext only.

`store` says what a store does, `folder` and `remote` are the two there are, `media` tells photos,
videos and documents by how they begin.
"""
