/* What `find` puts out: the same story in words (find_words.c) and in JSON (find_json.c). */
#ifndef CAMPANA_CLI_FIND_H
#define CAMPANA_CLI_FIND_H

#include "campana/history.h"

/* All times are Colombian, after Colombia's clocks. */
void find_put_message(const struct found_message *found, const struct history *history, struct buffer *out);
void find_put_test(const struct found_test *test, struct buffer *out);

/* An object, without a separator. */
void find_put_message_json(const struct found_message *found, const struct history *history,
                           struct buffer *out);
void find_put_test_json(const struct found_test *test, struct buffer *out);

#endif
