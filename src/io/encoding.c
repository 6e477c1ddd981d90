/* Decides an encoding by its mark, else by validity, else by custom; leaves the tables to iconv. */
#include "campana/encoding.h"
#include "campana/error.h"
#include "campana/utf8.h"
#include <errno.h>
#include <iconv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- recognising ---- */

#define ZEROS_BYTES 4096 /* looked at for zero bytes */

/* The first that fits: UTF-32's mark begins with UTF-16's. */
static const struct {
    const char *mark;
    size_t len;
    const char *name;
} marks[] = {{"\xEF\xBB\xBF", 3, "UTF-8"},
             {"\xFF\xFE\0\0", 4, "UTF-32LE"},
             {"\0\0\xFE\xFF", 4, "UTF-32BE"},
             {"\xFF\xFE", 2, "UTF-16LE"},
             {"\xFE\xFF", 2, "UTF-16BE"}};

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

static void scan_bytes(struct encoding_scan *scan, const char *data, size_t len)
{
    size_t rest = unfinished(data, len);
    len -= rest;
    memcpy(scan->tail, data + len, rest);
    scan->tail_len = rest;
    for (;;) {
        size_t valid = utf8_valid_len(data, len, &scan->long_characters);
        if (valid == len)
            return;
        scan->invalid_bytes++;
        data += valid + 1;
        len -= valid + 1;
    }
}

/* Completes the character at the end of the last piece, or finds it broken off. Returns how many bytes of
 * this piece that took. */
static size_t scan_tail(struct encoding_scan *scan, const char *data, size_t len)
{
    size_t wanted = announced_len(scan->tail[0]);
    size_t taken = 0;
    while (scan->tail_len < wanted && taken < len && ((unsigned char)data[taken] & 0xC0) == 0x80)
        scan->tail[scan->tail_len++] = (unsigned char)data[taken++];
    if (scan->tail_len == wanted) {
        char whole[4];
        memcpy(whole, scan->tail, wanted);
        scan_bytes(scan, whole, wanted);
    } else if (taken < len) {
        scan->invalid_bytes += (int64_t)scan->tail_len;
        scan->tail_len = 0;
    }
    return taken;
}

void encoding_scan_add(struct encoding_scan *scan, const char *data, size_t len)
{
    for (size_t i = 0; i < len && scan->head_len < sizeof scan->head; i++)
        scan->head[scan->head_len++] = (unsigned char)data[i];
    for (size_t i = 0; i < len && scan->bytes + (int64_t)i < ZEROS_BYTES; i++)
        scan->zeros[(scan->bytes + (int64_t)i) % 2] += data[i] == '\0';
    scan->bytes += (int64_t)len;
    while (scan->tail_len > 0 && len > 0) {
        size_t taken = scan_tail(scan, data, len);
        data += taken;
        len -= taken;
    }
    if (len > 0)
        scan_bytes(scan, data, len);
}

/* Latin text in UTF-16 has a zero in nearly every pair of bytes, always in the same place. */
static const char *utf16_by_zeros(const struct encoding_scan *scan)
{
    int64_t pairs = (scan->bytes < ZEROS_BYTES ? scan->bytes : ZEROS_BYTES) / 2;
    if (pairs < 2 || (scan->zeros[0] > 0) == (scan->zeros[1] > 0))
        return NULL;
    if (scan->zeros[1] * 4 > pairs * 3)
        return "UTF-16LE";
    return scan->zeros[0] * 4 > pairs * 3 ? "UTF-16BE" : NULL;
}

bool encoding_scan_is_utf8(const struct encoding_scan *scan)
{
    return scan->invalid_bytes == 0 && scan->tail_len == 0;
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
    const char *utf16 = utf16_by_zeros(scan);
    if (utf16 != NULL)
        return utf16;
    if (encoding_scan_is_utf8(scan) || scan->long_characters > scan->invalid_bytes + (int64_t)scan->tail_len)
        return "UTF-8";
    return "WINDOWS-1252";
}

/* The next letter or digit of a name, in lower case; '\0' at its end. */
static char next_sign(const char **name)
{
    while (**name == '-' || **name == '_')
        ++*name;
    char sign = **name;
    *name += sign != '\0';
    return sign >= 'A' && sign <= 'Z' ? (char)(sign - 'A' + 'a') : sign;
}

bool encoding_same_name(const char *a, const char *b)
{
    char sign;
    do {
        sign = next_sign(&a);
        if (sign != next_sign(&b))
            return false;
    } while (sign != '\0');
    return true;
}

/* ---- decoding ---- */

struct decoder {
    iconv_t conversion;
    char name[ENCODING_NAME_BYTES];
    bool lenient; /* Windows-1252: undefined bytes are replaced */
    struct buffer kept;
    long long seen; /* bytes decoded so far, and those before them */
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
    errno = EINVAL;
    made->conversion = strchr(name, '/') == NULL ? iconv_open("UTF-8", name) : (iconv_t)-1;
    if (made->conversion == (iconv_t)-1) {
        free(made);
        return unknown_encoding(name, error);
    }
    made->lenient = encoding_same_name(name, "WINDOWS-1252") || encoding_same_name(name, "CP1252");
    snprintf(made->name, sizeof made->name, "%s", name);
    *decoder = made;
    return 0;
}

void decoder_skip(struct decoder *decoder, size_t bytes)
{
    decoder->seen += (long long)bytes;
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
            return error_set(error, ERROR_INPUT, "byte %lld of the file (0x%02X) is not valid in %s",
                             decoder->seen + (long long)(offered - left.len) + 1,
                             (unsigned)(unsigned char)left.data[0], decoder->name);
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
