/* Sends what is pending of a campaign that is loaded. */
#include "campana/error.h"
#include "campana/signals.h"
#include "sending.h"

int cmd_send(struct invocation *invocation, struct error *error)
{
    struct access access = {0};
    struct store *store = NULL;
    int result = -1;
    signals_leave();
    if (invocation_open_store(invocation, STORE_WRITE, &store, error) == 0 &&
        access_open(invocation, (int)setting_number(&invocation->settings, SETTING_CONCURRENCY), &access,
                    error) == 0)
        result = sending_run(invocation, store, &access, invocation_argument(invocation, 0), error);
    access_close(&access);
    store_close(store);
    return result;
}
