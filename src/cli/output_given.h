/* Where a report goes, and how it is written there, as the command line says. */
#ifndef CAMPANA_CLI_OUTPUT_GIVEN_H
#define CAMPANA_CLI_OUTPUT_GIVEN_H

#include "campana/options.h"
#include "campana/report.h"

/* --output's file; NULL: standard output, which `-` names, too. */
const char *output_given(const struct options *options);

/* --format; else CSV with --excel; else what the ending of --output's file says (informe.html); else the
 * table. */
enum report_format output_format_given(const struct options *options);

#endif
