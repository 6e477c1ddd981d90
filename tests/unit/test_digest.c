#include "campana/digest.h"
#include "campana/error.h"
#include "main.h"

/* FIPS 180-4's own examples. */
static const struct {
    const char *data, *hex;
} examples[] = {
    {"", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"},
    {"abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
     "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"},
};

START_TEST(digests_are_those_of_the_standard_whatever_the_pieces)
{
    struct error error;
    char hex[DIGEST_HEX_BYTES];
    struct digest *digest = digest_new(&error);
    ck_assert_ptr_nonnull(digest);
    for (const char *at = examples[_i].data; *at != '\0'; at++)
        ck_assert_int_eq(digest_add(digest, at, 1, &error), 0);
    ck_assert_int_eq(digest_finish(digest, hex, &error), 0);
    ck_assert_str_eq(hex, examples[_i].hex);
    digest_free(digest);
    digest_free(NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("digest");
    TCase *tcase = tcase_create("sha256");
    tcase_add_loop_test(tcase, digests_are_those_of_the_standard_whatever_the_pieces, 0, 3);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
