-- How long the gateway took to answer, in milliseconds: half of the answers were at most this late, 95 of a hundred, 99.
SELECT count(*) AS answers,
       min(latency_ms) FILTER (WHERE share >= 0.50) AS p50_ms,
       min(latency_ms) FILTER (WHERE share >= 0.95) AS p95_ms,
       min(latency_ms) FILTER (WHERE share >= 0.99) AS p99_ms,
       max(latency_ms) AS slowest_ms
  FROM (SELECT latency_ms, cume_dist() OVER (ORDER BY latency_ms) AS share
          FROM message_report
         WHERE campaign = coalesce(:campaign, (SELECT name FROM campaign ORDER BY id DESC LIMIT 1))
           AND latency_ms IS NOT NULL);
