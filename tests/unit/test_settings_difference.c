#include "campana/buffer.h"
#include "campana/settings_difference.h"
#include "main.h"

static void differ(const char *then, const char *now, const char *words)
{
    struct buffer out = {0};
    settings_put_difference(then, now, &out);
    ck_assert_str_eq(buffer_string(&out), words);
    buffer_free(&out);
}

START_TEST(what_differs_is_told_by_its_option)
{
    differ("{\"phone\":\"a\",\"text\":\"b\"}", "{\"phone\":\"a\",\"text\":\"b\"}", "");
    differ("{\"phone\":\"a\",\"text\":\"b\"}", "{\"phone\":\"x\",\"text\":\"y\"}",
           "--phone was \"a\" and is \"x\"; --text was \"b\" and is \"y\"");
    differ("{\"phone\":\"a\",\"text\":\"b\",\"max_length\":159}",
           "{\"phone\":\"a\",\"template\":\"{b}, \\\"c\\\"\",\"max_length\":160}",
           "--text was \"b\" and is not given; --template was not given and is \"{b}, \\\"c\\\"\"; "
           "--max-length was 159 and is 160");
    differ("{\"suppress\":[\"aa\",\"bb\"]}", "{\"suppress\":[\"aa\",\"cc\"]}",
           "the suppression lists (--suppress) said something else then");
    differ("{\"suppress\":[],\"phone\":\"a,\\\"phone\\\":\"}", "{\"suppress\":[],\"phone\":\"b\"}",
           "--phone was \"a,\\\"phone\\\":\" and is \"b\"");
}
END_TEST

START_TEST(other_lists_are_told_apart_from_other_options)
{
    ck_assert(
        settings_other_lists("{\"phone\":\"a\",\"suppress\":[]}", "{\"phone\":\"a\",\"suppress\":[\"aa\"]}"));
    ck_assert(!settings_other_lists("{\"phone\":\"a\",\"suppress\":[\"aa\"]}",
                                    "{\"phone\":\"b\",\"suppress\":[\"aa\"]}"));
}
END_TEST

START_TEST(what_is_no_object_is_borne)
{
    differ("", "", "");
    differ("{", "{\"", "");
    differ("{\"phone\":\"a", "{\"phone\":", "--phone was \"a and is not given");
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("settings difference");
    TCase *tcase = tcase_create("words");
    tcase_add_test(tcase, what_differs_is_told_by_its_option);
    tcase_add_test(tcase, other_lists_are_told_apart_from_other_options);
    tcase_add_test(tcase, what_is_no_object_is_borne);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
