-- Who decided what with `campana resolve`, and when (Colombian time).
SELECT strftime('%Y-%m-%d %H:%M:%S', d.at_ms / 1000, 'unixepoch', '-5 hours') AS at,
       d.who,
       m.row,
       m.msisdn,
       d.from_state,
       d.to_state
  FROM resolution AS d
  JOIN message AS m ON m.id = d.message_id
  JOIN campaign AS c ON c.id = m.campaign_id
 WHERE c.name = coalesce(:campaign, (SELECT name FROM campaign ORDER BY id DESC LIMIT 1))
 ORDER BY d.id;
