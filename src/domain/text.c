/* Decides what becomes of a text: how it is changed for the SMS alphabet, how long it is then, and why it
 * cannot be sent. Refuses to know the alphabet's characters one by one (alphabet.c). Invariant: a text
 * without problem holds characters of the alphabet alone, and preparing it again changes nothing. */
#include "campana/text.h"
#include "campana/utf8.h"
#include <assert.h>
#include <limits.h>
#include <string.h>

static const char *const mode_names[] = {
    [TEXT_GSM] = "gsm",
    [TEXT_ASCII] = "ascii",
    [TEXT_STRICT] = "strict",
};

int text_mode_from_name(const char *name, enum text_mode *mode)
{
    for (size_t i = 0; i < sizeof mode_names / sizeof mode_names[0]; i++) {
        if (strcmp(name, mode_names[i]) == 0) {
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

/* The changed text. It is counted to its end, but kept only as far as a text can be sent. */
struct draft {
    char kept[TEXT_BYTES];
    size_t len;
    size_t septets;
    size_t replaced;
    bool ends_in_figure;       /* in a decimal digit … */
    bool ends_in_other_figure; /* … that stands for a raised or circled figure, or for a fraction */
};

static void draft_keep(struct draft *draft, const char *data, size_t len, size_t septets)
{
    draft->septets += septets;
    if (draft->septets > TEXT_SEPTETS_MOST)
        return;
    memcpy(draft->kept + draft->len, data, len);
    draft->len += len;
}

static bool is_figure(char byte)
{
    return byte >= '0' && byte <= '9';
}

/* Raised and lowered figures, fractions, figures in circles: whatever is no decimal digit and has figures for
 * its counterpart. */
static bool is_other_figure(uint32_t character)
{
    return (character >= 0x00B2 && character <= 0x00BE) || (character >= 0x2070 && character <= 0x2189) ||
           (character >= 0x2460 && character <= 0x24FF);
}

/* A space keeps "2½" from reading 21/2, and the note in "$ 50.000¹" from multiplying the price. */
static void draft_part_figures(struct draft *draft, uint32_t character, const char *data, size_t len)
{
    if (len == 0)
        return;
    bool other = is_other_figure(character);
    if (draft->ends_in_figure && is_figure(data[0]) && other != draft->ends_in_other_figure)
        draft_keep(draft, " ", 1, 1);
    draft->ends_in_figure = is_figure(data[len - 1]);
    draft->ends_in_other_figure = other;
}

static void draft_keep_counterpart(struct draft *draft, const char *text, size_t len)
{
    for (size_t at = 0; at < len;) {
        uint32_t character;
        size_t used = utf8_next(text + at, len - at, &character);
        draft_keep(draft, text + at, used, (size_t)text_septets(character));
        at += used;
    }
}

static bool is_control(uint32_t character)
{
    return character < 0x20 || (character >= 0x7F && character <= 0x9F);
}

static void blame(struct text_check *check, uint32_t character)
{
    check->problem = is_control(character) ? REASON_TEXT_CONTROL : REASON_TEXT_CHARACTER;
    check->offender = character;
}

/* Returns false where the mode has nothing for the character. */
static bool replace(uint32_t character, enum text_mode mode, struct draft *draft, struct text_check *check)
{
    const char *counterpart = mode == TEXT_STRICT ? NULL : text_counterpart(character, mode == TEXT_ASCII);
    if (counterpart == NULL)
        return false;
    size_t len = strlen(counterpart);
    draft_part_figures(draft, character, counterpart, len);
    draft_keep_counterpart(draft, counterpart, len);
    draft->replaced++;
    if (character == U'ñ' || character == U'Ñ')
        check->lost_tilde = true;
    return true;
}

/* One character that is not plain. Returns false where it cannot be sent. */
static bool put_character(uint32_t character, const char *data, size_t len, enum text_mode mode,
                          struct draft *draft, struct text_check *check)
{
    int septets = mode == TEXT_ASCII ? 0 : text_septets(character);
    if (septets == 0)
        return replace(character, mode, draft, check);
    draft_part_figures(draft, character, data, len);
    draft_keep(draft, data, len, (size_t)septets);
    return true;
}

/* Stops at a character that cannot be sent. */
static void change(struct slice normal, enum text_mode mode, struct draft *draft, struct text_check *check)
{
    for (size_t at = 0; at < normal.len;) {
        const char *data = normal.data + at;
        size_t septets;
        size_t used = text_ascii_run(data, normal.len - at, &septets);
        if (used > 0) {
            draft_part_figures(draft, (unsigned char)data[0], data, used);
            draft_keep(draft, data, used, septets);
        } else {
            uint32_t character;
            used = utf8_next(data, normal.len - at, &character);
            if (!put_character(character, data, used, mode, draft, check)) {
                blame(check, character);
                return;
            }
        }
        at += used;
    }
}

/* White space and what is dropped: nothing that a reader would see. */
static bool is_blank(struct slice text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t character;
        at += utf8_next(text.data + at, text.len - at, &character);
        if (character > ' ' && character < 0x7F)
            return false;
        const char *counterpart = text_counterpart(character, false);
        bool dropped = counterpart != NULL && counterpart[0] == '\0';
        if (!dropped && !utf8_is_space(character))
            return false;
    }
    return true;
}

static int as_int(size_t count)
{
    return count > INT_MAX ? INT_MAX : (int)count;
}

void text_prepare(struct slice in, const struct text_rules *rules, struct buffer *out,
                  struct text_check *check)
{
    assert(rules->max_septets >= 1 && rules->max_septets <= TEXT_SEPTETS_MOST);
    struct draft draft;
    draft.len = draft.replaced = 0;
    draft.ends_in_figure = draft.ends_in_other_figure = false;
    *check = (struct text_check){0};
    buffer_clear(out);
    bool plain = text_ascii_run(in.data, in.len, &draft.septets) == in.len;
    if (plain)
        buffer_append(out, in.data, in.len);
    else
        utf8_put_nfc(out, in.data, in.len);
    if (out->failed)
        return;
    if (is_blank(buffer_slice(out))) {
        check->problem = REASON_TEXT_EMPTY;
        return;
    }
    if (!plain) {
        draft.septets = 0;
        change(buffer_slice(out), rules->mode, &draft, check);
    }
    check->septets = as_int(draft.septets);
    check->replaced = as_int(draft.replaced);
    if (check->problem == REASON_NONE && check->septets > rules->max_septets)
        check->problem = REASON_TEXT_LONG;
    if (check->problem == REASON_NONE && draft.replaced > 0) {
        buffer_clear(out);
        buffer_append(out, draft.kept, draft.len);
    }
}

static void put_offender(uint32_t offender, struct buffer *out)
{
    struct buffer character = {0};
    utf8_put(&character, offender);
    utf8_put_visible(out, character.data, character.len, 0);
    buffer_printf(out, " (U+%04X)", (unsigned)offender);
    out->failed = out->failed || character.failed;
    buffer_free(&character);
}

void text_describe(const struct text_check *check, const struct text_rules *rules, struct buffer *out)
{
    switch (check->problem) {
    case REASON_TEXT_EMPTY: buffer_puts(out, "nothing but white space"); break;
    case REASON_TEXT_LONG:
        buffer_printf(out, "%d characters, %d are allowed", check->septets, rules->max_septets);
        break;
    case REASON_TEXT_CONTROL:
        put_offender(check->offender, out);
        buffer_puts(out, " is a control character that the SMS alphabet lacks");
        break;
    case REASON_TEXT_CHARACTER:
        put_offender(check->offender, out);
        buffer_puts(out, " is not in the SMS alphabet and ");
        buffer_puts(out, rules->mode == TEXT_STRICT ? "mode strict replaces nothing" : "has no counterpart");
        break;
    default: break;
    }
}
