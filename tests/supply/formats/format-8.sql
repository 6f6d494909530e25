BEGIN TRANSACTION;
CREATE TABLE chunks (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        page INTEGER NOT NULL,
        start INTEGER NOT NULL,                     -- characters of pages.text: the chunk's text is not stored twice
        end INTEGER NOT NULL,
        heading TEXT NOT NULL,
        generation INTEGER NOT NULL                 -- the commit that added it
    );
INSERT INTO "chunks" VALUES(3,7,1,0,19,'',1);
CREATE TABLE conversations (
        id TEXT PRIMARY KEY,                       -- random: it appears in URLs and must not be guessable
        owner TEXT NOT NULL,
        name TEXT NOT NULL,
        settings TEXT NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    );
INSERT INTO "conversations" VALUES('c1','ann','Birches','{}','2026-01-02T03:04:05+00:00','2026-01-02T03:04:05+00:00');
CREATE TABLE documents (
        id INTEGER PRIMARY KEY AUTOINCREMENT,      -- never reused: an old citation cannot point to a new document
        name TEXT NOT NULL,
        source TEXT NOT NULL,
        owner TEXT NOT NULL DEFAULT '',            -- '': the person at the shell, who has no account
        sha256 TEXT NOT NULL,
        recipe TEXT NOT NULL,                      -- how it was read and chunked: if that changes, it is read again
        size INTEGER NOT NULL,
        added_at TEXT NOT NULL,
        collection TEXT NOT NULL DEFAULT '',
        facts TEXT NOT NULL DEFAULT '{}',          -- what the document is, as it was found
        edited_facts TEXT NOT NULL DEFAULT '{}',   -- and as a person corrected it: kept when it is read again
        UNIQUE (source, owner)
    );
INSERT INTO "documents" VALUES(7,'trees.txt','/trees.txt','ann','5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a','r',36,'2026-01-02T03:04:05+00:00','Trees','{}','{"title": "On trees"}');
CREATE TABLE exchanges (
        conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        asked_at TEXT NOT NULL,
        record TEXT NOT NULL,                      -- the whole answer as JSON, without anything of removed documents
        thumb TEXT NOT NULL DEFAULT '',
        remark TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (conversation_id, number)
    );
INSERT INTO "exchanges" VALUES('c1',1,'2026-01-02T03:04:05+00:00','{"answer": "White."}','','');
CREATE TABLE exclusions (                       -- documents that a conversation does not search
        conversation_id TEXT NOT NULL REFERENCES conversations(id) ON DELETE CASCADE,
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        PRIMARY KEY (conversation_id, document_id)
    ) WITHOUT ROWID
    ;
INSERT INTO "exclusions" VALUES('c1',7);
CREATE TABLE ledger (                           -- every source that was ever named, and its state
        source TEXT NOT NULL,
        owner TEXT NOT NULL DEFAULT '',
        name TEXT NOT NULL,
        state TEXT NOT NULL,
        reason TEXT NOT NULL,
        note TEXT NOT NULL,
        sha256 TEXT NOT NULL,
        size INTEGER NOT NULL,
        at TEXT NOT NULL,
        document_id INTEGER REFERENCES documents(id) ON DELETE CASCADE,    -- shared where the content is the same
        PRIMARY KEY (source, owner)
    ) WITHOUT ROWID
    ;
INSERT INTO "ledger" VALUES('/trees.txt','ann','trees.txt','ready','','','5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a5a',36,'2026-01-02T03:04:05+00:00',7);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID
    ;
INSERT INTO "meta" VALUES('dimension','3');
INSERT INTO "meta" VALUES('embedder','words');
INSERT INTO "meta" VALUES('generation','1');
INSERT INTO "meta" VALUES('identity','1d');
INSERT INTO "meta" VALUES('version','8');
CREATE TABLE notes (
        id TEXT PRIMARY KEY,                       -- random, as of conversations
        owner TEXT NOT NULL,
        place INTEGER NOT NULL,                    -- the order that the owner gave them
        title TEXT NOT NULL,
        text TEXT NOT NULL,
        record TEXT NOT NULL,                      -- a saved answer or quote as JSON; 'null' if it is only written
        version INTEGER NOT NULL,
        created_at TEXT NOT NULL,
        updated_at TEXT NOT NULL
    );
INSERT INTO "notes" VALUES('n1','ann',1,'Yews','dark','null',1,'2026-01-02T03:04:05+00:00','2026-01-02T03:04:05+00:00');
CREATE TABLE overviews (                        -- summaries of documents that were asked for, or made ahead
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        language TEXT NOT NULL,
        model TEXT NOT NULL,
        record TEXT NOT NULL,                      -- the whole answer as JSON
        made_at TEXT NOT NULL,
        PRIMARY KEY (document_id, language)
    ) WITHOUT ROWID
    ;
INSERT INTO "overviews" VALUES(7,'en','m','{}','2026-01-02T03:04:05+00:00');
CREATE TABLE pages (
        document_id INTEGER NOT NULL REFERENCES documents(id) ON DELETE CASCADE,
        number INTEGER NOT NULL,
        label TEXT NOT NULL,
        text TEXT NOT NULL,
        state TEXT NOT NULL DEFAULT 'ready',
        note TEXT NOT NULL DEFAULT '',
        structure TEXT NOT NULL DEFAULT '',        -- headings, tables and figures as JSON; '' if there are none
        PRIMARY KEY (document_id, number)
    ) WITHOUT ROWID
    ;
INSERT INTO "pages" VALUES(7,1,'1','The birch is white. The yew is dark.','ready','','');
CREATE TABLE removals (                         -- chunks that the search indexes must remove
        chunk_id INTEGER PRIMARY KEY,
        generation INTEGER NOT NULL
    );
CREATE TABLE vectors (
        chunk_id INTEGER PRIMARY KEY REFERENCES chunks(id) ON DELETE CASCADE,
        vector BLOB NOT NULL                        -- float32, little-endian
    );
INSERT INTO "vectors" VALUES(3,X'0000803F0000000000000000');
CREATE INDEX documents_by_content ON documents(owner, sha256)
    ;
CREATE INDEX ledger_by_document ON ledger(document_id)
    ;
CREATE INDEX chunks_by_document ON chunks(document_id)
    ;
CREATE INDEX chunks_by_generation ON chunks(generation)
    ;
CREATE INDEX removals_by_generation ON removals(generation)
    ;
CREATE INDEX conversations_by_owner ON conversations(owner, updated_at)
    ;
CREATE INDEX exclusions_by_document ON exclusions(document_id)
    ;
CREATE INDEX notes_by_owner ON notes(owner, place)
    ;
DELETE FROM "sqlite_sequence";
INSERT INTO "sqlite_sequence" VALUES('documents',7);
INSERT INTO "sqlite_sequence" VALUES('chunks',3);
COMMIT;
