/* Examines a file from end to end. Decides which encoding and which dialect it is in, and what is no
 * spreadsheet; knows nothing of rows. */
#include "campana/dialect.h"
#include "campana/encoding.h"
#include "campana/foreign.h"
#include "campana/naming.h"
#include "campana/spool.h"
#include "csvfile_internal.h"
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* At a time: much fewer are hashed sooner than a thread wakes up for them. */
#define EXAMINED_BYTES 1048576
#define SAMPLE_BYTES   65536 /* that the dialect is guessed from */

int csvfile_refuse(const struct csvfile *file, struct error *error, enum error_kind kind, const char *why)
{
    return error_set(error, kind, "%s: %s", file->path, why);
}

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

ssize_t csvfile_read_piece(struct csvfile *file, off_t *offset, struct error *error)
{
    return read_at(file, offset, file->piece, CSV_PIECE_BYTES, error);
}

void csvfile_tell(const struct csvfile *file, off_t offset)
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
        csvfile_tell(file, offset);
        bytes = bytes == halves ? halves + EXAMINED_BYTES : halves;
    }
    if (len == 0 && file->facts.bytes == 0)
        return csvfile_refuse(file, error, ERROR_INPUT,
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
    ssize_t len = csvfile_read_piece(file, &offset, error);
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
    made->path = strdup(naming_shown_file(path));
    made->piece = malloc(CSV_PIECE_BYTES);
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
