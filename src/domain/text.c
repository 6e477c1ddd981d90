/* Decides how a text is changed, counted and refused. The alphabet itself stands in alphabet.c. */
#include "campana/text.h"
#include "campana/utf8.h"
#include <string.h>

static const char *const mode_names[] = {
    [TEXT_GSM] = "gsm", [TEXT_ASCII] = "ascii", [TEXT_STRICT] = "strict"};

int text_mode_from_name(const char *name, enum text_mode *mode)
{
    for (size_t i = 0; i < sizeof mode_names / sizeof *mode_names; i++) {
        if (strcmp(mode_names[i], name) == 0) {
            *mode = (enum text_mode)i;
            return 0;
        }
    }
    return -1;
}

const char *text_mode_name(enum text_mode mode)
{
    return mode_names[mode];
}

static bool is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7F && character <= 0x9F);
}

static bool stays(uint32_t character, enum text_mode mode)
{
    return text_septets(character) > 0 && (mode != TEXT_ASCII || character < 0x80);
}

static void put_string(struct buffer *out, const char *string, int *septets)
{
    buffer_puts(out, string);
    for (; *string != '\0'; string++)
        *septets += text_septets((unsigned char)*string);
}

/* One character of the normalised text. Returns false where it cannot be sent. */
static bool put_character(const char *bytes, size_t len, uint32_t character, enum text_mode mode,
                          struct buffer *out, struct text_check *check)
{
    if (stays(character, mode)) {
        buffer_append(out, bytes, len);
        check->septets += text_septets(character);
        return true;
    }
    const char *counterpart = mode == TEXT_STRICT ? NULL : text_counterpart(character, mode == TEXT_ASCII);
    if (counterpart == NULL) {
        check->problem = is_control(character) ? REASON_TEXT_CONTROL : REASON_TEXT_CHARACTER;
        check->offender = character;
        return false;
    }
    put_string(out, counterpart, &check->septets);
    check->replaced++;
    if (character == 0x00F1 || character == 0x00D1)
        check->lost_tilde = true;
    return true;
}

static bool is_blank(const struct buffer *text)
{
    for (size_t i = 0; i < text->len; i++)
        if (strchr(" \n\r\f", text->data[i]) == NULL)
            return false;
    return true;
}

/* Most texts need no change: one pass over plain ASCII settles them. Returns false, and counts nothing, where
 * a character is not. */
static bool count_plain(struct slice text, int *septets)
{
    int count = 0;
    for (size_t i = 0; i < text.len; i++) {
        unsigned char byte = (unsigned char)text.data[i];
        int septets_of_byte = byte < 0x80 ? text_septets(byte) : 0;
        if (septets_of_byte == 0)
            return false;
        count += septets_of_byte;
    }
    *septets = count;
    return true;
}

static void change(struct slice in, const struct text_rules *rules, struct buffer *out,
                   struct text_check *check)
{
    struct buffer normal = {0};
    utf8_put_nfc(&normal, in.data, in.len);
    for (size_t at = 0; at < normal.len && check->problem == REASON_NONE;) {
        uint32_t character;
        size_t len = utf8_next(normal.data + at, normal.len - at, &character);
        put_character(normal.data + at, len, character, rules->mode, out, check);
        at += len;
    }
    if (check->problem != REASON_NONE) {
        buffer_clear(out);
        buffer_append(out, normal.data, normal.len);
    }
    out->failed = out->failed || normal.failed;
    buffer_free(&normal);
}

void text_prepare(struct slice in, const struct text_rules *rules, struct buffer *out,
                  struct text_check *check)
{
    *check = (struct text_check){0};
    buffer_clear(out);
    if (count_plain(in, &check->septets))
        buffer_append(out, in.data, in.len);
    else
        change(in, rules, out, check);
    if (check->problem != REASON_NONE)
        return;
    if (is_blank(out))
        check->problem = REASON_TEXT_EMPTY;
    else if (check->septets > rules->max_septets)
        check->problem = REASON_TEXT_LONG;
}

void text_describe(const struct text_check *check, const struct text_rules *rules, struct buffer *out)
{
    struct buffer character = {0};
    switch (check->problem) {
    case REASON_TEXT_LONG:
        buffer_printf(out, "%d characters, %d are allowed", check->septets, rules->max_septets);
        break;
    case REASON_TEXT_CONTROL: buffer_printf(out, "U+%04X", (unsigned)check->offender); break;
    case REASON_TEXT_CHARACTER:
        utf8_put(&character, check->offender);
        utf8_put_visible(out, character.data, character.len, 0);
        buffer_printf(out, " (U+%04X)", (unsigned)check->offender);
        break;
    default: break;
    }
    out->failed = out->failed || character.failed;
    buffer_free(&character);
}
