"""SIGKILL from outside at random moments, through a whole campaign, at concurrency 1, 8 and 32; and through loads."""

import random
import time

from machine import receipts

KILLS_A_CAMPAIGN = 10
LATENCY_MS = 15
SEND_S = 0.4  # a send lives between nothing and so long; there are rows for more than it sends meanwhile
ROWS_A_KILL = 14  # times the concurrency


def campaigns(seed, kills):
    """(seed, concurrency, kills) of each campaign; every fourth kills loads instead (concurrency 0)."""
    chance = random.Random(seed)
    at = 0
    while kills > 0:
        some = min(kills, KILLS_A_CAMPAIGN)
        yield chance.randrange(1 << 30), (32, 8, 1, 0)[at % 4], some
        kills -= some
        at += 1


def kill_after(trial, chance, seconds, *arguments):
    process = trial.start(*arguments)
    time.sleep(chance.uniform(0, seconds))
    process.kill()
    _, err = process.communicate()
    trial.figures["kills"] += 1
    trial.figures["kills that came too late"] += process.returncode != -9
    trial.assertNotIn(b"Sanitizer", err)


def kill_loads(trial, chance, kills):
    rows = 20000
    trial.write_campaign(rows)
    began = time.monotonic()
    trial.campana("load", "campaign.csv", "--dry-run", expect=0)
    usual_s = time.monotonic() - began
    for _ in range(kills):
        kill_after(trial, chance, 1.3 * usual_s, "load", "campaign.csv")
        if trial.db.exists():
            trial.assertIn(trial.campana("status").code, (0, 2))  # takes a schema that was cut off back
            if trial.rows("SELECT 1 FROM sqlite_schema WHERE name = 'message'"):
                trial.assertIn(trial.counts(), ({}, {"pending": rows}))
    trial.campana("load", "campaign.csv", expect=0)
    trial.assertEqual(trial.counts(), {"pending": rows})
    trial.assert_promises([], rows)


def kill_sends(trial, chance, concurrency, kills):
    rows = kills * ROWS_A_KILL * concurrency
    simulator = trial.simulate("--latency", LATENCY_MS)
    trial.write_campaign(rows)
    trial.campana("load", "campaign.csv", expect=0)
    unknown = 0
    for _ in range(kills):
        kill_after(trial, chance, SEND_S, "run", "campaign.csv", "--concurrency", concurrency, "--yes", "--rate",
                   chance.choice(["max", "1000/s"]))
        counts = trial.counts()
        trial.assertEqual(sum(counts.values()), rows)
        now_unknown = counts.get("unknown", 0) + counts.get("inflight", 0)
        trial.assertLessEqual(now_unknown, unknown + concurrency, "more is unknown than was in flight")
        unknown = now_unknown
        trial.figures["unknown at most"] += concurrency
    result = trial.campana("run", "campaign.csv", "--concurrency", concurrency, "--yes")
    trial.assertIn(result.code, (0, 9), result)
    counts = trial.counts()
    trial.assertEqual(counts.get("accepted", 0) + counts.get("unknown", 0), rows, counts)
    received = receipts(simulator)
    trial.assert_promises(received, rows)
    trial.figures["unknown"] += counts.get("unknown", 0)
    trial.campana("run", "campaign.csv", "--yes", expect=result.code)
    trial.assertEqual(len(simulator.ledger()), len(received), "a further run has sent something")


def run_campaign(name, trial):
    seed, concurrency, kills = name
    chance = random.Random(seed)
    if concurrency == 0:
        kill_loads(trial, chance, kills)
    else:
        kill_sends(trial, chance, concurrency, kills)
