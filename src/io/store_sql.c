/* Every statement of the store, and for each the words for a person who reads that it failed. A message's
 * state changes only here, always from a named state. REACHED repeats its partial index's own words: SQLite
 * uses such an index only where it recognises them. */
#include "store_internal.h"

#define CAMPAIGN_COLUMNS                                                                                     \
    "id, name, file, settings, columns, content_sha256, phone_column, text_column, first_id, last_id, "      \
    "loaded_at_ms, forgotten_at_ms"

#define REACHED "state IN ('accepted', 'unknown')"

/* Rows whose last attempt ended with an answer. */
#define ANSWERED "id BETWEEN ?1 AND ?2 AND finished_at_ms IS NOT NULL AND latency_ms IS NOT NULL"

/* ?1 to ?5: the campaign's first and last id, a state, a JSON array of rows or NULL for all, one of runs' ids likewise. */
#define TO_RESOLVE                                                                                           \
    "id BETWEEN ?1 AND ?2 AND state = ?3 AND (?4 IS NULL OR row IN (SELECT value FROM json_each(?4)))"       \
    " AND (?5 IS NULL OR (SELECT a.run_id FROM attempt AS a WHERE a.message_id = message.id"                 \
    "                      ORDER BY a.id DESC LIMIT 1) IN (SELECT value FROM json_each(?5)))"

/* ?1: the campaign's id; the others in the order of the columns. STORE_BATCH_ROWS are 4 × 4 × 4. A row gets the id behind
 * the last one, so that SQLite need not look whether it is taken. What fails takes the whole load back, as it must:
 * where it would take back the statement alone, SQLite first copies every page that the statement touches. */
#define LOAD_MESSAGES                                                                                        \
    "INSERT OR ROLLBACK INTO message (campaign_id, row, msisdn, text, fields, state, reason_code, reason)"   \
    " VALUES "
#define LOAD_ROW        "(?1,?,?,?,?,?,?,?)"
#define FOUR(rows)      rows "," rows "," rows "," rows
#define LOAD_BATCH_ROWS FOUR(FOUR(FOUR(LOAD_ROW)))

const struct store_statement_text store_sql[STORE_SQLS] = {
    [SQL_BEGIN] = {"begin to write", "BEGIN IMMEDIATE"},
    [SQL_COMMIT] = {"write to the disk", "COMMIT"},
    [SQL_ROLLBACK] = {"undo", "ROLLBACK"},
    [SQL_SNAPSHOT] = {"begin to read", "BEGIN"},

    [SQL_CAMPAIGN_BY_NAME] = {"read a campaign", "SELECT " CAMPAIGN_COLUMNS " FROM campaign WHERE name = ?1"},
    [SQL_CAMPAIGN_BY_CONTENT] = {"read a campaign",
                                 "SELECT " CAMPAIGN_COLUMNS
                                 " FROM campaign WHERE content_sha256 = ?1 ORDER BY id DESC LIMIT 1"},
    [SQL_CAMPAIGNS] = {"read the campaigns", "SELECT " CAMPAIGN_COLUMNS " FROM campaign ORDER BY id"},
    [SQL_CAMPAIGN_NAMES] = {"read the campaigns' names",
                            "SELECT name, count(*) OVER () FROM campaign ORDER BY id DESC LIMIT ?1"},
    [SQL_COUNT] = {"count a campaign's rows", "SELECT count(*) FILTER (WHERE state = 'pending'),"
                                              "       count(*) FILTER (WHERE state = 'inflight'),"
                                              "       count(*) FILTER (WHERE state = 'accepted'),"
                                              "       count(*) FILTER (WHERE state = 'refused'),"
                                              "       count(*) FILTER (WHERE state = 'unknown'),"
                                              "       count(*) FILTER (WHERE state = 'invalid'),"
                                              "       count(*) FILTER (WHERE state = 'duplicate'),"
                                              "       count(*) FILTER (WHERE state = 'suppressed')"
                                              "  FROM message WHERE id BETWEEN ?1 AND ?2"},
    [SQL_COUNT_DECIDED] = {"count what a person decided",
                           "SELECT count(*) FILTER (WHERE state = 'accepted'),"
                           "       count(*) FILTER (WHERE state = 'refused')"
                           "  FROM message"
                           " WHERE id IN (SELECT message_id FROM resolution WHERE message_id BETWEEN ?1 AND ?2)"
                           "   AND reason_code = 'resolved'"},
    [SQL_COUNT_PENDING] = {"count what is pending",
                           "SELECT count(*) FROM message WHERE campaign_id = ?1 AND state = 'pending'"},
    [SQL_COUNT_UNKNOWN] =
        {"count what is unknown",
         "SELECT (SELECT count(*) FROM message WHERE state = 'unknown' AND campaign_id = ?1)"
         "     + (SELECT count(*) FROM message WHERE state = 'inflight' AND campaign_id = ?1)"},
    [SQL_COUNT_REASONS] = {"count a campaign's rows by reason",
                           "SELECT state, reason_code, count(*) FROM message WHERE id BETWEEN ?1 AND ?2"
                           " GROUP BY state, reason_code"
                           " ORDER BY CASE state WHEN 'pending' THEN 0 WHEN 'inflight' THEN 1"
                           "                     WHEN 'accepted' THEN 2 WHEN 'refused' THEN 3"
                           "                     WHEN 'unknown' THEN 4 WHEN 'invalid' THEN 5"
                           "                     WHEN 'duplicate' THEN 6 ELSE 7 END,"
                           "          count(*) DESC, reason_code"},

    [SQL_LOAD_CAMPAIGN] =
        {"store a campaign",
         "INSERT INTO campaign (name, file, settings, columns, content_sha256, phone_column,"
         "                      text_column, loaded_at_ms, first_id, last_id)"
         " SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, coalesce(max(id), 0) + 1,"
         "        coalesce(max(id), 0) FROM message"
         " RETURNING id, first_id"},
    [SQL_LOAD_MESSAGE] = {"store a row", LOAD_MESSAGES LOAD_ROW},
    [SQL_LOAD_BATCH] = {"store a row", LOAD_MESSAGES LOAD_BATCH_ROWS},
    [SQL_LOAD_CAMPAIGN_END] = {"complete a campaign",
                               "UPDATE campaign SET columns = ?2, phone_column = ?3, text_column = ?4,"
                               "                    last_id = ?5"
                               " WHERE id = ?1"},
    /* Which row did a duplicate's number stand on first? Only the duplicates' numbers are gathered, 12 digits
     * as an integer key; then one walk through the sendable rows finds each, whose first encounter counts. */
    [SQL_TWICE_MAKE] = {"make room for the duplicates",
                        "CREATE TEMP TABLE twice (number INTEGER PRIMARY KEY, row INTEGER)"},
    [SQL_TWICE_FILL] = {"gather the duplicates", "INSERT OR IGNORE INTO temp.twice (number)"
                                                 " SELECT CAST(msisdn AS INTEGER) FROM message"
                                                 " WHERE id BETWEEN ?1 AND ?2 AND state = 'duplicate'"},
    [SQL_TWICE_FIND] = {"look for the duplicates' first rows",
                        "INSERT INTO temp.twice (number, row)"
                        " SELECT t.number, m.row FROM message AS m CROSS JOIN temp.twice AS t"
                        "     ON t.number = CAST(m.msisdn AS INTEGER)"
                        "  WHERE m.id BETWEEN ?1 AND ?2 AND m.state = 'pending'"
                        " ON CONFLICT (number) DO UPDATE SET row = excluded.row WHERE row IS NULL"},
    [SQL_TWICE_TELL] = {"write down the duplicates' first rows",
                        "UPDATE message SET reason = (SELECT 'on row ' || t.row FROM temp.twice AS t"
                        "                              WHERE t.number = CAST(message.msisdn AS INTEGER))"
                        " WHERE id BETWEEN ?1 AND ?2 AND state = 'duplicate'"},
    [SQL_TWICE_DROP] = {"give the duplicates' room back", "DROP TABLE temp.twice"},

    [SQL_LOAD_NUMBERS] = {"write down which numbers were loaded",
                          "INSERT INTO number_block (campaign_id, batch, first_number, last_number, entries)"
                          " VALUES (?1, ?2, ?3, ?4, ?5)"},

    [SQL_RECOVER_ATTEMPTS] = {"record what was interrupted",
                              "INSERT INTO attempt (message_id, run_id, at_ms, state, reason_code)"
                              " SELECT m.id, (SELECT max(r.id) FROM run AS r"
                              "                WHERE r.campaign_id = m.campaign_id), ?1, 'unknown', ?2"
                              "   FROM message AS m WHERE m.state = 'inflight' ORDER BY m.id"},
    [SQL_RECOVER_COUNTS] = {"count what was interrupted",
                            "UPDATE run SET unknown = unknown + found.rows"
                            "  FROM (SELECT campaign_id, count(*) AS rows FROM message"
                            "         WHERE state = 'inflight' GROUP BY campaign_id) AS found"
                            " WHERE run.id = (SELECT max(r.id) FROM run AS r"
                            "                  WHERE r.campaign_id = found.campaign_id)"},
    [SQL_RECOVER_MESSAGES] = {"set aside what was interrupted",
                              "UPDATE message SET state = 'unknown', code = NULL, reason_code = ?2,"
                              "                   reason = NULL, http_status = NULL, finished_at_ms = ?1,"
                              "                   latency_ms = NULL"
                              " WHERE state = 'inflight'"},
    [SQL_RECOVER_RUNS] = {"close the runs that were interrupted",
                          "UPDATE run SET ended_at_ms = ?1, ended = 'crashed' WHERE ended_at_ms IS NULL"},
    [SQL_RECOVER_TESTS] = {"set aside the tests that were interrupted",
                           "UPDATE test_message SET state = 'unknown', reason_code = ?1"
                           " WHERE state = 'inflight'"},

    [SQL_RUN_BEGIN] = {"record a run",
                       "INSERT INTO run (campaign_id, started_at_ms, rate, concurrency, balance_before,"
                       "                 start_at_ms)"
                       " VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING id"},
    [SQL_RUN_START] = {"record a run's start",
                       "UPDATE run SET started_at_ms = ?2, balance_before = ?3 WHERE id = ?1"},
    [SQL_RUN_END] = {"record a run's end",
                     "UPDATE run SET ended_at_ms = ?2, ended = ?3, balance_after = ?4, slowed = ?5,"
                     "               slowest_rate = ?6"
                     " WHERE id = ?1"},
    [SQL_RUN_COUNTS] = {"count a run's answers",
                        "UPDATE run SET accepted = accepted + ?2, refused = refused + ?3,"
                        "               unknown = unknown + ?4, returned = returned + ?5"
                        " WHERE id = ?1"},
    [SQL_RUNS] = {"read a campaign's runs",
                  "SELECT id, campaign_id, started_at_ms, ended_at_ms, ended, rate, concurrency,"
                  "       balance_before, balance_after, accepted, refused, unknown, returned, start_at_ms,"
                  "       slowed, slowest_rate"
                  "  FROM run WHERE campaign_id = ?1 ORDER BY id"},

    [SQL_RUN_OPEN] = {"look for the run that sends",
                      "SELECT r.id, c.name FROM run AS r JOIN campaign AS c ON c.id = r.campaign_id"
                      " WHERE r.ended_at_ms IS NULL ORDER BY r.id DESC LIMIT 1"},

    [SQL_STEER] = {"steer a run", "INSERT INTO steering (run_id, at_ms, who, rate)"
                                  " SELECT id, ?2, ?3, ?4 FROM run WHERE id = ?1 AND ended_at_ms IS NULL"
                                  " RETURNING id"},
    [SQL_STEER_FATE] = {"read what became of a word to a run",
                        "SELECT s.taken_at_ms IS NOT NULL, r.ended FROM steering AS s"
                        "  JOIN run AS r ON r.id = s.run_id WHERE s.id = ?1"},
    [SQL_STEERINGS] = {"read what a run was told", "SELECT id, at_ms, who, rate, taken_at_ms FROM steering"
                                                   " WHERE run_id = ?1 AND id > ?2 ORDER BY id"},
    [SQL_STEER_TAKEN] = {"record that a run was steered",
                         "UPDATE steering SET taken_at_ms = ?3"
                         " WHERE run_id = ?1 AND id <= ?2 AND taken_at_ms IS NULL"},
    [SQL_DATA_VERSION] = {"look for changes", "PRAGMA data_version"},

    [SQL_PEEK] = {"read what is pending",
                  "SELECT id, row, msisdn, text, first_sent_at_ms FROM message"
                  " WHERE campaign_id = ?1 AND state = 'pending' AND id > ?2 ORDER BY id LIMIT ?3"},
    /* OR ROLLBACK, here and in the next three: what breaks a rule of the schema ends the transaction, as it would anyway,
     * and SQLite need not copy every page that the statement touches to be able to undo the statement alone. */
    [SQL_CLAIM] = {"claim a row", "UPDATE OR ROLLBACK message SET state = 'inflight', attempts = attempts + 1,"
                                  "       first_sent_at_ms = coalesce(first_sent_at_ms, ?2)"
                                  " WHERE id = ?1 AND state = 'pending'"},
    /* By the index of what is pending: between two pending rows there may be millions of others. */
    [SQL_CLAIM_BETWEEN] = {"claim rows",
                           "UPDATE OR ROLLBACK message INDEXED BY message_pending"
                           "   SET state = 'inflight', attempts = attempts + 1,"
                           "       first_sent_at_ms = coalesce(first_sent_at_ms, ?4)"
                           " WHERE state = 'pending' AND campaign_id = ?1 AND id BETWEEN ?2 AND ?3"},
    [SQL_UNCLAIM] = {"give a claim back",
                     "UPDATE OR ROLLBACK message SET state = 'pending', attempts = attempts - 1,"
                     "       first_sent_at_ms = ?2"
                     " WHERE id = ?1 AND state = 'inflight'"},
    [SQL_SETTLE] =
        {"record an answer",
         "UPDATE OR ROLLBACK message SET state = ?2, code = ?3, reason_code = ?4, reason = ?5, http_status = ?6,"
         "       first_sent_at_ms = ?7, finished_at_ms = ?8, latency_ms = ?9"
         " WHERE id = ?1 AND state = 'inflight'"},
    [SQL_ATTEMPT] = {"record an attempt",
                     "INSERT INTO attempt (message_id, run_id, at_ms, state, code, reason_code, reason,"
                     "                     http_status, latency_ms)"
                     " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)"},
    [SQL_NUMBERS_SINCE] = {"read whom messages reached",
                           "SELECT msisdn FROM message WHERE " REACHED " AND finished_at_ms >= ?1 AND msisdn <> ''"
                           " UNION ALL"
                           " SELECT msisdn FROM message WHERE state = 'inflight'"},

    [SQL_PENDING_NUMBERS] = {"read whom messages shall reach",
                             "SELECT msisdn FROM message WHERE campaign_id = ?1 AND state = 'pending' ORDER BY id"},
    [SQL_PENDING_ROW] = {"look for a pending row",
                         "SELECT row FROM message WHERE campaign_id = ?1 AND state = 'pending'"
                         " ORDER BY id LIMIT 1 OFFSET ?2 - 1"},

    [SQL_TEST_BEGIN] = {"record a test message",
                        "INSERT INTO test_message (campaign_id, msisdn, text, sent_at_ms, state)"
                        " VALUES (?1, ?2, ?3, ?4, 'inflight') RETURNING id"},
    [SQL_TEST_END] = {"record a test message's answer",
                      "UPDATE test_message SET state = ?2, code = ?3, reason_code = ?4, reason = ?5"
                      " WHERE id = ?1 AND state = 'inflight'"},

    [SQL_RESOLVE_COUNT] = {"count what is to be resolved", "SELECT count(*) FROM message WHERE " TO_RESOLVE},
    [SQL_RESOLVE_AMISS] = {"look for the given rows",
                           "SELECT row, max(state), count(*) OVER ()"
                           "  FROM (SELECT value AS row, NULL AS state FROM json_each(?4)"
                           "        UNION ALL"
                           "        SELECT row, state FROM message"
                           "         WHERE id BETWEEN ?1 AND ?2 AND row IN (SELECT value FROM json_each(?4)))"
                           " GROUP BY row HAVING max(state) IS NOT ?3 ORDER BY row LIMIT ?6"},
    [SQL_RESOLVE_LIST] = {"read what is to be resolved",
                          "SELECT row, msisdn, first_sent_at_ms, reason_code FROM message WHERE " TO_RESOLVE
                          " ORDER BY id LIMIT ?6"},
    [SQL_RESOLVE_RECORD] = {"record a decision",
                            "INSERT INTO resolution (message_id, at_ms, who, from_state, to_state)"
                            " SELECT id, ?6, ?7, state, ?8 FROM message WHERE " TO_RESOLVE},
    [SQL_RESOLVE_MESSAGES] = {"carry a decision out",
                              "UPDATE message SET state = ?6, reason_code = ?7,"
                              "                   reason = 'by ' || ?8 || ', was ' || ?3,"
                              "                   code = iif(?6 = 'pending', NULL, code),"
                              "                   finished_at_ms = iif(?6 = 'pending', NULL, finished_at_ms)"
                              " WHERE " TO_RESOLVE},

    [SQL_REPORT] =
        {"read a campaign's rows",
         "SELECT row, msisdn, text, fields, state, code, reason_code, reason, attempts, http_status,"
         "       first_sent_at_ms, finished_at_ms, latency_ms"
         "  FROM message WHERE id BETWEEN ?1 AND ?2 ORDER BY id"},

    /* The batches are found by leaping from one to the next. */
    [SQL_FIND_BLOCKS] = {"look for a number",
                         "WITH RECURSIVE leap (batch) AS ("
                         " SELECT min(batch) FROM number_block"
                         " UNION ALL"
                         " SELECT (SELECT min(b.batch) FROM number_block AS b WHERE b.batch > leap.batch)"
                         "   FROM leap WHERE leap.batch IS NOT NULL)"
                         "SELECT b.batch, b.entries FROM leap CROSS JOIN number_block AS b"
                         " WHERE b.batch = leap.batch AND b.last_number >= ?1 AND b.first_number <= ?1"
                         " ORDER BY b.batch, b.last_number, b.first_number, b.id"},
    [SQL_FIND_MESSAGE] =
        {"read a message",
         "SELECT m.row, m.msisdn, m.text, m.fields, m.state, m.code, m.reason_code, m.reason, m.attempts,"
         "       m.http_status, m.first_sent_at_ms, m.finished_at_ms, m.latency_ms,"
         "       c.name, c.file, c.loaded_at_ms"
         "  FROM message AS m JOIN campaign AS c ON c.id = m.campaign_id"
         " WHERE m.id = ?1 AND m.msisdn = ?2"},
    [SQL_FIND_ATTEMPTS] = {"read a message's attempts",
                           "SELECT at_ms, state, code, reason_code, reason, http_status, latency_ms"
                           "  FROM attempt WHERE message_id = ?1 ORDER BY id"},
    [SQL_FIND_RESOLUTIONS] = {"read the decisions on a message",
                              "SELECT at_ms, from_state, to_state, who"
                              "  FROM resolution WHERE message_id = ?1 ORDER BY id"},
    [SQL_FIND_TESTS] = {"look for test messages",
                        "SELECT t.sent_at_ms, t.state, t.code, t.reason_code, t.reason, t.text, c.name"
                        "  FROM test_message AS t JOIN campaign AS c ON c.id = t.campaign_id"
                        " WHERE t.msisdn = ?1 ORDER BY t.id"},
    [SQL_QUICK_CHECK] = {"look through the database", "PRAGMA quick_check(1)"},
    [SQL_LAST_USED] = {"read when a campaign was last used",
                       "SELECT max(c.loaded_at_ms,"
                       "           coalesce((SELECT max(coalesce(r.ended_at_ms, r.started_at_ms)) FROM run AS r"
                       "                      WHERE r.campaign_id = c.id), 0),"
                       "           coalesce((SELECT max(t.sent_at_ms) FROM test_message AS t"
                       "                      WHERE t.campaign_id = c.id), 0))"
                       "  FROM campaign AS c WHERE c.id = ?1"},
    [SQL_FORGET_PENDING] = {"forget what is pending",
                            "UPDATE message SET state = 'invalid', reason_code = 'forgotten'"
                            " WHERE id BETWEEN ?1 AND ?2 AND state = 'pending'"},
    [SQL_FORGET_MESSAGES] = {"forget a campaign's rows",
                             "UPDATE message SET msisdn = '', text = '', fields = '[]', reason = NULL"
                             " WHERE id BETWEEN ?1 AND ?2"},
    [SQL_FORGET_ATTEMPTS] = {"forget what answers said",
                             "UPDATE attempt SET reason = NULL WHERE message_id BETWEEN ?1 AND ?2"},
    [SQL_FORGET_TESTS] = {"forget test messages",
                          "UPDATE test_message SET msisdn = '', text = '', reason = NULL WHERE campaign_id = ?1"},
    [SQL_FORGET_NUMBERS] = {"forget which numbers there were", "DELETE FROM number_block WHERE campaign_id = ?1"},
    [SQL_FORGET_CAMPAIGN] = {"forget a campaign",
                             "UPDATE campaign SET file = '', settings = '{}', columns = '[]', phone_column = 0,"
                             "                    text_column = NULL, erased_at_ms = NULL,"
                             "                    forgotten_at_ms = coalesce(forgotten_at_ms, ?2)"
                             " WHERE id = ?1"},
    [SQL_COUNT_NOT_ERASED] = {"look for what was forgotten",
                              "SELECT count(*) FROM campaign"
                              " WHERE forgotten_at_ms IS NOT NULL AND erased_at_ms IS NULL"},
    [SQL_NOTE_ERASED] = {"note what was erased",
                         "UPDATE campaign SET erased_at_ms = ?1"
                         " WHERE forgotten_at_ms IS NOT NULL AND erased_at_ms IS NULL"},

    /* A row's nth decision from unknown answers its nth time of becoming unknown. A decision that was corrected counts
     * as corrected. A test message goes behind the last run that had begun when it was sent. */
    [SQL_BOOKS] =
        {"read what runs and balances say",
         "WITH became AS (SELECT message_id, run_id, row_number() OVER each_message AS nth FROM attempt"
         "                 WHERE state = 'unknown' WINDOW each_message AS (PARTITION BY message_id ORDER BY id)),"
         " decided AS (SELECT message_id, to_state, later, row_number() OVER each_message AS nth"
         "               FROM (SELECT id, message_id, from_state, to_state,"
         "                            lead(to_state) OVER (PARTITION BY message_id ORDER BY id) AS later"
         "                       FROM resolution)"
         "              WHERE from_state = 'unknown' WINDOW each_message AS (PARTITION BY message_id ORDER BY id)),"
         " fates AS (SELECT b.run_id, count(*) AS became, count(*) FILTER (WHERE d.to_state IS NULL) AS open,"
         "                  count(*) FILTER (WHERE d.to_state = 'accepted'"
         "                                      OR (d.to_state = 'refused' AND d.later IS 'accepted')) AS charged"
         "             FROM became AS b LEFT JOIN decided AS d ON d.message_id = b.message_id AND d.nth = b.nth"
         "            GROUP BY b.run_id)"
         " SELECT r.id AS place, 0 AS kind, r.id AS id, r.campaign_id,"
         "        row_number() OVER (PARTITION BY r.campaign_id ORDER BY r.id), r.started_at_ms, r.ended_at_ms, r.ended,"
         "        r.balance_before, r.balance_after, r.accepted, coalesce(f.open, 0), coalesce(f.charged, 0),"
         "        coalesce(f.became - f.open - f.charged, 0),"
         "        iif(r.id = (SELECT max(l.id) FROM run AS l WHERE l.campaign_id = r.campaign_id),"
         "            (SELECT count(*) FROM message AS m WHERE m.state = 'inflight' AND m.campaign_id = r.campaign_id), 0)"
         "   FROM run AS r LEFT JOIN fates AS f ON f.run_id = r.id"
         " UNION ALL"
         " SELECT (SELECT max(r.id) FROM run AS r WHERE r.started_at_ms <= t.sent_at_ms), 1, t.id, t.campaign_id, 0,"
         "        t.sent_at_ms, NULL, NULL, NULL, NULL, t.state = 'accepted', t.state IN ('unknown', 'inflight'), 0, 0, 0"
         "   FROM test_message AS t"
         " ORDER BY place, kind, id"},
    /* A refused message has been tried and not accepted: attempt knows it, and no index of its own is needed.
     */
    [SQL_BILL] =
        {"count over all campaigns",
         "WITH event (at_ms, campaign_id, reason_code, accepted, refused, unknown, attempts, tests) AS ("
         " SELECT finished_at_ms, campaign_id, reason_code, state = 'accepted', 0, state = 'unknown',"
         "        state = 'accepted' AND reason_code IS NOT 'resolved', 0"
         "   FROM message WHERE " REACHED " AND finished_at_ms >= ?1 AND finished_at_ms < ?2"
         " UNION ALL"
         " SELECT finished_at_ms, campaign_id, reason_code, 0, 1, 0, 0, 0 FROM message"
         "  WHERE id IN (SELECT message_id FROM attempt) AND state = 'refused'"
         "    AND finished_at_ms >= ?1 AND finished_at_ms < ?2"
         " UNION ALL"
         " SELECT a.at_ms, m.campaign_id, a.reason_code, 0, 0, 0, 1, 0"
         "   FROM attempt AS a CROSS JOIN message AS m ON m.id = a.message_id"
         "  WHERE a.at_ms >= ?1 AND a.at_ms < ?2"
         " UNION ALL"
         " SELECT sent_at_ms, campaign_id, reason_code, 0, 0, 0, 0, 1 FROM test_message"
         "  WHERE state = 'accepted' AND sent_at_ms >= ?1 AND sent_at_ms < ?2)"
         " SELECT iif(?4 = 1, (at_ms - ?3) / 86400000, 0) AS day, iif(?4 = 2, campaign_id, 0) AS campaign,"
         "        sum(accepted), sum(refused), sum(unknown), sum(attempts), sum(tests),"
         "        CASE ?4 WHEN 2 THEN (SELECT name FROM campaign WHERE id = campaign_id)"
         "                WHEN 3 THEN ifnull(reason_code, '') ELSE '' END AS name"
         "   FROM event GROUP BY day, campaign, iif(?4 = 3, name, '') ORDER BY day, campaign, name"},
    [SQL_BILL_BALANCES] =
        {"read the balances of runs",
         "SELECT (r.started_at_ms - ?3) / 86400000, c.name, r.balance_before, r.balance_after"
         "  FROM run AS r JOIN campaign AS c ON c.id = r.campaign_id"
         " WHERE r.started_at_ms >= ?1 AND r.started_at_ms < ?2"
         "   AND r.balance_before IS NOT NULL AND r.balance_after IS NOT NULL ORDER BY r.id"},
    [SQL_BINS] = {"add up a campaign's answers by time",
                  "SELECT finished_at_ms / ?3, count(*) FILTER (WHERE state = 'accepted'),"
                  "       count(*) FILTER (WHERE state <> 'accepted')"
                  "  FROM message WHERE " ANSWERED " GROUP BY 1 ORDER BY 1"},
    [SQL_LATENCIES] = {"add up how long answers took",
                       "SELECT latency_ms, count(*) FROM message WHERE " ANSWERED " GROUP BY 1 ORDER BY 1"},
};
