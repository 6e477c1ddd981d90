-- What each run took from the balance, and what it got accepted for it. A balance that went up says that credit was bought.
SELECT c.name AS campaign,
       strftime('%Y-%m-%d %H:%M', r.started_at_ms / 1000, 'unixepoch', '-5 hours') AS began,
       r.ended,
       r.balance_before,
       r.balance_after,
       CAST(r.balance_before AS REAL) - CAST(r.balance_after AS REAL) AS spent,
       r.accepted,
       r.unknown
  FROM run AS r
  JOIN campaign AS c ON c.id = r.campaign_id
 ORDER BY r.id;
