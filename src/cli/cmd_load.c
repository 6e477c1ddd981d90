/* Checks and stores a spreadsheet; the verdict is the result. */
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/layout.h"
#include "campana/output.h"
#include "campana/shell.h"
#include "campana/signals.h"
#include "campana/verdict.h"
#include "loading.h"
#include <unistd.h>

static void tell_what_next(const struct invocation *invocation, const struct loading *loading)
{
    struct buffer line = {0};
    loading_tell_rejects(invocation, loading);
    if (loading->options.dry_run)
        return;
    if (!loading->verdict.loaded_before && loading->verdict.counts.of[JOB_PENDING] == 0) {
        talk_note(&invocation->talk, "nothing of it can be sent");
        return;
    }
    invocation_put_command(invocation, "send ", &line);
    shell_put_quoted(&line, loading->verdict.campaign);
    talk_note(&invocation->talk, "to send it: %s", buffer_string(&line));
    buffer_free(&line);
}

static int print_verdict(const struct invocation *invocation, const struct loading *loading,
                         struct error *error)
{
    struct buffer out = {0};
    bool json = option_given(invocation->options, OPTION_JSON);
    if (json)
        verdict_put_json(&loading->verdict, &loading->options, &out);
    else
        verdict_put_text(&loading->verdict, &loading->options, &out);
    int result = json ? output_buffer(&out, error) : output_text(&out, error);
    buffer_free(&out);
    if (result != 0 && error->kind == ERROR_MACHINE && !loading->options.dry_run)
        error_prefix(error, "campaign %s is loaded, only its verdict is lost", loading->verdict.campaign);
    return result;
}

/* A dry run needs no database: it only looks whether the content is loaded already. */
static int open_store(struct invocation *invocation, bool dry_run, struct store **store, struct error *error)
{
    if (!dry_run)
        return invocation_open_store(invocation, STORE_CREATE, store, error);
    if (access(setting_text(&invocation->settings, SETTING_DB), F_OK) == 0 &&
        invocation_open_store(invocation, STORE_READ, store, error) != 0)
        talk_line("warning: whether this content is loaded already is not known: %s", error->text);
    return 0;
}

int cmd_load(struct invocation *invocation, struct error *error)
{
    struct loading loading = {0};
    struct store *store = NULL;
    int result = -1;
    signals_leave();
    signals_say("campana: interrupted; a load is stored whole or not at all, and the same command goes on\n");
    if (invocation_read_settings(invocation, error) != 0 || loading_read(invocation, &loading, error) != 0)
        goto out;
    if (open_store(invocation, loading.options.dry_run, &store, error) != 0)
        goto out;
    if (loading_go(invocation, store, &loading, error) != 0 ||
        print_verdict(invocation, &loading, error) != 0)
        goto out;
    tell_what_next(invocation, &loading);
    result = EXIT_DONE;
out:
    store_close(store);
    loading_free(&loading);
    signals_say(NULL);
    return result;
}
