-- Every campaign: how many of its rows could be sent, how many were accepted, and what share that is.
SELECT campaign,
       rows,
       rows - invalid - duplicate - suppressed AS sendable,
       accepted,
       refused,
       unknown,
       pending + inflight AS open,
       round(100.0 * accepted / nullif(rows - invalid - duplicate - suppressed, 0), 1) AS accepted_percent
  FROM campaign_summary
 ORDER BY loaded_at DESC;
