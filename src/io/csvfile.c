/* Reads a file twice: to examine it, and to stream its rows through libcsv. Decides what a row's number is;
 * knows nothing of what the cells mean. Invariant: a cell never takes more than CSV_CELL_BYTES_MOST and one
 * piece of memory. */
#include "campana/csvfile.h"
#include "campana/dialect.h"
#include "campana/encoding.h"
#include "campana/error.h"
#include "campana/foreign.h"
#include "campana/quoting.h"
#include "campana/spool.h"
#include <csv.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* That are examined at a time: much fewer are hashed sooner than a thread wakes up for them. */
#define EXAMINED_BYTES 1048576
/* That are read and parsed at a time. */
#define PIECE_BYTES 262144

#define SAMPLE_BYTES 65536 /* that the dialect is guessed from */
#define GROWTH_BYTES 4096  /* of libcsv's cell */

struct csvfile {
    char *path; /* as it is shown */
    int descriptor;
    off_t size; /* when it was opened */
    csv_watch_fn *watch;
    void *watch_context;
    struct csv_facts facts;
    char *encoding;
    size_t bom_bytes;
    size_t skip_bytes; /* a first line sep=, in decoded bytes */
    int64_t mended,
        mended_row; /* cells with quotes in odd places when it was last read, the first one's row */
    char *piece;    /* that was read last */
    struct seal *seal;
    unsigned char sealed[SEAL_BYTES]; /* what was examined */
};

/* ---- opening ---- */

static int refuse(const struct csvfile *file, struct error *error, enum error_kind kind, const char *why)
{
    return error_set(error, kind, "%s: %s", file->path, why);
}

/* ---- reading ---- */

/* The next bytes at *offset; 0 at the end. */
static ssize_t read_at(const struct csvfile *file, off_t *offset, char *bytes, size_t room,
                       struct error *error)
{
    ssize_t len;
    do
        len = pread(file->descriptor, bytes, room, *offset);
    while (len < 0 && errno == EINTR);
    if (len < 0)
        error_set(error, ERROR_MACHINE, "%s: cannot read: %s", file->path, strerror(errno));
    else
        *offset += len;
    return len;
}

static ssize_t read_piece(struct csvfile *file, off_t *offset, struct error *error)
{
    return read_at(file, offset, file->piece, PIECE_BYTES, error);
}

static void tell(const struct csvfile *file, off_t offset)
{
    if (file->watch != NULL)
        file->watch(file->watch_context, offset, file->size);
}

/* A small file is hashed before a thread would have begun. */
static int hash(struct digest *digest, const char *bytes, size_t len, struct error *error)
{
    return len == EXAMINED_BYTES ? digest_add_beside(digest, bytes, len, error)
                                 : digest_add(digest, bytes, len, error);
}

/* `halves` has room for two pieces: one is read and used, while the other may still be hashed. */
static int examine_all(struct csvfile *file, struct encoding_scan *scan, struct digest *digest, char *halves,
                       struct error *error)
{
    off_t offset = 0;
    ssize_t len;
    char *bytes = halves;
    if (seal_begin(file->seal, error) != 0)
        return -1;
    while ((len = read_at(file, &offset, bytes, EXAMINED_BYTES, error)) > 0) {
        if (file->facts.bytes == 0) {
            const char *foreign = foreign_format(bytes, (size_t)len);
            if (foreign != NULL)
                return error_set(error, ERROR_INPUT, "%s: this is no CSV file but %s", file->path, foreign);
        }
        file->facts.bytes += len;
        if (hash(digest, bytes, (size_t)len, error) != 0 ||
            seal_add(file->seal, bytes, (size_t)len, error) != 0)
            return -1;
        encoding_scan_add(scan, bytes, (size_t)len);
        tell(file, offset);
        bytes = bytes == halves ? halves + EXAMINED_BYTES : halves;
    }
    if (len == 0 && file->facts.bytes == 0)
        return refuse(file, error, ERROR_INPUT,
                      "this file is empty; expected a header row and rows under it");
    if (len != 0 || digest_finish(digest, file->facts.sha256, error) != 0)
        return -1;
    return seal_finish(file->seal, file->sealed, error);
}

static int examine_bytes(struct csvfile *file, struct encoding_scan *scan, struct error *error)
{
    int result = -1;
    struct digest *digest = digest_new(error);
    char *halves = malloc(2 * EXAMINED_BYTES);
    if (halves == NULL)
        error_no_memory(error);
    else if (digest != NULL)
        result = examine_all(file, scan, digest, halves, error);
    digest_free(digest);
    free(halves);
    return result;
}

/* "UTF-16" leaves the order of the bytes open; a program that writes no mark means its own, which is this
 * one. */
static const char *with_byte_order(const char *wanted, const char *found)
{
    if (encoding_same_name(wanted, "UTF-16"))
        return strncmp(found, "UTF-16", 6) == 0 ? found : "UTF-16LE";
    if (encoding_same_name(wanted, "UTF-32"))
        return strncmp(found, "UTF-32", 6) == 0 ? found : "UTF-32LE";
    return wanted;
}

static int choose_encoding(struct csvfile *file, const struct encoding_scan *scan, const char *wanted,
                           struct error *error)
{
    const char *found = encoding_scan_result(scan, &file->bom_bytes);
    bool given = wanted != NULL && strcasecmp(wanted, "auto") != 0;
    if (given)
        wanted = with_byte_order(wanted, found);
    if (given && file->bom_bytes > 0 && !encoding_same_name(wanted, found))
        return error_set(
            error, ERROR_INPUT,
            "%s: --encoding %.40s contradicts the file's own byte-order mark, which says %s; leave "
            "--encoding out",
            file->path, wanted, found);
    file->encoding = strdup(given && !encoding_same_name(wanted, found) ? wanted : found);
    if (file->encoding == NULL)
        return error_no_memory(error);
    file->facts.encoding = file->encoding;
    file->facts.encoding_given = given;
    file->facts.bom = file->bom_bytes > 0;
    return 0;
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

/* Whether bytes can be handed on as they are. */
static bool is_utf8(const struct csvfile *file, const struct encoding_scan *scan)
{
    return encoding_same_name(file->encoding, "UTF-8") && encoding_scan_is_utf8(scan);
}

static const char *first_line_end(struct slice sample)
{
    for (size_t i = 0; i < sample.len; i++) {
        if (sample.data[i] == '\n')
            return "\n";
        if (sample.data[i] == '\r')
            return i + 1 < sample.len && sample.data[i + 1] == '\n' ? "\r\n" : "\r";
    }
    return "\n";
}

static int choose_dialect(struct csvfile *file, char delimiter, struct error *error)
{
    struct decoder *decoder = NULL;
    struct buffer sample = {0};
    struct dialect dialect;
    off_t offset = (off_t)file->bom_bytes;
    int result = -1;
    ssize_t len = read_piece(file, &offset, error);
    if (len < 0 || decoder_open(file->encoding, &decoder, error) != 0)
        goto out;
    /* Bytes that are not valid will be told with their row when the rows are read. */
    if (decoder_add(decoder, (struct slice){file->piece, len < SAMPLE_BYTES ? (size_t)len : SAMPLE_BYTES},
                    false, &sample, error) != 0 &&
        error->kind != ERROR_INPUT)
        goto out;
    error_clear(error);
    if (dialect_guess((struct slice){buffer_string(&sample), sample.len}, &dialect) != 0) {
        error_no_memory(error);
        goto out;
    }
    file->facts.delimiter = delimiter != '\0' ? delimiter : dialect.delimiter;
    file->facts.delimiter_given = delimiter != '\0';
    file->facts.delimiter_from_sep = dialect.named_by_sep;
    file->skip_bytes = dialect.skip_bytes;
    file->facts.line_end = first_line_end(buffer_slice(&sample));
    result = 0;
out:
    decoder_free(decoder);
    buffer_free(&sample);
    return result == 0 ? 0 : error->kind == ERROR_INPUT ? error_prefix(error, "%s", file->path) : -1;
}

int csvfile_open(const char *path, const struct csv_options *options, struct csvfile **file,
                 struct error *error)
{
    struct encoding_scan scan = {0};
    struct csvfile *made = calloc(1, sizeof *made);
    *file = NULL;
    if (made == NULL)
        return error_no_memory(error);
    made->descriptor = -1;
    made->watch = options->watch;
    made->watch_context = options->watch_context;
    made->path = strdup(strcmp(path, "-") == 0 ? "standard input" : path);
    made->piece = malloc(PIECE_BYTES);
    if (made->path == NULL || made->piece == NULL) {
        error_no_memory(error);
        goto fail;
    }
    if ((made->seal = seal_new(error)) == NULL || spool_open(path, made->path, &made->descriptor, error) != 0)
        goto fail;
    made->size = lseek(made->descriptor, 0, SEEK_END); /* pread() reads from where it is told to */
    if (examine_bytes(made, &scan, error) != 0 ||
        choose_encoding(made, &scan, options->encoding, error) != 0 ||
        choose_dialect(made, options->delimiter, error) != 0)
        goto fail;
    if (is_utf8(made, &scan))
        made->facts.encoding = "UTF-8";
    *file = made;
    return 0;
fail:
    csvfile_free(made);
    return -1;
}

void csvfile_free(struct csvfile *file)
{
    if (file == NULL)
        return;
    if (file->descriptor >= 0)
        close(file->descriptor);
    free(file->path);
    free(file->encoding);
    free(file->piece);
    seal_free(file->seal);
    free(file);
}

const struct csv_facts *csvfile_facts(const struct csvfile *file)
{
    return &file->facts;
}

int64_t csvfile_mended(const struct csvfile *file, int64_t *first_row)
{
    *first_row = file->mended_row;
    return file->mended;
}

/* ---- rows ---- */

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
    while ((len = read_piece(file, &offset, rows->error)) > 0) {
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
        tell(file, offset);
    }
    if (len < 0 || seal_finish(file->seal, sealed, rows->error) != 0)
        goto out;
    if (memcmp(sealed, file->sealed, SEAL_BYTES) != 0) {
        refuse(file, rows->error, ERROR_INPUT,
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
