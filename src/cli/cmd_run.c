/* Loads a spreadsheet, unless that is done, and sends it. */
#include "campana/error.h"
#include "campana/output.h"
#include "campana/signals.h"
#include "campana/verdict.h"
#include "loading.h"
#include "sending.h"

/* The verdict is talk here: the result of a run is its exit code, and the report. A program gets it as a
 * result. */
static int load(struct invocation *invocation, struct store *store, struct loading *loading,
                struct error *error)
{
    struct buffer text = {0};
    if (loading_go(invocation, store, loading, error) != 0)
        return -1;
    int result = 0;
    if (option_given(invocation->options, OPTION_JSON)) {
        verdict_put_json(&loading->verdict, &loading->options, &text);
        result = output_buffer(&text, error);
    } else {
        verdict_put_text(&loading->verdict, &loading->options, &text);
        if (!invocation->talk.quiet)
            talk_text(&text);
    }
    loading_tell_rejects(invocation, loading);
    buffer_free(&text);
    return result;
}

int cmd_run(struct invocation *invocation, struct error *error)
{
    struct loading loading = {0};
    struct access access = {0};
    struct store *store = NULL;
    int result = -1;
    signals_leave();
    if (invocation_read_settings(invocation, error) == 0 && loading_read(invocation, &loading, error) == 0 &&
        sending_check(invocation, error) == 0 &&
        access_open(invocation, (int)setting_number(&invocation->settings, SETTING_CONCURRENCY), &access,
                    error) == 0 &&
        invocation_open_store(invocation, STORE_CREATE, &store, error) == 0 &&
        load(invocation, store, &loading, error) == 0)
        result = sending_run(invocation, store, &access, loading.verdict.campaign, error);
    access_close(&access);
    store_close(store);
    loading_free(&loading);
    return result;
}
