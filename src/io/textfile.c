/* Decides what of a file is its text. */
#include "campana/textfile.h"
#include "campana/encoding.h"
#include "campana/error.h"
#include "campana/foreign.h"
#include "campana/naming.h"
#include "campana/spool.h"
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <unistd.h>

static int read_bytes(int descriptor, size_t most_bytes, struct buffer *bytes, struct error *error)
{
    char piece[4096];
    for (;;) {
        ssize_t got = read(descriptor, piece, sizeof piece);
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return error_set(error, ERROR_INPUT, "cannot read: %s", strerror(errno));
        if (got == 0)
            return buffer_check(bytes, error);
        buffer_append(bytes, piece, (size_t)got);
        if (bytes->len > most_bytes)
            return error_set(error, ERROR_INPUT, "this is too long for a message");
    }
}

static int decode(struct slice bytes, struct buffer *out, const char **encoding, struct error *error)
{
    struct encoding_scan scan = {0};
    struct decoder *decoder;
    size_t bom_bytes;
    encoding_scan_add(&scan, bytes.data, bytes.len);
    *encoding = encoding_scan_result(&scan, &bom_bytes);
    if (decoder_open(*encoding, &decoder, error) != 0)
        return -1;
    decoder_skip(decoder, bom_bytes);
    int result =
        decoder_add(decoder, (struct slice){bytes.data + bom_bytes, bytes.len - bom_bytes}, true, out, error);
    decoder_free(decoder);
    return result;
}

/* Line ends become LF, the last one goes. */
static void put_lines(struct slice text, struct buffer *out)
{
    size_t start = out->len;
    for (size_t i = 0; i < text.len; i++) {
        bool carriage_return = text.data[i] == '\r';
        buffer_put(out, carriage_return ? '\n' : text.data[i]);
        i += carriage_return && i + 1 < text.len && text.data[i + 1] == '\n';
    }
    if (out->len > start && out->data[out->len - 1] == '\n')
        out->len--;
}

static int take_text(struct slice bytes, struct buffer *text, const char **encoding, struct error *error)
{
    struct buffer decoded = {0};
    const char *foreign = foreign_format(bytes.data, bytes.len);
    int result = 0;
    if (foreign != NULL)
        result = error_set(error, ERROR_INPUT, "this is no plain text but %s", foreign);
    else if (bytes.len > 0)
        result = decode(bytes, &decoded, encoding, error);
    if (result == 0 && decoded.len > 0 && memchr(decoded.data, '\0', decoded.len) != NULL)
        result =
            error_set(error, ERROR_INPUT, "this is no plain text: it holds a NUL; save it as text in UTF-8");
    if (result == 0)
        put_lines(buffer_slice(&decoded), text);
    buffer_free(&decoded);
    return result == 0 ? buffer_check(text, error) : -1;
}

int textfile_read(const char *path, size_t most_bytes, struct buffer *text, const char **encoding,
                  struct error *error)
{
    const char *shown = naming_shown_file(path);
    struct buffer bytes = {0};
    int descriptor;
    *encoding = "UTF-8";
    if (spool_open_once(path, shown, &descriptor, error) != 0)
        return -1;
    int result = read_bytes(descriptor, most_bytes, &bytes, error);
    if (result == 0)
        result = take_text((struct slice){buffer_string(&bytes), bytes.len}, text, encoding, error);
    close(descriptor);
    buffer_free(&bytes);
    return result == 0 ? 0 : error_prefix(error, "%s", shown);
}
