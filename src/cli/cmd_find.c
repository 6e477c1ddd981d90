/* Everything ever sent to a number, in any campaign of the database. Reads only. */
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/layout.h"
#include "campana/output.h"
#include "campana/utf8.h"
#include "command.h"
#include "find.h"
#include "number_given.h"
#include <string.h>

struct find {
    struct store *store;
    struct buffer *out;
    bool json;
    int64_t messages, tests;
};

static int read_number(const struct invocation *invocation, char msisdn[PHONE_BYTES], struct error *error)
{
    const char *country = option_text(invocation->options, OPTION_COUNTRY);
    return number_given(invocation_argument(invocation, 0), country == NULL ? "57" : country,
                        "--country CODE", msisdn, error);
}

static int on_message(void *context, const struct found_message *found, struct error *error)
{
    struct find *find = context;
    struct history history;
    if (history_read(find->store, found, &history, error) != 0)
        return -1;
    if (find->json) {
        buffer_puts(find->out, find->messages == 0 ? "\n" : ",\n");
        find_put_message_json(found, &history, find->out);
    } else {
        find_put_message(found, &history, find->out);
    }
    find->messages++;
    history_free(&history);
    return 0;
}

static int on_test(void *context, const struct found_test *test, struct error *error)
{
    struct find *find = context;
    (void)error;
    if (find->json) {
        buffer_puts(find->out, find->tests == 0 ? "\n" : ",\n");
        find_put_test_json(test, find->out);
    } else {
        find_put_test(test, find->out);
    }
    find->tests++;
    return 0;
}

static int put_json(struct find *find, const char *msisdn, struct error *error)
{
    buffer_printf(find->out, "{\"msisdn\":\"%s\",\"messages\":[", msisdn);
    if (store_find(find->store, msisdn, on_message, find, error) != 0)
        return -1;
    buffer_puts(find->out, "],\"tests\":[");
    if (store_find_tests(find->store, msisdn, on_test, find, error) != 0)
        return -1;
    buffer_puts(find->out, "]}\n");
    return output_buffer(find->out, error);
}

/* How many there are stands above, and is known last. */
static int put_words(struct find *find, const char *msisdn, struct error *error)
{
    struct buffer head = {0};
    if (store_find(find->store, msisdn, on_message, find, error) != 0 ||
        store_find_tests(find->store, msisdn, on_test, find, error) != 0)
        return -1;
    buffer_printf(&head, "%s: ", msisdn);
    if (find->messages == 0 && find->tests == 0)
        buffer_printf(&head, "no campaign in %s has this number", store_path(find->store));
    else
        layout_put_count(&head, find->messages, "message", "messages");
    if (find->tests > 0) {
        buffer_puts(&head, " and ");
        layout_put_count(&head, find->tests, "test message", "test messages");
    }
    buffer_put(&head, '\n');
    int result = output_text(&head, error);
    buffer_free(&head);
    return result == 0 ? output_text(find->out, error) : -1;
}

int cmd_find(struct invocation *invocation, struct error *error)
{
    char msisdn[PHONE_BYTES];
    struct buffer out = {0};
    struct find find = {.out = &out, .json = option_given(invocation->options, OPTION_JSON)};
    if (read_number(invocation, msisdn, error) != 0 ||
        invocation_open_store(invocation, STORE_READ, &find.store, error) != 0)
        return -1;
    int result = find.json ? put_json(&find, msisdn, error) : put_words(&find, msisdn, error);
    buffer_free(&out);
    store_close(find.store);
    return result == 0 ? EXIT_DONE : -1;
}
