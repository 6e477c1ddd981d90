-- Messages accepted in each minute, in Colombian time.
SELECT strftime('%Y-%m-%d %H:%M', finished_at, '-5 hours') AS minute, count(*) AS accepted
  FROM message_report
 WHERE campaign = coalesce(:campaign, (SELECT name FROM campaign ORDER BY id DESC LIMIT 1))
   AND state = 'accepted'
 GROUP BY minute
 ORDER BY minute;
