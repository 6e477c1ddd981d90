#include "campana/text.h"
#include "campana/utf8.h"
#include "main.h"
#include <stdio.h>
#include <string.h>

#define CODE_POINTS 0x110000u

static struct buffer out;
static struct buffer other;
static struct text_check check;

static void open_buffers(void)
{
    buffer_init(&out);
    buffer_init(&other);
}

static void close_buffers(void)
{
    buffer_free(&out);
    buffer_free(&other);
}

static bool is_surrogate(uint32_t code_point)
{
    return code_point >= 0xD800 && code_point <= 0xDFFF;
}

static void prepare(const char *text, size_t len, enum text_mode mode, int max_septets)
{
    struct text_rules rules = {mode, max_septets};
    text_prepare((struct slice){text, len}, &rules, &out, &check);
}

/* ---- the alphabet ---- */

/* 3GPP TS 23.038, 6.2.1: the character of each of the 128 septets, written out from the table, column by
 * column. 0x1B leads to the extension table. */
#define ESCAPE 0xFFFFFFFFu
static const uint32_t default_alphabet[128] = {
    /* 0x00 */ '@',    0x00A3, '$',    0x00A5, 0x00E8, 0x00E9, 0x00F9, 0x00EC,
    /* 0x08 */ 0x00F2, 0x00C7, '\n',   0x00D8, 0x00F8, '\r',   0x00C5, 0x00E5,
    /* 0x10 */ 0x0394, '_',    0x03A6, 0x0393, 0x039B, 0x03A9, 0x03A0, 0x03A8,
    /* 0x18 */ 0x03A3, 0x0398, 0x039E, ESCAPE, 0x00C6, 0x00E6, 0x00DF, 0x00C9,
    /* 0x20 */ ' ',    '!',    '"',    '#',    0x00A4, '%',    '&',    '\'',
    /* 0x28 */ '(',    ')',    '*',    '+',    ',',    '-',    '.',    '/',
    /* 0x30 */ '0',    '1',    '2',    '3',    '4',    '5',    '6',    '7',
    /* 0x38 */ '8',    '9',    ':',    ';',    '<',    '=',    '>',    '?',
    /* 0x40 */ 0x00A1, 'A',    'B',    'C',    'D',    'E',    'F',    'G',
    /* 0x48 */ 'H',    'I',    'J',    'K',    'L',    'M',    'N',    'O',
    /* 0x50 */ 'P',    'Q',    'R',    'S',    'T',    'U',    'V',    'W',
    /* 0x58 */ 'X',    'Y',    'Z',    0x00C4, 0x00D6, 0x00D1, 0x00DC, 0x00A7,
    /* 0x60 */ 0x00BF, 'a',    'b',    'c',    'd',    'e',    'f',    'g',
    /* 0x68 */ 'h',    'i',    'j',    'k',    'l',    'm',    'n',    'o',
    /* 0x70 */ 'p',    'q',    'r',    's',    't',    'u',    'v',    'w',
    /* 0x78 */ 'x',    'y',    'z',    0x00E4, 0x00F6, 0x00F1, 0x00FC, 0x00E0,
};

/* 3GPP TS 23.038, 6.2.1.1: septets 0x0A, 0x14, 0x28, 0x29, 0x2F, 0x3C, 0x3D, 0x3E, 0x40, 0x65. */
static const uint32_t extension_table[10] = {'\f', '^', '{', '}', '\\', '[', '~', ']', '|', 0x20AC};

static int septets_by_the_standard(uint32_t code_point)
{
    for (size_t i = 0; i < sizeof default_alphabet / sizeof default_alphabet[0]; i++) {
        if (default_alphabet[i] == code_point)
            return 1;
    }
    for (size_t i = 0; i < sizeof extension_table / sizeof extension_table[0]; i++) {
        if (extension_table[i] == code_point)
            return 2;
    }
    return 0;
}

START_TEST(the_alphabet_is_the_standard_s_and_nothing_else_is_in_it)
{
    int basic = 0;
    int extended = 0;
    for (uint32_t c = 0; c < CODE_POINTS; c++) {
        int septets = text_septets(c);
        if (septets != septets_by_the_standard(c))
            ck_abort_msg("U+%04X takes %d septets", c, septets);
        basic += septets == 1;
        extended += septets == 2;
    }
    ck_assert_int_eq(basic, 127);
    ck_assert_int_eq(extended, 10);
    ck_assert_int_eq(text_septets(UINT32_MAX), 0);
}
END_TEST

/* It goes by eights where it can. */
START_TEST(a_run_of_ascii_ends_at_what_is_not_in_the_alphabet_wherever_that_stands)
{
    for (int byte = 0; byte < 256; byte++) {
        for (size_t place = 0; place < 20; place++) {
            char text[20];
            size_t septets;
            int own = byte < 0x80 ? text_septets((uint32_t)byte) : 0;
            memset(text, 'a', sizeof text);
            text[place] = (char)byte;
            size_t run = text_ascii_run(text, sizeof text, &septets);
            if (run != (own > 0 ? sizeof text : place) || septets != run - (own > 0) + (size_t)own)
                ck_abort_msg("byte %d at %zu: %zu bytes, %zu septets", byte, place, run, septets);
        }
    }
}
END_TEST

START_TEST(a_letter_with_accents_falls_back_on_what_unicode_decomposes_it_to)
{
    int letters = 0;
    for (uint32_t c = 0xC0; c <= 0xFF; c++) {
        uint32_t base = utf8_base(c);
        if (base == 0)
            continue;
        char letter[] = {(char)base, '\0'};
        ck_assert_str_eq(text_counterpart(c, true), letter);
        letters++;
    }
    ck_assert_int_eq(letters, 53);
}
END_TEST

START_TEST(these_are_often_taken_to_be_in_the_alphabet_and_are_not)
{
    static const uint32_t strangers[] = {'`',  0x1B, '\t', U'á', U'í', U'ó', U'ú', U'Á', U'Í', U'Ó',
                                         U'Ú', U'ç', U'À', U'È', U'ê', U'ª', U'º', U'°', U'«', U'»',
                                         U'“', U'”', U'‘', U'’', U'–', U'—', U'…', 0xA0};
    for (size_t i = 0; i < sizeof strangers / sizeof strangers[0]; i++)
        ck_assert_msg(text_septets(strangers[i]) == 0, "U+%04X", strangers[i]);
}
END_TEST

/* ---- modes ---- */

START_TEST(a_mode_has_its_name_and_is_found_by_it)
{
    static const char *const names[] = {[TEXT_GSM] = "gsm", [TEXT_ASCII] = "ascii", [TEXT_STRICT] = "strict"};
    for (int i = 0; i < 3; i++) {
        enum text_mode mode = TEXT_GSM;
        ck_assert_str_eq(text_mode_name((enum text_mode)i), names[i]);
        ck_assert_int_eq(text_mode_from_name(names[i], &mode), 0);
        ck_assert_int_eq(mode, i);
    }
}
END_TEST

START_TEST(another_name_is_no_mode)
{
    enum text_mode mode = TEXT_ASCII;
    ck_assert_int_eq(text_mode_from_name("", &mode), -1);
    ck_assert_int_eq(text_mode_from_name("GSM", &mode), -1);
    ck_assert_int_eq(text_mode_from_name("gsm ", &mode), -1);
    ck_assert_int_eq(text_mode_from_name("unicode", &mode), -1);
    ck_assert_int_eq(mode, TEXT_ASCII);
}
END_TEST

/* ---- counterparts ---- */

/* Each character of `characters` becomes `gsm` and, where `ascii` is not NULL, that in ASCII. */
static const struct {
    const char *characters;
    const char *gsm;
    const char *ascii;
} counterparts[] = {
    {"áâãāăąǎạảấầẩẫậắằẳẵặȁȃǟǡǻ", "a", NULL},
    {"ÁÀÂÃĀĂĄǍẠẢẤẦẨẪẬẮẰẲẴẶȀȂǞǠǺ", "A", NULL},
    {"çćĉċčḉ", "c", NULL},
    {"ĆĈĊČḈ", "C", NULL},
    {"êëēĕėęěẹẻẽếềểễệ", "e", NULL},
    {"ÈÊËĒĔĖĘĚẸẺẼẾỀỂỄỆ", "E", NULL},
    {"íîïĩīĭįıǐịɨ", "i", NULL},
    {"ÍÌÎÏĨĪĬĮİǏỊƗ", "I", NULL},
    {"óôõōŏőǒọỏốồổỗộớờởỡợǫ", "o", NULL},
    {"ÓÒÔÕŌŎŐǑỌỎỐỒỔỖỘỚỜỞỠỢǪ", "O", NULL},
    {"úûũūŭůűųǔǖǘǚǜụủứừửữựʉ", "u", NULL},
    {"ÚÙÛŨŪŬŮŰŲǓǕǗǙǛỤỦỨỪỬỮỰɄ", "U", NULL},
    {"ńņňǹṇ", "n", NULL},
    {"ŃŅŇǸṆ", "N", NULL},
    {"ýÿŷỳỹ", "y", NULL},
    {"ÝŸŶỲỸ", "Y", NULL},
    {"śŝşšșſ", "s", NULL},
    {"źżž", "z", NULL},
    {"ðđďḍ", "d", NULL},
    {"ÐĐĎḌ", "D", NULL},
    {"łľĺļŀ", "l", NULL},
    {"ŁĽĹĻĿ", "L", NULL},
    {"ĝğġģǧ", "g", NULL},
    {"ĥħ", "h", NULL},
    {"ţťŧț", "t", NULL},
    {"ŕŗř", "r", NULL},
    {"ŵẃẁẅ", "w", NULL},
    {"ĵȷǰ", "j", NULL},
    {"ķǩĸ", "k", NULL},
    {"ƒḟ", "f", NULL},
    {"Þ", "TH", NULL},
    {"þ", "th", NULL},
    {"Ŋ", "NG", NULL},
    {"ŋ", "ng", NULL},
    {"Œ", "OE", NULL},
    {"œ", "oe", NULL},
    {"Ĳ", "IJ", NULL},
    {"ĳ", "ij", NULL},
    {"ŉ", "'n", NULL},
    {"ẞ", "SS", NULL},
    {"ﬀ", "ff", NULL},
    {"ﬁ", "fi", NULL},
    {"ﬂ", "fl", NULL},
    {"ﬃ", "ffi", NULL},
    {"ﬄ", "ffl", NULL},
    {"ﬅﬆ", "st", NULL},
    {"ǄǱ", "DZ", NULL},
    {"ǅǲ", "Dz", NULL},
    {"ǆǳ", "dz", NULL},
    {"Ǉ", "LJ", NULL},
    {"ǌ", "nj", NULL},
    {"ǼǢ", "Æ", "AE"},
    {"ǽǣ", "æ", "ae"},
    {"Ǿ", "Ø", "O"},
    {"ǿ", "ø", "o"},
    {"ª", "a", NULL},
    {"º°˚", "o", NULL},
    {"«»“”„‟″❝❞〝〞〟¨＂", "\"", NULL},
    {"‘’‚‛´`′‹›❛❜ʹʻʼʽˈˊˋ‵＇｀", "'", NULL},
    {"–—―‒‐‑−⁃─━﹘﹣－¯ˉ︱︲", "-", NULL},
    {"•‣◦●■▪∙", "-", NULL},
    {"·‧․．﹒", ".", NULL},
    {"…", "...", NULL},
    {"‥", "..", NULL},
    {"‼", "!!", NULL},
    {"⁇", "??", NULL},
    {"⁈", "?!", NULL},
    {"⁉", "!?", NULL},
    {"\u00A0\u1680\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000\t", " ", NULL},
    {"\u2028\u2029", "\n", NULL},
    {"×", "x", NULL},
    {"÷⁄∕／", "/", NULL},
    {"±", "+/-", NULL},
    {"≤", "<=", NULL},
    {"≥", ">=", NULL},
    {"∼˜～", "~", NULL},
    {"ˆ＾", "^", NULL},
    {"¸，﹐", ",", NULL},
    {"¦｜", "|", NULL},
    {"→", "->", NULL},
    {"←", "<-", NULL},
    {"½", "1/2", NULL},
    {"¼", "1/4", NULL},
    {"¾", "3/4", NULL},
    {"⅓", "1/3", NULL},
    {"⅔", "2/3", NULL},
    {"⅒", "1/10", NULL},
    {"¹₁①１", "1", NULL},
    {"²₂②２", "2", NULL},
    {"³₃③３", "3", NULL},
    {"⁰₀⓪０", "0", NULL},
    {"⁺₊＋﬩", "+", NULL},
    {"™", "TM", NULL},
    {"℠", "SM", NULL},
    {"©", "(c)", NULL},
    {"®", "(r)", NULL},
    {"№", "No", NULL},
    {"℃", "oC", NULL},
    {"µμ", "u", NULL},
    {"¢￠", "c", NULL},
    {"Ⅷ", "VIII", NULL},
    {"ⅸ", "ix", NULL},
    {"Ⅴ", "V", NULL},
    {"Ａ𝐀𝓐𝔸Ⓐ🄰ᴬ", "A", NULL},
    {"ｚ𝐳𝔃ⓩ", "z", NULL},
    {"𝟗𝟡９", "9", NULL},
    {"₡", "CRC", NULL},
    {"₲", "PYG", NULL},
    {"₿", "BTC", NULL},
    {"￡", "£", "GBP"},
    {"￥", "¥", "JPY"},
    /* Greek capitals */
    {"\u0391\u0386𝚨", "A", NULL},
    {"\u0392", "B", "V"},
    {"\u0395\u0388", "E", NULL},
    {"\u0397\u0389", "H", "I"},
    {"\u039A", "K", NULL},
    {"\u03A1", "P", "R"},
    {"\u03A5", "Y", NULL},
    {"\u03A7", "X", "CH"},
    {"\u038F𝛀", "Ω", "O"},
    /* dropped */
    {"\u00AD\u034F\u200B\u200C\u200D\u2060\u2061\u2064\uFEFF\uFE0E\uFE0F\u20E3", "", NULL},
    {"\u0300\u0301\u0303\u0308\u0327\u0332\u0342\u0360", "", NULL},
};
#define COUNTERPARTS ((int)(sizeof counterparts / sizeof counterparts[0]))

static void check_counterpart(uint32_t character, bool ascii, const char *expected)
{
    const char *text = text_counterpart(character, ascii);
    ck_assert_msg(text != NULL, "U+%04X has no counterpart (%s)", character, ascii ? "ascii" : "gsm");
    ck_assert_msg(strcmp(text, expected) == 0, "U+%04X became %s, not %s (%s)", character, text, expected,
                  ascii ? "ascii" : "gsm");
}

START_TEST(a_character_has_this_counterpart)
{
    for (int i = 0; i < COUNTERPARTS; i++) {
        struct slice left = slice_of(counterparts[i].characters);
        while (left.len > 0) {
            uint32_t character;
            size_t used = utf8_next(left.data, left.len, &character);
            check_counterpart(character, false, counterparts[i].gsm);
            check_counterpart(character, true,
                              counterparts[i].ascii != NULL ? counterparts[i].ascii : counterparts[i].gsm);
            left = (struct slice){left.data + used, left.len - used};
        }
    }
}
END_TEST

/* What the alphabet has and ASCII has not. */
static const struct {
    uint32_t character;
    const char *ascii;
} ascii_counterparts[] = {
    {U'ñ', "n"},    {U'Ñ', "N"},  {U'é', "e"},  {U'É', "E"}, {U'ü', "u"},   {U'Ü', "U"},   {U'à', "a"},
    {U'è', "e"},    {U'ì', "i"},  {U'ò', "o"},  {U'ù', "u"}, {U'ä', "a"},   {U'Ä', "A"},   {U'ö', "o"},
    {U'Ö', "O"},    {U'å', "a"},  {U'Å', "A"},  {U'Ç', "C"}, {U'Æ', "AE"},  {U'æ', "ae"},  {U'Ø', "O"},
    {U'ø', "o"},    {U'ß', "ss"}, {U'¿', "?"},  {U'¡', "!"}, {U'€', "EUR"}, {U'£', "GBP"}, {U'¥', "JPY"},
    {U'§', "sec."}, {U'Δ', "D"},  {U'Φ', "F"},  {U'Γ', "G"}, {U'Λ', "L"},   {0x3A9, "O"},  {U'Π', "P"},
    {U'Ψ', "PS"},   {U'Σ', "S"},  {U'Θ', "TH"}, {U'Ξ', "X"},
};

START_TEST(ascii_replaces_what_only_the_alphabet_has)
{
    for (size_t i = 0; i < sizeof ascii_counterparts / sizeof ascii_counterparts[0]; i++) {
        check_counterpart(ascii_counterparts[i].character, true, ascii_counterparts[i].ascii);
        ck_assert_ptr_null(text_counterpart(ascii_counterparts[i].character, false));
    }
}
END_TEST

START_TEST(these_have_no_counterpart)
{
    static const uint32_t alone[] = {
        U'😀',   U'👍',   U'❤',   U'✅',    U'★',    0x1F3FD, 0x1F1E8, 0x1F170, /* emoji, a skin tone, half a
                                                                                flag */
        U'Я',   U'я',   U'α',   U'ω',    U'ש',    U'ع',    U'手',   U'あ',   U'각',  U'अ',     U'٣',
        0x202A, 0x202B, 0x202C, 0x202D,  0x202E,  0x2066,  0x2067,  0x2068,  0x2069, /* bidirectional controls
                                                                                      */
        0x200E, 0x200F, 0x061C, 0xE0041, 0xE007F,                                    /* and tags */
        0x0336, 0x0338, U'≠',   U'≮',                                                /* struck out */
        0x0363, 0x0591, U'‰',   U'†',    U'∞',    U'√',    0xFFFD,  0xE000,  0xFFFF, 0x10FFFF, 0x00,
        0x07,   0x0B,   0x1B,   0x7F,    0x80,    0x85,    0x9B,
    };
    for (size_t i = 0; i < sizeof alone / sizeof alone[0]; i++) {
        ck_assert_msg(text_counterpart(alone[i], false) == NULL, "U+%04X (gsm)", alone[i]);
        ck_assert_msg(text_counterpart(alone[i], true) == NULL, "U+%04X (ascii)", alone[i]);
    }
    ck_assert_ptr_null(text_counterpart(U'¤', true));
}
END_TEST

static void check_made_of_the_alphabet(uint32_t character, bool ascii)
{
    const char *text = text_counterpart(character, ascii);
    if (text == NULL)
        return;
    if (text_septets(character) > 0 && (!ascii || character < 0x80))
        ck_abort_msg("U+%04X needs no counterpart", character);
    size_t len = strlen(text);
    if (!utf8_valid(text, len))
        ck_abort_msg("U+%04X", character);
    for (size_t at = 0; at < len;) {
        uint32_t part;
        at += utf8_next(text + at, len - at, &part);
        if (text_septets(part) == 0 || (ascii && part >= 0x80))
            ck_abort_msg("U+%04X became U+%04X (%s)", character, part, ascii ? "ascii" : "gsm");
    }
}

START_TEST(every_counterpart_can_be_sent)
{
    for (uint32_t c = 0; c < CODE_POINTS; c++) {
        check_made_of_the_alphabet(c, false);
        check_made_of_the_alphabet(c, true);
    }
}
END_TEST

START_TEST(what_gsm_can_replace_ascii_can_too)
{
    for (uint32_t c = 0; c < CODE_POINTS; c++) {
        if (text_counterpart(c, false) != NULL && text_counterpart(c, true) == NULL)
            ck_abort_msg("U+%04X", c);
    }
}
END_TEST

/* ---- texts ---- */

static const struct {
    const char *in;
    enum text_mode mode;
    const char *out;
    int septets;
    int replaced;
    bool lost_tilde;
} sendable[] = {
    {"Hola", TEXT_GSM, "Hola", 4, 0, false},
    {"Hola", TEXT_ASCII, "Hola", 4, 0, false},
    {"Hola", TEXT_STRICT, "Hola", 4, 0, false},
    {"¿Señor Peñaranda? ¡Éxito, café y pingüino!", TEXT_GSM, "¿Señor Peñaranda? ¡Éxito, café y pingüino!", 42,
     0, false},
    {"¿Señor Peñaranda? ¡Éxito!", TEXT_STRICT, "¿Señor Peñaranda? ¡Éxito!", 25, 0, false},
    {"¿Señor Peñaranda? ¡Éxito!", TEXT_ASCII, "?Senor Penaranda? !Exito!", 25, 5, true},
    {"Bogotá, Medellín, Itagüí", TEXT_GSM, "Bogota, Medellin, Itagüi", 24, 3, false},
    {"Bogotá, Medellín, Itagüí", TEXT_ASCII, "Bogota, Medellin, Itagui", 24, 4, false},
    {"AÑO", TEXT_ASCII, "ANO", 3, 1, true},
    {"an\u0303o", TEXT_GSM, "año", 3, 0, false}, /* composed first */
    {"an\u0303o", TEXT_STRICT, "año", 3, 0, false},
    {"an\u0303o", TEXT_ASCII, "ano", 3, 1, true},
    {"e\u0301xito a\u0301gil", TEXT_GSM, "éxito agil", 10, 1, false},
    {"x\u0302 q\u0303", TEXT_GSM, "x q", 3, 2, false},
    {"“Año” – 1º…", TEXT_GSM, "\"Año\" - 1o...", 13, 5, false},
    {"10.000 €", TEXT_GSM, "10.000 €", 9, 0, false},
    {"10.000 €", TEXT_ASCII, "10.000 EUR", 10, 1, false},
    {"{[^~|\\]}", TEXT_GSM, "{[^~|\\]}", 16, 0, false},
    {"{[^~|\\]}", TEXT_ASCII, "{[^~|\\]}", 16, 0, false},
    {"{á}", TEXT_GSM, "{a}", 5, 1, false},
    {"a`b", TEXT_GSM, "a'b", 3, 1, false},
    {"a`b", TEXT_ASCII, "a'b", 3, 1, false},
    {"a\tb", TEXT_GSM, "a b", 3, 1, false},
    {"a\tb", TEXT_ASCII, "a b", 3, 1, false},
    {"a\r\nb\fc", TEXT_GSM, "a\r\nb\fc", 7, 0, false},
    {"a\r\nb\fc", TEXT_STRICT, "a\r\nb\fc", 7, 0, false},
    {"a\u00A0b\u2009c", TEXT_GSM, "a b c", 5, 2, false},
    {" a ", TEXT_GSM, " a ", 3, 0, false},
    {"sue\u00ADgra\u200B", TEXT_GSM, "suegra", 6, 2, false},
    {"\uFEFFHola", TEXT_GSM, "Hola", 4, 1, false},
    {"ＯＦＥＲＴＡ 𝟓𝟎%", TEXT_GSM, "OFERTA 50%", 10, 8, false},
    {"1\uFE0F\u20E32\uFE0F\u20E3", TEXT_GSM, "12", 2, 4, false},
    {"\u212B\u2126", TEXT_GSM, "ÅΩ", 2, 0, false},
    {"ΔΩ", TEXT_ASCII, "DO", 2, 2, false},
    {"20 °C, 2 m²", TEXT_GSM, "20 oC, 2 m2", 11, 2, false},
    /* a figure of another kind is kept apart */
    {"½ hora", TEXT_GSM, "1/2 hora", 8, 1, false},
    {"2½ kilos", TEXT_GSM, "2 1/2 kilos", 11, 1, false},
    {"２½", TEXT_GSM, "2 1/2", 5, 2, false},
    {"$50.000¹", TEXT_GSM, "$50.000 1", 9, 1, false},
    {"10¹²", TEXT_GSM, "10 12", 5, 2, false},
    {"5²3", TEXT_GSM, "5 2 3", 5, 1, false},
    {"5\u200B²", TEXT_GSM, "5 2", 3, 2, false},
    {"②5", TEXT_ASCII, "2 5", 3, 1, false},
    {"H₂O", TEXT_GSM, "H2O", 3, 1, false},
    {"½ ¼", TEXT_ASCII, "1/2 1/4", 7, 2, false},
};
#define SENDABLE ((int)(sizeof sendable / sizeof sendable[0]))

START_TEST(a_text_is_sent_so)
{
    prepare(sendable[_i].in, strlen(sendable[_i].in), sendable[_i].mode, 159);
    ck_assert_int_eq(check.problem, REASON_NONE);
    ck_assert_str_eq(buffer_string(&out), sendable[_i].out);
    ck_assert_int_eq(check.septets, sendable[_i].septets);
    ck_assert_int_eq(check.replaced, sendable[_i].replaced);
    ck_assert_int_eq(check.lost_tilde, sendable[_i].lost_tilde);
    ck_assert_uint_eq(check.offender, 0);
}
END_TEST

static const struct {
    const char *in;
    size_t len;
    enum text_mode mode;
    enum reason problem;
    uint32_t offender;
    int septets;
    const char *shown;
    const char *described;
} unsendable[] = {
    {NULL, 0, TEXT_GSM, REASON_TEXT_EMPTY, 0, 0, "", "nothing but white space"},
    {"", 0, TEXT_STRICT, REASON_TEXT_EMPTY, 0, 0, "", "nothing but white space"},
    {" \t\r\n\f\v", 6, TEXT_GSM, REASON_TEXT_EMPTY, 0, 0, " \t\r\n\f\v", "nothing but white space"},
    {"   ", 3, TEXT_ASCII, REASON_TEXT_EMPTY, 0, 0, "   ", "nothing but white space"},
    {"\u00A0\u2003\u3000", 8, TEXT_STRICT, REASON_TEXT_EMPTY, 0, 0, "\u00A0\u2003\u3000",
     "nothing but white space"},
    {"\uFEFF\u200B \u0301", 9, TEXT_GSM, REASON_TEXT_EMPTY, 0, 0, "\uFEFF\u200B \u0301",
     "nothing but white space"},
    {"á😀b", 7, TEXT_GSM, REASON_TEXT_CHARACTER, 0x1F600, 1, "á😀b",
     "😀 (U+1F600) is not in the SMS alphabet and has no counterpart"},
    {"ñ😀", 6, TEXT_ASCII, REASON_TEXT_CHARACTER, 0x1F600, 1, "ñ😀",
     "😀 (U+1F600) is not in the SMS alphabet and has no counterpart"},
    {"\u2764\uFE0F", 6, TEXT_GSM, REASON_TEXT_CHARACTER, 0x2764, 0, "\u2764\uFE0F",
     "\u2764 (U+2764) is not in the SMS alphabet and has no counterpart"},
    {"a\u202Eb", 5, TEXT_GSM, REASON_TEXT_CHARACTER, 0x202E, 1, "a\u202Eb",
     "\\u{202e} (U+202E) is not in the SMS alphabet and has no counterpart"},
    {"1\u03360", 4, TEXT_GSM, REASON_TEXT_CHARACTER, 0x0336, 1, "1\u03360",
     "\u0336 (U+0336) is not in the SMS alphabet and has no counterpart"},
    {"tres á", 7, TEXT_STRICT, REASON_TEXT_CHARACTER, U'á', 5, "tres á",
     "á (U+00E1) is not in the SMS alphabet and mode strict replaces nothing"},
    {"[a`b", 4, TEXT_STRICT, REASON_TEXT_CHARACTER, '`', 3, "[a`b",
     "` (U+0060) is not in the SMS alphabet and mode strict replaces nothing"},
    {"a\tb", 3, TEXT_STRICT, REASON_TEXT_CONTROL, '\t', 1, "a\tb",
     "\\t (U+0009) is a control character that the SMS alphabet lacks"},
    {"ab\x1b[2J", 6, TEXT_GSM, REASON_TEXT_CONTROL, 0x1B, 2, "ab\x1b[2J",
     "\\x1b (U+001B) is a control character that the SMS alphabet lacks"},
    {"ab\x7f", 3, TEXT_ASCII, REASON_TEXT_CONTROL, 0x7F, 2, "ab\x7f",
     "\\x7f (U+007F) is a control character that the SMS alphabet lacks"},
    {"a\xC2\x9B", 3, TEXT_GSM, REASON_TEXT_CONTROL, 0x9B, 1, "a\xC2\x9B",
     "\\u{9b} (U+009B) is a control character that the SMS alphabet lacks"},
    {"an\u0303o Я", 8, TEXT_GSM, REASON_TEXT_CHARACTER, U'Я', 4, "año Я",
     "Я (U+042F) is not in the SMS alphabet and has no counterpart"},
};
#define UNSENDABLE ((int)(sizeof unsendable / sizeof unsendable[0]))

START_TEST(a_text_that_cannot_be_sent_says_why_and_stays_as_it_stood)
{
    struct text_rules rules = {unsendable[_i].mode, 159};
    prepare(unsendable[_i].in, unsendable[_i].len, unsendable[_i].mode, 159);
    ck_assert_int_eq(check.problem, unsendable[_i].problem);
    ck_assert_uint_eq(check.offender, unsendable[_i].offender);
    ck_assert_int_eq(check.septets, unsendable[_i].septets);
    ck_assert_str_eq(buffer_string(&out), unsendable[_i].shown);
    text_describe(&check, &rules, &other);
    ck_assert_str_eq(buffer_string(&other), unsendable[_i].described);
}
END_TEST

START_TEST(a_nul_byte_is_a_control_character)
{
    struct text_rules rules = {TEXT_GSM, 159};
    prepare("ab\0c", 4, TEXT_GSM, 159);
    ck_assert_int_eq(check.problem, REASON_TEXT_CONTROL);
    ck_assert_uint_eq(check.offender, 0);
    ck_assert_int_eq(check.septets, 2);
    ck_assert_uint_eq(out.len, 4);
    ck_assert_mem_eq(out.data, "ab\0c", 4);
    text_describe(&check, &rules, &other);
    ck_assert_str_eq(buffer_string(&other),
                     "\\x00 (U+0000) is a control character that the SMS alphabet lacks");
}
END_TEST

START_TEST(a_sendable_text_needs_no_words)
{
    struct text_rules rules = {TEXT_GSM, 159};
    prepare("Hola", 4, TEXT_GSM, 159);
    buffer_puts(&other, "> ");
    text_describe(&check, &rules, &other);
    ck_assert_str_eq(buffer_string(&other), "> ");
}
END_TEST

static int count_septets(const struct buffer *text, bool ascii)
{
    int septets = 0;
    for (size_t at = 0; at < text->len;) {
        uint32_t character;
        at += utf8_next(text->data + at, text->len - at, &character);
        int taken = text_septets(character);
        if (taken == 0 || (ascii && character >= 0x80))
            ck_abort_msg("U+%04X is left", character);
        septets += taken;
    }
    return septets;
}

static void fill(struct buffer *text, const char *what, int times)
{
    buffer_clear(text);
    for (int i = 0; i < times; i++)
        buffer_puts(text, what);
}

/* What is repeated, and how many septets it takes once prepared. */
static const struct {
    const char *what;
    enum text_mode mode;
    int septets;
} units[] = {
    {"a", TEXT_GSM, 1},       {"ñ", TEXT_GSM, 1}, {"á", TEXT_GSM, 1},   {"€", TEXT_GSM, 2},
    {"[", TEXT_STRICT, 2},    {"…", TEXT_GSM, 3}, {"ß", TEXT_ASCII, 2}, {"€", TEXT_ASCII, 3},
    {"\u200Bx", TEXT_GSM, 1}, {"Ω", TEXT_GSM, 1},
};
#define UNITS ((int)(sizeof units / sizeof units[0]))

START_TEST(the_limit_is_kept_to_the_septet)
{
    for (int max = 1; max <= TEXT_SEPTETS_MOST; max++) {
        int fits = max / units[_i].septets;
        if (fits > 0) {
            fill(&other, units[_i].what, fits);
            prepare(other.data, other.len, units[_i].mode, max);
            ck_assert_int_eq(check.problem, REASON_NONE);
            ck_assert_int_eq(check.septets, fits * units[_i].septets);
            ck_assert_uint_lt(out.len, TEXT_BYTES);
            ck_assert_int_eq(count_septets(&out, units[_i].mode == TEXT_ASCII), check.septets);
        }
        fill(&other, units[_i].what, fits + 1);
        prepare(other.data, other.len, units[_i].mode, max);
        ck_assert_int_eq(check.problem, REASON_TEXT_LONG);
        ck_assert_int_eq(check.septets, (fits + 1) * units[_i].septets);
        ck_assert(slice_equal(buffer_slice(&out), buffer_slice(&other)));
    }
}
END_TEST

START_TEST(a_long_text_is_counted_to_its_end)
{
    struct text_rules rules = {TEXT_GSM, 159};
    fill(&other, "á", 171);
    prepare(other.data, other.len, TEXT_GSM, 159);
    ck_assert_int_eq(check.problem, REASON_TEXT_LONG);
    ck_assert_int_eq(check.replaced, 171);
    buffer_clear(&other);
    text_describe(&check, &rules, &other);
    ck_assert_str_eq(buffer_string(&other), "171 characters, 159 are allowed");
    fill(&other, "…", 100000);
    prepare(other.data, other.len, TEXT_GSM, 159);
    ck_assert_int_eq(check.problem, REASON_TEXT_LONG);
    ck_assert_int_eq(check.septets, 300000);
}
END_TEST

START_TEST(a_character_at_fault_weighs_more_than_the_length)
{
    fill(&other, "a", 500);
    buffer_puts(&other, "😀");
    prepare(other.data, other.len, TEXT_GSM, 159);
    ck_assert_int_eq(check.problem, REASON_TEXT_CHARACTER);
    ck_assert_int_eq(check.septets, 500);
}
END_TEST

START_TEST(the_buffer_s_past_does_not_show)
{
    buffer_puts(&out, "old text, longer than the new one");
    out.failed = true;
    prepare("á", 2, TEXT_GSM, 159);
    ck_assert(!out.failed);
    ck_assert_str_eq(buffer_string(&out), "a");
    prepare("x", 1, TEXT_GSM, 159);
    ck_assert_int_eq(check.replaced, 0);
    ck_assert_str_eq(buffer_string(&out), "x");
}
END_TEST

/* ---- properties ---- */

static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state = random_state * 1664525u + 1013904223u;
    return (uint32_t)(((uint64_t)random_state * limit) >> 32);
}

/* Mostly what can be sent one way or another, so that many texts turn out sendable. */
static void put_random_text(struct buffer *text)
{
    static const struct {
        uint32_t first;
        uint32_t count;
    } kinds[] = {{0x20, 0x5F},     {0x20, 0x5F},     {0x20, 0x5F},  {'0', 10},      {0xA0, 0x60},
                 {0xC0, 0x40},     {0xC0, 0xC0},     {0x300, 0x40}, {0x2010, 0x18}, {0x2070, 0x20},
                 {0x1EA0, 0x50},   {0xFF01, 0x5E},   {0x391, 0x19}, {0xFB00, 7},    {0x2150, 0x3A},
                 {0x1D400, 0x400}, {0, CODE_POINTS}, {0x2460, 0xA0}};
    buffer_clear(text);
    uint32_t kinds_used = 1 + random_below(sizeof kinds / sizeof kinds[0]);
    for (uint32_t left = random_below(30); left > 0; left--) {
        uint32_t kind = random_below(kinds_used);
        utf8_put(text, kinds[kind].first + random_below(kinds[kind].count));
    }
}

START_TEST(a_prepared_text_is_of_the_alphabet_and_preparing_it_again_changes_nothing)
{
    enum text_mode mode = (enum text_mode)_i;
    int sent = 0;
    random_state = 20261123;
    for (int round = 0; round < 30000; round++) {
        put_random_text(&other);
        prepare(other.data, other.len, mode, TEXT_SEPTETS_MOST);
        struct text_check first = check;
        if (!utf8_valid(out.data, out.len))
            ck_abort_msg("round %d: not UTF-8", round);
        if (first.problem != REASON_NONE)
            continue;
        sent++;
        if (count_septets(&out, mode == TEXT_ASCII) != first.septets || first.septets > TEXT_SEPTETS_MOST)
            ck_abort_msg("round %d: counted %d septets", round, first.septets);
        buffer_clear(&other);
        buffer_append(&other, out.data, out.len);
        prepare(other.data, other.len, mode, TEXT_SEPTETS_MOST);
        if (check.problem != REASON_NONE || check.replaced != 0 || check.lost_tilde ||
            check.septets != first.septets || !slice_equal(buffer_slice(&out), buffer_slice(&other)))
            ck_abort_msg("round %d: changed again", round);
    }
    ck_assert_int_gt(sent, 1000);
}
END_TEST

START_TEST(a_problem_leaves_the_normalised_text_and_words_that_can_be_shown)
{
    struct buffer normal = {0};
    struct buffer words = {0};
    int problems = 0;
    random_state = 11;
    for (int round = 0; round < 20000; round++) {
        struct text_rules rules = {(enum text_mode)random_below(3), 1 + (int)random_below(TEXT_SEPTETS_MOST)};
        put_random_text(&other);
        text_prepare(buffer_slice(&other), &rules, &out, &check);
        buffer_clear(&words);
        text_describe(&check, &rules, &words);
        if ((check.problem == REASON_NONE) != (words.len == 0))
            ck_abort_msg("round %d: words", round);
        if (check.problem == REASON_NONE)
            continue;
        problems++;
        buffer_clear(&normal);
        utf8_put_nfc(&normal, other.data, other.len);
        if (!slice_equal(buffer_slice(&normal), buffer_slice(&out)) || !utf8_valid(words.data, words.len))
            ck_abort_msg("round %d: text", round);
    }
    ck_assert_int_gt(problems, 1000);
    buffer_free(&normal);
    buffer_free(&words);
}
END_TEST

START_TEST(every_single_character_is_sent_replaced_or_refused_as_the_tables_say)
{
    enum text_mode mode = (enum text_mode)_i;
    for (uint32_t c = 0; c < 0x20000; c++) {
        if (is_surrogate(c))
            continue;
        buffer_clear(&other);
        utf8_put(&other, c);
        buffer_put(&other, 'x');
        prepare(other.data, other.len, mode, TEXT_SEPTETS_MOST);
        /* Composed, it may be another character: Å for the Ångström sign. */
        uint32_t composed;
        buffer_clear(&other);
        utf8_put(&other, c);
        struct buffer normal = {0};
        utf8_put_nfc(&normal, other.data, other.len);
        bool one = utf8_next(normal.data, normal.len, &composed) == normal.len;
        buffer_free(&normal);
        if (!one)
            continue;
        bool stays = text_septets(composed) > 0 && (mode != TEXT_ASCII || composed < 0x80);
        bool changes = mode != TEXT_STRICT && text_counterpart(composed, mode == TEXT_ASCII) != NULL;
        bool control = composed < 0x20 || (composed >= 0x7F && composed <= 0x9F);
        enum reason expected = stays || changes ? REASON_NONE
                               : control        ? REASON_TEXT_CONTROL
                                                : REASON_TEXT_CHARACTER;
        if (check.problem != expected || check.replaced != (!stays && changes))
            ck_abort_msg("U+%04X", c);
        if (expected != REASON_NONE && check.offender != composed)
            ck_abort_msg("U+%04X is blamed for U+%04X", check.offender, c);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("text");
    TCase *tests = tcase_create("text");
    tcase_set_timeout(tests, 60);
    tcase_add_checked_fixture(tests, open_buffers, close_buffers);
    tcase_add_test(tests, the_alphabet_is_the_standard_s_and_nothing_else_is_in_it);
    tcase_add_test(tests, a_run_of_ascii_ends_at_what_is_not_in_the_alphabet_wherever_that_stands);
    tcase_add_test(tests, a_letter_with_accents_falls_back_on_what_unicode_decomposes_it_to);
    tcase_add_test(tests, these_are_often_taken_to_be_in_the_alphabet_and_are_not);
    tcase_add_test(tests, a_mode_has_its_name_and_is_found_by_it);
    tcase_add_test(tests, another_name_is_no_mode);
    tcase_add_test(tests, a_character_has_this_counterpart);
    tcase_add_test(tests, ascii_replaces_what_only_the_alphabet_has);
    tcase_add_test(tests, these_have_no_counterpart);
    tcase_add_test(tests, every_counterpart_can_be_sent);
    tcase_add_test(tests, what_gsm_can_replace_ascii_can_too);
    tcase_add_loop_test(tests, a_text_is_sent_so, 0, SENDABLE);
    tcase_add_loop_test(tests, a_text_that_cannot_be_sent_says_why_and_stays_as_it_stood, 0, UNSENDABLE);
    tcase_add_test(tests, a_nul_byte_is_a_control_character);
    tcase_add_test(tests, a_sendable_text_needs_no_words);
    tcase_add_loop_test(tests, the_limit_is_kept_to_the_septet, 0, UNITS);
    tcase_add_test(tests, a_long_text_is_counted_to_its_end);
    tcase_add_test(tests, a_character_at_fault_weighs_more_than_the_length);
    tcase_add_test(tests, the_buffer_s_past_does_not_show);
    tcase_add_loop_test(tests, a_prepared_text_is_of_the_alphabet_and_preparing_it_again_changes_nothing, 0,
                        3);
    tcase_add_test(tests, a_problem_leaves_the_normalised_text_and_words_that_can_be_shown);
    tcase_add_loop_test(tests, every_single_character_is_sent_replaced_or_refused_as_the_tables_say, 0, 3);
    suite_add_tcase(suite, tests);
    return run_suite(suite);
}
