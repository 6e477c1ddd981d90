/* What the HTML report carries within it: made by the build from the files of these names beside this one. */
#ifndef CAMPANA_REPORT_ASSETS_H
#define CAMPANA_REPORT_ASSETS_H

extern const char report_css[], report_js[];

#endif
