"""Instructions per message by callgrind: a figure without noise, to judge a change by."""
import os
import re
import subprocess

import bench
import send
import servers

MANY = 2500


def counted(command, env, out):
    done = subprocess.run(["valgrind", "--tool=callgrind", "--callgrind-out-file=%s" % out, *map(str, command)], env=env,
                          capture_output=True, text=True, check=True)
    return int(re.search(r"refs:\s+([\d,]+)", done.stderr).group(1).replace(",", ""))


def run(place):
    """What a message more costs: a run of many less a run of few."""
    many = place.rows or MANY
    few = many // 5
    messages = send.Messages(place, many)
    rows = []
    with servers.nginx(place.folder) as urls:
        for concurrency in send.CONCURRENCIES:
            ours = messages.campana(urls["http"], concurrency)
            env = {**os.environ, **ours.env}
            counts = []
            for limit in (few, many):
                messages.put_back()
                counts.append(counted([*ours.command, "--limit", limit], env, place.folder / "callgrind.out"))
            rows.append(["campana send, concurrency %d" % concurrency, bench.rounded((counts[1] - counts[0]) / (many - few))])
        counts = []
        for count in (few, many):
            bare = messages.bare_loop(urls["http"], send.CONCURRENCIES[0])
            forms, _ = messages.few(count)
            command = [str(forms) if word == str(messages.forms) else word for word in bare.command]
            counts.append(counted(command, os.environ, place.folder / "callgrind.out"))
        rows.append(["bare libcurl loop, concurrency %d" % send.CONCURRENCIES[0],
                     bench.rounded((counts[1] - counts[0]) / (many - few))])
    place.table("Instructions per message, http, 0 ms", ["", "instructions"], rows)
