/* A server on a raw socket for tests of the transport: a thread per connection, and what it does with a request is written in
 * the request itself: `id=N&do=WHAT`, or, for the gateway's own requests, the text is WHAT and the number's last four digits are N.
 * It counts the complete copies it received of every request. A balance query is answered 123. */
#ifndef CAMPANA_TESTS_RAWSERVER_H
#define CAMPANA_TESTS_RAWSERVER_H

#define RAWSERVER_IDS 8192

/* Listens on a free port of 127.0.0.1 and returns it. Threads end with the process; each begins with
 * `on_thread`, where it is not NULL. */
int rawserver_start(void (*on_thread)(void));

/* Complete copies received of request `id`. */
int rawserver_copies(int id);

#endif
