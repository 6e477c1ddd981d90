/* What a campaign may be called, and what a file is called in words. */
#ifndef CAMPANA_NAMING_H
#define CAMPANA_NAMING_H

struct error;

/* The name that a campaign gets from a file's path: without directory and last ending. The caller frees it;
 * NULL when memory ran out. It need not pass naming_check(). */
char *naming_of_file(const char *path);

/* `-` is "standard input". */
const char *naming_shown_file(const char *path);

/* Returns -1 with ERROR_INPUT for a name that is blank, or that begins with `-`: the next command would take
 * it for an option. */
int naming_check(const char *name, struct error *error);

#endif
