-- Tokens for programs, where sessions come from, and who did what with patient data.

ALTER TABLE sessions ADD COLUMN address TEXT NOT NULL DEFAULT '';   -- where the sign-in came from
ALTER TABLE sessions ADD COLUMN agent   TEXT NOT NULL DEFAULT '';   -- the browser's User-Agent, shortened

CREATE TABLE tokens (
    id         INTEGER PRIMARY KEY AUTOINCREMENT,
    hash       BLOB    NOT NULL UNIQUE,               -- SHA-256 of the token's random bytes
    user       INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,                      -- what its owner calls it
    role       TEXT    NOT NULL CHECK (role IN ('admin', 'writer', 'reader')),
    created_at INTEGER NOT NULL,                      -- milliseconds since 1970, UTC
    expires_at INTEGER,
    used_at    INTEGER                                -- written every few minutes, not with every request
);

CREATE INDEX tokens_by_user ON tokens (user, id);

-- Ids, UIDs and paths without their query; never names, patient ids or what was searched for.
-- A row stands for everything that was alike within half a second. Ids are those of the index and never given again.
CREATE TABLE audit (
    seq                INTEGER PRIMARY KEY AUTOINCREMENT,
    at                 INTEGER NOT NULL,              -- of the first, milliseconds since 1970, UTC
    until              INTEGER NOT NULL,              -- of the last
    count              INTEGER NOT NULL,              -- how many requests, or instances where they were stored or deleted
    event              TEXT    NOT NULL,              -- query, read, store, delete, verify, sign_in, …
    who                TEXT,                          -- the sign-in name; NULL for nobody, and for a name that no account has
    user               INTEGER,                       -- the account's id
    how                TEXT    NOT NULL,              -- cookie, basic, token 7, local, anonymous, none
    address            TEXT    NOT NULL,              -- where from: an IP address, socket, or command
    method             TEXT,
    path               TEXT,                          -- NULL where rows of one study were put together
    status             INTEGER NOT NULL,              -- HTTP's; 499: the client went away before the end of the answer
    level              TEXT,                          -- patient, study, series, instance: what the path names
    resource           INTEGER,                       -- its id
    uid                TEXT,                          -- its UID
    patient            INTEGER,                       -- the ids above it
    study              INTEGER,
    study_instance_uid TEXT
);

CREATE INDEX audit_by_time ON audit (at);
CREATE INDEX audit_by_who ON audit (who, seq);
CREATE INDEX audit_by_patient ON audit (patient, seq) WHERE patient IS NOT NULL;
CREATE INDEX audit_by_study ON audit (study, seq) WHERE study IS NOT NULL;
CREATE INDEX audit_by_study_uid ON audit (study_instance_uid, seq) WHERE study_instance_uid IS NOT NULL;
