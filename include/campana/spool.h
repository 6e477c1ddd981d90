/* Files that can be read twice, from any place, whatever they were: a regular file as it is; standard input,
 * a pipe or a device copied to a temporary file that has no name and is gone with its descriptor. */
#ifndef CAMPANA_SPOOL_H
#define CAMPANA_SPOOL_H

struct error;

/* Opens for reading, and copies where it must (to $TMPDIR, else /var/tmp): to be read by pread(). `path` "-"
 * is standard input; `shown` is what errors call it. Returns 0 and the caller's *descriptor, or -1:
 * ERROR_INPUT for what is missing, forbidden or a directory, ERROR_MACHINE where the copy fails. */
int spool_open(const char *path, const char *shown, int *descriptor, struct error *error);

/* The same for what is read once, from its beginning, by read(): nothing is copied. */
int spool_open_once(const char *path, const char *shown, int *descriptor, struct error *error);

/* A file without a name, below $TMPDIR, else /var/tmp: a descriptor to write and read, or -1 with errno set. */
int spool_temporary(void);

#endif
