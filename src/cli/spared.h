/* Files that no output may take the place of, because what is in them is nowhere else: the database with what
 * stands beside it, the spreadsheets that its campaigns were loaded from, and the configuration. */
#ifndef CAMPANA_CLI_SPARED_H
#define CAMPANA_CLI_SPARED_H

#include "command.h"

/* ERROR_INPUT where `path` is one of them: under this or another name (a link), or by its content, which is
 * known of every spreadsheet, wherever it was loaded from. A path where nothing is, or no ordinary file, is
 * none of them. */
int spared_check(const struct invocation *invocation, struct store *store, const char *path,
                 struct error *error);

#endif
