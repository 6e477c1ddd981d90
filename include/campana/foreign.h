/* Files that are no delimited text at all, though they are handed over as one. */
#ifndef CAMPANA_FOREIGN_H
#define CAMPANA_FOREIGN_H

#include <stddef.h>

/* What a file is, judged by its first bytes (FOREIGN_HEAD_BYTES where it has them), with how to get a CSV
 * file out of it: "an Excel workbook (.xlsx); open it in …". Workbooks (xlsx, ods, xls, SpreadsheetML), what
 * old programs call an Excel file though it is a web page, Word documents, PDF, pictures, archives, SQLite,
 * rich text, JSON. NULL where it may be text. */
const char *foreign_format(const char *head, size_t len);

#define FOREIGN_HEAD_BYTES 512

#endif
