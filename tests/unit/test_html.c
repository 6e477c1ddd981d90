#include "campana/html.h"
#include "main.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static struct buffer out;

static void clear(void)
{
    buffer_clear(&out);
}

static void free_out(void)
{
    buffer_free(&out);
}

static const char *escaped(const char *text)
{
    buffer_clear(&out);
    html_put_string(&out, text);
    ck_assert(!out.failed);
    return buffer_string(&out);
}

START_TEST(markup_becomes_text)
{
    ck_assert_str_eq(escaped("<b onclick='x'>\"a\" & b</b>"),
                     "&lt;b onclick=&#39;x&#39;&gt;&quot;a&quot; &amp; b&lt;/b&gt;");
    ck_assert_str_eq(escaped("</script><!-- ]]> -->"), "&lt;/script&gt;&lt;!-- ]]&gt; --&gt;");
    ck_assert_str_eq(escaped("año, ¿qué tal? 😀"), "año, ¿qué tal? 😀");
}
END_TEST

START_TEST(what_cannot_be_seen_is_shown_and_what_makes_an_emoji_is_kept)
{
    ck_assert_ptr_null(strstr(escaped("a\xE2\x80\xAE"
                                      "b"),
                              "\xE2\x80\xAE"));
    ck_assert_ptr_null(strchr(escaped("a\x1b[31mb"), '\x1b'));
    ck_assert_str_eq(escaped("one\ntwo"), "one\ntwo");
    ck_assert_str_eq(escaped("👩\xE2\x80\x8D🚒❤\xEF\xB8\x8F"), "👩\xE2\x80\x8D🚒❤\xEF\xB8\x8F");
}
END_TEST

START_TEST(a_long_text_is_cut_between_characters)
{
    html_put_text(&out, slice_of("ñandú & co"), 7);
    ck_assert_str_eq(buffer_string(&out), "ñandú &amp;…");
    buffer_clear(&out);
    html_put_text(&out, slice_of("ñandú"), 5);
    ck_assert_str_eq(buffer_string(&out), "ñandú");
}
END_TEST

/* Any bytes: what comes out has no markup, no quotes, no control characters but line breaks, and every &
 * begins a reference. */
START_TEST(no_bytes_ever_leave_as_markup)
{
    static const char pieces[] = "<>&\"'\n\x1b\x80\xE2\x80\xAE\xC3\xB1 a;#\xFF";
    srand(20261124);
    for (int round = 0; round < 2000; round++) {
        char text[24];
        size_t len = (size_t)(rand() % (int)sizeof text);
        for (size_t i = 0; i < len; i++)
            text[i] = pieces[rand() % (int)(sizeof pieces - 1)];
        buffer_clear(&out);
        html_put_text(&out, (struct slice){text, len}, 0);
        const char *html = buffer_string(&out);
        ck_assert_uint_eq(strcspn(html, "<>\"'"), strlen(html));
        for (const char *at = html; *at != '\0'; at++) {
            ck_assert(*at == '\n' || (unsigned char)*at >= ' ');
            if (*at == '&')
                ck_assert(strncmp(at, "&amp;", 5) == 0 || strncmp(at, "&lt;", 4) == 0 ||
                          strncmp(at, "&gt;", 4) == 0 || strncmp(at, "&quot;", 6) == 0 ||
                          strncmp(at, "&#39;", 5) == 0);
        }
    }
}
END_TEST

/* The digest of nothing, FIPS 180-4, in base64 as `openssl dgst -sha256 -binary | base64` writes it. */
START_TEST(a_hash_source_is_the_digest_in_base64)
{
    html_put_hash_source(&out, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    ck_assert_str_eq(buffer_string(&out), "'sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU='");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("html");
    TCase *tcase = tcase_create("text");
    tcase_add_checked_fixture(tcase, clear, free_out);
    tcase_add_test(tcase, markup_becomes_text);
    tcase_add_test(tcase, what_cannot_be_seen_is_shown_and_what_makes_an_emoji_is_kept);
    tcase_add_test(tcase, a_long_text_is_cut_between_characters);
    tcase_add_test(tcase, no_bytes_ever_leave_as_markup);
    tcase_add_test(tcase, a_hash_source_is_the_digest_in_base64);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
