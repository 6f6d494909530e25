BEGIN TRANSACTION;
CREATE TABLE chunks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        page INTEGER NOT NULL,
        start INTEGER NOT NULL,                     -- characters of pages.text: the chunk's text is not stored again
        end INTEGER NOT NULL,
        heading TEXT NOT NULL,
        generation INTEGER NOT NULL                 -- the commit that added it
    );
INSERT INTO "chunks" VALUES(3,7,1,0,19,'',1);
CREATE TABLE documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,      -- never used twice: an old citation cannot meet a new document
        name TEXT NOT NULL,
        source TEXT NOT NULL UNIQUE,
        sha256 TEXT NOT NULL,
        recipe TEXT NOT NULL,                      -- how it was read and cut: another recipe means reading it again
        size INTEGER NOT NULL,
        added_at TEXT NOT NULL
    );
INSERT INTO "documents" VALUES(7,'trees.txt','/trees.txt','5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a','r',36,'2026-01-02T03:04:05+00:00');
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
    ;
INSERT INTO "meta" VALUES('dimension','3');
INSERT INTO "meta" VALUES('embedder','words');
INSERT INTO "meta" VALUES('generation','1');
INSERT INTO "meta" VALUES('identity','1d');
INSERT INTO "meta" VALUES('version','1');
CREATE TABLE pages (
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        label TEXT NOT NULL,
        text TEXT NOT NULL,
        PRIMARY KEY (document_id, number)
    ) WITHOUT ROWID
    ;
INSERT INTO "pages" VALUES(7,1,'1','The birch is white. The yew is dark.');
CREATE TABLE removals (                         -- what derived indexes must forget
        chunk_id INTEGER PRIMARY KEY,
        generation INTEGER NOT NULL
    );
CREATE TABLE vectors (
        chunk_id INTEGER PRIMARY KEY REFERENCES chunks(id) ON DELETE CASCADE,
        vector BLOB NOT NULL                        -- float32, little-endian
    );
INSERT INTO "vectors" VALUES(3,X'0000803F0000000000000000');
CREATE INDEX chunks_by_document ON chunks(document_id)
    ;
CREATE INDEX chunks_by_generation ON chunks(generation)
    ;
CREATE INDEX removals_by_generation ON removals(generation)
    ;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('documents',7);
INSERT INTO "sqlite_sequence" VALUES('chunks',3);
COMMIT;
