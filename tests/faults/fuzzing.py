"""Hostile bytes into every parser, by libFuzzer, for some seconds each. What it finds new is kept beside the build, so that the
next time begins there; the corpora in the tree are where everybody begins."""

import re
import subprocess

import building

TARGETS = ["answer", "config", "load", "phone", "script", "template", "text"]


def build(root):
    return building.build(root, root / "build" / "fuzz", ["fuzz_" + name for name in TARGETS], "-DCMAKE_C_COMPILER=clang",
                          "-DCMAKE_BUILD_TYPE=RelWithDebInfo", "-DCAMPANA_FUZZ=ON", "-DCAMPANA_WERROR=ON")


def run(campaign, root, seconds, seed):
    folder = build(root)
    for name in TARGETS:
        found = folder / "corpus" / name
        found.mkdir(parents=True, exist_ok=True)
        corpora = [found, root / "tests/fuzz/corpus" / name] + ([root / "tests/corpus"] if name == "load" else [])
        done = subprocess.run(
            [folder / "bin" / ("fuzz_" + name), "-max_total_time=%d" % seconds, "-seed=%d" % seed, "-print_final_stats=1", "-timeout=20",
             "-rss_limit_mb=2048", "-max_len=%d" % (65536 if name == "load" else 4096), "-artifact_prefix=%s/" % folder, *corpora],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, errors="replace")
        executed = re.search(r"stat::number_of_executed_units:\s*(\d+)", done.stdout)
        campaign.figures["executions of the %s parser" % name] += int(executed.group(1)) if executed else 0
        campaign.figures["trials"] += 1
        campaign.figures["findings"] += done.returncode != 0
        if done.returncode != 0:
            campaign.failures += 1
            print("VIOLATION in fuzz, %s:\n%s" % (name, done.stdout[-6000:]), flush=True)
