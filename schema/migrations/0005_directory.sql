-- The directory: points of contact, and the nominations that put them there.

-- A State's request by note verbale. Its content stands in ledger_opening under content_seq.
CREATE TABLE nomination (
  id          TEXT PRIMARY KEY,
  state       TEXT NOT NULL REFERENCES state,
  kind        TEXT NOT NULL CHECK (kind IN ('nomination', 'amendment', 'removal')),
  contact     TEXT NOT NULL,              -- the contact that it is about, or will make
  status      TEXT NOT NULL CHECK (status IN ('open', 'accepted', 'returned', 'withdrawn')),
  erased      INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
  -- Of the State on what the secretariat recorded; NULL: entered by the State.
  position    TEXT CHECK (position IN ('unanswered', 'confirmed', 'objected')),
  reason      TEXT,                       -- why it was returned or objected to
  created_at  TEXT NOT NULL,
  decided_at  TEXT,
  version     INTEGER NOT NULL,
  content_seq INTEGER NOT NULL REFERENCES ledger_entry DEFERRABLE INITIALLY DEFERRED,
  seq         INTEGER NOT NULL            -- last entry
) STRICT;
CREATE INDEX nomination_by_state ON nomination (state, id);
CREATE INDEX nomination_by_contact ON nomination (contact);

CREATE TABLE nomination_file (            -- the signed note; its SHA-256 is part of the committed content
  nomination TEXT PRIMARY KEY REFERENCES nomination,
  media_type TEXT NOT NULL CHECK (media_type IN ('application/pdf', 'image/png', 'image/jpeg')),
  bytes      BLOB NOT NULL
) STRICT;

CREATE TABLE contact (
  id              TEXT PRIMARY KEY,
  state           TEXT NOT NULL REFERENCES state,
  status          TEXT NOT NULL CHECK (status IN ('listed', 'objected', 'removed')),
  erased          INTEGER NOT NULL DEFAULT 0 CHECK (erased IN (0, 1)),
  nomination      TEXT NOT NULL REFERENCES nomination,  -- the last that was applied to it
  position        TEXT CHECK (position IN ('unanswered', 'confirmed', 'objected')),  -- as above
  confirmed_at    TEXT NOT NULL,          -- by the nominating authority
  reachable_at    TEXT,                   -- by the contact itself
  version         INTEGER NOT NULL,
  content_version INTEGER NOT NULL,
  content_seq     INTEGER NOT NULL REFERENCES ledger_entry DEFERRABLE INITIALLY DEFERRED,
  seq             INTEGER NOT NULL,       -- last entry
  -- What lists filter and order by; repeats the content.
  sort_key        TEXT NOT NULL UNIQUE,   -- state, category, id
  category        TEXT NOT NULL CHECK (category IN ('policy', 'foreign_affairs', 'technical')),
  account         TEXT,                   -- of the contact itself
  time_zone       TEXT NOT NULL,
  valid_from      TEXT,
  valid_until     TEXT,
  key_expires_at  TEXT,                   -- of the key that ends first
  minimal_text    TEXT NOT NULL,          -- folded for search: what the reduced scope shows
  full_text       TEXT NOT NULL           -- and the whole
) STRICT;
CREATE INDEX contact_by_status ON contact (status, sort_key);
CREATE INDEX contact_by_zone ON contact (time_zone);

CREATE TABLE contact_reduction (          -- who sees the reduced scope alone: 'members' or 'state:PE'
  contact   TEXT NOT NULL REFERENCES contact,
  recipient TEXT NOT NULL,
  PRIMARY KEY (contact, recipient)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact_language (           -- lower case
  contact  TEXT NOT NULL REFERENCES contact,
  language TEXT NOT NULL,
  PRIMARY KEY (contact, language)
) STRICT, WITHOUT ROWID;

CREATE TABLE contact_hours (              -- minutes of the week in the contact's zone, Monday 00:00 is 0
  contact      TEXT NOT NULL REFERENCES contact,
  from_minute  INTEGER NOT NULL CHECK (from_minute BETWEEN 0 AND 10079),
  until_minute INTEGER NOT NULL CHECK (until_minute BETWEEN 1 AND 10080),  -- not included
  PRIMARY KEY (contact, from_minute)
) STRICT, WITHOUT ROWID;
