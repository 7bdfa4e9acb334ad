/**
 * The store's first form. Frozen: a store in the field was made by exactly this text. A change is a new file.
 * Instants are milliseconds since the epoch; hashes are 32 bytes; severity is the rank in `SEVERITIES`; `content` is the
 * canonical JSON that the hash covers.
 */
export const initial = `
CREATE TABLE agents (
  row INTEGER PRIMARY KEY,
  agent TEXT NOT NULL UNIQUE,
  host TEXT NOT NULL,
  os TEXT NOT NULL,
  version TEXT,
  enrolled INTEGER NOT NULL,
  last_seen INTEGER,
  policy_name TEXT,
  policy_version INTEGER,
  guards TEXT NOT NULL DEFAULT '[]',
  stored_through INTEGER NOT NULL DEFAULT 0,
  head_sequence INTEGER,
  head_hash BLOB,
  head_signature TEXT,
  head_serial TEXT,
  revoked INTEGER
) STRICT;

CREATE TABLE certificates (
  serial TEXT PRIMARY KEY,
  agent INTEGER NOT NULL REFERENCES agents(row),
  certificate TEXT NOT NULL
) STRICT;

CREATE TABLE tokens (
  hash TEXT PRIMARY KEY,
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  used INTEGER,
  agent INTEGER REFERENCES agents(row)
) STRICT;

CREATE TABLE events (
  row INTEGER PRIMARY KEY,
  agent INTEGER NOT NULL REFERENCES agents(row),
  sequence INTEGER NOT NULL,
  id BLOB NOT NULL UNIQUE,
  hash BLOB NOT NULL,
  previous_hash BLOB NOT NULL,
  time INTEGER NOT NULL,
  received INTEGER NOT NULL,
  type TEXT NOT NULL,
  severity INTEGER NOT NULL,
  user TEXT,
  host TEXT NOT NULL,
  file TEXT,
  rule TEXT,
  persons INTEGER,
  search TEXT NOT NULL,
  content TEXT NOT NULL,
  UNIQUE (agent, sequence)
) STRICT;
CREATE INDEX events_by_time ON events(time);

CREATE VIRTUAL TABLE event_search USING fts5(text, content='', columnsize=0, tokenize='trigram');
CREATE TABLE search_progress (through INTEGER NOT NULL) STRICT;
INSERT INTO search_progress VALUES (0);

CREATE TABLE declared_gaps (
  agent INTEGER NOT NULL REFERENCES agents(row),
  first INTEGER NOT NULL,
  last INTEGER NOT NULL,
  last_hash BLOB NOT NULL,
  PRIMARY KEY (agent, first, last)
) STRICT, WITHOUT ROWID;

CREATE TABLE forks (
  row INTEGER PRIMARY KEY,
  agent INTEGER NOT NULL REFERENCES agents(row),
  sequence INTEGER NOT NULL,
  stored_hash BLOB NOT NULL,
  offered_hash BLOB NOT NULL,
  offered TEXT NOT NULL,
  received INTEGER NOT NULL,
  UNIQUE (agent, sequence, offered_hash)
) STRICT;

CREATE TABLE releases (
  version INTEGER PRIMARY KEY,
  name TEXT NOT NULL,
  envelope TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  pushed INTEGER NOT NULL,
  pushed_by TEXT NOT NULL
) STRICT;

CREATE TABLE commands (
  id TEXT PRIMARY KEY,
  agent INTEGER NOT NULL REFERENCES agents(row),
  issued INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  issued_by TEXT NOT NULL,
  body TEXT NOT NULL,
  delivered INTEGER,
  completed INTEGER,
  succeeded INTEGER,
  detail TEXT
) STRICT;
CREATE INDEX commands_open ON commands(agent) WHERE completed IS NULL;

CREATE TABLE users (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL,
  password TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT;

CREATE TABLE sessions (
  hash TEXT PRIMARY KEY,
  user TEXT NOT NULL REFERENCES users(name),
  created INTEGER NOT NULL,
  expires INTEGER NOT NULL
) STRICT;

CREATE TABLE audit (
  row INTEGER PRIMARY KEY,
  time INTEGER NOT NULL,
  user TEXT NOT NULL,
  action TEXT NOT NULL,
  detail TEXT NOT NULL
) STRICT;
CREATE INDEX audit_by_user ON audit(user, time);
`;
