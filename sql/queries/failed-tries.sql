-- Tries that did not end in acceptance, by hour (Colombian time) and reason. A message may have several.
SELECT strftime('%Y-%m-%d %H:00', a.at_ms / 1000, 'unixepoch', '-5 hours') AS hour,
       a.reason_code,
       count(*) AS tries,
       count(DISTINCT a.message_id) AS messages
  FROM attempt AS a
  JOIN message AS m ON m.id = a.message_id
  JOIN campaign AS c ON c.id = m.campaign_id
 WHERE c.name = coalesce(:campaign, (SELECT name FROM campaign ORDER BY id DESC LIMIT 1))
 GROUP BY hour, a.reason_code
 ORDER BY hour, tries DESC;
