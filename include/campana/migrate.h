/* The schema's versions. sql/NNNN_name.sql are embedded at build time in order; an empty database runs them all, an
 * older one those it lacks, each in a transaction of its own with its version number (PRAGMA user_version). */
#ifndef CAMPANA_MIGRATE_H
#define CAMPANA_MIGRATE_H

#include <stdint.h>

struct error;
struct sqlite3;

#define MIGRATE_APPLICATION_ID 0x43414d50 /* "CAMP", PRAGMA application_id */

struct migration {
    int version;
    const char *name; /* "0001_campaigns" */
    const char *sql;
};

/* Ends with version 0. Made from sql/ by the build. */
extern const struct migration migrations[];

/* Brings an open database to the newest version. A database of another application, one of a newer campana, and a file
 * that is no database are left untouched: -1 with ERROR_INPUT that names what it is. */
int migrate_database(struct sqlite3 *database, const char *path, struct error *error);

/* The same, told that a database may not be written: an older version is refused, with what to do. */
int migrate_check(struct sqlite3 *database, const char *path, struct error *error);

#endif
