#include "campana/digest.h"
#include "campana/error.h"
#include "main.h"
#include <string.h>

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

static void seal_pieces(struct seal *seal, const char *data, size_t len, size_t piece,
                        unsigned char bytes[SEAL_BYTES])
{
    struct error error;
    ck_assert_int_eq(seal_begin(seal, &error), 0);
    for (size_t at = 0; at < len; at += piece)
        ck_assert_int_eq(seal_add(seal, data + at, len - at < piece ? len - at : piece, &error), 0);
    ck_assert_int_eq(seal_finish(seal, bytes, &error), 0);
}

START_TEST(the_same_bytes_have_the_same_seal_whatever_the_pieces_and_others_another)
{
    struct error error;
    char data[1000];
    unsigned char first[SEAL_BYTES], again[SEAL_BYTES];
    struct seal *seal = seal_new(&error);
    ck_assert_ptr_nonnull(seal);
    memset(data, 'x', sizeof data);
    seal_pieces(seal, data, sizeof data, 1000, first);
    ck_assert_int_eq(seal_begin(seal, &error), 0); /* given up */
    ck_assert_int_eq(seal_add(seal, "y", 1, &error), 0);
    for (size_t piece = 1; piece < 20; piece++) {
        seal_pieces(seal, data, sizeof data, piece, again);
        ck_assert_mem_eq(again, first, SEAL_BYTES);
    }
    for (size_t at = 0; at < sizeof data; at++) {
        data[at] ^= 1;
        seal_pieces(seal, data, sizeof data, 1000, again);
        ck_assert_mem_ne(again, first, SEAL_BYTES);
        data[at] ^= 1;
    }
    seal_pieces(seal, data, sizeof data - 1, 1000, again);
    ck_assert_mem_ne(again, first, SEAL_BYTES);
    seal_free(seal);
    seal_free(NULL);
}
END_TEST

START_TEST(every_seal_has_a_key_of_its_own)
{
    struct error error;
    unsigned char of_one[SEAL_BYTES], of_other[SEAL_BYTES];
    struct seal *one = seal_new(&error);
    struct seal *other = seal_new(&error);
    seal_pieces(one, "Hola", 4, 4, of_one);
    seal_pieces(other, "Hola", 4, 4, of_other);
    ck_assert_mem_ne(of_one, of_other, SEAL_BYTES);
    seal_free(one);
    seal_free(other);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("digest");
    TCase *tcase = tcase_create("sha256");
    tcase_add_loop_test(tcase, digests_are_those_of_the_standard_whatever_the_pieces, 0, 3);
    tcase_add_test(tcase, what_is_hashed_beside_the_caller_comes_in_its_order);
    tcase_add_test(tcase, a_digest_may_be_given_up_while_a_piece_is_hashed);
    tcase_add_test(tcase, the_same_bytes_have_the_same_seal_whatever_the_pieces_and_others_another);
    tcase_add_test(tcase, every_seal_has_a_key_of_its_own);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
