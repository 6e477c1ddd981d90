-- What the gateway charges: accepted messages, and test messages, by Colombian month and campaign.
SELECT month, campaign, sum(messages) AS messages, sum(tests) AS tests, sum(messages + tests) AS charged
  FROM (SELECT strftime('%Y-%m', finished_at, '-5 hours') AS month, campaign, 1 AS messages, 0 AS tests
          FROM message_report
         WHERE state = 'accepted'
        UNION ALL
        SELECT strftime('%Y-%m', t.sent_at_ms / 1000, 'unixepoch', '-5 hours'), c.name, 0, 1
          FROM test_message AS t
          JOIN campaign AS c ON c.id = t.campaign_id
         WHERE t.state = 'accepted')
 GROUP BY month, campaign
 ORDER BY month, campaign;
