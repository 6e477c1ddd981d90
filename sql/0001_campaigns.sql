-- The job table and what surrounds it. Instants are milliseconds since 1970-01-01 UTC (…_at_ms).
-- A person may read every table with the sqlite3 shell; the views message_report and campaign_summary are made for
-- that. Writing is campana's: a trigger refuses every move of a message that is not legal. The schema calls no JSON
-- function: SQLite 3.40 takes them for unsafe where the schema is not trusted.

-- A spreadsheet that was loaded, whole and in one transaction.
CREATE TABLE campaign (
    id             INTEGER PRIMARY KEY,
    -- what the user calls it: --campaign, or the file's name without its ending
    name           TEXT    NOT NULL UNIQUE CHECK (name <> ''),
    -- the path it was loaded from, '-' for standard input
    file           TEXT    NOT NULL,
    -- SHA-256 of the file's bytes: what is loaded already is recognised by it, under whatever file name. Not unique: who
    -- names another campaign loads the same content again on purpose
    content_sha256 TEXT    NOT NULL CHECK (length(content_sha256) = 64),
    -- JSON object of the load's options that shape rows (columns, template, text mode, …)
    settings       TEXT    NOT NULL CHECK (settings GLOB '{*}'),
    -- JSON array: names of the file's own columns, unique among themselves, in the order of message.fields
    columns        TEXT    NOT NULL CHECK (columns GLOB '[[]*]'),
    -- place of the number's and of the text's column in that array, from 0; null where a template made the text
    phone_column   INTEGER NOT NULL CHECK (phone_column >= 0),
    text_column    INTEGER CHECK (text_column >= 0),
    -- its messages have the ids first_id to last_id, in file order; last_id < first_id where it has none
    first_id       INTEGER NOT NULL,
    last_id        INTEGER NOT NULL CHECK (last_id >= first_id - 1),
    loaded_at_ms   INTEGER NOT NULL,
    -- when its numbers, texts and cells were taken out for good (campana forget); then file is '', settings '{}' and
    -- columns '[]'. Null: they are there
    forgotten_at_ms INTEGER,
    -- when the database's file was rewritten after that, so that its free space holds nothing of them. Null: not yet
    erased_at_ms   INTEGER CHECK (erased_at_ms IS NULL OR forgotten_at_ms IS NOT NULL)
) STRICT;

-- A row of a spreadsheet, its message, and what became of it.
CREATE TABLE message (
    id               INTEGER PRIMARY KEY,
    campaign_id      INTEGER NOT NULL REFERENCES campaign (id),
    -- as the spreadsheet numbers it: the header is row 1
    row              INTEGER NOT NULL CHECK (row >= 1),
    -- 12 digits, or the cell as it stood in the file where the state is invalid, or '' where it was forgotten
    msisdn           TEXT    NOT NULL,
    -- as it is sent, or as it stood in the file where the state is invalid, or '' where it was forgotten
    text             TEXT    NOT NULL,
    -- JSON array of all cells of the row, in the order of campaign.columns; null stands for a cell that equals msisdn
    -- (in the number's column) or text (in the text's column)
    fields           TEXT    NOT NULL,
    -- pending: to be sent · inflight: committed to be sent, outcome not recorded · accepted: the gateway took it ·
    -- refused: the gateway refused it · unknown: it may have reached the gateway · invalid: not sendable ·
    -- duplicate: its number stands earlier in the campaign · suppressed: its number is on a suppression list
    state            TEXT    NOT NULL,
    -- the gateway's number in the last answer: its acceptance code, or its refusal
    code             INTEGER,
    -- why the row is where it is, for programs ('' does not occur) …
    reason_code      TEXT    CHECK (reason_code <> ''),
    -- … and what is special about this row, for people
    reason           TEXT    CHECK (reason <> ''),
    -- how many times a request was tried
    attempts         INTEGER NOT NULL DEFAULT 0 CHECK (attempts >= 0),
    -- of the last attempt's answer; null where it had none
    http_status      INTEGER CHECK (http_status BETWEEN 100 AND 999),
    -- when the first request that may have left was handed over; the claim's time while inflight
    first_sent_at_ms INTEGER,
    -- when the last attempt ended, in the states that it ends in: accepted, refused, unknown
    finished_at_ms   INTEGER,
    -- of the last attempt's answer; null where it had none, or where it came while campana was suspended
    latency_ms       INTEGER CHECK (latency_ms >= 0),
    -- One alternative for each state, the frequent ones first, and no lists: SQLite stops at the first that holds, and
    -- builds a table for every IN of more than two values, for every row.
    CONSTRAINT shape_of_the_state CHECK (
              (state = 'pending'    AND finished_at_ms IS NULL)
           OR (state = 'inflight'   AND finished_at_ms IS NULL AND first_sent_at_ms IS NOT NULL AND attempts > 0)
           OR (state = 'accepted'   AND finished_at_ms IS NOT NULL AND first_sent_at_ms IS NOT NULL AND attempts > 0
                                    AND (ifnull(code, 0) > 0 OR reason_code IS 'resolved'))
           OR (state = 'refused'    AND finished_at_ms IS NOT NULL AND first_sent_at_ms IS NOT NULL AND attempts > 0
                                    AND (code IS -4 OR code IS -5 OR reason_code IS 'resolved'))
           OR (state = 'unknown'    AND finished_at_ms IS NOT NULL AND first_sent_at_ms IS NOT NULL AND attempts > 0
                                    AND reason_code IS NOT NULL)
           OR (state = 'invalid'    AND (attempts = 0 OR reason_code IS 'forgotten') AND finished_at_ms IS NULL
                                    AND reason_code IS NOT NULL)
           OR (state = 'duplicate'  AND attempts = 0 AND finished_at_ms IS NULL AND reason_code IS NOT NULL)
           OR (state = 'suppressed' AND attempts = 0 AND finished_at_ms IS NULL AND reason_code IS NOT NULL)),
    -- The fourth alternative is the rule; the third one says the same of what does not begin with 0, for less. The second
    -- one leaves out what was claimed: it was pending before, and looked at then. No function is called: where one is,
    -- SQLite copies every page that an UPDATE touches first, for it might fail in its middle. The last one is for what was
    -- forgotten, and so is nothing that could be sent.
    CONSTRAINT a_number_has_12_digits
    CHECK (state = 'invalid'
           OR (attempts > 0 AND state <> 'pending')
           OR (CAST(msisdn AS INTEGER) BETWEEN 100000000000 AND 999999999999
               AND CAST(CAST(msisdn AS INTEGER) AS TEXT) = msisdn)
           OR (CAST('1' || msisdn AS INTEGER) BETWEEN 1000000000000 AND 1999999999999
               AND CAST(CAST('1' || msisdn AS INTEGER) AS TEXT) = '1' || msisdn)
           OR (msisdn = '' AND text = '' AND fields = '[]' AND state <> 'pending' AND state <> 'inflight'))
) STRICT;

-- What is to be sent, in file order: a claim reads its beginning, however long the campaign is.
CREATE INDEX message_pending ON message (campaign_id) WHERE state = 'pending';

-- Whose fate is not known: crash recovery reads what is inflight, exit code 9 counts what is unknown.
CREATE INDEX message_uncertain ON message (state, campaign_id) WHERE state = 'inflight' OR state = 'unknown';

-- Whom any campaign reached, or may have reached, and when: for the rule of one message a day.
CREATE INDEX message_reached ON message (finished_at_ms) WHERE state IN ('accepted', 'unknown');

-- Where a number stands in any campaign: what `campana find` looks into. An index on message.msisdn would cost a load a
-- fifth more, because numbers come in no order; here each load sorts its own, 131,072 rows at a time (a batch), and
-- writes them down in blocks. One step for each batch finds a number among millions. Whoever takes a message away, or its
-- number, takes the campaign's blocks away.
CREATE TABLE number_block (
    id           INTEGER PRIMARY KEY,
    campaign_id  INTEGER NOT NULL REFERENCES campaign (id),
    -- id of the first message of the batch
    batch        INTEGER NOT NULL,
    -- the lowest and the highest number of the block, 12 digits as an integer
    first_number INTEGER NOT NULL,
    last_number  INTEGER NOT NULL CHECK (last_number >= first_number),
    -- eight bytes an entry, most significant first, rising: number * 2^24 + (message.id - batch)
    entries      BLOB    NOT NULL CHECK (length(entries) > 0 AND length(entries) % 8 = 0)
) STRICT;

CREATE INDEX number_block_place ON number_block (batch, last_number, first_number);
CREATE INDEX number_block_campaign ON number_block (campaign_id);

-- The legal moves. The same table stands in the program; a test compares the two. Alternatives, the frequent ones first,
-- because SQLite stops at the first that holds; behind the update, for which it then reads the row once. A move that is not
-- legal takes its whole transaction back: nothing that was done with it can be right, and SQLite need not copy every page
-- first, as it would to take back the statement alone.
CREATE TRIGGER message_moves AFTER UPDATE OF state ON message
WHEN NOT ((OLD.state = 'pending'  AND (NEW.state = 'inflight' OR (NEW.state = 'invalid' AND NEW.reason_code IS 'forgotten')))
       OR (OLD.state = 'inflight' AND (NEW.state = 'accepted' OR NEW.state = 'refused' OR NEW.state = 'unknown'
                                       OR NEW.state = 'pending'))
       OR (OLD.state = 'unknown'  AND (NEW.state = 'accepted' OR NEW.state = 'refused' OR NEW.state = 'pending'))
       OR (OLD.state = 'refused'  AND (NEW.state = 'accepted' OR NEW.state = 'pending')))
BEGIN
    SELECT raise(ROLLBACK, 'not a legal move of a message');
END;

-- A sender's run over one campaign.
CREATE TABLE run (
    id             INTEGER PRIMARY KEY,
    campaign_id    INTEGER NOT NULL REFERENCES campaign (id),
    started_at_ms  INTEGER NOT NULL,
    -- null while it runs, and after a crash until the next run
    ended_at_ms    INTEGER,
    -- why it ended: done, limit, balance, credentials, forbidden, maintenance, failures, pause, interrupted, stopped,
    -- hours, held-back, local (a failure of this machine), crashed (found by the next run); null like ended_at_ms
    ended          TEXT    CHECK (ended <> ''),
    -- when it was told to begin (--start); null: at once. started_at_ms is the command's time until then
    start_at_ms    INTEGER,
    -- what was asked for; later changes are in steering
    rate           TEXT    NOT NULL,
    concurrency    INTEGER NOT NULL CHECK (concurrency > 0),
    -- as the gateway wrote it; null where it could not be asked
    balance_before TEXT,
    balance_after  TEXT,
    -- outcomes of this run's requests
    accepted       INTEGER NOT NULL DEFAULT 0,
    refused        INTEGER NOT NULL DEFAULT 0,
    unknown        INTEGER NOT NULL DEFAULT 0,
    -- back to pending
    returned       INTEGER NOT NULL DEFAULT 0,
    -- how many times the gateway's trouble (HTTP 429, 503, timeouts, slow answers) slowed the rate, and the slowest that
    -- it came to, such as 12.8/s; written at its end
    slowed         INTEGER NOT NULL DEFAULT 0,
    slowest_rate   TEXT,
    CHECK ((ended IS NULL) = (ended_at_ms IS NULL))
) STRICT;

CREATE INDEX run_campaign ON run (campaign_id, id);

-- What a person told a run from another terminal (campana pace, campana stop). A line belongs to one run: what that run
-- did not take before it ended has no meaning for a later one.
CREATE TABLE steering (
    id          INTEGER PRIMARY KEY,
    run_id      INTEGER NOT NULL REFERENCES run (id),
    at_ms       INTEGER NOT NULL,
    -- login name and host of the person
    who         TEXT    NOT NULL,
    -- the rate from here on; null: stop
    rate        TEXT    CHECK (rate <> ''),
    -- when the run did so; null: not yet, or its end came first
    taken_at_ms INTEGER
) STRICT;

CREATE INDEX steering_run ON steering (run_id, id);

-- Every request that did not end in acceptance. What ended in acceptance is in message.
CREATE TABLE attempt (
    id          INTEGER PRIMARY KEY,
    message_id  INTEGER NOT NULL REFERENCES message (id),
    run_id      INTEGER REFERENCES run (id),
    -- when it ended; after a crash, when that was found
    at_ms       INTEGER NOT NULL,
    -- the state that the message came to
    state       TEXT    NOT NULL CHECK (state IN ('refused', 'unknown', 'pending')),
    code        INTEGER,
    reason_code TEXT    NOT NULL,
    reason      TEXT,
    http_status INTEGER,
    latency_ms  INTEGER
) STRICT;

CREATE INDEX attempt_message ON attempt (message_id, id);

-- What became unknown, for the reckoning of balances, however much was refused or put off besides.
CREATE INDEX attempt_unknown ON attempt (message_id, id, run_id) WHERE state = 'unknown';

-- A person's decisions on messages whose fate was not known, or that were refused.
CREATE TABLE resolution (
    id          INTEGER PRIMARY KEY,
    message_id  INTEGER NOT NULL REFERENCES message (id),
    at_ms       INTEGER NOT NULL,
    -- login name and host of the person
    who         TEXT    NOT NULL,
    from_state  TEXT    NOT NULL,
    to_state    TEXT    NOT NULL
) STRICT;

CREATE INDEX resolution_message ON resolution (message_id, id);

-- Messages sent to one's own telephone before a campaign (--test-to): apart from the campaign's rows. Number and text
-- are '' where the campaign was forgotten.
CREATE TABLE test_message (
    id          INTEGER PRIMARY KEY,
    campaign_id INTEGER NOT NULL REFERENCES campaign (id),
    msisdn      TEXT    NOT NULL,
    text        TEXT    NOT NULL,
    sent_at_ms  INTEGER NOT NULL,
    -- inflight until the answer is recorded, then accepted, refused, unknown or pending (it was not sent)
    state       TEXT    NOT NULL CHECK (state IN ('inflight', 'accepted', 'refused', 'unknown', 'pending')),
    code        INTEGER,
    reason_code TEXT,
    reason      TEXT
) STRICT;

CREATE INDEX test_message_number ON test_message (msisdn);

-- For people: a line per row of a spreadsheet, with its campaign's name and readable times (UTC).
CREATE VIEW message_report AS
SELECT c.name AS campaign,
       m.row,
       m.msisdn,
       m.text,
       m.state,
       m.code,
       m.reason_code,
       m.reason,
       m.attempts,
       m.http_status,
       strftime('%Y-%m-%dT%H:%M:%fZ', m.first_sent_at_ms / 1000.0, 'unixepoch') AS first_sent_at,
       strftime('%Y-%m-%dT%H:%M:%fZ', m.finished_at_ms / 1000.0, 'unixepoch')   AS finished_at,
       m.latency_ms
  FROM message AS m
  JOIN campaign AS c ON c.id = m.campaign_id;

-- For people: a line per spreadsheet, with its rows by state.
CREATE VIEW campaign_summary AS
SELECT c.name                                         AS campaign,
       strftime('%Y-%m-%dT%H:%M:%fZ', c.loaded_at_ms / 1000.0, 'unixepoch') AS loaded_at,
       count(m.id)                                    AS rows,
       count(*) FILTER (WHERE m.state = 'pending')    AS pending,
       count(*) FILTER (WHERE m.state = 'inflight')   AS inflight,
       count(*) FILTER (WHERE m.state = 'accepted')   AS accepted,
       count(*) FILTER (WHERE m.state = 'refused')    AS refused,
       count(*) FILTER (WHERE m.state = 'unknown')    AS unknown,
       count(*) FILTER (WHERE m.state = 'invalid')    AS invalid,
       count(*) FILTER (WHERE m.state = 'duplicate')  AS duplicate,
       count(*) FILTER (WHERE m.state = 'suppressed') AS suppressed
  FROM campaign AS c
  LEFT JOIN message AS m ON m.id BETWEEN c.first_id AND c.last_id
 GROUP BY c.id;
