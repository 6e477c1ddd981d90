/* What the doctor's files share: how a finding is told, and the checks, each in the order in which they are made. */
#ifndef CAMPANA_CLI_DOCTOR_H
#define CAMPANA_CLI_DOCTOR_H

#include "campana/exit_code.h"
#include "command.h"

enum level { LEVEL_OK, LEVEL_WARNING, LEVEL_FAILURE };

struct doctor {
    struct invocation *invocation;
    bool json, colours;
    int findings;
    enum exit_code code; /* of the first failure */
    int result;          /* -1: standard output failed */
    struct error *error;
};

/* One line of the result, written at once: some checks take their time. `code` is the exit code that a LEVEL_FAILURE leads
 * to. `advice` may be "". doctor_findings.c. */
void found(struct doctor *doctor, enum level level, enum exit_code code, const char *check, const char *advice,
           const char *format, ...) __attribute__((format(printf, 6, 7)));
void found_error(struct doctor *doctor, const char *check, const struct error *error);
/* Behind the last one. 0 or -1. */
int doctor_end(struct doctor *doctor);

/* doctor_settings.c. false: there is nothing to go on with. */
bool doctor_check_settings(struct doctor *doctor);
bool doctor_check_credentials(struct doctor *doctor);

void doctor_check_database(struct doctor *doctor); /* doctor_database.c */

/* Without credentials, only its address and name. doctor_gateway.c */
void doctor_check_gateway(struct doctor *doctor, bool credentials);

/* What came of the balance query, and the address that the gateway sees. doctor_account.c */
struct access;
void doctor_judge_balance(struct doctor *doctor, const struct balance *balance, const struct outcome *outcome);
void doctor_check_public_address(struct doctor *doctor, const struct access *way);

#endif
