/* The least that can be written down so that nothing is ever sent twice: a row for every message, claimed
 * before it leaves and settled after it was answered, by transactions that wait for the disk. No text, no
 * index, no rule. The measure of what SQLite and the disk alone leave of a loop's speed. */
#ifndef LEAST_BOOKS_H
#define LEAST_BOOKS_H

struct books;

/* A database of its own, made anew, with the messages 1 to `count`. NULL: it cannot be had. */
struct books *books_open(const char *path, long count);
/* 0 where every message is settled. */
int books_close(struct books *books);

/* All 0, or -1. */
int books_begin(struct books *books);
int books_claim(struct books *books, long id);
int books_settle(struct books *books, long id, long code);
int books_commit(struct books *books);

#endif
