/* Decides what belongs to the GSM 7-bit default alphabet (3GPP TS 23.038, 6.2.1 and 6.2.1.1) and what stands
 * in for a character that does not. A letter with accents falls back on its base letter, a compatibility form
 * (full-width, mathematical, raised, in a circle) on its plain one, by Unicode's own decomposition; the
 * tables hold what that rule does not know or what reads better. Refuses to know texts: it sees one character
 * at a time. Invariants: the alphabet lacks nothing of a GSM counterpart, and an ASCII counterpart is ASCII
 * that the alphabet has. */
#include "campana/block.h"
#include "campana/text.h"
#include "campana/utf8.h"
#include <stddef.h>
#include <string.h>

/* Septets of U+0000 to U+00FF, sixteen a row. */
static const char latin_septets[] =
    "0000000000102100"  /* LF, FF, CR */
    "0000000000000000"  /* ESC leads to the extension table and is no character */
    "1111111111111111"  /*   ! " # $ % & ' ( ) * + , - . / */
    "1111111111111111"  /* 0 1 2 3 4 5 6 7 8 9 : ; < = > ? */
    "1111111111111111"  /* @ A B C D E F G H I J K L M N O */
    "1111111111122221"  /* P Q R S T U V W X Y Z [ \ ] ^ _ */
    "0111111111111111"  /* ` a b c d e f g h i j k l m n o */
    "1111111111122220"  /* p q r s t u v w x y z { | } ~ */
    "0000000000000000"  /* C1 */
    "0000000000000000"  /* controls */
    "0101110100000000"  /* ¡ £ ¤ ¥ § */
    "0000000000000001"  /* ¿ */
    "0000111101000000"  /* Ä Å Æ Ç É */
    "0100001010001001"  /* Ñ Ö Ø Ü ß */
    "1000111011001000"  /* à ä å æ è é ì */
    "0110001011001000"; /* ñ ò ö ø ù ü */

/* Of Greek, the capitals that no Latin letter looks like: one septet each. */
static const uint32_t greek[] = {U'Γ', U'Δ', U'Θ', U'Λ', U'Ξ', U'Π', U'Σ', U'Φ', U'Ψ', U'Ω'};

#define EURO_SEPTETS 2

int text_septets(uint32_t code_point)
{
    if (code_point <= 0xFF)
        return latin_septets[code_point] - '0';
    if (code_point == U'€')
        return EURO_SEPTETS;
    for (size_t i = 0; i < sizeof greek / sizeof greek[0]; i++) {
        if (code_point == greek[i])
            return 1;
    }
    return 0;
}

/* Whether eight bytes are all from the space to Z or from a to z, of one septet each. Of an ASCII byte x, the
 * uppermost bit of x + (0x80 - n) says whether x >= n. */
static bool is_plain_block(const char *data)
{
    uint64_t block = block_load(data);
    uint64_t from_space = block + BLOCK_EACH(0x80 - ' ');
    uint64_t behind_capitals = block + BLOCK_EACH(0x80 - ('Z' + 1));
    uint64_t from_a = block + BLOCK_EACH(0x80 - 'a');
    uint64_t behind_z = block + BLOCK_EACH(0x80 - ('z' + 1));
    uint64_t plain = from_space & (~behind_capitals | from_a) & ~behind_z & ~block;
    return (plain & BLOCK_EACH(0x80)) == BLOCK_EACH(0x80);
}

size_t text_ascii_run(const char *data, size_t len, size_t *septets)
{
    size_t run = 0;
    size_t sum = 0;
    while (run < len) {
        if (len - run >= BLOCK_BYTES && is_plain_block(data + run)) {
            run += BLOCK_BYTES;
            sum += BLOCK_BYTES;
            continue;
        }
        for (size_t end = len - run < BLOCK_BYTES ? len : run + BLOCK_BYTES; run < end; run++) {
            unsigned char byte = (unsigned char)data[run];
            if (byte >= 0x80 || latin_septets[byte] == '0')
                goto out;
            sum += (size_t)(latin_septets[byte] - '0');
        }
    }
out:
    *septets = sum;
    return run;
}

struct range {
    uint32_t first;
    uint32_t last;
};

/* Seen by nobody, so dropped. Bidirectional controls and tags, which nobody sees either, are not among them:
 * they change or hide what a reader takes the text to say. */
static const struct range invisible[] = {
    {0x00AD, 0x00AD}, /* soft hyphen */
    {0x034F, 0x034F}, /* combining grapheme joiner */
    {0x200B, 0x200D}, /* zero-width space, non-joiner, joiner */
    {0x2060, 0x2064}, /* word joiner, invisible operators */
    {0xFE00, 0xFE0F}, /* variation selectors */
    {0xFEFF, 0xFEFF}, /* byte-order mark */
};

/* Accents that no precomposed letter took up, dropped as á loses its own. Strokes through a character (U+0334
 * to U+0338) strike it out, and letters set above another (from U+0363) are part of the word: not among them.
 */
static const struct range accents[] = {
    {0x0300, 0x0333},
    {0x0339, 0x034E},
    {0x0350, 0x0362},
    {0x20E3, 0x20E3}, /* the keycap around an emoji's figure */
};

struct counterpart {
    uint32_t code_point;
    const char *gsm;   /* the character itself where the alphabet has it */
    const char *ascii; /* NULL where it is as in GSM */
};

/* In the order of code points. Greek capitals become the Latin ones that look the same; in ASCII all of
 * Greek's capitals are transliterated (ISO 843). */
static const struct counterpart counterparts[] = {
    {U'\t', " ", NULL},    {U'`', "'", NULL},    {U'¡', "¡", "!"},     {U'¢', "c", NULL},
    {U'£', "£", "GBP"},    {U'¥', "¥", "JPY"},   {U'¦', "|", NULL},    {U'§', "§", "sec."},
    {U'¨', "\"", NULL},    {U'©', "(c)", NULL},  {U'ª', "a", NULL},    {U'«', "\"", NULL},
    {U'®', "(r)", NULL},   {0x00AF, "-", NULL},  {U'°', "o", NULL},    {U'±', "+/-", NULL},
    {U'´', "'", NULL},     {U'µ', "u", NULL},    {U'·', ".", NULL},    {U'¸', ",", NULL},
    {U'º', "o", NULL},     {U'»', "\"", NULL},   {U'¼', "1/4", NULL},  {U'½', "1/2", NULL},
    {U'¾', "3/4", NULL},   {U'¿', "¿", "?"},     {U'Æ', "Æ", "AE"},    {U'Ð', "D", NULL},
    {U'×', "x", NULL},     {U'Ø', "Ø", "O"},     {U'Þ', "TH", NULL},   {U'ß', "ß", "ss"},
    {U'æ', "æ", "ae"},     {U'ð', "d", NULL},    {U'÷', "/", NULL},    {U'ø', "ø", "o"},
    {U'þ', "th", NULL},    {U'Đ', "D", NULL},    {U'đ', "d", NULL},    {U'Ħ', "H", NULL},
    {U'ħ', "h", NULL},     {U'ı', "i", NULL},    {U'Ĳ', "IJ", NULL},   {U'ĳ', "ij", NULL},
    {U'ĸ', "k", NULL},     {U'Ŀ', "L", NULL},    {U'ŀ', "l", NULL},    {U'Ł', "L", NULL},
    {U'ł', "l", NULL},     {U'ŉ', "'n", NULL},   {U'Ŋ', "NG", NULL},   {U'ŋ', "ng", NULL},
    {U'Œ', "OE", NULL},    {U'œ', "oe", NULL},   {U'Ŧ', "T", NULL},    {U'ŧ', "t", NULL},
    {U'ƒ', "f", NULL},     {U'Ɨ', "I", NULL},    {U'Ǆ', "DZ", NULL},   {U'ǅ', "Dz", NULL},
    {U'ǆ', "dz", NULL},    {U'Ǉ', "LJ", NULL},   {U'ǈ', "Lj", NULL},   {U'ǉ', "lj", NULL},
    {U'Ǌ', "NJ", NULL},    {U'ǋ', "Nj", NULL},   {U'ǌ', "nj", NULL},   {U'Ǳ', "DZ", NULL},
    {U'ǲ', "Dz", NULL},    {U'ǳ', "dz", NULL},   {U'ȷ', "j", NULL},    {U'Ʉ', "U", NULL},
    {U'ɨ', "i", NULL},     {U'ʉ', "u", NULL},    {0x02B9, "'", NULL},  {0x02BB, "'", NULL},
    {0x02BC, "'", NULL},   {0x02BD, "'", NULL},  {U'ˆ', "^", NULL},    {0x02C8, "'", NULL},
    {0x02C9, "-", NULL},   {0x02CA, "'", NULL},  {0x02CB, "'", NULL},  {U'˚', "o", NULL},
    {U'˜', "~", NULL},     {0x0391, "A", NULL},  {0x0392, "B", "V"},   {0x0393, "Γ", "G"},
    {0x0394, "Δ", "D"},    {0x0395, "E", NULL},  {0x0396, "Z", NULL},  {0x0397, "H", "I"},
    {0x0398, "Θ", "TH"},   {0x0399, "I", NULL},  {0x039A, "K", NULL},  {0x039B, "Λ", "L"},
    {0x039C, "M", NULL},   {0x039D, "N", NULL},  {0x039E, "Ξ", "X"},   {0x039F, "O", NULL},
    {0x03A0, "Π", "P"},    {0x03A1, "P", "R"},   {0x03A3, "Σ", "S"},   {0x03A4, "T", NULL},
    {0x03A5, "Y", NULL},   {0x03A6, "Φ", "F"},   {0x03A7, "X", "CH"},  {0x03A8, "Ψ", "PS"},
    {U'Ω', "Ω", "O"},      {0x03BC, "u", NULL},  {U'ẞ', "SS", NULL},   {0x2010, "-", NULL},
    {0x2011, "-", NULL},   {0x2012, "-", NULL},  {0x2013, "-", NULL},  {0x2014, "-", NULL},
    {0x2015, "-", NULL},   {U'‘', "'", NULL},    {U'’', "'", NULL},    {U'‚', "'", NULL},
    {U'‛', "'", NULL},     {U'“', "\"", NULL},   {U'”', "\"", NULL},   {U'„', "\"", NULL},
    {U'‟', "\"", NULL},    {U'•', "-", NULL},    {U'‣', "-", NULL},    {U'‥', "..", NULL},
    {U'…', "...", NULL},   {0x2027, ".", NULL},  {0x2028, "\n", NULL}, {0x2029, "\n", NULL},
    {U'′', "'", NULL},     {U'″', "\"", NULL},   {U'‵', "'", NULL},    {U'‶', "\"", NULL},
    {U'‹', "'", NULL},     {U'›', "'", NULL},    {U'‼', "!!", NULL},   {0x2043, "-", NULL},
    {0x2044, "/", NULL},   {U'⁇', "??", NULL},   {U'⁈', "?!", NULL},   {U'⁉', "!?", NULL},
    {U'₡', "CRC", NULL},   {U'₦', "NGN", NULL},  {U'₨', "Rs", NULL},   {U'₩', "KRW", NULL},
    {U'₪', "ILS", NULL},   {U'₫', "VND", NULL},  {U'€', "€", "EUR"},   {U'₲', "PYG", NULL},
    {U'₴', "UAH", NULL},   {U'₹', "INR", NULL},  {U'₺', "TRY", NULL},  {U'₽', "RUB", NULL},
    {U'₿', "BTC", NULL}, {U'℃', "oC", NULL},   {U'℅', "c/o", NULL},  {U'℉', "oF", NULL},
    {U'№', "No", NULL},    {U'℠', "SM", NULL},   {U'℡', "TEL", NULL},  {U'™', "TM", NULL},
    {U'⅐', "1/7", NULL},   {U'⅑', "1/9", NULL},  {U'⅒', "1/10", NULL}, {U'⅓', "1/3", NULL},
    {U'⅔', "2/3", NULL},   {U'⅕', "1/5", NULL},  {U'⅖', "2/5", NULL},  {U'⅗', "3/5", NULL},
    {U'⅘', "4/5", NULL},   {U'⅙', "1/6", NULL},  {U'⅚', "5/6", NULL},  {U'⅛', "1/8", NULL},
    {U'⅜', "3/8", NULL},   {U'⅝', "5/8", NULL},  {U'⅞', "7/8", NULL},  {U'Ⅱ', "II", NULL},
    {U'Ⅲ', "III", NULL},   {U'Ⅳ', "IV", NULL},   {U'Ⅵ', "VI", NULL},   {U'Ⅶ', "VII", NULL},
    {U'Ⅷ', "VIII", NULL},  {U'Ⅸ', "IX", NULL},   {U'Ⅺ', "XI", NULL},   {U'Ⅻ', "XII", NULL},
    {U'ⅱ', "ii", NULL},    {U'ⅲ', "iii", NULL},  {U'ⅳ', "iv", NULL},   {U'ⅵ', "vi", NULL},
    {U'ⅶ', "vii", NULL},   {U'ⅷ', "viii", NULL}, {U'ⅸ', "ix", NULL},   {U'ⅺ', "xi", NULL},
    {U'ⅻ', "xii", NULL},   {U'←', "<-", NULL},   {U'→', "->", NULL},   {U'↔', "<->", NULL},
    {U'⇒', "=>", NULL},    {0x2212, "-", NULL},  {0x2215, "/", NULL},  {0x2219, "-", NULL},
    {0x223C, "~", NULL},   {U'≤', "<=", NULL},   {U'≥', ">=", NULL},   {0x2500, "-", NULL},
    {0x2501, "-", NULL},   {U'■', "-", NULL},    {U'▪', "-", NULL},    {U'●', "-", NULL},
    {U'◦', "-", NULL},     {U'❛', "'", NULL},    {U'❜', "'", NULL},    {U'❝', "\"", NULL},
    {U'❞', "\"", NULL},    {U'〝', "\"", NULL},  {U'〞', "\"", NULL},  {U'〟', "\"", NULL},
    {U'ﬀ', "ff", NULL},    {U'ﬁ', "fi", NULL},   {U'ﬂ', "fl", NULL},   {U'ﬃ', "ffi", NULL},
    {U'ﬄ', "ffl", NULL},   {U'ﬅ', "st", NULL},   {U'ﬆ', "st", NULL},
};

#define COUNTERPARTS (sizeof counterparts / sizeof counterparts[0])

static const char printable[][2] = {
    "!", "\"", "#",  "$", "%", "&", "'", "(", ")", "*", "+", ",", "-", ".", "/", "0", "1", "2", "3",
    "4", "5",  "6",  "7", "8", "9", ":", ";", "<", "=", ">", "?", "@", "A", "B", "C", "D", "E", "F",
    "G", "H",  "I",  "J", "K", "L", "M", "N", "O", "P", "Q", "R", "S", "T", "U", "V", "W", "X", "Y",
    "Z", "[",  "\\", "]", "^", "_", "`", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l",
    "m", "n",  "o",  "p", "q", "r", "s", "t", "u", "v", "w", "x", "y", "z", "{", "|", "}", "~",
};

static bool is_in(uint32_t code_point, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (code_point >= ranges[i].first && code_point <= ranges[i].last)
            return true;
    }
    return false;
}

static const struct counterpart *find(uint32_t code_point)
{
    size_t low = 0;
    size_t high = COUNTERPARTS;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (counterparts[middle].code_point < code_point)
            low = middle + 1;
        else
            high = middle;
    }
    return low < COUNTERPARTS && counterparts[low].code_point == code_point ? &counterparts[low] : NULL;
}

static const char *listed(uint32_t code_point, bool ascii)
{
    const struct counterpart *counterpart = find(code_point);
    if (counterpart == NULL)
        return NULL;
    return ascii && counterpart->ascii != NULL ? counterpart->ascii : counterpart->gsm;
}

/* What Unicode's decomposition says of U+00C0 to U+00FF, sixteen a row, because Spanish texts are full of
 * these; '0': nothing. */
static const char latin_bases[] = "AAAAAA0CEEEEIIII"
                                  "0NOOOOO00UUUUY00"
                                  "aaaaaa0ceeeeiiii"
                                  "0nooooo00uuuuy0y";

static const char *plain_form(uint32_t code_point, bool ascii)
{
    uint32_t base = utf8_base(code_point);
    if (base > ' ' && base <= '~' && text_septets(base) > 0)
        return printable[base - '!'];
    return listed(base, ascii);
}

const char *text_counterpart(uint32_t code_point, bool ascii)
{
    if (text_septets(code_point) > 0 && (!ascii || code_point < 0x80))
        return NULL;
    if (code_point >= 0xC0 && code_point <= 0xFF && latin_bases[code_point - 0xC0] != '0')
        return printable[latin_bases[code_point - 0xC0] - '!'];
    const char *text = listed(code_point, ascii);
    if (text != NULL)
        return text;
    if (code_point < 0xA0)
        return NULL;
    if (is_in(code_point, invisible, sizeof invisible / sizeof invisible[0]) ||
        is_in(code_point, accents, sizeof accents / sizeof accents[0]))
        return "";
    return utf8_is_space(code_point) ? " " : plain_form(code_point, ascii);
}
