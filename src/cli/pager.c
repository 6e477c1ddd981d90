/* Decides whether there is a pager. Process-wide, as standard output is. */
#include "campana/pager.h"
#include "campana/error.h"
#include "campana/terminal.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define PATH_BYTES 4096
/* A shell's exit status where it cannot run a command (POSIX.1-2017, XCU 2.8.2). */
#define CANNOT_RUN 126
#define NOT_FOUND  127

static pid_t pager_pid; /* 0: none */
static const char *pager;
static int terminal = -1;
static struct sigaction interrupt_before;

/* Whether a program of that name can be found. A shell would tell too late. */
static bool is_installed(const char *name)
{
    const char *path = getenv("PATH");
    char file[PATH_BYTES];
    for (const char *at = path == NULL ? "" : path; *at != '\0';) {
        size_t len = strcspn(at, ":");
        int written = snprintf(file, sizeof file, "%.*s/%s", (int)len, at, name);
        if (len > 0 && written > 0 && (size_t)written < sizeof file && access(file, X_OK) == 0)
            return true;
        at += len + (at[len] == ':');
    }
    return false;
}

static const char *choose(void)
{
    const char *named = getenv("PAGER");
    if (!terminal_can_rewrite(STDOUT_FILENO))
        return NULL;
    if (named == NULL)
        return is_installed("less") ? "less" : NULL;
    return named[0] == '\0' || strcmp(named, "cat") == 0 ? NULL : named;
}

static _Noreturn void become(int input)
{
    dup2(input, STDIN_FILENO);
    setenv("LESS", "FRX", 0);
    execlp("sh", "sh", "-c", pager, (char *)NULL);
    _exit(NOT_FOUND);
}

int pager_begin(struct error *error)
{
    int ends[2];
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    pager = choose();
    if (pager == NULL)
        return 0;
    if (pipe2(ends, O_CLOEXEC) != 0)
        return error_set(error, ERROR_MACHINE, "cannot start the pager: %s", strerror(errno));
    terminal = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    pager_pid = terminal < 0 ? -1 : fork();
    if (pager_pid == 0)
        become(ends[0]);
    close(ends[0]);
    if (pager_pid < 0) {
        error_set(error, ERROR_MACHINE, "cannot start the pager: %s", strerror(errno));
        close(ends[1]);
        if (terminal >= 0)
            close(terminal);
        pager_pid = 0;
        return -1;
    }
    sigaction(SIGINT, &ignore, &interrupt_before); /* Ctrl-C is for the pager */
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
    return 0;
}

int pager_end(struct error *error)
{
    int status = 0;
    if (pager_pid == 0)
        return 0;
    dup2(terminal, STDOUT_FILENO); /* the pager sees the end */
    close(terminal);
    while (waitpid(pager_pid, &status, 0) < 0 && errno == EINTR)
        continue;
    sigaction(SIGINT, &interrupt_before, NULL);
    pager_pid = 0;
    if (!WIFEXITED(status) || (WEXITSTATUS(status) != CANNOT_RUN && WEXITSTATUS(status) != NOT_FOUND))
        return 0;
    return error_set(error, ERROR_INPUT,
                     "the pager cannot be run: PAGER is \"%s\". Name another one, or set PAGER=cat for none",
                     pager);
}
