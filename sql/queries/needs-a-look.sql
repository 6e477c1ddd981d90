-- The rows that a person must decide on: they may have reached the gateway. Look them up in its web report first.
SELECT row, msisdn, text, reason_code, reason, http_status, first_sent_at, finished_at, attempts
  FROM message_report
 WHERE campaign = coalesce(:campaign, (SELECT name FROM campaign ORDER BY id DESC LIMIT 1))
   AND state = 'unknown'
 ORDER BY row;
