#include "ledger.h"
#include "campana/clock.h"
#include "campana/error.h"
#include "campana/gateway.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HEADER "# sequence\tat_ms\tat_ns\tmethod\tmsisdn\tanswer\tconnection\tin_flight\ttext\n"

struct ledger {
    int file;
    int64_t sequence;
    struct buffer line;
};

static int write_line(struct ledger *ledger, struct error *error)
{
    if (buffer_check(&ledger->line, error) != 0)
        return -1;
    ssize_t written = write(ledger->file, ledger->line.data, ledger->line.len);
    if (written != (ssize_t)ledger->line.len)
        return error_set(error, ERROR_MACHINE, "the ledger cannot be written: %s", strerror(errno));
    return 0;
}

int ledger_open(const char *path, struct ledger **ledger, struct error *error)
{
    *ledger = NULL;
    if (path == NULL)
        return 0;
    struct ledger *made = calloc(1, sizeof *made);
    if (made == NULL)
        return error_no_memory(error);
    made->file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (made->file < 0) {
        free(made);
        return error_set(error, ERROR_INPUT, "%s: cannot be opened for the ledger: %s", path,
                         strerror(errno));
    }
    buffer_puts(&made->line, HEADER);
    if (write_line(made, error) != 0) {
        ledger_close(made);
        return -1;
    }
    *ledger = made;
    return 0;
}

void ledger_close(struct ledger *ledger)
{
    if (ledger == NULL)
        return;
    close(ledger->file);
    buffer_free(&ledger->line);
    free(ledger);
}

int ledger_add(struct ledger *ledger, const struct ledger_entry *entry, struct error *error)
{
    if (ledger == NULL)
        return 0;
    struct buffer *line = &ledger->line;
    buffer_clear(line);
    buffer_printf(line, "%" PRId64 "\t%" PRId64 "\t%" PRId64 "\t%s\t", ++ledger->sequence,
                  clock_wall_ms(&clock_system), clock_monotonic_ns(&clock_system), entry->method);
    gateway_put_encoded(line, entry->msisdn.data, entry->msisdn.len);
    buffer_printf(line, "\t%s\t%" PRId64 "\t%d\t", entry->answer, entry->connection, entry->in_flight);
    gateway_put_encoded(line, entry->text.data, entry->text.len);
    buffer_put(line, '\n');
    return write_line(ledger, error);
}
