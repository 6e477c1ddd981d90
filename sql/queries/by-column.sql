-- What became of the rows by a column of the spreadsheet, such as the city. A cell that equals the number or the text is
-- stored as null.
WITH chosen AS (
    SELECT c.id, c.first_id, c.last_id, c.phone_column, k.key AS place
      FROM campaign AS c, json_each(c.columns) AS k
     WHERE c.name = coalesce(:campaign, (SELECT name FROM campaign ORDER BY id DESC LIMIT 1))
       AND (k.value = :column OR (:column IS NULL AND k.key = json_array_length(c.columns) - 1))
)
SELECT coalesce(json_extract(m.fields, '$[' || x.place || ']'), iif(x.place = x.phone_column, m.msisdn, m.text)) AS value,
       count(*) AS rows,
       count(*) FILTER (WHERE m.state = 'accepted') AS accepted,
       count(*) FILTER (WHERE m.state IN ('refused', 'unknown')) AS refused_or_unknown,
       count(*) FILTER (WHERE m.state IN ('invalid', 'duplicate', 'suppressed')) AS not_sendable
  FROM chosen AS x
  JOIN message AS m ON m.id BETWEEN x.first_id AND x.last_id
 GROUP BY value
 ORDER BY rows DESC, value;
