#include "campana/load.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "main.h"
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[] = "/tmp/campana-load-XXXXXX";
static char file[64], list[64], rejects[64];
static struct store *store;
static struct verdict verdict;
static struct error error;
static struct load_options options;

static void open_all(void)
{
    memcpy(folder + strlen(folder) - 6, "XXXXXX", 6);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(file, sizeof file, "%s/navidad.csv", folder);
    snprintf(list, sizeof list, "%s/bajas.csv", folder);
    snprintf(rejects, sizeof rejects, "%s/rejects.csv", folder);
    ck_assert_msg(store_open(":memory:", STORE_CREATE, NULL, &store, &error) == 0, "%s", error.text);
    options = (struct load_options){.file = file,
                                    .country = "57",
                                    .text_rules = {.mode = TEXT_GSM, .max_septets = TEXT_SEPTETS_DEFAULT}};
}

static void close_all(void)
{
    verdict_free(&verdict);
    store_close(store);
    unlink(file);
    unlink(list);
    unlink(rejects);
    rmdir(folder);
}

static void write_file(const char *path, const char *content)
{
    FILE *stream = fopen(path, "w");
    ck_assert_ptr_nonnull(stream);
    fputs(content, stream);
    fclose(stream);
}

static void load_content(const char *content)
{
    write_file(file, content);
    verdict_free(&verdict);
    int result = load_file(store, &options, &clock_system, &verdict, &error);
    ck_assert_msg(result == 0, "%s", error.text);
}

static void refuse_content(const char *content, const char *word)
{
    write_file(file, content);
    verdict_free(&verdict);
    ck_assert_int_eq(load_file(store, &options, &clock_system, &verdict, &error), -1);
    ck_assert_int_eq(error.kind, ERROR_INPUT);
    ck_assert_msg(strstr(error.text, word) != NULL, "no \"%s\" in: %s", word, error.text);
}

struct seen {
    int64_t rows, bytes, bytes_in_all;
    int times[3];
    enum load_stage stage;
};

static void see(void *context, const struct load_progress *now)
{
    struct seen *seen = context;
    ck_assert_int_ge(now->stage, seen->stage);
    ck_assert_int_ge(now->rows, seen->rows);
    if (now->stage == seen->stage)
        ck_assert_int_ge(now->bytes, seen->bytes);
    seen->stage = now->stage;
    seen->rows = now->rows;
    seen->bytes = now->bytes;
    seen->bytes_in_all = now->bytes_in_all;
    seen->times[now->stage]++;
}

START_TEST(who_looks_on_sees_the_stages_in_their_order_and_all_rows_at_the_end)
{
    enum { ROWS = 20000 };
    static char content[ROWS * 32];
    struct seen seen = {0};
    size_t len = (size_t)snprintf(content, sizeof content, "celular,texto\n");
    for (int i = 0; i < ROWS; i++)
        len += (size_t)snprintf(content + len, sizeof content - len, "573%09d,Hola %d\n", i, i);
    options.watch = see;
    options.watch_context = &seen;
    load_content(content);
    ck_assert_int_eq(seen.rows, ROWS);
    ck_assert_int_eq(seen.bytes, (int64_t)len);
    ck_assert_int_eq(seen.bytes_in_all, (int64_t)len);
    ck_assert_int_eq(seen.times[LOAD_EXAMINING], 1);
    ck_assert_int_eq(seen.times[LOAD_READING], 2);
    ck_assert_int_eq(seen.times[LOAD_ENDING], 1);
    seen = (struct seen){0};
    options.dry_run = true;
    load_content(content);
    ck_assert_int_eq(seen.rows, ROWS);
    ck_assert_int_eq(seen.times[LOAD_ENDING], 0);
}
END_TEST

static int count_campaign(void *context, const struct campaign *campaign, struct error *unused)
{
    (void)campaign;
    (void)unused;
    ++*(int *)context;
    return 0;
}

static int campaigns(void)
{
    int count = 0;
    ck_assert_int_eq(store_each_campaign(store, count_campaign, &count, &error), 0);
    return count;
}

START_TEST(every_row_is_in_exactly_one_state)
{
    load_content("celular,mensaje,nombre\n"
                 "573102111111,Hola,Ana\n"
                 "abc,Hola,Luz\n"
                 "3102111111,Otra vez,Ana\n"
                 "573102111112,Adiós,Íngrid\n");
    struct counts counts;
    struct campaign campaign;
    ck_assert_int_eq(store_find_campaign(store, "navidad", &campaign, &error), 1);
    ck_assert_int_eq(store_count(store, &campaign, &counts, &error), 0);
    ck_assert_int_eq(counts.of[JOB_PENDING], 2);
    ck_assert_int_eq(counts.of[JOB_INVALID], 1);
    ck_assert_int_eq(counts.of[JOB_DUPLICATE], 1);
    ck_assert_int_eq(memcmp(&counts, &verdict.counts, sizeof counts), 0);
    ck_assert_str_eq(campaign.columns, "[\"celular\",\"mensaje\",\"nombre\"]");
    campaign_free(&campaign);
    ck_assert_int_eq(verdict.rows, 4);
    ck_assert_int_eq(verdict.texts_changed, 1);
    ck_assert_str_eq(verdict.examples[0].before, "Adiós");
    ck_assert_str_eq(verdict.examples[0].after, "Adios");
    ck_assert_int_eq(verdict.reason_row[REASON_DUPLICATE], 4);
    ck_assert_str_eq(verdict.phone_column, "celular");
    ck_assert(verdict.phone_found);
}
END_TEST

START_TEST(the_same_content_under_the_same_name_is_recognised)
{
    load_content("celular,mensaje\n573102111111,Hola\n");
    ck_assert(!verdict.loaded_before);
    load_content("celular,mensaje\n573102111111,Hola\n");
    ck_assert(verdict.loaded_before);
    ck_assert_int_eq(campaigns(), 1);
}
END_TEST

/* What the same content is called once it comes as another file. */
static void load_copy(const char *campaign)
{
    snprintf(file, sizeof file, "%s/copia.csv", folder);
    options.campaign = campaign;
    load_content("celular,mensaje\n573102111111,Hola\n");
    unlink(file);
}

static void load_original(const char *campaign)
{
    options.campaign = campaign;
    load_content("celular,mensaje\n573102111111,Hola\n");
    unlink(file);
}

START_TEST(the_same_content_under_another_file_name_is_recognised)
{
    load_original(NULL);
    ck_assert_ptr_null(verdict.same_content);
    load_copy(NULL);
    ck_assert(verdict.loaded_before);
    ck_assert_str_eq(verdict.campaign, "navidad");
    ck_assert_str_eq(verdict.same_content, "navidad");
    ck_assert_int_eq(campaigns(), 1);
}
END_TEST

START_TEST(the_same_content_under_a_name_that_the_user_gives_is_loaded_with_a_warning)
{
    load_original(NULL);
    load_original("enero");
    ck_assert(!verdict.loaded_before);
    ck_assert_str_eq(verdict.campaign, "enero");
    ck_assert_str_eq(verdict.same_content, "navidad");
    load_copy("enero"); /* the same command again */
    ck_assert(verdict.loaded_before);
    ck_assert_ptr_null(verdict.same_content);
    load_copy(NULL);
    ck_assert_msg(strcmp(verdict.campaign, "enero") == 0, "the latest, not %s", verdict.campaign);
    ck_assert_int_eq(campaigns(), 2);
}
END_TEST

START_TEST(the_same_content_under_another_file_name_and_with_other_settings_is_refused)
{
    load_original(NULL);
    snprintf(file, sizeof file, "%s/copia.csv", folder);
    options.text_rules.mode = TEXT_ASCII;
    refuse_content("celular,mensaje\n573102111111,Hola\n", "loaded already as \"navidad\", but with other");
    ck_assert_int_eq(campaigns(), 1);
}
END_TEST

START_TEST(a_dry_run_tells_as_what_the_content_is_loaded)
{
    load_original("enero");
    load_original("febrero");
    options.dry_run = true;
    load_copy(NULL);
    ck_assert(!verdict.loaded_before);
    ck_assert_int_eq(verdict.rows, 1);
    ck_assert_str_eq(verdict.campaign, "copia");
    ck_assert_str_eq(verdict.same_content, "febrero");
    load_copy("enero");
    ck_assert_str_eq(verdict.same_content, "enero");
    options.campaign = "enero";
    load_content("celular,mensaje\n573102111111,Chao\n");
    ck_assert_ptr_null(verdict.same_content);
    ck_assert_int_eq(campaigns(), 2);
}
END_TEST

START_TEST(other_content_or_other_settings_under_the_same_name_are_refused)
{
    load_content("celular,mensaje\n573102111111,Hola\n");
    refuse_content("celular,mensaje\n573102111111,Hola!\n", "--campaign");
    options.text_rules.mode = TEXT_ASCII;
    refuse_content("celular,mensaje\n573102111111,Hola\n", "other settings");
    ck_assert_int_eq(campaigns(), 1);
}
END_TEST

START_TEST(a_load_that_fails_leaves_nothing_behind)
{
    refuse_content("celular,mensaje\n573102111111,Hola\n573102111112,\"Hola\n", "row 3");
    ck_assert_int_eq(campaigns(), 0);
    refuse_content("celular,mensaje\n", "no row");
    ck_assert_int_eq(campaigns(), 0);
}
END_TEST

START_TEST(duplicates_can_refuse_the_whole_file)
{
    options.duplicates = DUPLICATES_REJECT;
    refuse_content("celular,mensaje\n573102111111,Hola\n3102111111,Hola\n", "row 3");
    ck_assert_int_eq(campaigns(), 0);
}
END_TEST

START_TEST(a_file_without_a_header_is_told_apart_from_one_with_wrong_names)
{
    refuse_content("573102111111,Hola\n573102111112,Hola\n", "--no-header");
    refuse_content("aaa,bbb\n573102111111,Hola\n", "--phone");
    options.no_header = true;
    options.phone = "1";
    options.text = "2";
    load_content("573102111111,Hola\n573102111112,Hola\n");
    ck_assert_int_eq(verdict.rows, 2);
}
END_TEST

START_TEST(cells_behind_the_headers_end_are_kept_under_their_place)
{
    struct campaign campaign;
    load_content("celular,mensaje\n573102111111,Hola,uno,dos\n");
    ck_assert_int_eq(store_find_campaign(store, "navidad", &campaign, &error), 1);
    ck_assert_str_eq(campaign.columns, "[\"celular\",\"mensaje\",\"3\",\"4\"]");
    campaign_free(&campaign);
}
END_TEST

START_TEST(a_dry_run_stores_nothing_and_shows_samples)
{
    options.dry_run = true;
    options.samples = 2;
    load_content("celular,mensaje\n573102111111,Hola\n573102111112,Chao\n573102111113,x\n");
    ck_assert_int_eq(campaigns(), 0);
    ck_assert_int_eq(verdict.sample_count, 2);
    ck_assert_str_eq(verdict.samples[1].text, "Chao");
    ck_assert_int_eq(verdict.counts.of[JOB_PENDING], 3);
}
END_TEST

START_TEST(numbers_on_a_suppression_list_are_not_written_to)
{
    const char *lists[] = {list};
    write_file(list, "Nombre;Celular\nAna;+57 310 211 1111\nLuz;?\n");
    options.suppress = lists;
    options.suppress_count = 1;
    load_content("celular,mensaje\n573102111111,Hola\n573102111112,Hola\n573102111111,Hola\n");
    ck_assert_int_eq(verdict.counts.of[JOB_SUPPRESSED], 2);
    ck_assert_int_eq(verdict.counts.of[JOB_PENDING], 1);
    ck_assert_uint_eq(verdict.list_count, 1);
    ck_assert_int_eq(verdict.lists[0].numbers, 1);
    ck_assert_int_eq(verdict.lists[0].unreadable, 1);
}
END_TEST

START_TEST(a_suppression_list_without_a_number_is_a_mistake)
{
    const char *lists[] = {list};
    write_file(list, "Nombre\nAna\n");
    options.suppress = lists;
    options.suppress_count = 1;
    refuse_content("celular,mensaje\n573102111111,Hola\n", "bajas.csv");
}
END_TEST

START_TEST(rejects_are_written_in_the_files_own_dialect_ready_to_be_corrected)
{
    char content[512] = "";
    options.rejects = rejects;
    load_content(
        "celular;mensaje;nombre\r\n573102111111;Hola;Ana\r\nabc;\"a;b\";Luz\r\n3102111111;Hola;Ana\r\n");
    ck_assert_int_eq(verdict.rejects_written, 1);
    FILE *stream = fopen(rejects, "r");
    ck_assert_ptr_nonnull(stream);
    ck_assert_uint_gt(fread(content, 1, sizeof content - 1, stream), 0);
    fclose(stream);
    ck_assert_int_eq(strncmp(content, "celular;mensaje;nombre;campana_reason\r\nabc;\"a;b\";Luz;", 53), 0);
    struct stat status;
    ck_assert_int_eq(stat(rejects, &status), 0);
    ck_assert_uint_eq(status.st_mode & 0777, 0600);
    options.campaign = "again";
    write_file(file, "celular,mensaje\n1,x\n");
    verdict_free(&verdict);
    ck_assert_int_eq(load_file(store, &options, &clock_system, &verdict, &error), -1);
    ck_assert_ptr_nonnull(strstr(error.text, "overwrites nothing"));
}
END_TEST

START_TEST(a_load_that_fails_takes_its_rejects_file_away)
{
    options.rejects = rejects;
    refuse_content("celular,mensaje\nabc,Hola\n573102111111,\"Hola\n", "row 3");
    ck_assert_int_eq(access(rejects, F_OK), -1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("load");
    TCase *tcase = tcase_create("files");
    tcase_add_checked_fixture(tcase, open_all, close_all);
    tcase_add_test(tcase, every_row_is_in_exactly_one_state);
    tcase_add_test(tcase, the_same_content_under_the_same_name_is_recognised);
    tcase_add_test(tcase, the_same_content_under_another_file_name_is_recognised);
    tcase_add_test(tcase, the_same_content_under_a_name_that_the_user_gives_is_loaded_with_a_warning);
    tcase_add_test(tcase, the_same_content_under_another_file_name_and_with_other_settings_is_refused);
    tcase_add_test(tcase, a_dry_run_tells_as_what_the_content_is_loaded);
    tcase_add_test(tcase, other_content_or_other_settings_under_the_same_name_are_refused);
    tcase_add_test(tcase, a_load_that_fails_leaves_nothing_behind);
    tcase_add_test(tcase, duplicates_can_refuse_the_whole_file);
    tcase_add_test(tcase, a_file_without_a_header_is_told_apart_from_one_with_wrong_names);
    tcase_add_test(tcase, cells_behind_the_headers_end_are_kept_under_their_place);
    tcase_add_test(tcase, a_dry_run_stores_nothing_and_shows_samples);
    tcase_add_test(tcase, numbers_on_a_suppression_list_are_not_written_to);
    tcase_add_test(tcase, a_suppression_list_without_a_number_is_a_mistake);
    tcase_add_test(tcase, rejects_are_written_in_the_files_own_dialect_ready_to_be_corrected);
    tcase_add_test(tcase, a_load_that_fails_takes_its_rejects_file_away);
    tcase_add_test(tcase, who_looks_on_sees_the_stages_in_their_order_and_all_rows_at_the_end);
    suite_add_tcase(suite, tcase);
    return run_suite(suite);
}
