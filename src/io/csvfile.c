/* Streams a file's rows through libcsv, and checks that they are of the file that was examined. Decides what
 * a row's number is; knows nothing of what the cells mean. Invariant: a cell never takes more than
 * CSV_CELL_BYTES_MOST and one piece of memory. */
#include "campana/csvfile.h"
#include "campana/encoding.h"
#include "campana/quoting.h"
#include "csvfile_internal.h"
#include <csv.h>
#include <stdlib.h>
#include <string.h>

#define GROWTH_BYTES 4096 /* of libcsv's cell */

struct rows {
    struct csvfile *file;
    struct csv_parser parser;
    struct quoting quoting;
    csv_row_fn *on_row;
    void *context;
    struct error *error;
    struct buffer bytes; /* of the row's cells, one after the other */
    struct slice *cells; /* data is set when the row is whole */
    size_t count, room;
    int64_t row; /* the one being read */
    int64_t blank_lines;
    int line_end; /* the last character where it ended a line and may be the first of two; else 0 */
    bool failed;
};

static void fail(struct rows *rows)
{
    rows->failed = true;
}

static void on_cell(void *data, size_t len, void *context)
{
    struct rows *rows = context;
    rows->line_end = 0;
    if (rows->failed)
        return;
    if (rows->count == CSV_CELLS_MOST) {
        error_set(
            rows->error, ERROR_INPUT,
            "%s: row %lld has more than %u cells, more than any spreadsheet has columns; check the delimiter "
            "(--delimiter)",
            rows->file->path, (long long)rows->row, CSV_CELLS_MOST);
        fail(rows);
        return;
    }
    if (rows->count == rows->room) {
        size_t room = rows->room == 0 ? 64 : rows->room * 2;
        struct slice *cells = realloc(rows->cells, room * sizeof *cells);
        if (cells == NULL) {
            error_no_memory(rows->error);
            fail(rows);
            return;
        }
        rows->cells = cells;
        rows->room = room;
    }
    rows->cells[rows->count++].len = len;
    buffer_append(&rows->bytes, data, len);
}

/* libcsv reports the two characters of one line end apart: CR LF, and LF CR, which LibreOffice takes for one
 * too. A line without cells is blank. */
static void on_line_end(int character, void *context)
{
    struct rows *rows = context;
    bool second = rows->count == 0 && rows->line_end != 0 && rows->line_end != character && character >= 0;
    rows->line_end = second ? 0 : character;
    if (rows->failed || second)
        return;
    if (rows->count == 0) {
        if (character >= 0) {
            rows->blank_lines++;
            rows->row++;
        }
        return;
    }
    const char *data = buffer_string(&rows->bytes);
    for (size_t i = 0; i < rows->count; i++) {
        rows->cells[i].data = data;
        data += rows->cells[i].len;
    }
    struct csv_row row = {.row = rows->row, .cells = rows->cells, .count = rows->count};
    if (buffer_check(&rows->bytes, rows->error) != 0 || rows->on_row(rows->context, &row, rows->error) != 0)
        fail(rows);
    buffer_clear(&rows->bytes);
    rows->count = 0;
    rows->row++;
}

static int ignore_row(void *context, const struct csv_row *row, struct error *error)
{
    (void)context;
    (void)row;
    (void)error;
    return 0;
}

static int no_spaces(unsigned char character)
{
    (void)character;
    return 0;
}

static int note_mended(struct rows *rows)
{
    if (rows->file->mended++ == 0)
        rows->file->mended_row = rows->row;
    return 0;
}

static int parse_well_formed(void *context, const char *data, size_t len)
{
    struct rows *rows = context;
    struct csv_parser *parser = &rows->parser;
    if (len == 0)
        return note_mended(rows);
    size_t parsed = csv_parse(parser, data, len, on_cell, on_line_end, rows);
    if (rows->failed)
        return -1;
    if (parsed != len)
        return error_no_memory(rows->error);
    if (parser->entry_pos > CSV_CELL_BYTES_MOST)
        return error_set(
            rows->error, ERROR_INPUT,
            "%s: row %lld has a cell of more than %u MiB; most likely a quote (\") opens there and is never "
            "closed. Close or double it in that row",
            rows->file->path, (long long)rows->row, CSV_CELL_BYTES_MOST >> 20);
    return 0;
}

static int refuse_quote(struct rows *rows)
{
    return error_set(
        rows->error, ERROR_INPUT,
        "%s: in row %lld a quote (\") opens and is never closed. Close it, or double it if it belongs to the "
        "text",
        rows->file->path, (long long)rows->row);
}

static int parse(struct rows *rows, const char *data, size_t len)
{
    int result = quoting_add(&rows->quoting, data, len, parse_well_formed, rows);
    return result == QUOTING_AMBIGUOUS ? refuse_quote(rows) : result;
}

/* A quote that is open at the end: libcsv tells in strict mode. */
static int finish(struct rows *rows)
{
    if (quoting_end(&rows->quoting, parse_well_formed, rows) != 0)
        return -1;
    csv_set_opts(&rows->parser, CSV_REPALL_NL | CSV_STRICT | CSV_STRICT_FINI);
    if (csv_fini(&rows->parser, on_cell, on_line_end, rows) == 0)
        return rows->failed ? -1 : 0;
    return csv_error(&rows->parser) == CSV_EPARSE ? refuse_quote(rows) : error_no_memory(rows->error);
}

/* What is wrong is said; this says what to do about it. */
static int explain_bytes(const struct csvfile *file, struct error *error)
{
    bool utf8 = strcasecmp(file->encoding, "UTF-8") == 0;
    const char *advice = "correct that row, or name the file's right encoding with --encoding";
    if (file->facts.bom)
        advice =
            "its byte-order mark says that it is. Open the file in a spreadsheet program, look at that row, "
            "and save it as CSV UTF-8";
    else if (utf8 && !file->facts.encoding_given)
        advice =
            "but the rest of the file is: two encodings are mixed. Correct that row and save the file as CSV "
            "UTF-8; or, if all of it was written by an older program, say --encoding windows-1252";
    return error_set(error, ERROR_INPUT, "%s; %s", error->text, advice);
}

/* The decoder failed. What stands before the bytes at fault is counted in rows, and stays without
 * consequence. */
static void refuse_bytes(struct rows *rows, const char *before, size_t len)
{
    struct error cause = *rows->error;
    if (cause.kind == ERROR_INPUT) {
        rows->on_row = ignore_row;
        if (len > 0 && parse(rows, before, len) != 0)
            return;
        error_clear(rows->error);
        error_set(rows->error, cause.kind, "%s: row %lld: %s", rows->file->path, (long long)rows->row,
                  cause.text);
        explain_bytes(rows->file, rows->error);
    }
}

/* The file from its byte-order mark on, decoded, without a sep= line; checked to be what it was when it was
 * examined. */
static int stream(struct rows *rows, struct decoder *decoder)
{
    struct csvfile *file = rows->file;
    struct buffer decoded = {0};
    off_t offset = 0;
    size_t skip_raw = file->bom_bytes;
    size_t skip_decoded = file->skip_bytes;
    unsigned char sealed[SEAL_BYTES];
    bool decodable = true;
    ssize_t len;
    int result = -1;
    if (seal_begin(file->seal, rows->error) != 0)
        goto out;
    if (decoder != NULL)
        decoder_skip(decoder, file->bom_bytes);
    while ((len = csvfile_read_piece(file, &offset, rows->error)) > 0) {
        if (seal_add(file->seal, file->piece, (size_t)len, rows->error) != 0)
            goto out;
        size_t raw = skip_raw < (size_t)len ? skip_raw : (size_t)len;
        struct slice piece = {file->piece + raw, (size_t)len - raw};
        skip_raw -= raw;
        if (decoder != NULL) {
            buffer_clear(&decoded);
            decodable = decoder_add(decoder, piece, false, &decoded, rows->error) == 0;
            piece = buffer_slice(&decoded);
        }
        size_t skip = skip_decoded < piece.len ? skip_decoded : piece.len;
        skip_decoded -= skip;
        if (!decodable) {
            refuse_bytes(rows, piece.data + skip, piece.len - skip);
            goto out;
        }
        if (piece.len > skip && parse(rows, piece.data + skip, piece.len - skip) != 0)
            goto out;
        csvfile_tell(file, offset);
    }
    if (len < 0 || seal_finish(file->seal, sealed, rows->error) != 0)
        goto out;
    if (memcmp(sealed, file->sealed, SEAL_BYTES) != 0) {
        csvfile_refuse(file, rows->error, ERROR_INPUT,
                       "the file changed while it was being read; try again when it is saved");
        goto out;
    }
    buffer_clear(&decoded);
    if (decoder != NULL && decoder_add(decoder, (struct slice){"", 0}, true, &decoded, rows->error) != 0) {
        refuse_bytes(rows, NULL, 0);
        goto out;
    }
    result = finish(rows);
out:
    buffer_free(&decoded);
    return result;
}

int csvfile_read(struct csvfile *file, csv_row_fn *on_row, void *context, int64_t *blank_lines,
                 struct error *error)
{
    struct rows rows = {.file = file, .on_row = on_row, .context = context, .error = error, .row = 1};
    struct decoder *decoder = NULL;
    int result = -1;
    if (csv_init(&rows.parser, CSV_REPALL_NL) != 0) {
        error_no_memory(error);
        goto out;
    }
    csv_set_delim(&rows.parser, (unsigned char)file->facts.delimiter);
    rows.quoting.delimiter = file->facts.delimiter;
    file->mended = file->mended_row = 0;
    csv_set_space_func(&rows.parser, no_spaces);
    csv_set_blk_size(&rows.parser, GROWTH_BYTES);
    bool plain = file->facts.encoding != file->encoding; /* valid UTF-8: nothing to decode */
    if (plain || decoder_open(file->encoding, &decoder, error) == 0)
        result = stream(&rows, decoder);
    csv_free(&rows.parser);
    *blank_lines = rows.blank_lines;
out:
    decoder_free(decoder);
    buffer_free(&rows.bytes);
    free(rows.cells);
    return result;
}

int64_t csvfile_mended(const struct csvfile *file, int64_t *first_row)
{
    *first_row = file->mended_row;
    return file->mended;
}
