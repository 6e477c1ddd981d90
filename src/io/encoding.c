/* Decides an encoding by its mark, else by validity, else by custom; leaves the tables to iconv. */
#include "campana/encoding.h"
#include "campana/error.h"
#include "campana/utf8.h"
#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

/* ---- recognising ---- */

static const struct {
    const char *mark;
    size_t len;
    const char *name;
} marks[] = {{"\xEF\xBB\xBF", 3, "UTF-8"}, {"\xFF\xFE", 2, "UTF-16LE"}, {"\xFE\xFF", 2, "UTF-16BE"}};

/* Length of the character that begins with this byte; 1 where none does. */
static size_t announced_len(unsigned char first)
{
    return first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : first >= 0xC0 ? 2 : 1;
}

/* How many bytes at the end are the beginning of a character that goes on in the next piece. */
static size_t unfinished(const char *data, size_t len)
{
    for (size_t back = 1; back <= 3 && back <= len; back++) {
        unsigned char byte = (unsigned char)data[len - back];
        if (byte >= 0xC0)
            return announced_len(byte) > back ? back : 0;
        if (byte < 0x80)
            return 0;
    }
    return 0;
}

void encoding_scan_add(struct encoding_scan *scan, const char *data, size_t len)
{
    for (size_t i = 0; i < len && scan->head_len < sizeof scan->head; i++)
        scan->head[scan->head_len++] = (unsigned char)data[i];
    if (scan->not_utf8)
        return;
    if (scan->tail_len > 0) {
        size_t wanted = announced_len(scan->tail[0]);
        while (scan->tail_len < wanted && len > 0) {
            scan->tail[scan->tail_len++] = (unsigned char)*data++;
            len--;
        }
        if (scan->tail_len < wanted)
            return;
        scan->not_utf8 = !utf8_valid((const char *)scan->tail, scan->tail_len);
        scan->tail_len = 0;
    }
    size_t rest = unfinished(data, len);
    memcpy(scan->tail, data + len - rest, rest);
    scan->tail_len = rest;
    scan->not_utf8 = scan->not_utf8 || !utf8_valid(data, len - rest);
}

const char *encoding_scan_result(const struct encoding_scan *scan, size_t *bom_bytes)
{
    for (size_t i = 0; i < sizeof marks / sizeof *marks; i++) {
        if (scan->head_len >= marks[i].len && memcmp(scan->head, marks[i].mark, marks[i].len) == 0) {
            *bom_bytes = marks[i].len;
            return marks[i].name;
        }
    }
    *bom_bytes = 0;
    return scan->not_utf8 || scan->tail_len > 0 ? "WINDOWS-1252" : "UTF-8";
}

#define SAVE_AS_CSV "; open it in its program and save it as CSV (in Excel: \"CSV UTF-8 (comma delimited)\")"

static const struct {
    const char *magic;
    size_t len;
    const char *what;
} foreign[] = {
    {"PK\x03\x04", 4, "a workbook (such as .xlsx or .ods)" SAVE_AS_CSV},
    {"PK\x05\x06", 4, "a workbook (such as .xlsx or .ods)" SAVE_AS_CSV},
    {"\xD0\xCF\x11\xE0", 4, "an old Excel workbook (.xls)" SAVE_AS_CSV},
    {"%PDF", 4, "a PDF document; ask for the table it was made from, saved as CSV"},
    {"{\\rtf", 5, "a rich-text document; paste its table into a spreadsheet and save that as CSV"},
    {"\x89PNG", 4, "a picture (PNG); ask for the table itself, saved as CSV"},
    {"\xFF\xD8\xFF", 3, "a picture (JPEG); ask for the table itself, saved as CSV"},
    {"GIF8", 4, "a picture (GIF); ask for the table itself, saved as CSV"},
    {"\x1F\x8B", 2, "compressed (gzip); decompress it first"},
    {"SQLite format 3", 15, "an SQLite database; export its table as CSV"},
    {"<!DOCTYPE", 9, "a web page" SAVE_AS_CSV},
    {"<html", 5, "a web page" SAVE_AS_CSV},
};

const char *encoding_foreign(const char *head, size_t len)
{
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
        if (len >= foreign[i].len && memcmp(head, foreign[i].magic, foreign[i].len) == 0)
            return foreign[i].what;
    return NULL;
}

/* ---- decoding ---- */

struct decoder {
    iconv_t conversion;
    bool lenient; /* Windows-1252: undefined bytes are replaced */
    struct buffer kept;
    long long seen; /* bytes decoded so far */
};

static int unknown_encoding(const char *name, struct error *error)
{
    if (errno != EINVAL)
        return error_no_memory(error);
    return error_set(
        error, ERROR_INPUT,
        "there is no encoding named \"%.40s\"; names are such as UTF-8, WINDOWS-1252, ISO-8859-1, UTF-16LE "
        "(`iconv -l` lists them)",
        name);
}

int decoder_open(const char *name, struct decoder **decoder, struct error *error)
{
    struct decoder *made = calloc(1, sizeof *made);
    if (made == NULL)
        return error_no_memory(error);
    made->conversion = iconv_open("UTF-8", name);
    if (made->conversion == (iconv_t)-1) {
        free(made);
        return unknown_encoding(name, error);
    }
    made->lenient = strcasecmp(name, "WINDOWS-1252") == 0 || strcasecmp(name, "CP1252") == 0;
    *decoder = made;
    return 0;
}

void decoder_free(struct decoder *decoder)
{
    if (decoder == NULL)
        return;
    iconv_close(decoder->conversion);
    buffer_free(&decoder->kept);
    free(decoder);
}

/* Decodes what it can; *in is what is left, errno why it stopped (0: nothing is left). */
static void convert(iconv_t conversion, struct slice *in, struct buffer *out)
{
    char piece[4096];
    char *from = (char *)(uintptr_t)in->data;
    size_t left = in->len;
    int reason = 0;
    while (left > 0 && reason == 0) {
        char *to = piece;
        size_t room = sizeof piece;
        if (iconv(conversion, &from, &left, &to, &room) == (size_t)-1 && errno != E2BIG)
            reason = errno;
        buffer_append(out, piece, sizeof piece - room);
    }
    *in = (struct slice){from, left};
    errno = reason;
}

int decoder_add(struct decoder *decoder, struct slice in, bool last, struct buffer *out, struct error *error)
{
    buffer_append(&decoder->kept, in.data, in.len);
    struct slice left = buffer_slice(&decoder->kept);
    size_t offered = left.len;
    while (left.len > 0) {
        convert(decoder->conversion, &left, out);
        if (errno == EILSEQ && decoder->lenient) {
            buffer_puts(out, "\xEF\xBF\xBD");
            left = (struct slice){left.data + 1, left.len - 1};
            continue;
        }
        if (errno == EILSEQ || (errno == EINVAL && last))
            return error_set(
                error, ERROR_INPUT,
                "byte %lld is not valid in the file's encoding; name the right one with --encoding",
                decoder->seen + (long long)(offered - left.len) + 1);
        break;
    }
    decoder->seen += (long long)(offered - left.len);
    if (left.len > 0)
        memmove(decoder->kept.data, left.data, left.len);
    decoder->kept.len = left.len;
    return buffer_check(&decoder->kept, error) != 0 ? -1 : buffer_check(out, error);
}

int encoding_put(struct buffer *out, const char *name, struct slice text, struct error *error)
{
    if (strcasecmp(name, "UTF-8") == 0) {
        buffer_append(out, text.data, text.len);
        return 0;
    }
    iconv_t conversion = iconv_open(name, "UTF-8");
    if (conversion == (iconv_t)-1)
        return unknown_encoding(name, error);
    struct slice question = {"?", 1};
    while (text.len > 0) {
        convert(conversion, &text, out);
        if (text.len == 0)
            break;
        uint32_t skipped;
        size_t len = utf8_next(text.data, text.len, &skipped);
        text = (struct slice){text.data + len, text.len - len};
        struct slice instead = question;
        convert(conversion, &instead, out);
    }
    iconv_close(conversion);
    return 0;
}
