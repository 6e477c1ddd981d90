/* Delimited files in and out: rows of cells in UTF-8, whatever the file's encoding, delimiter and line ends
 * are. By libcsv: the only includer of csv.h.
 *
 * A file is read twice. csvfile_open() reads it once from end to end: for its digest, its encoding, and what
 * is wrong with it as a whole; csvfile_read() streams its rows, in memory that depends on the largest cell
 * only. What is no regular file (standard input, a pipe) is spooled to an unnamed temporary file first. */
#ifndef CAMPANA_CSVFILE_H
#define CAMPANA_CSVFILE_H

#include "campana/buffer.h"
#include "campana/digest.h"
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct error;
struct csvfile;

#define CSV_CELL_BYTES_MOST (4u << 20) /* a larger cell is an unclosed quote, or no spreadsheet */
#define CSV_CELLS_MOST      16384u     /* columns of Excel's and LibreOffice's widest sheets */

/* Told while a file is read, every MiB at least: how many of its bytes were, of how many. */
typedef void csv_watch_fn(void *context, int64_t bytes, int64_t bytes_in_all);

struct csv_options {
    const char *encoding; /* NULL or "auto": recognised */
    char delimiter;       /* '\0': recognised */
    csv_watch_fn *watch;  /* while it is examined and while its rows are read; NULL: nobody looks on */
    void *watch_context;
};

/* What was found, for the verdict; strings live as long as the csvfile. */
struct csv_facts {
    char sha256[DIGEST_HEX_BYTES]; /* of the bytes as they stand in the file */
    int64_t bytes;
    const char *encoding; /* "UTF-8", "WINDOWS-1252", … */
    bool encoding_given;
    bool bom;
    char delimiter;
    bool delimiter_given;    /* by the option */
    bool delimiter_from_sep; /* by a first line sep= */
    const char *line_end;    /* of the first line: "\n", "\r\n" or "\r" */
};

/* Opens and examines. `path` "-" is standard input. Returns 0, or -1: ERROR_INPUT for a file that is missing,
 * a directory, empty, a workbook or other foreign format, not valid in the encoding given; ERROR_MACHINE for
 * the rest. */
int csvfile_open(const char *path, const struct csv_options *options, struct csvfile **file,
                 struct error *error);
void csvfile_free(struct csvfile *file);
const struct csv_facts *csvfile_facts(const struct csvfile *file);

struct csv_row {
    int64_t row; /* as a spreadsheet numbers it: the first line is 1, a blank line counts, a quoted line
                    break does not, and a line `sep=;` is no row, as Excel and LibreOffice see it */
    const struct slice *cells; /* valid UTF-8; valid until the callback returns */
    size_t count;              /* at least 1 */
};

/* Called for every row that is not blank (blank: no cell, or all cells empty with none quoted on a line
 * without delimiters). Returning -1 ends the reading with that error. */
typedef int csv_row_fn(void *context, const struct csv_row *row, struct error *error);

/* Streams the rows, once or again. Cells come as they stand, white space included; bytes that the encoding
 * does not define arrive as U+FFFD. *blank_lines gets the number of blank lines. Returns -1 for: a quote that
 * is never closed (the error names the row where it opened), a cell over CSV_CELL_BYTES_MOST, more than
 * CSV_CELLS_MOST cells, a file that changed since csvfile_open(), or the callback's error. Quotes in odd
 * places are read as quoting.h says. */
int csvfile_read(struct csvfile *file, csv_row_fn *on_row, void *context, int64_t *blank_lines,
                 struct error *error);

/* How many cells had quotes in odd places when the file was last read, and the row of the first; 0 and 0 for
 * none. */
int64_t csvfile_mended(const struct csvfile *file, int64_t *first_row);

/* Appends one cell as CSV (RFC 4180): quoted where it holds the delimiter, a quote, a line end, or white
 * space at either end. */
void csv_put_cell(struct buffer *out, const char *data, size_t len, char delimiter);

/* The same, defused for spreadsheets: a cell that starts with = + - @ tab or CR (OWASP, "CSV Injection") gets
 * a leading apostrophe. A plain number such as -4 or +57 310 is no formula and stays. */
void csv_put_cell_defused(struct buffer *out, const char *data, size_t len, char delimiter);

/* Defused likewise, and so that Excel as it is set up in Latin America shows the cell as it stands: what it would take for
 * another number, a date, a time or a fraction (573102111111, 007, +57, 3-4, 1/2, 12E5, 1.5, 1,50) becomes ="…", which is
 * text. A whole number of up to 11 digits and a decimal comma stay numbers. */
void csv_put_cell_excel(struct buffer *out, const char *data, size_t len, char delimiter);

#endif
