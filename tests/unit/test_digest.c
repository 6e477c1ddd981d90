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

#define PIECES      50
#define PIECE_BYTES 100000

/* Two pieces of memory in turn: one is filled while the other is hashed. */
START_TEST(what_is_hashed_beside_the_caller_comes_in_its_order)
{
    struct error error;
    char alone[DIGEST_HEX_BYTES], beside[DIGEST_HEX_BYTES];
    static char pieces[2][PIECE_BYTES];
    struct digest *one = digest_new(&error);
    struct digest *other = digest_new(&error);
    for (int i = 0; i < PIECES; i++) {
        char *piece = pieces[i % 2];
        for (int at = 0; at < PIECE_BYTES; at++)
            piece[at] = (char)(at * 7 + i);
        size_t len = (size_t)(PIECE_BYTES - i);
        ck_assert_int_eq(digest_add(one, piece, len, &error), 0);
        ck_assert_int_eq((i % 7 == 3 ? digest_add : digest_add_beside)(other, piece, len, &error), 0);
    }
    ck_assert_int_eq(digest_finish(one, alone, &error), 0);
    ck_assert_int_eq(digest_finish(other, beside, &error), 0);
    ck_assert_str_eq(beside, alone);
    digest_free(one);
    digest_free(other);
}
END_TEST

START_TEST(a_digest_may_be_given_up_while_a_piece_is_hashed)
{
    struct error error;
    static const char piece[PIECE_BYTES];
    for (int i = 0; i < PIECES; i++) {
        struct digest *digest = digest_new(&error);
        ck_assert_int_eq(digest_add_beside(digest, piece, sizeof piece, &error), 0);
        digest_free(digest);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("digest");
    TCase *tcase = tcase_create("sha256");
    tcase_add_loop_test(tcase, digests_are_those_of_the_standard_whatever_the_pieces, 0, 3);
    tcase_add_test(tcase, what_is_hashed_beside_the_caller_comes_in_its_order);
    tcase_add_test(tcase, a_digest_may_be_given_up_while_a_piece_is_hashed);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
