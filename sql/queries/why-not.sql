-- Why rows of a campaign are not accepted, the most frequent reason first; the details of one row as an example.
SELECT state, coalesce(reason_code, '') AS reason_code, count(*) AS rows, min(row) AS first_row, coalesce(max(reason), '') AS such_as
  FROM message_report
 WHERE campaign = coalesce(:campaign, (SELECT name FROM campaign ORDER BY id DESC LIMIT 1))
   AND state <> 'accepted'
 GROUP BY state, reason_code
 ORDER BY rows DESC, state, reason_code;
