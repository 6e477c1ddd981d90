/* One question, and its answer alone on standard output. */
#include "access.h"
#include "campana/error.h"
#include "campana/exit_code.h"
#include "campana/output.h"

int cmd_balance(struct invocation *invocation, struct error *error)
{
    struct access access = {0};
    struct balance balance;
    struct outcome outcome;
    struct buffer line = {0};
    int result = -1;
    if (invocation_read_settings(invocation, error) != 0 || access_open(invocation, 1, &access, error) != 0 ||
        engine_ask_balance(access.http, &access.account, access.post, &balance, &outcome, error) != 0)
        goto out;
    if (outcome.kind != OUTCOME_ACCEPTED) {
        result = access_tell_no_balance(&outcome);
        goto out;
    }
    buffer_printf(&line, "%s\n", balance.text);
    result = output_buffer(&line, error) == 0 ? EXIT_DONE : -1;
out:
    buffer_free(&line);
    access_close(&access);
    return result;
}
