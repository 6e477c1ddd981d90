#include "campana/phone.h"
#include "main.h"
#include <stdio.h>
#include <string.h>

struct example {
    const char *cell;
    enum reason reason;
    const char *msisdn;
};

static const struct example colombian[] = {
    {"573102111111", REASON_NONE, "573102111111"},
    {"+573102111111", REASON_NONE, "573102111111"},
    {"+57 310 211 1111", REASON_NONE, "573102111111"},
    {"00573102111111", REASON_NONE, "573102111111"},
    {"0057 310 2111111", REASON_NONE, "573102111111"},
    {"3102111111", REASON_NONE, "573102111111"},
    {"310 211 11 11", REASON_NONE, "573102111111"},
    {"31021111O1", REASON_NUMBER_CHARACTERS, ""},
    {"310.211.1111", REASON_NONE, "573102111111"},
    {"(57) 310-211-1111", REASON_NONE, "573102111111"},
    {"(+57) 310 211 1111", REASON_NONE, "573102111111"},
    {"57\xC2\xA0" "310\xC2\xA0" "2111111", REASON_NONE, "573102111111"},
    {"57\xE2\x80\x91" "310\xE2\x80\x93" "2111111", REASON_NONE, "573102111111"},
    {"\xE2\x80\x8B" "573102111111\xE2\x80\x8B", REASON_NONE, "573102111111"},
    {" 573102111111\t", REASON_NONE, "573102111111"},
    {"'573102111111", REASON_NONE, "573102111111"},
    {"=\"573102111111\"", REASON_NONE, "573102111111"},
    {"=\"+57 3102111111\"", REASON_NONE, "573102111111"},
    {"573102111111.0", REASON_NONE, "573102111111"},
    {"573102111111,0", REASON_NONE, "573102111111"},
    {"3102111111.0", REASON_NONE, "573102111111"},
    {"521234567890", REASON_NONE, "521234567890"},
    {"", REASON_NUMBER_EMPTY, ""},
    {"   ", REASON_NUMBER_EMPTY, ""},
    {"-", REASON_NUMBER_EMPTY, ""},
    {"5,73102E+11", REASON_NUMBER_SCIENTIFIC, ""},
    {"5.73102E+11", REASON_NUMBER_SCIENTIFIC, ""},
    {"5.73102e11", REASON_NUMBER_SCIENTIFIC, ""},
    {"573102E6", REASON_NUMBER_SCIENTIFIC, ""},
    {"3102111111 / 3152222222", REASON_NUMBER_SEVERAL, ""},
    {"3102111111,3152222222", REASON_NUMBER_SEVERAL, ""},
    {"310 211 1111; 315 222 2222", REASON_NUMBER_SEVERAL, ""},
    {"3102111111 y 3152222222", REASON_NUMBER_SEVERAL, ""},
    {"3102111111\n3152222222", REASON_NUMBER_SEVERAL, ""},
    {"+573102111111+573152222222", REASON_NUMBER_SEVERAL, ""},
    {"31021A1111", REASON_NUMBER_CHARACTERS, ""},
    {"no tiene", REASON_NUMBER_CHARACTERS, ""},
    {"3102111111 ext 12", REASON_NUMBER_CHARACTERS, ""},
    {"+", REASON_NUMBER_CHARACTERS, ""},
    {"#N/A", REASON_NUMBER_CHARACTERS, ""},
    {"310211111\xD9\xA1", REASON_NUMBER_CHARACTERS, ""},
    {"576012345678", REASON_NUMBER_LANDLINE, ""},
    {"+57 601 234 5678", REASON_NUMBER_LANDLINE, ""},
    {"6012345678", REASON_NUMBER_LANDLINE, ""},
    {"571234567890", REASON_NUMBER_LANDLINE, ""},
    {"012345678901", REASON_NUMBER_LONG, ""},
    {"310211111", REASON_NUMBER_SHORT, ""},
    {"57310211111", REASON_NUMBER_SHORT, ""},
    {"+3102111111", REASON_NUMBER_SHORT, ""},
    {"03102111111", REASON_NUMBER_LONG, ""},
    {"2345678", REASON_NUMBER_SHORT, ""},
    {"5731021111111", REASON_NUMBER_LONG, ""},
    {"310211111131521222223101111111111111111111111", REASON_NUMBER_LONG, ""},
};

START_TEST(a_cell_is_a_number_or_has_a_reason)
{
    const struct example *example = &colombian[_i];
    char msisdn[PHONE_BYTES];
    ck_assert_msg(phone_normalise(slice_of(example->cell), "57", msisdn) == example->reason, "\"%s\"", example->cell);
    ck_assert_str_eq(msisdn, example->msisdn);
}
END_TEST

START_TEST(another_country_makes_other_national_numbers)
{
    char msisdn[PHONE_BYTES];
    ck_assert_int_eq(phone_normalise(slice_of("55 1234 5678"), "52", msisdn), REASON_NONE);
    ck_assert_str_eq(msisdn, "525512345678");
    ck_assert_int_eq(phone_normalise(slice_of("3102111111"), "52", msisdn), REASON_NONE);
    ck_assert_str_eq(msisdn, "523102111111");
    ck_assert_int_eq(phone_normalise(slice_of("573102111111"), "52", msisdn), REASON_NONE);
    ck_assert_str_eq(msisdn, "573102111111");
    ck_assert_int_eq(phone_normalise(slice_of("12345678901"), "1", msisdn), REASON_NUMBER_SHORT);
    ck_assert_int_eq(phone_normalise(slice_of("3102111111"), "1", msisdn), REASON_NUMBER_SHORT);
}
END_TEST

START_TEST(an_embedded_nul_byte_is_no_digit)
{
    char msisdn[PHONE_BYTES];
    ck_assert_int_eq(phone_normalise((struct slice){"573102111111\0", 13}, "57", msisdn), REASON_NUMBER_CHARACTERS);
    ck_assert_int_eq(phone_normalise((struct slice){"57310\0" "2111111", 13}, "57", msisdn), REASON_NUMBER_CHARACTERS);
}
END_TEST

START_TEST(whatever_the_bytes_the_result_is_twelve_digits_or_a_reason)
{
    static const char alphabet[] = "0123456789573+ .-()'=\"eE,/;y\xC2\xA0\xE2\x80\x8B";
    srand(20261123);
    for (int round = 0; round < 200000; round++) {
        char bytes[24];
        char msisdn[PHONE_BYTES];
        size_t len = (size_t)rand() % sizeof bytes;
        for (size_t i = 0; i < len; i++)
            bytes[i] = alphabet[(size_t)rand() % 29]; /* ASCII part: valid UTF-8 */
        enum reason reason = phone_normalise((struct slice){bytes, len}, "57", msisdn);
        if (reason == REASON_NONE) {
            ck_assert_uint_eq(strlen(msisdn), PHONE_DIGITS);
            ck_assert_uint_eq(strspn(msisdn, "0123456789"), PHONE_DIGITS);
        } else {
            ck_assert_str_eq(msisdn, "");
        }
    }
}
END_TEST

START_TEST(any_grouping_of_a_number_gives_the_same_number)
{
    static const char *const groupings[] = {" ", "-", "[", "(", ")", "\xC2\xA0", "\xE2\x80\x93", ""};
    srand(7);
    for (int round = 0; round < 20000; round++) {
        char digits[32];
        char msisdn[PHONE_BYTES];
        struct buffer cell = {0};
        snprintf(digits, sizeof digits, "573%09d", rand() % 1000000000);
        for (size_t i = 0; i < PHONE_DIGITS; i++) {
            buffer_puts(&cell, groupings[(size_t)rand() % 8]);
            buffer_put(&cell, digits[i]);
        }
        ck_assert_int_eq(phone_normalise(buffer_slice(&cell), "57", msisdn), REASON_NONE);
        ck_assert_str_eq(msisdn, digits);
        buffer_free(&cell);
    }
}
END_TEST

START_TEST(country_codes_are_one_to_three_digits)
{
    ck_assert(phone_country_valid("57"));
    ck_assert(phone_country_valid("1"));
    ck_assert(phone_country_valid("593"));
    ck_assert(!phone_country_valid(""));
    ck_assert(!phone_country_valid("057"));
    ck_assert(!phone_country_valid("5a"));
    ck_assert(!phone_country_valid("5934"));
}
END_TEST

START_TEST(too_short_and_too_long_are_told_with_what_is_expected)
{
    static const struct {
        const char *cell, *country, *words;
    } cells[] = {
        {"310 211 111", "57", "9 digits; expected are 10, or 12 with 57 in front"},
        {"5731021111111", "57", "13 digits; expected are 10, or 12 with 57 in front"},
        {"0991234567", "593", "a 0 stands in front; write the number without it, or with the country code"},
        {"3055550100", "1", "10 digits; expected are 12 with the country code"},
        {"31021A1111", "57", ""},
    };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        struct buffer out = {0};
        char msisdn[PHONE_BYTES];
        enum reason reason = phone_normalise(slice_of(cells[i].cell), cells[i].country, msisdn);
        phone_describe(slice_of(cells[i].cell), cells[i].country, reason, &out);
        ck_assert_str_eq(buffer_string(&out), cells[i].words);
        buffer_free(&out);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("phone");
    TCase *tcase = tcase_create("cells");
    tcase_add_loop_test(tcase, a_cell_is_a_number_or_has_a_reason, 0, sizeof colombian / sizeof *colombian);
    tcase_add_test(tcase, another_country_makes_other_national_numbers);
    tcase_add_test(tcase, an_embedded_nul_byte_is_no_digit);
    tcase_add_test(tcase, whatever_the_bytes_the_result_is_twelve_digits_or_a_reason);
    tcase_add_test(tcase, any_grouping_of_a_number_gives_the_same_number);
    tcase_add_test(tcase, country_codes_are_one_to_three_digits);
    tcase_add_test(tcase, too_short_and_too_long_are_told_with_what_is_expected);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
