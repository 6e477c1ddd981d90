/* Message texts in the GSM 7-bit default alphabet (3GPP TS 23.038, section 6.2.1 and the extension table of 6.2.1.1).
 *
 * The gateway takes 159 characters (manual, section 1; its code -5 speaks of 160). Length is counted in septets after
 * all changes: characters of the extension table (^ { } [ ] ~ | \ €, form feed) take two. */
#ifndef CAMPANA_TEXT_H
#define CAMPANA_TEXT_H

#include "campana/buffer.h"
#include "campana/reason.h"
#include <stdbool.h>
#include <stdint.h>

#define TEXT_SEPTETS_DEFAULT 159
#define TEXT_SEPTETS_MOST    160
#define TEXT_BYTES           (TEXT_SEPTETS_MOST * 4 + 1) /* room for any valid text, NUL included */

enum text_mode {
    TEXT_GSM,    /* changes only what the alphabet lacks: á→a, curly quotes, dashes, …; keeps ñ é ü ¿ ¡ */
    TEXT_ASCII,  /* changes everything outside ASCII, ñ→n too, which turns año into ano */
    TEXT_STRICT, /* changes nothing: a character outside the alphabet makes the row invalid */
};

struct text_rules {
    enum text_mode mode;
    int max_septets; /* 1 to TEXT_SEPTETS_MOST */
};

/* What text_prepare() found out about one text. */
struct text_check {
    enum reason problem; /* REASON_NONE: sendable */
    int septets;         /* length after the changes; up to the character at fault where there is one */
    int replaced;        /* how many characters were changed */
    bool lost_tilde;     /* an ñ or Ñ became n or N */
    uint32_t offender;   /* the character at fault (TEXT_CHARACTER, TEXT_CONTROL), else 0 */
};

/* "gsm", "ascii", "strict" ↔ mode; -1 for another name. */
int text_mode_from_name(const char *name, enum text_mode *mode);
const char *text_mode_name(enum text_mode mode);

/* Septets that one character takes in the alphabet: 1, 2, or 0 where it lacks it. */
int text_septets(uint32_t code_point);

/* How many bytes at the beginning are ASCII of the alphabet, which no mode changes, and the septets that they take. Most
 * texts are nothing else. */
size_t text_ascii_run(const char *data, size_t len, size_t *septets);

/* What a character is replaced with that the alphabet lacks in TEXT_GSM (`ascii` false), or that is outside ASCII or no
 * part of the alphabet in TEXT_ASCII (true): a string of characters of the alphabet (of ASCII that the alphabet has).
 * á → a, ç → c, º and ° → o, « and “ → ", – and • → -, · → ., × → x, ½ → 1/2, ² → 2, ™ → TM, µ → u, ₡ → CRC; a Greek
 * capital → the Latin one that looks the same. In ASCII ñ → n, ü → u, ¿ → ?, ¡ → !, € → EUR, £ → GBP, ¥ → JPY, § → sec.,
 * ß → ss, Æ → AE, Ø → O, Å → A, and Greek capitals are transliterated (ISO 843: Ω → O, Θ → TH, Χ → CH). "" for what is
 * dropped: the invisible (soft hyphen, zero-width space, non-joiner and joiner, word joiner, BOM, variation selectors) and
 * accents that no letter took up. NULL where there is no counterpart (emoji, other scripts, ¤ in ASCII, strokes through a
 * character; bidirectional controls and tags, which change or hide what a reader sees), and where none is needed. */
const char *text_counterpart(uint32_t code_point, bool ascii);

/* Normalises (NFC), changes by the mode, counts. `out` is cleared first and gets the text as it will be sent; where
 * there is a problem, the text as far as it can be shown: normalised, otherwise as it stood in the file.
 * Text of nothing but white space and what is dropped is TEXT_EMPTY in every mode (septets 0). Of control characters
 * only LF and CR are in the alphabet (and FF in the extension table); a tab becomes a space, except in TEXT_STRICT; any
 * other is TEXT_CONTROL.
 * Raised and circled figures and fractions are kept apart from other figures by a space: 2½ → 2 1/2, $5¹ → $5 1.
 * `in` must be valid UTF-8 and may hold NUL bytes. Running out of memory shows in `out`. */
void text_prepare(struct slice in, const struct text_rules *rules, struct buffer *out, struct text_check *check);

/* A sentence on the problem for this very row, for message.reason: "171 characters, 159 are allowed";
 * "😀 (U+1F600) is not in the SMS alphabet and has no counterpart". Appends nothing for REASON_NONE. */
void text_describe(const struct text_check *check, const struct text_rules *rules, struct buffer *out);

#endif
