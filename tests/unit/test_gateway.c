#include "campana/gateway.h"
#include "campana/utf8.h"
#include "main.h"
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* For loops of many rounds: ck_assert() reports each time that it holds, which is slow. */
#define must(condition)                                                                                      \
    do {                                                                                                     \
        if (!(condition))                                                                                    \
            ck_abort_msg("not so: %s", #condition);                                                          \
    } while (0)

#define MARK "\xEF\xBB\xBF"

/* A string literal that may hold NUL bytes. */
#define BYTES(literal)                                                                                       \
    {                                                                                                        \
        literal, sizeof literal - 1                                                                          \
    }

static struct buffer out;
static struct outcome outcome;
static struct balance balance;
static uint32_t random_state;

static uint32_t random_below(uint32_t limit)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 17;
    random_state ^= random_state << 5;
    return random_state % limit;
}

static void begin(void)
{
    random_state = 20261123;
    buffer_init(&out);
    memset(&outcome, 0xAA, sizeof outcome);
    memset(&balance, 0xAA, sizeof balance);
}

static void end(void)
{
    buffer_free(&out);
}

static struct reply answered(int http_status, struct slice body)
{
    return (struct reply){.reach = REACH_ANSWERED,
                          .http_status = http_status,
                          .retry_after_ms = -1,
                          .body = body,
                          .detail = ""};
}

static void read_body(struct slice body)
{
    struct reply reply = answered(200, body);
    gateway_read_answer(&reply, &outcome);
}

/* ---- requests ---- */

START_TEST(what_is_unreserved_stays_and_all_else_is_encoded)
{
    static const char kept[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~";
    for (int byte = 0; byte < 256; byte++) {
        char plain = (char)(unsigned char)byte;
        char expected[4];
        if (byte != 0 && strchr(kept, byte) != NULL)
            snprintf(expected, sizeof expected, "%c", byte);
        else
            snprintf(expected, sizeof expected, "%%%02X", (unsigned)byte);
        buffer_clear(&out);
        gateway_put_encoded(&out, &plain, 1);
        ck_assert_str_eq(buffer_string(&out), expected);
    }
}
END_TEST

static size_t decode(const char *text, size_t len, char *bytes)
{
    size_t count = 0;
    for (size_t i = 0; i < len; i++) {
        unsigned value = (unsigned char)text[i];
        if (text[i] == '%') {
            char digits[3] = {text[i + 1], text[i + 2], '\0'};
            must(sscanf(digits, "%2X", &value) == 1);
            i += 2;
        }
        bytes[count++] = (char)(unsigned char)value;
    }
    return count;
}

START_TEST(decoding_gives_the_bytes_back)
{
    char bytes[2000], decoded[2000];
    for (int round = 0; round < 2000; round++) {
        size_t len = random_below(round < 1000 ? 20 : sizeof bytes);
        for (size_t i = 0; i < len; i++)
            bytes[i] = (char)(unsigned char)random_below(256);
        buffer_clear(&out);
        buffer_puts(&out, "before&");
        gateway_put_encoded(&out, bytes, len);
        must(out.len >= 7 + len && out.len <= 7 + 3 * len);
        must(memcmp(out.data, "before&", 7) == 0);
        must(decode(out.data + 7, out.len - 7, decoded) == len);
        must(memcmp(bytes, decoded, len) == 0);
        must(memchr(out.data + 7, '&', out.len - 7) == NULL &&
             memchr(out.data + 7, '=', out.len - 7) == NULL);
    }
}
END_TEST

START_TEST(nothing_is_encoded_as_nothing)
{
    gateway_put_encoded(&out, NULL, 0);
    ck_assert_uint_eq(out.len, 0);
}
END_TEST

START_TEST(credentials_have_the_manuals_names_and_order)
{
    gateway_put_credentials(&out, "miusuario@hotmail.com", "miclave");
    ck_assert_str_eq(buffer_string(&out), "user=miusuario%40hotmail.com&password=miclave");
    buffer_clear(&out);
    gateway_put_credentials(&out, "a&b=c", "p+ss wörd%&=#?/\\\"'<>\n");
    ck_assert_str_eq(buffer_string(&out),
                     "user=a%26b%3Dc&password=p%2Bss%20w%C3%B6rd%25%26%3D%23%3F%2F%5C%22%27%3C%3E%0A");
    buffer_clear(&out);
    gateway_put_credentials(&out, "", "");
    ck_assert_str_eq(buffer_string(&out), "user=&password=");
}
END_TEST

START_TEST(any_byte_in_user_and_password_comes_through)
{
    char user[256], password[256], decoded[600];
    for (int byte = 1; byte < 256; byte++) {
        user[byte - 1] = (char)(unsigned char)byte;
        password[255 - byte] = (char)(unsigned char)byte;
    }
    user[255] = password[255] = '\0';
    gateway_put_credentials(&out, user, password);
    const char *text = buffer_string(&out);
    const char *second = strchr(text, '&');
    ck_assert_ptr_nonnull(second);
    ck_assert_ptr_null(strchr(second + 1, '&'));
    ck_assert_int_eq(strncmp(text, "user=", 5), 0);
    ck_assert_int_eq(strncmp(second, "&password=", 10), 0);
    ck_assert_uint_eq(decode(text + 5, (size_t)(second - text) - 5, decoded), 255);
    ck_assert_mem_eq(decoded, user, 255);
    ck_assert_uint_eq(decode(second + 10, strlen(second + 10), decoded), 255);
    ck_assert_mem_eq(decoded, password, 255);
}
END_TEST

static const struct {
    const char *text;
    enum gateway_charset charset;
    const char *encoded;
} messages[] = {
    {"mensaje de prueba", GATEWAY_UTF8, "mensaje%20de%20prueba"},
    {"mensaje de prueba", GATEWAY_LATIN1, "mensaje%20de%20prueba"},
    {"café", GATEWAY_UTF8, "caf%C3%A9"},
    {"café", GATEWAY_LATIN1, "caf%E9"},
    {"¿Año? ¡ÿ!", GATEWAY_LATIN1, "%BFA%F1o%3F%20%A1%FF%21"},
    {"€ 5", GATEWAY_UTF8, "%E2%82%AC%205"},
    {"a&b=c+d%", GATEWAY_LATIN1, "a%26b%3Dc%2Bd%25"},
    {"1\r\n2", GATEWAY_UTF8, "1%0D%0A2"},
    {"😀", GATEWAY_UTF8, "%F0%9F%98%80"},
    {"", GATEWAY_UTF8, ""},
    {"", GATEWAY_LATIN1, ""},
};

START_TEST(a_message_is_number_and_text_in_the_charset)
{
    uint32_t offender = 0;
    char expected[200];
    snprintf(expected, sizeof expected, "user=u&GSM=573102111111&SMSText=%s", messages[_i].encoded);
    buffer_puts(&out, "user=u");
    ck_assert_int_eq(gateway_put_message(&out, "573102111111", slice_of(messages[_i].text),
                                         messages[_i].charset, &offender),
                     0);
    ck_assert_str_eq(buffer_string(&out), expected);
}
END_TEST

START_TEST(a_nul_byte_in_a_text_is_encoded_like_any_other)
{
    uint32_t offender;
    struct slice text = BYTES("a\0b");
    ck_assert_int_eq(gateway_put_message(&out, "5", text, GATEWAY_LATIN1, &offender), 0);
    ck_assert_int_eq(gateway_put_message(&out, "5", text, GATEWAY_UTF8, &offender), 0);
    ck_assert_str_eq(buffer_string(&out), "&GSM=5&SMSText=a%00b&GSM=5&SMSText=a%00b");
}
END_TEST

START_TEST(a_character_that_the_charset_lacks_is_named_and_nothing_written)
{
    static const struct {
        const char *text;
        uint32_t offender;
    } texts[] = {{"é cuesta 5 € o 😀", 0x20AC}, {"Ā", 0x100}, {"hola 😀", 0x1F600}, {"“", 0x201C}};
    for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
        uint32_t offender = 0;
        buffer_clear(&out);
        buffer_puts(&out, "user=u");
        ck_assert_int_eq(
            gateway_put_message(&out, "573102111111", slice_of(texts[i].text), GATEWAY_LATIN1, &offender),
            -1);
        ck_assert_uint_eq(offender, texts[i].offender);
        ck_assert_str_eq(buffer_string(&out), "user=u");
    }
}
END_TEST

START_TEST(every_character_of_latin_1_is_one_byte)
{
    for (uint32_t code_point = 0; code_point < 0x100; code_point++) {
        struct buffer text = {0};
        struct buffer expected = {0};
        uint32_t offender;
        char byte = (char)(unsigned char)code_point;
        utf8_put(&text, code_point);
        buffer_puts(&expected, "&GSM=5&SMSText=");
        gateway_put_encoded(&expected, &byte, 1);
        buffer_clear(&out);
        ck_assert_int_eq(gateway_put_message(&out, "5", buffer_slice(&text), GATEWAY_LATIN1, &offender), 0);
        ck_assert_str_eq(buffer_string(&out), buffer_string(&expected));
        buffer_free(&text);
        buffer_free(&expected);
    }
}
END_TEST

START_TEST(every_other_character_is_none_of_latin_1)
{
    struct buffer text = {0};
    for (uint32_t code_point = 0x100; code_point < 0x110000; code_point += code_point < 0x800 ? 1 : 61) {
        uint32_t offender = 0;
        if (code_point >= 0xD800 && code_point < 0xE000)
            continue;
        buffer_clear(&text);
        buffer_puts(&text, "ÿ");
        utf8_put(&text, code_point);
        ck_assert_int_eq(gateway_check_text(buffer_slice(&text), GATEWAY_UTF8, &offender), 0);
        ck_assert_int_eq(gateway_check_text(buffer_slice(&text), GATEWAY_LATIN1, &offender), -1);
        ck_assert_uint_eq(offender, code_point);
    }
    buffer_free(&text);
}
END_TEST

START_TEST(a_charset_has_the_name_of_its_standard)
{
    enum gateway_charset charset = GATEWAY_LATIN1;
    ck_assert_int_eq(gateway_charset_from_name("utf-8", &charset), 0);
    ck_assert_int_eq(charset, GATEWAY_UTF8);
    ck_assert_int_eq(gateway_charset_from_name("ISO-8859-1", &charset), 0);
    ck_assert_int_eq(charset, GATEWAY_LATIN1);
    static const char *const others[] = {"", "utf8", "utf-16", "iso-8859-15", "iso-8859-1 ", "windows-1252"};
    for (size_t i = 0; i < sizeof others / sizeof others[0]; i++)
        ck_assert_int_eq(gateway_charset_from_name(others[i], &charset), -1);
    ck_assert_int_eq(charset, GATEWAY_LATIN1);
}
END_TEST

/* ---- answers to a send request ---- */

static const struct {
    struct slice body;
    enum outcome_kind kind;
    enum reason reason;
    int64_t code;
} answers[] = {
    /* the manual's */
    {BYTES("1"), OUTCOME_ACCEPTED, REASON_NONE, 1},
    {BYTES("12345"), OUTCOME_ACCEPTED, REASON_NONE, 12345},
    {BYTES("10"), OUTCOME_ACCEPTED, REASON_NONE, 10},
    {BYTES("999999999999999999"), OUTCOME_ACCEPTED, REASON_NONE, 999999999999999999},
    {BYTES("-1"), OUTCOME_CREDENTIALS, REASON_GATEWAY_CREDENTIALS, -1},
    {BYTES("-3"), OUTCOME_NO_BALANCE, REASON_GATEWAY_BALANCE, -3},
    {BYTES("-4"), OUTCOME_REFUSED, REASON_GATEWAY_NUMBER, -4},
    {BYTES("-5"), OUTCOME_REFUSED, REASON_GATEWAY_TEXT, -5},
    {BYTES("-6"), OUTCOME_MAINTENANCE, REASON_GATEWAY_MAINTENANCE, -6},
    /* with something harmless around */
    {BYTES("12345\n"), OUTCOME_ACCEPTED, REASON_NONE, 12345},
    {BYTES("\r\n -4 \t"), OUTCOME_REFUSED, REASON_GATEWAY_NUMBER, -4},
    {BYTES(MARK "12345"), OUTCOME_ACCEPTED, REASON_NONE, 12345},
    {BYTES(MARK "\n" MARK " -6" MARK MARK "\v\f"), OUTCOME_MAINTENANCE, REASON_GATEWAY_MAINTENANCE, -6},
    /* numbers that the manual does not list */
    {BYTES("0"), OUTCOME_UNKNOWN, REASON_ANSWER_UNKNOWN, 0},
    {BYTES(" 0\n"), OUTCOME_UNKNOWN, REASON_ANSWER_UNKNOWN, 0},
    {BYTES("-2"), OUTCOME_UNKNOWN, REASON_ANSWER_UNKNOWN, -2},
    {BYTES("-7"), OUTCOME_UNKNOWN, REASON_ANSWER_UNKNOWN, -7},
    {BYTES("-10"), OUTCOME_UNKNOWN, REASON_ANSWER_UNKNOWN, -10},
    {BYTES("-11"), OUTCOME_UNKNOWN, REASON_ANSWER_UNKNOWN, -11},
    {BYTES("-45"), OUTCOME_UNKNOWN, REASON_ANSWER_UNKNOWN, -45},
    {BYTES("-999999999999999999"), OUTCOME_UNKNOWN, REASON_ANSWER_UNKNOWN, -999999999999999999},
    /* nothing */
    {BYTES(""), OUTCOME_UNKNOWN, REASON_ANSWER_EMPTY, 0},
    {BYTES(" "), OUTCOME_UNKNOWN, REASON_ANSWER_EMPTY, 0},
    {BYTES(MARK), OUTCOME_UNKNOWN, REASON_ANSWER_EMPTY, 0},
    {BYTES("\r\n" MARK "\t"), OUTCOME_UNKNOWN, REASON_ANSWER_EMPTY, 0},
    /* no numbers */
    {BYTES("1000000000000000000"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("9223372036854775807"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("18446744073709551617"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("1234567890123456789012345678901234567890"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("-9223372036854775808"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("007"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("00"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("-04"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("-0"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("+5"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("--4"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("- 4"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("-"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("4-"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("\xE2\x88\x92"
           "4"),
     OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("1.0"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("1,0"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("1."), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("1e3"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("0x10"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("12 345"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("12\n345"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("12" MARK "345"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("\xEF\xBB"
           "12"),
     OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("\xFF\xFE"
           "1\0"),
     OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("\xC2\xA0"
           "12"),
     OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("12\0"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("\0"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("12\0"
           "34"),
     OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("\"12345\""), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("OK 12345"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("12345 OK"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("-4;"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("<html><body>12345</body></html>"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("<br />\n<b>Warning</b>: x on line 3<br />\n12345"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("SEND_OK"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
    {BYTES("\xD9\xA1\xD9\xA2"), OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE, 0},
};

START_TEST(an_answer_means_what_the_manual_says_or_is_unknown)
{
    read_body(answers[_i].body);
    ck_assert_int_eq(outcome.kind, answers[_i].kind);
    ck_assert_int_eq(outcome.reason, answers[_i].reason);
    ck_assert_int_eq(outcome.code, answers[_i].code);
    ck_assert_int_eq(outcome.http_status, 200);
    ck_assert_int_eq(outcome.retry_after_ms, -1);
    bool shown =
        answers[_i].reason == REASON_ANSWER_UNKNOWN || answers[_i].reason == REASON_ANSWER_UNREADABLE;
    ck_assert_int_eq(outcome.detail[0] != '\0', shown);
}
END_TEST

START_TEST(white_space_and_marks_around_a_number_do_not_matter)
{
    static const char *const around[] = {"", " ", "\t", "\n", "\v", "\f", "\r", "\r\n", MARK};
    for (int i = 0; i < 20000; i++) {
        buffer_clear(&out);
        for (int j = 0; j < 5; j++)
            buffer_puts(&out, around[random_below(9)]);
        buffer_puts(&out, i % 2 == 0 ? "-45" : "45");
        for (int j = 0; j < 5; j++)
            buffer_puts(&out, around[random_below(9)]);
        read_body(buffer_slice(&out));
        must(outcome.code == (i % 2 == 0 ? -45 : 45));
        must(outcome.kind == (i % 2 == 0 ? OUTCOME_UNKNOWN : OUTCOME_ACCEPTED));
    }
}
END_TEST

/* Another way to the same verdict: a number is what printing it gives back. */
static bool is_number(struct slice body, int64_t *number)
{
    char text[64], again[64];
    size_t start = 0, stop = body.len;
    while (start < stop) {
        if (strchr(" \t\n\v\f\r", body.data[start]) != NULL && body.data[start] != '\0')
            start++;
        else if (stop - start >= 3 && memcmp(body.data + start, MARK, 3) == 0)
            start += 3;
        else
            break;
    }
    while (stop > start) {
        if (strchr(" \t\n\v\f\r", body.data[stop - 1]) != NULL && body.data[stop - 1] != '\0')
            stop--;
        else if (stop - start >= 3 && memcmp(body.data + stop - 3, MARK, 3) == 0)
            stop -= 3;
        else
            break;
    }
    if (stop - start >= sizeof text || stop - start == 0)
        return false;
    memcpy(text, body.data + start, stop - start);
    text[stop - start] = '\0';
    if (strlen(text) != stop - start || strlen(text) > (text[0] == '-' ? 19 : 18))
        return false;
    *number = strtoll(text, NULL, 10);
    snprintf(again, sizeof again, "%" PRId64, *number);
    return strcmp(text, again) == 0;
}

START_TEST(random_answers_are_read_as_numbers_only_if_they_are)
{
    static const char *const pieces[] = {"1", "2", "3", "4",    "5",    "6",    "0",  "9",
                                         "-", "-", " ", "\n",   MARK,   "+",    ".",  "\0",
                                         "e", "<", "a", "\xEF", "\xBB", "\xFF", "77", "123456"};
    int numbers = 0;
    for (int i = 0; i < 60000; i++) {
        buffer_clear(&out);
        uint32_t count = 1 + random_below(random_below(4) == 0 ? 12 : 4);
        for (uint32_t j = 0; j < count; j++) {
            const char *piece = pieces[random_below(sizeof pieces / sizeof pieces[0])];
            buffer_append(&out, piece, piece[0] == '\0' ? 1 : strlen(piece));
        }
        int64_t number = 0;
        bool readable = is_number(buffer_slice(&out), &number);
        read_body(buffer_slice(&out));
        numbers += readable;
        must(outcome.code == (readable ? number : 0));
        must((outcome.kind == OUTCOME_ACCEPTED) == (readable && number > 0));
        must((outcome.kind == OUTCOME_REFUSED) == (readable && (number == -4 || number == -5)));
        must((outcome.kind == OUTCOME_CREDENTIALS) == (readable && number == -1));
        must((outcome.kind == OUTCOME_NO_BALANCE) == (readable && number == -3));
        must((outcome.kind == OUTCOME_MAINTENANCE) == (readable && number == -6));
        must(outcome.kind <= OUTCOME_MAINTENANCE || outcome.kind == OUTCOME_UNKNOWN);
    }
    ck_assert_int_gt(numbers, 5000);
}
END_TEST

START_TEST(an_answer_that_is_too_long_is_unknown_even_if_it_begins_with_a_number)
{
    struct reply reply = answered(200, slice_of("12345"));
    reply.body_too_long = true;
    gateway_read_answer(&reply, &outcome);
    ck_assert_int_eq(outcome.kind, OUTCOME_UNKNOWN);
    ck_assert_int_eq(outcome.reason, REASON_ANSWER_UNREADABLE);
    ck_assert_int_eq(outcome.code, 0);

    for (size_t len = 1023; len <= 1026; len++) {
        buffer_clear(&out);
        while (out.len < len - 1)
            buffer_put(&out, ' ');
        buffer_put(&out, '7');
        read_body(buffer_slice(&out));
        ck_assert_int_eq(outcome.kind, len <= 1024 ? OUTCOME_ACCEPTED : OUTCOME_UNKNOWN);
    }
}
END_TEST

START_TEST(a_status_other_than_200_is_never_an_answer)
{
    for (int status = 0; status < 1100; status++) {
        struct reply reply = answered(status, slice_of("12345"));
        gateway_read_answer(&reply, &outcome);
        enum outcome_kind kind = status == 200   ? OUTCOME_ACCEPTED
                                 : status == 403 ? OUTCOME_FORBIDDEN
                                 : status == 429 ? OUTCOME_SLOW_DOWN
                                                 : OUTCOME_UNKNOWN;
        enum reason reason = status == 200   ? REASON_NONE
                             : status == 403 ? REASON_GATEWAY_FORBIDDEN
                             : status == 429 ? REASON_GATEWAY_BUSY
                                             : REASON_HTTP_STATUS;
        must(outcome.kind == kind && outcome.reason == reason);
        must(outcome.code == (status == 200 ? 12345 : 0));
        must(outcome.http_status == (status >= 100 && status <= 999 ? status : 0));
    }
}
END_TEST

static const struct {
    int http_status;
    int64_t retry_after_ms;
    bool body_too_long;
    enum outcome_kind kind;
    enum reason reason;
} statuses[] = {
    {403, -1, false, OUTCOME_FORBIDDEN, REASON_GATEWAY_FORBIDDEN},
    {403, 5000, false, OUTCOME_FORBIDDEN, REASON_GATEWAY_FORBIDDEN},
    {403, -1, true, OUTCOME_FORBIDDEN, REASON_GATEWAY_FORBIDDEN},
    {429, -1, false, OUTCOME_SLOW_DOWN, REASON_GATEWAY_BUSY},
    {429, 0, false, OUTCOME_SLOW_DOWN, REASON_GATEWAY_BUSY},
    {429, 30000, true, OUTCOME_SLOW_DOWN, REASON_GATEWAY_BUSY},
    {503, 0, false, OUTCOME_SLOW_DOWN, REASON_GATEWAY_BUSY},
    {503, 120000, false, OUTCOME_SLOW_DOWN, REASON_GATEWAY_BUSY},
    {503, 120000, true, OUTCOME_SLOW_DOWN, REASON_GATEWAY_BUSY},
    {503, -1, false, OUTCOME_UNKNOWN, REASON_HTTP_STATUS},
    {500, 5000, false, OUTCOME_UNKNOWN, REASON_HTTP_STATUS},
    {200, 5000, true, OUTCOME_UNKNOWN, REASON_ANSWER_UNREADABLE},
    {201, -1, false, OUTCOME_UNKNOWN, REASON_HTTP_STATUS},
    {204, -1, false, OUTCOME_UNKNOWN, REASON_HTTP_STATUS},
    {301, -1, false, OUTCOME_UNKNOWN, REASON_HTTP_STATUS},
    {302, 1000, false, OUTCOME_UNKNOWN, REASON_HTTP_STATUS},
    {401, -1, false, OUTCOME_UNKNOWN, REASON_HTTP_STATUS},
    {404, -1, true, OUTCOME_UNKNOWN, REASON_HTTP_STATUS},
    {407, -1, false, OUTCOME_UNKNOWN, REASON_HTTP_STATUS},
};

START_TEST(a_whole_answer_is_judged_by_its_status_first)
{
    struct reply reply = answered(statuses[_i].http_status, slice_of("-4"));
    reply.retry_after_ms = statuses[_i].retry_after_ms;
    reply.body_too_long = statuses[_i].body_too_long;
    gateway_read_answer(&reply, &outcome);
    ck_assert_int_eq(outcome.kind, statuses[_i].kind);
    ck_assert_int_eq(outcome.reason, statuses[_i].reason);
    ck_assert_int_eq(outcome.http_status, statuses[_i].http_status);
    ck_assert_int_eq(outcome.retry_after_ms, statuses[_i].retry_after_ms);
}
END_TEST

START_TEST(what_never_left_was_not_sent_whatever_else_is_there)
{
    struct reply reply = answered(200, slice_of("12345"));
    reply.reach = REACH_NEVER_LEFT;
    reply.timed_out = true;
    reply.detail = "Could not resolve host: sistemasmasivos.com";
    gateway_read_answer(&reply, &outcome);
    ck_assert_int_eq(outcome.kind, OUTCOME_NOT_SENT);
    ck_assert_int_eq(outcome.reason, REASON_NOT_SENT);
    ck_assert_int_eq(outcome.code, 0);
    ck_assert_str_eq(outcome.detail, "Could not resolve host: sistemasmasivos.com");
}
END_TEST

/* Not even a status that says no, and not even with a body that reads like an answer. */
START_TEST(what_may_have_left_without_a_whole_answer_is_unknown)
{
    static const int seen[] = {0, 200, 302, 403, 429, 503};
    static const char *const bodies[] = {"", "12345", "-4", "-1"};
    for (size_t i = 0; i < sizeof seen / sizeof seen[0]; i++) {
        for (size_t j = 0; j < sizeof bodies / sizeof bodies[0]; j++) {
            for (int timed_out = 0; timed_out < 2; timed_out++) {
                struct reply reply = answered(seen[i], slice_of(bodies[j]));
                reply.reach = REACH_MAY_HAVE_LEFT;
                reply.timed_out = timed_out == 1;
                reply.retry_after_ms = 5000;
                reply.detail = "transfer closed with 3 bytes remaining";
                gateway_read_answer(&reply, &outcome);
                ck_assert_int_eq(outcome.kind, OUTCOME_UNKNOWN);
                ck_assert_int_eq(outcome.reason, timed_out ? REASON_TIMEOUT : REASON_CUT);
                ck_assert_int_eq(outcome.code, 0);
                ck_assert_int_eq(outcome.http_status, seen[i]);
                char detail[64];
                snprintf(detail, sizeof detail, "HTTP %d: transfer closed with 3 bytes remaining", seen[i]);
                bool plain = seen[i] == 0 || seen[i] == 200;
                ck_assert_str_eq(outcome.detail, plain ? strchr(detail, 't') : detail);
            }
        }
    }
}
END_TEST

/* ---- the detail ---- */

static const struct {
    int http_status;
    struct slice body;
    const char *detail;
} details[] = {
    {200, BYTES("12345"), ""},
    {200, BYTES("-4"), ""},
    {200, BYTES(""), ""},
    {200, BYTES(" -7\n"), "-7"},
    {200, BYTES("<b>Warning</b>"), "<b>Warning</b>"},
    {200, BYTES("\n a\nb \n"), "a\\nb"},
    {200, BYTES("12\0"), "12\\x00"},
    {200, BYTES("\x1b[2J"), "\\x1b[2J"},
    {200, BYTES("caf\xE9"), "caf\\xe9"},
    {200, BYTES("mañana"), "mañana"},
    {500, BYTES(""), "HTTP 500"},
    {500, BYTES("x"), "HTTP 500: x"},
    {502, BYTES("Bad Gateway\r\n"), "HTTP 502: Bad Gateway"},
    {403, BYTES("<h1>Forbidden</h1>"), "<h1>Forbidden</h1>"},
    {429, BYTES(""), "HTTP 429"},
    {302, BYTES(""), "HTTP 302"},
};

START_TEST(the_detail_shows_what_came_instead)
{
    struct reply reply = answered(details[_i].http_status, details[_i].body);
    gateway_read_answer(&reply, &outcome);
    ck_assert_str_eq(outcome.detail, details[_i].detail);
}
END_TEST

static void check_detail_is_printable(void)
{
    size_t len = strnlen(outcome.detail, OUTCOME_DETAIL_BYTES);
    must(len < OUTCOME_DETAIL_BYTES);
    must(utf8_valid(outcome.detail, len));
    for (size_t i = 0; i < len; i++)
        must((unsigned char)outcome.detail[i] >= 0x20 && outcome.detail[i] != 0x7F);
}

START_TEST(whatever_comes_the_detail_is_short_and_printable)
{
    static const char *const pieces[] = {
        "a",    "é",    "€",    "😀",   "\x1b[31m",     "\n",        "\r",       "\0",
        "\x7f", "\xFF", "\xC3", "<p>", "\xE2\x80\xAE", "e\xCC\x81", "\xC2\x9B", " "};
    for (int i = 0; i < 3000; i++) {
        buffer_clear(&out);
        uint32_t pieces_wanted = random_below(120);
        for (uint32_t j = 0; j < pieces_wanted; j++) {
            const char *piece = pieces[random_below(sizeof pieces / sizeof pieces[0])];
            buffer_append(&out, piece, piece[0] == '\0' ? 1 : strlen(piece));
        }
        struct reply reply = answered(random_below(2) == 0 ? 200 : 500, buffer_slice(&out));
        gateway_read_answer(&reply, &outcome);
        check_detail_is_printable();
        reply.reach = REACH_MAY_HAVE_LEFT;
        reply.detail = buffer_string(&out);
        gateway_read_answer(&reply, &outcome);
        check_detail_is_printable();
    }
}
END_TEST

START_TEST(a_long_detail_is_cut_between_characters)
{
    for (size_t prefix = 0; prefix < 8; prefix++) {
        buffer_clear(&out);
        for (size_t i = 0; i < prefix; i++)
            buffer_put(&out, 'x');
        for (int i = 0; i < 200; i++)
            buffer_puts(&out, "€");
        read_body(buffer_slice(&out));
        check_detail_is_printable();
        size_t len = strlen(outcome.detail);
        ck_assert_uint_gt(len, OUTCOME_DETAIL_BYTES - 5);
        ck_assert_str_eq(outcome.detail + len - 6, "€…");
    }
    buffer_clear(&out);
    for (int i = 0; i < OUTCOME_DETAIL_BYTES - 1; i++)
        buffer_put(&out, 'x');
    read_body(buffer_slice(&out));
    ck_assert_str_eq(outcome.detail, buffer_string(&out));
}
END_TEST

/* ---- the password stays out of it ---- */

static const char *const tell_tales[] = {
    "<p>Bad request: /send.php?user=u&password=s3cret&amp;GSM=57</p>",
    "array('user' => 'u', 'PASSWORD' => 's3cret')",
    "Password s3cret",
};

START_TEST(an_answer_that_speaks_of_the_password_is_not_shown)
{
    for (int status = 200; status <= 500; status += 100) {
        struct reply reply = answered(status, slice_of(tell_tales[_i]));
        gateway_read_answer(&reply, &outcome);
        ck_assert_ptr_null(strstr(outcome.detail, "s3cret"));
        ck_assert_ptr_nonnull(strstr(outcome.detail, "is not kept"));
    }
}
END_TEST

static const struct {
    const char *body;
    const char *password;
    bool hidden;
} pages[] = {
    {"#0 send.php(12): login('u', 's3cret')", "s3cret", true},
    {"#0 send.php(12): LOGIN('U', 'S3CRET')", "s3cret", true},
    {"/send.php?p=cl%C3%A1ve%26", "cláve&", true},
    {"/send.php?p=cl%c3%a1ve%26", "cláve&", true},
    {"#0 login('u', 'cláve&')", "cláve&", true},
    {"s3cret", "s3cret", true},
    {"Zonk", "z", true},
    {"Service unavailable", "s3cret", false},
    {"s3cre", "s3cret", false},
    {"Service unavailable", "", false},
};

START_TEST(an_answer_that_has_the_password_itself_is_not_shown)
{
    struct reply reply = answered(500, slice_of(pages[_i].body));
    gateway_read_answer(&reply, &outcome);
    ck_assert_ptr_nonnull(strstr(outcome.detail, pages[_i].body));
    gateway_hide_password(&reply, pages[_i].password, &outcome);
    ck_assert_int_eq(strstr(outcome.detail, pages[_i].body) == NULL, pages[_i].hidden);
    ck_assert_int_ne(outcome.detail[0], '\0');
    ck_assert_int_eq(outcome.kind, OUTCOME_UNKNOWN);
    ck_assert_int_eq(outcome.reason, REASON_HTTP_STATUS);
}
END_TEST

START_TEST(without_an_answer_the_words_are_our_own_and_stay_whatever_the_password)
{
    struct reply reply = {
        .reach = REACH_NEVER_LEFT, .retry_after_ms = -1, .detail = "Couldn't connect to server"};
    gateway_read_answer(&reply, &outcome);
    gateway_hide_password(&reply, "c", &outcome);
    ck_assert_str_eq(outcome.detail, "Couldn't connect to server");
    reply.reach = REACH_MAY_HAVE_LEFT;
    gateway_read_answer(&reply, &outcome);
    gateway_hide_password(&reply, "c", &outcome);
    ck_assert_str_eq(outcome.detail, "Couldn't connect to server");
}
END_TEST

START_TEST(zero_is_a_number_that_came_and_no_number_is_none)
{
    static const struct {
        const char *body;
        bool has_code;
    } bodies[] = {{"0", true}, {"-2", true},      {"77", true}, {"-4", true},
                  {"", false}, {"<html>", false}, {"00", false}};
    for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
        struct reply reply = answered(200, slice_of(bodies[i].body));
        gateway_read_answer(&reply, &outcome);
        ck_assert_int_eq(outcome_has_code(&outcome), bodies[i].has_code);
    }
}
END_TEST

START_TEST(where_nothing_is_shown_nothing_is_hidden)
{
    struct reply reply = answered(200, slice_of("12345"));
    gateway_read_answer(&reply, &outcome);
    gateway_hide_password(&reply, "123", &outcome);
    ck_assert_str_eq(outcome.detail, "");
    ck_assert_int_eq(outcome.kind, OUTCOME_ACCEPTED);
    ck_assert_int_eq(outcome.code, 12345);
}
END_TEST

/* ---- answers to a balance query ---- */

static const struct {
    struct slice body;
    const char *balance; /* "" where it cannot be read */
} balances[] = {
    {BYTES("1234"), "1234"},
    {BYTES("0"), "0"},
    {BYTES("1234.50"), "1234.50"},
    {BYTES("0.5"), "0.5"},
    {BYTES("-20"), "-20"},
    {BYTES("-1.50"), "-1.50"},
    {BYTES("-3"), "-3"},
    {BYTES("-6"), "-6"},
    {BYTES("-10"), "-10"},
    {BYTES("0050"), "0050"},
    {BYTES(MARK " 1234\r\n"), "1234"},
    {BYTES("1234567890123456789012345678901"), "1234567890123456789012345678901"},
    {BYTES("12345678901234567890123456789012"), ""},
    {BYTES(""), ""},
    {BYTES(" \n"), ""},
    {BYTES("-"), ""},
    {BYTES("."), ""},
    {BYTES(".5"), ""},
    {BYTES("5."), ""},
    {BYTES("1.2.3"), ""},
    {BYTES("1,234"), ""},
    {BYTES("1234,50"), ""},
    {BYTES("1.234,50"), ""},
    {BYTES("1 234"), ""},
    {BYTES("+5"), ""},
    {BYTES("--5"), ""},
    {BYTES("1e3"), ""},
    {BYTES("$1234"), ""},
    {BYTES("1234\0"), ""},
    {BYTES("saldo: 1234"), ""},
    {BYTES("<html>1234</html>"), ""},
};

START_TEST(a_balance_is_kept_as_it_was_written)
{
    struct reply reply = answered(200, balances[_i].body);
    gateway_read_balance(&reply, &balance, &outcome);
    bool readable = balances[_i].balance[0] != '\0';
    ck_assert_str_eq(balance.text, balances[_i].balance);
    ck_assert_int_eq(outcome.kind, readable ? OUTCOME_ACCEPTED : OUTCOME_UNKNOWN);
    ck_assert_int_eq(outcome.code, 0);
    if (readable)
        ck_assert_int_eq(outcome.reason, REASON_NONE);
    else
        ck_assert(outcome.reason == REASON_ANSWER_EMPTY || outcome.reason == REASON_ANSWER_UNREADABLE);
}
END_TEST

START_TEST(minus_one_is_no_balance_but_wrong_credentials)
{
    struct reply reply = answered(200, slice_of("\n-1 "));
    gateway_read_balance(&reply, &balance, &outcome);
    ck_assert_int_eq(outcome.kind, OUTCOME_CREDENTIALS);
    ck_assert_int_eq(outcome.reason, REASON_GATEWAY_CREDENTIALS);
    ck_assert_int_eq(outcome.code, -1);
    ck_assert_str_eq(balance.text, "");
}
END_TEST

START_TEST(a_balance_query_fails_like_a_send_request)
{
    struct reply reply = answered(403, slice_of("1234"));
    gateway_read_balance(&reply, &balance, &outcome);
    ck_assert_int_eq(outcome.kind, OUTCOME_FORBIDDEN);
    ck_assert_str_eq(balance.text, "");

    reply = answered(500, slice_of("1234"));
    gateway_read_balance(&reply, &balance, &outcome);
    ck_assert_int_eq(outcome.kind, OUTCOME_UNKNOWN);
    ck_assert_str_eq(balance.text, "");

    reply = answered(200, slice_of("1234"));
    reply.body_too_long = true;
    gateway_read_balance(&reply, &balance, &outcome);
    ck_assert_int_eq(outcome.reason, REASON_ANSWER_UNREADABLE);
    ck_assert_str_eq(balance.text, "");

    reply = answered(200, slice_of("1234"));
    reply.reach = REACH_MAY_HAVE_LEFT;
    gateway_read_balance(&reply, &balance, &outcome);
    ck_assert_int_eq(outcome.reason, REASON_CUT);
    ck_assert_str_eq(balance.text, "");

    reply.reach = REACH_NEVER_LEFT;
    gateway_read_balance(&reply, &balance, &outcome);
    ck_assert_int_eq(outcome.kind, OUTCOME_NOT_SENT);
    ck_assert_str_eq(balance.text, "");
}
END_TEST

START_TEST(random_bytes_are_a_sound_balance_or_none)
{
    static const char letters[] = "0123456789.-, \n\xEF\xBB\xBF+e<";
    int read = 0;
    for (int i = 0; i < 40000; i++) {
        buffer_clear(&out);
        uint32_t len = random_below(random_below(3) == 0 ? 50 : 5);
        for (uint32_t j = 0; j < len; j++)
            buffer_put(&out, letters[random_below(sizeof letters)]);
        struct reply reply = answered(200, buffer_slice(&out));
        gateway_read_balance(&reply, &balance, &outcome);
        must((outcome.kind == OUTCOME_ACCEPTED) == (balance.text[0] != '\0'));
        if (outcome.kind != OUTCOME_ACCEPTED)
            continue;
        read++;
        must(strlen(balance.text) < BALANCE_BYTES && strcmp(balance.text, "-1") != 0);
        char *rest = NULL;
        must(strspn(balance.text, "0123456789.-") == strlen(balance.text));
        strtod(balance.text, &rest);
        must(*rest == '\0');
    }
    ck_assert_int_gt(read, 2000);
}
END_TEST

#define LOOP(tests, test, table) tcase_add_loop_test(tests, test, 0, (int)(sizeof table / sizeof table[0]))

int main(void)
{
    Suite *suite = suite_create("gateway");
    TCase *requests = tcase_create("requests");
    tcase_set_timeout(requests, 60);
    tcase_add_checked_fixture(requests, begin, end);
    tcase_add_test(requests, what_is_unreserved_stays_and_all_else_is_encoded);
    tcase_add_test(requests, decoding_gives_the_bytes_back);
    tcase_add_test(requests, nothing_is_encoded_as_nothing);
    tcase_add_test(requests, credentials_have_the_manuals_names_and_order);
    tcase_add_test(requests, any_byte_in_user_and_password_comes_through);
    LOOP(requests, a_message_is_number_and_text_in_the_charset, messages);
    tcase_add_test(requests, a_nul_byte_in_a_text_is_encoded_like_any_other);
    tcase_add_test(requests, a_character_that_the_charset_lacks_is_named_and_nothing_written);
    tcase_add_test(requests, every_character_of_latin_1_is_one_byte);
    tcase_add_test(requests, every_other_character_is_none_of_latin_1);
    tcase_add_test(requests, a_charset_has_the_name_of_its_standard);
    suite_add_tcase(suite, requests);

    TCase *reading = tcase_create("answers");
    tcase_set_timeout(reading, 60);
    tcase_add_checked_fixture(reading, begin, end);
    LOOP(reading, an_answer_means_what_the_manual_says_or_is_unknown, answers);
    tcase_add_test(reading, white_space_and_marks_around_a_number_do_not_matter);
    tcase_add_test(reading, random_answers_are_read_as_numbers_only_if_they_are);
    tcase_add_test(reading, an_answer_that_is_too_long_is_unknown_even_if_it_begins_with_a_number);
    tcase_add_test(reading, a_status_other_than_200_is_never_an_answer);
    LOOP(reading, a_whole_answer_is_judged_by_its_status_first, statuses);
    tcase_add_test(reading, what_never_left_was_not_sent_whatever_else_is_there);
    tcase_add_test(reading, what_may_have_left_without_a_whole_answer_is_unknown);
    suite_add_tcase(suite, reading);

    TCase *detail = tcase_create("detail");
    tcase_set_timeout(detail, 60);
    tcase_add_checked_fixture(detail, begin, end);
    LOOP(detail, the_detail_shows_what_came_instead, details);
    tcase_add_test(detail, whatever_comes_the_detail_is_short_and_printable);
    tcase_add_test(detail, a_long_detail_is_cut_between_characters);
    LOOP(detail, an_answer_that_speaks_of_the_password_is_not_shown, tell_tales);
    LOOP(detail, an_answer_that_has_the_password_itself_is_not_shown, pages);
    tcase_add_test(detail, where_nothing_is_shown_nothing_is_hidden);
    tcase_add_test(detail, without_an_answer_the_words_are_our_own_and_stay_whatever_the_password);
    tcase_add_test(detail, zero_is_a_number_that_came_and_no_number_is_none);
    suite_add_tcase(suite, detail);

    TCase *money = tcase_create("balance");
    tcase_set_timeout(money, 60);
    tcase_add_checked_fixture(money, begin, end);
    LOOP(money, a_balance_is_kept_as_it_was_written, balances);
    tcase_add_test(money, minus_one_is_no_balance_but_wrong_credentials);
    tcase_add_test(money, a_balance_query_fails_like_a_send_request);
    tcase_add_test(money, random_bytes_are_a_sound_balance_or_none);
    suite_add_tcase(suite, money);
    return run_suite(suite);
}
