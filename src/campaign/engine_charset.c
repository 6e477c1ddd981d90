/* Texts were checked at load against the SMS alphabet; ISO-8859-1 has less. Whether all of them can be sent
 * is known before the first is. */
#include "campana/error.h"
#include "engine_internal.h"

int engine_check_charset(struct engine *engine, struct error *error)
{
    uint32_t offender;
    int count = 0;
    int64_t after_id = 0;
    int result = 0;
    if (engine->options->charset == GATEWAY_UTF8)
        return 0;
    do {
        int most = engine->options->concurrency;
        result = store_peek(engine->store, engine->options->campaign_id, after_id, engine->peeked, most,
                            &count, error);
        for (int i = 0; result == 0 && i < count; i++) {
            const struct job *job = &engine->peeked[i];
            if (gateway_check_text((struct slice){job->text, job->text_len}, engine->options->charset,
                                   &offender) != 0)
                result = error_set(
                    error, ERROR_INPUT,
                    "row %lld: its text has a character (U+%04X) that ISO-8859-1 lacks. Nothing was sent. "
                    "Send with --charset utf-8, or correct the text and load it as a new campaign",
                    (long long)job->row, (unsigned)offender);
            after_id = job->id;
        }
    } while (result == 0 && count > 0);
    return result;
}
