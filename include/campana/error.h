/* What went wrong with our machinery or our input, in words for the person at the terminal.
 *
 * A function that can fail returns 0 or -1 and takes a caller-owned `struct error *` as its last parameter. The error
 * is set once, where the failure is first seen, and prefixed on the way up with what the caller was about. A message
 * says what happened, where (file, spreadsheet row, option) and what to do next.
 *
 * A message's fate (struct outcome, gateway.h) is not an error, and a bug of ours is an assert. */
#ifndef CAMPANA_ERROR_H
#define CAMPANA_ERROR_H

#define ERROR_TEXT_BYTES 2048

enum error_kind {
    ERROR_NONE,
    ERROR_MACHINE, /* database, disk, memory, operating system */
    ERROR_INPUT,   /* usage, configuration, or the user's file */
    ERROR_ACCESS,  /* the gateway refuses the credentials or this IP address */
    ERROR_GATEWAY, /* the gateway cannot be reached or understood */
    ERROR_BUSY,    /* another process is sending from this database */
};

struct error {
    enum error_kind kind;
    char text[ERROR_TEXT_BYTES]; /* NUL-terminated; an over-long message is cut, never at the front */
};

/* No error. */
void error_clear(struct error *error);

/* Sets kind and text. Returns -1, so that `return error_set(…)` reads as what it is. */
int error_set(struct error *error, enum error_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Puts "…: " before the text; the kind stays. Returns -1. */
int error_prefix(struct error *error, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* An allocation failed: ERROR_MACHINE. Returns -1. */
int error_no_memory(struct error *error);

#endif
