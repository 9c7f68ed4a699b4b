-- Accounts and the sessions behind the cookie. Passwords in Django's format; tokens only as their hash.

CREATE TABLE users (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    email       TEXT    NOT NULL UNIQUE,              -- the sign-in name: any text without a colon; case matters
    name        TEXT    NOT NULL DEFAULT '',
    surname     TEXT    NOT NULL DEFAULT '',
    role        TEXT    NOT NULL CHECK (role IN ('admin', 'writer', 'reader')),
    is_active   INTEGER NOT NULL DEFAULT 1 CHECK (is_active IN (0, 1)),
    password    TEXT    NOT NULL,                     -- pbkdf2_sha256$iterations$salt$hash
    version     INTEGER NOT NULL DEFAULT 1,           -- counts changes of name, password, role and state: older proofs are void
    date_joined INTEGER NOT NULL,                     -- milliseconds since 1970, UTC
    last_login  INTEGER
);

CREATE TABLE sessions (
    token      BLOB    PRIMARY KEY,                   -- SHA-256 of the cookie's value
    user       INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    seen_at    INTEGER NOT NULL                       -- written every few minutes, not with every request
) WITHOUT ROWID;

CREATE INDEX sessions_by_user ON sessions (user, seen_at);
