"""Search in Milvus, for a library whose truth is in PostgreSQL: its vectors, and its words as sparse vectors.

Only `rag.stores.open_stores` imports it, if the setting `milvus` names a server: pymilvus is of the extra
`citewell[milvus]`.
"""
