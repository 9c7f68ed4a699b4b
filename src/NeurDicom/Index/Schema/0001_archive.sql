-- Patients, studies, series, instances and their versions; where the bytes lie; what happened.
-- Text columns hold Unicode, decoded by the file's own Specific Character Set. Dates are YYYYMMDD, times as in the file.
-- Counters (…_count, size) are kept by the writer, folded once a batch; nothing counts rows at query time.
-- AUTOINCREMENT: an id that was deleted is never given again.

CREATE TABLE patients (
    id                INTEGER PRIMARY KEY AUTOINCREMENT,
    patient_id        TEXT    NOT NULL,               -- '' where the file has none
    issuer            TEXT    NOT NULL,               -- Issuer of Patient ID, or the default issuer
    study             TEXT,                           -- an empty PatientID never merges: the study that made this patient
    patient_name      TEXT,
    name_search       TEXT,                           -- patient_name folded: lower case, no accents
    patient_sex       TEXT,
    patient_age       TEXT,
    patient_birthdate TEXT,
    studies_count     INTEGER NOT NULL DEFAULT 0,
    series_count      INTEGER NOT NULL DEFAULT 0,
    images_count      INTEGER NOT NULL DEFAULT 0,
    size              INTEGER NOT NULL DEFAULT 0
);

CREATE UNIQUE INDEX patients_by_identity ON patients (patient_id, issuer) WHERE patient_id <> '';
CREATE UNIQUE INDEX patients_by_study ON patients (study) WHERE study IS NOT NULL;
CREATE INDEX patients_by_name ON patients (name_search, id);

CREATE TABLE studies (
    id                       INTEGER PRIMARY KEY AUTOINCREMENT,
    study_instance_uid       TEXT    NOT NULL UNIQUE,
    patient                  INTEGER NOT NULL REFERENCES patients (id),
    study_id                 TEXT,
    study_date               TEXT,
    study_time               TEXT,
    study_description        TEXT,
    accession_number         TEXT,
    referring_physician_name TEXT,
    modalities               TEXT    NOT NULL DEFAULT '',   -- distinct, in order of arrival, joined by '\'
    series_count             INTEGER NOT NULL DEFAULT 0,
    images_count             INTEGER NOT NULL DEFAULT 0,
    size                     INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX studies_by_patient ON studies (patient, id);
CREATE INDEX studies_by_date ON studies (study_date, id);
CREATE INDEX studies_by_accession ON studies (accession_number, id);

CREATE TABLE series (
    id                  INTEGER PRIMARY KEY AUTOINCREMENT,
    series_instance_uid TEXT    NOT NULL UNIQUE,
    study               INTEGER NOT NULL REFERENCES studies (id),
    modality            TEXT,
    series_number       TEXT,
    series_description  TEXT,
    series_date         TEXT,
    series_time         TEXT,
    manufacturer        TEXT,
    station_name        TEXT,
    patient_position    TEXT,
    body_part_examined  TEXT,
    protocol_name       TEXT,
    images_count        INTEGER NOT NULL DEFAULT 0,
    size                INTEGER NOT NULL DEFAULT 0
);

CREATE INDEX series_by_study ON series (study, id);
CREATE INDEX series_by_modality ON series (modality, id);

CREATE TABLE instances (
    id                           INTEGER PRIMARY KEY AUTOINCREMENT,
    sop_instance_uid             TEXT    NOT NULL UNIQUE,
    series                       INTEGER NOT NULL REFERENCES series (id),
    version                      INTEGER NOT NULL,        -- the current one, versions.id
    sop_class_uid                TEXT    NOT NULL,
    instance_number              INTEGER,
    rows                         INTEGER,
    columns                      INTEGER,
    frames                       INTEGER,
    bits_allocated               INTEGER,
    bits_stored                  INTEGER,
    photometric_interpretation   TEXT,
    color_space                  TEXT,
    pixel_spacing                TEXT,
    pixel_aspect_ratio           TEXT,
    smallest_image_pixel_value   INTEGER,
    largest_image_pixel_value    INTEGER
);

CREATE INDEX instances_by_series ON instances (series, instance_number, id);

-- A stored version has its own place, never derived from its content. segment NULL: the file large/<id>.
CREATE TABLE versions (
    id                INTEGER PRIMARY KEY,                -- given by the writer before the bytes are written
    instance          INTEGER NOT NULL REFERENCES instances (id),
    number            INTEGER NOT NULL,                   -- 1, 2, … within the instance
    transfer_syntax   TEXT    NOT NULL,
    sha256            BLOB    NOT NULL,
    size              INTEGER NOT NULL,
    stored_at         INTEGER NOT NULL,                   -- milliseconds since 1970, UTC
    segment           INTEGER,
    offset            INTEGER NOT NULL,                   -- of the first byte of the file within the segment; 0 in a large file
    metadata_segment  INTEGER NOT NULL,                   -- DICOM JSON without bulk data, one raw deflate block
    metadata_offset   INTEGER NOT NULL,
    metadata_length   INTEGER NOT NULL,                   -- compressed; 0: there is none
    metadata_size     INTEGER NOT NULL,                   -- not compressed
    metadata_crc32    INTEGER NOT NULL                    -- of the text, for the gzip trailer
);

CREATE UNIQUE INDEX versions_by_instance ON versions (instance, number);

CREATE TABLE segments (
    id        INTEGER PRIMARY KEY,
    length    INTEGER NOT NULL,                           -- committed bytes; what lies behind is cut off at start
    sealed    INTEGER NOT NULL DEFAULT 0,
    live      INTEGER NOT NULL DEFAULT 0                  -- bytes of records that a version still refers to
);

-- Files in large/ that are being written, and places whose rows are gone and whose bytes have yet to be freed.
CREATE TABLE open_files (
    version INTEGER PRIMARY KEY
);

CREATE TABLE frees (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,            -- the writer goes through them by id and must not meet an old one
    version INTEGER NOT NULL,                             -- the file large/<version> where segment is NULL
    segment INTEGER,
    offset  INTEGER NOT NULL,
    length  INTEGER NOT NULL                              -- 0: the whole segment file
);

CREATE TABLE changes (
    seq      INTEGER PRIMARY KEY AUTOINCREMENT,
    at       INTEGER NOT NULL,                            -- milliseconds since 1970, UTC
    kind     TEXT    NOT NULL,                            -- stored, replaced, conflict, deleted
    level    TEXT    NOT NULL,                            -- patient, study, series, instance
    uid      TEXT,                                        -- of the thing; NULL for a patient
    resource INTEGER NOT NULL,                            -- its id
    parent   INTEGER,                                     -- the id one level up
    who      TEXT    NOT NULL,                            -- sign-in name, or 'local' for the command line
    how      TEXT    NOT NULL,                            -- rest, command, …
    note     TEXT                                         -- what differed, never patient data
);

-- One row each: totals for statistics and X-Total-Count, and facts about the archive.
CREATE TABLE totals (
    id        INTEGER PRIMARY KEY CHECK (id = 1),
    patients  INTEGER NOT NULL DEFAULT 0,
    studies   INTEGER NOT NULL DEFAULT 0,
    series    INTEGER NOT NULL DEFAULT 0,
    instances INTEGER NOT NULL DEFAULT 0,
    versions  INTEGER NOT NULL DEFAULT 0,
    size      INTEGER NOT NULL DEFAULT 0,                 -- bytes of all versions
    next_version INTEGER NOT NULL DEFAULT 1
);

INSERT INTO totals (id) VALUES (1);
