"""What many would write first: Python, requests, a session and a pool of threads.

    requests_threads.py URL CONCURRENCY FORMS
"""
import concurrent.futures
import sys
import threading

import requests

local = threading.local()


def send(form):
    if not hasattr(local, "session"):
        local.session = requests.Session()
    answer = local.session.post(url, data=form, headers={"Content-Type": "application/x-www-form-urlencoded"})
    return answer.status_code == 200 and int(answer.text) > 0


url, concurrency = sys.argv[1], int(sys.argv[2])
with open(sys.argv[3], encoding="ascii") as file:
    forms = file.read().splitlines()
with concurrent.futures.ThreadPoolExecutor(concurrency) as pool:
    sys.exit(0 if all(pool.map(send, forms)) else 1)
