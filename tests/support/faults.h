/* Allocations of campana and calls of SQLite that fail, one by one: for tests that are linked with faults.c
 * and with FAULT_WRAPS (tests/CMakeLists.txt). */
#ifndef CAMPANA_TESTS_FAULTS_H
#define CAMPANA_TESTS_FAULTS_H

#include <stdbool.h>

/* A fault falls on any thread but those of the test itself that say this at their beginning. */
void faults_spare_this_thread(void);

/* From here on the nth call fails, and with `all_that_follow` every later one, too. */
void faults_arm(long nth, bool all_that_follow);
/* Nothing fails any more. Returns whether something has. */
bool faults_disarm(void);

#endif
